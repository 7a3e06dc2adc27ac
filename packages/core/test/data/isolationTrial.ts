import { PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { appPool } from '../../src/data/database.ts'
import { PrismaPool } from '../../src/data/prismaPool.ts'
import type { PrismaClientClass } from '../../src/data/prismaTypes.ts'
import type { WorkspaceConnections } from '../../src/data/workspaceConnections.ts'
import { type Db, workspaceDb } from '../../src/data/workspaceDb.ts'
import { seededRandom } from '../../src/random.ts'
import type { DatabaseUrls } from '../../src/testing/cluster.ts'
import { type Attempt, attempts } from './isolationAttempts.ts'

export interface TrialOptions {
  urls: DatabaseUrls
  seed: number
  queries: number
  workspaces: number
  connections: number
  /** How the pool binds a connection to a workspace: what is on trial. */
  bind: (pool: pg.Pool) => WorkspaceConnections
  /** How Prisma reaches those connections. Default: as the product does. */
  prisma?: (connections: WorkspaceConnections) => PrismaPool
}

export interface TrialResult {
  /** Everything that one workspace saw or left behind of another. */
  violations: string[]
  /** How often each attempt ended in each way: `fine`, or the error's code. */
  outcomes: Record<string, Record<string, number>>
}

/**
 * Many workspaces work at once over few connections: queries, transactions, errors, time-outs, killed
 * connections, in an order that the seed decides. Each attempt says what it saw that it should not have
 * seen, and after each a raw connection of the pool must know no workspace.
 */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const random = seededRandom(options.seed)
  const pool = appPool({
    appUrl: options.urls.app,
    poolSize: options.connections,
    statementTimeoutMs: 200,
    connectionWaitMs: 30_000,
  })
  const connections = options.bind(pool)
  const prisma =
    options.prisma?.(connections) ??
    new PrismaPool(PrismaClient as unknown as PrismaClientClass, connections, { size: 8, waitMs: 30_000 })
  const owner = new pg.Pool({ connectionString: options.urls.owner, max: 4 })

  try {
    const doors = (await seedWorkspaces(owner, options.workspaces)).map((id) => workspaceDb(id, connections, prisma))
    const pick = (): Db => doors[Math.floor(random.next() * doors.length)] as Db
    const program = Array.from({ length: options.queries }, () => ({
      attempt: pickByWeight(random.next()),
      ours: pick(),
      theirs: pick(),
    }))

    const result: TrialResult = { violations: [], outcomes: {} }
    const work = program.values()
    const worker = async () => {
      for (const { attempt, ours, theirs } of work) {
        const outcome = await attempt.run(ours, theirs === ours ? undefined : theirs, owner).then(
          (violations) => {
            result.violations.push(...violations.map((violation) => `${attempt.name}: ${violation}`))
            return 'fine'
          },
          (error) => codeOf(error),
        )
        result.outcomes[attempt.name] ??= {}
        const tally = result.outcomes[attempt.name] as Record<string, number>
        tally[outcome] = (tally[outcome] ?? 0) + 1
        result.violations.push(...(await leftovers(pool, 1, attempt.name)))
      }
    }
    await Promise.all(Array.from({ length: 4 * options.connections }, worker))
    result.violations.push(...(await leftovers(pool, options.connections, 'the end')), ...(await strayRows(owner)))
    return result
  } finally {
    await prisma.close()
    await pool.end()
    await owner.end()
  }
}

async function seedWorkspaces(owner: pg.Pool, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7())
  await owner.query(
    `insert into "Workspace" ("id", "name", "slug") select id, 'trial', id from unnest($1::uuid[]) as id`,
    [ids],
  )
  // Every row says whose it is in its value too: the policies look at "workspaceId", the trial looks at the value.
  await owner.query(
    `insert into "PluginSetting" ("workspaceId", "plugin", "value", "updatedAt")
     select id, 'seed ' || n, to_jsonb(id::text), now() from unnest($1::uuid[]) as id, generate_series(1, 3) as n`,
    [ids],
  )
  return ids
}

/** Takes connections from the pool as they are and looks for a workspace that somebody left on them. */
async function leftovers(pool: pg.Pool, count: number, after: string): Promise<string[]> {
  const look = async (): Promise<string[]> => {
    let client: pg.PoolClient | undefined
    try {
      client = await pool.connect()
      const { rows } = await client.query(
        `select current_setting('app.workspace', true) as workspace, (select count(*)::int from "PluginSetting") as rows`,
      )
      client.release()
      const { workspace, rows: visible } = rows[0]
      return workspace || visible
        ? [`after ${after} a connection was still in "${workspace}" and saw ${visible} rows`]
        : []
    } catch (error) {
      // Killed while it connected, while it lay in the pool, or while we looked.
      client?.release(error as Error)
      if (codeOf(error) !== '57P01' && !/connection/i.test((error as Error).message)) throw error
      return []
    }
  }
  return (await Promise.all(Array.from({ length: count }, look))).flat()
}

async function strayRows(owner: pg.Pool): Promise<string[]> {
  const { rows } = await owner.query(
    `select "workspaceId", "plugin", "value" from "PluginSetting" where "value" <> to_jsonb("workspaceId"::text)`,
  )
  return rows.map((row) => `a row of ${row.value} landed in ${row.workspaceId}`)
}

function pickByWeight(fraction: number): Attempt {
  const total = attempts.reduce((sum, { weight }) => sum + weight, 0)
  let passed = 0
  for (const attempt of attempts) {
    passed += attempt.weight
    if (fraction * total < passed) return attempt
  }
  throw new RangeError(`${fraction} is not below 1.`)
}

/** PostgreSQL's own code where there is one: Prisma wraps it. */
function codeOf(error: unknown): string {
  const { code, message, meta } = error as { code?: string; message: string; meta?: PrismaErrorMeta }
  return meta?.driverAdapterError?.cause?.originalCode ?? code ?? message
}

interface PrismaErrorMeta {
  driverAdapterError?: { cause?: { originalCode?: string } }
}
