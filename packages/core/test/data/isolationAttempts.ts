import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { prepared, sql } from '../../src/data/sql.ts'
import type { Db, SqlDb } from '../../src/data/workspaceDb.ts'

/** One thing that a workspace does while others do theirs. */
export interface Attempt {
  name: string
  weight: number
  /** @returns what it saw of other workspaces. @throws what the database answered, where the attempt is meant to fail */
  run(ours: Db, theirs: Db | undefined, owner: pg.Pool): Promise<string[]>
}

const byName = prepared('trial_by_name', `select "workspaceId", "value" from "PluginSetting" where "plugin" = $1`)
const allRows = sql`select "workspaceId", "value" from "PluginSetting"`

/** All of it: alone and in transactions, through Prisma and SQL, in order and in disorder. */
export const attempts: Attempt[] = [
  { name: 'sql', weight: 20, run: (ours) => readSql(ours) },
  {
    name: 'prepared sql',
    weight: 15,
    run: async (ours) => foreign(ours, await ours.query(byName('seed 1')), 1),
  },
  { name: 'prisma list', weight: 15, run: (ours) => readPrisma(ours) },
  {
    name: 'prisma lookups in one tick',
    weight: 8,
    run: async (ours, theirs) => {
      // Merged by Prisma into one query: where workspaces shared a client, into one query for both.
      const lookUp = (asker: Db, owner: Db) =>
        asker.prisma.pluginSetting.findUnique({
          where: { workspaceId_plugin: { workspaceId: owner.workspaceId, plugin: 'seed 2' } },
        })
      if (!theirs) return []
      const [own, foreignRow, other] = await Promise.all([
        lookUp(ours, ours),
        lookUp(ours, theirs),
        lookUp(theirs, theirs),
      ])
      return [
        ...foreign(ours, own ? [own] : [], 1),
        ...foreign(theirs, other ? [other] : [], 1),
        ...(foreignRow ? ['found a row of another workspace by its key'] : []),
      ]
    },
  },
  {
    name: 'prisma promise that leaves its place',
    weight: 3,
    run: async (ours, theirs) => {
      const promise = ours.prisma.pluginSetting.findMany()
      // Its connection may be killed before anybody waits for it: the failure is told where it is awaited.
      promise.catch(() => {})
      if (theirs) await theirs.query(allRows)
      return foreign(ours, await promise, 3)
    },
  },
  {
    name: 'write',
    weight: 8,
    run: async (ours) => {
      await ours.query(insert(ours))
      return readSql(ours)
    },
  },
  {
    name: 'prisma nested write',
    weight: 3,
    run: async (ours) => {
      await ours.prisma.workspace.update({
        where: { id: ours.workspaceId },
        data: { name: 'trial', apiKeys: { create: { id: uuidv7(), key: uuidv7(), name: ours.workspaceId } } },
      })
      const keys = await ours.prisma.apiKey.findMany()
      return keys.filter((key) => key.name !== ours.workspaceId).map((key) => `saw a key of ${key.name}`)
    },
  },
  ...intrusions(),
  ...errors(),
  ...transactions(),
]

/** Attempts to reach into another workspace by its id. */
function intrusions(): Attempt[] {
  return [
    {
      name: 'insert into another workspace',
      weight: 2,
      run: async (ours, theirs) => {
        if (!theirs) return []
        await ours.query(
          sql`insert into "PluginSetting" ("workspaceId", "plugin", "value", "updatedAt") values (${theirs.workspaceId}, ${uuidv7()}, to_jsonb(${ours.workspaceId}::text), now())`,
        )
        return ['could write into another workspace']
      },
    },
    {
      name: 'update and delete in another workspace',
      weight: 2,
      run: async (ours, theirs) => {
        if (!theirs) return []
        const updated = await ours.query(
          sql`update "PluginSetting" set "updatedAt" = now() where "workspaceId" = ${theirs.workspaceId} returning 1`,
        )
        const { count } = await ours.prisma.pluginSetting.deleteMany({ where: { workspaceId: theirs.workspaceId } })
        return updated.length + count > 0 ? ['changed rows of another workspace'] : []
      },
    },
  ]
}

/** Attempts that fail: the connection must come back clean. */
function errors(): Attempt[] {
  const failing = (name: string, weight: number, run: (ours: Db, owner: pg.Pool) => Promise<unknown>): Attempt => ({
    name,
    weight,
    run: async (ours, _theirs, owner) => {
      await run(ours, owner)
      return []
    },
  })
  return [
    failing('syntax error', 2, (ours) => ours.query(sql`selekt 1`)),
    failing('error after the first rows', 2, (ours) =>
      ours.query(sql`select 1 / (3 - n) from generate_series(1, 5) as n`),
    ),
    failing('duplicate key', 2, (ours) =>
      ours.query(sql`insert into "PluginSetting" ("plugin", "value", "updatedAt") values ('seed 1', '1', now())`),
    ),
    failing('duplicate key through prisma', 2, (ours) =>
      ours.prisma.pluginSetting.create({ data: { plugin: 'seed 1', value: 1 } }),
    ),
    failing('raw error through prisma', 2, (ours) => ours.prisma.$queryRaw`select 1 / 0`),
    failing('time-out', 0.4, (ours) => ours.query(sql`select pg_sleep(5)`)),
    failing('time-out in a transaction', 0.4, (ours) => ours.sqlTransaction((tx) => tx.query(sql`select pg_sleep(5)`))),
    failing('killed connection', 0.6, (_ours, owner) =>
      owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = 'espalier_app' order by random() limit 1`),
    ),
    failing('killed connection inside a transaction', 0.6, (ours, owner) =>
      ours.transaction(async (tx) => {
        const [backend] = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as "pid"`)
        await owner.query('select pg_terminate_backend($1, 1000)', [backend?.pid])
        await tx.prisma.pluginSetting.count()
      }),
    ),
  ]
}

function transactions(): Attempt[] {
  return [
    {
      name: 'transaction of prisma and sql',
      weight: 6,
      run: (ours) =>
        ours.transaction(async (tx) => {
          await tx.query(insert(tx))
          await tx.prisma.pluginSetting.create({ data: { plugin: uuidv7(), value: tx.workspaceId } })
          return [...(await readPrisma(tx)), ...(await readSql(tx))]
        }),
    },
    {
      name: 'sql transaction',
      weight: 6,
      run: (ours) =>
        ours.sqlTransaction(async (tx) => {
          await tx.query(insert(tx))
          return readSql(tx)
        }),
    },
    {
      name: 'rolled back transaction',
      weight: 3,
      run: (ours) =>
        ours.transaction(async (tx) => {
          await tx.query(insert(tx))
          throw new Error('rolled back')
        }),
    },
    {
      name: 'transaction with a caught error',
      weight: 2,
      run: (ours) =>
        ours.sqlTransaction(async (tx) => {
          await tx.query(sql`select 1 / 0`).catch(() => {})
          return []
        }),
    },
    {
      name: 'transaction that outlives its time-out',
      weight: 1,
      run: async (ours, theirs) => {
        const violations: string[] = []
        await ours
          .transaction(
            async (tx) => {
              await tx.query(sql`select pg_sleep(0.02)`)
              if (theirs) await theirs.query(allRows)
              violations.push(...(await readSql(tx, 0)))
            },
            { timeoutMs: 5 },
          )
          .catch((error) => {
            if (violations.length === 0) throw error
          })
        return violations
      },
    },
  ]
}

function insert(db: SqlDb) {
  return sql`insert into "PluginSetting" ("plugin", "value", "updatedAt") values (${uuidv7()}, to_jsonb(${db.workspaceId}::text), now())`
}

async function readSql(db: SqlDb, atLeast = 3): Promise<string[]> {
  return foreign(db, await db.query(allRows), atLeast)
}

async function readPrisma(db: Db): Promise<string[]> {
  return foreign(db, await db.prisma.pluginSetting.findMany(), 3)
}

/** What is wrong with rows that a workspace was shown: another's among them, or its own missing. */
function foreign(db: SqlDb, rows: { workspaceId?: unknown; value?: unknown }[], atLeast: number): string[] {
  const strangers = rows.filter((row) => row.workspaceId !== db.workspaceId || row.value !== db.workspaceId)
  return [
    ...strangers.map((row) => `saw a row of ${row.value}`),
    ...(rows.length < atLeast ? [`saw ${rows.length} of its own rows, expected ${atLeast} or more`] : []),
  ]
}
