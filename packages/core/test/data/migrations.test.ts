import { createHash } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { type Migration, migrate, readMigrations } from '../../src/data/migrate.ts'
import { provisionRoles, urlAs } from '../../src/data/roles.ts'
import { emptyDatabase, testDatabase } from '../../src/testing/database.ts'

const first: Migration = { name: '20260101000000_first', sql: 'create table "A" (id int); insert into "A" values (1);' }
const second: Migration = { name: '20260102000000_second', sql: 'create table "B" (id int);' }

const clients: pg.Client[] = []
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  clients.push(client)
  await client.connect()
  return client
}

const databases = await Promise.all(Array.from({ length: 10 }, () => emptyDatabase()))
const migrated = await testDatabase()
// After the databases, so that it runs before they are dropped.
afterAll(() => Promise.all(clients.map((client) => client.end())))
const nextDatabase = () => (databases.pop() as { owner: string }).owner

describe('migrate', () => {
  test('applies what is missing, in order, and nothing twice', async () => {
    const owner = await connect(nextDatabase())
    expect(await migrate(owner, [first])).toEqual([first.name])
    expect(await migrate(owner, [first, second])).toEqual([second.name])
    expect(await migrate(owner, [first, second])).toEqual([])
    expect((await owner.query('select * from "A"')).rows).toEqual([{ id: 1 }])
  })

  test('applies each once when servers start together', async () => {
    const url = nextDatabase()
    const starters = await Promise.all(Array.from({ length: 4 }, () => connect(url)))
    const applied = await Promise.all(starters.map((owner) => migrate(owner, [first, second])))
    expect(applied.flat()).toEqual([first.name, second.name])
    expect((await starters[0]?.query('select * from "A"'))?.rows).toEqual([{ id: 1 }])
  })

  test('refuses a migration that was edited after it ran', async () => {
    const owner = await connect(nextDatabase())
    await migrate(owner, [first])
    await expect(migrate(owner, [{ ...first, sql: `${first.sql} -- better` }, second])).rejects.toMatchObject({
      code: 'MIGRATION_EDITED',
      message: expect.stringContaining(first.name),
    })
    expect((await owner.query(`select to_regclass('"B"') as b`)).rows).toEqual([{ b: null }])
  })

  test('rolls a failing migration back whole, keeps those before it, and goes on once it is mended', async () => {
    const owner = await connect(nextDatabase())
    const broken = { ...second, sql: 'create table "B" (id int); select 1 / 0; create table "C" (id int);' }
    await expect(migrate(owner, [first, broken])).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringMatching(/_second failed.*division by zero/),
    })
    expect((await owner.query(`select to_regclass('"A"')::text as a, to_regclass('"B"') as b`)).rows).toEqual([
      { a: '"A"', b: null },
    ])
    expect(await migrate(owner, [first, second])).toEqual([second.name])
  })

  test("keeps Prisma's ledger: its columns, and the SHA-256 of the script as the checksum", async () => {
    const owner = await connect(nextDatabase())
    await migrate(owner, [first])
    const { rows } = await owner.query('select * from "_prisma_migrations"')
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash('sha256').update(first.sql).digest('hex'),
        finished_at: expect.any(Date),
        migration_name: first.name,
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        applied_steps_count: 1,
      },
    ])
  })
})

describe('an owner without superuser rights, as managed databases have it', () => {
  test('can provision the roles and run every migration', async () => {
    const url = nextDatabase()
    const superuser = await connect(url)
    const name = new URL(url).pathname.slice(1)
    const managed = `owner_${name}`
    await superuser.query(`create role ${managed} login createrole password 'secret'; grant ${managed} to current_user`)
    // As if this owner had made the roles, which belong to the whole cluster: may administer them, is not one of them.
    await superuser.query(`grant espalier_app, espalier_system to ${managed} with admin true, inherit false, set false`)
    await superuser.query(`alter database ${name} owner to ${managed}; alter schema public owner to ${managed}`)
    const owner = await connect(urlAs(url, managed, 'secret'))

    const { appPassword, systemPassword } = migrated.passwords
    await provisionRoles(owner, { app: appPassword, system: systemPassword })
    const migrations = await readMigrations(join(import.meta.dirname, '../../../../prisma/migrations'))
    expect(await migrate(owner, migrations)).toEqual(migrations.map((migration) => migration.name))
    // Forced policies bind this owner too. To change rows it lifts them for its own transaction.
    await superuser.query(
      `insert into "AuditEntry" ("workspaceId", "id", "actorType", "action") values (gen_random_uuid(), gen_random_uuid(), 'system', 'test')`,
    )
    expect((await owner.query('delete from "AuditEntry"')).rowCount).toBe(0)
    await owner.query('begin; alter table "AuditEntry" no force row level security')
    expect((await owner.query('delete from "AuditEntry"')).rowCount).toBe(1)
    await owner.query('alter table "AuditEntry" force row level security; commit')

    await superuser.query(
      `reassign owned by ${managed} to current_user; drop owned by ${managed}; drop role ${managed}`,
    )
  })
})

describe('a migration of an installation that others use', () => {
  const altering: Migration = { name: '20260103000000_altering', sql: 'alter table "A" add column "name" text;' }

  test('stops nobody while a long report holds its table, and runs once that is over', async () => {
    const url = nextDatabase()
    const [owner, report, visitor] = (await Promise.all([connect(url), connect(url), connect(url)])) as [
      pg.Client,
      pg.Client,
      pg.Client,
    ]
    await migrate(owner, [first])
    await report.query('begin; select * from "A"')
    const migrated = migrate(owner, [first, altering], { waitMs: 100, pauseMs: 50 })
    const waiting = `select from pg_locks where not granted and relation = '"A"'::regclass`
    await expect.poll(async () => (await visitor.query(waiting)).rowCount).toBe(1)
    // Behind the migration that waits behind the report, and yet it is answered.
    await visitor.query('insert into "A" values (2)')
    await visitor.query('select * from "A"')
    await report.query('commit')
    expect(await migrated).toEqual([altering.name])
    expect((await owner.query('select "name" from "A"')).rowCount).toBe(2)
  })

  test('gives up in the end, says what to do, and leaves nothing behind', async () => {
    const url = nextDatabase()
    const [owner, report] = (await Promise.all([connect(url), connect(url)])) as [pg.Client, pg.Client]
    await migrate(owner, [first])
    await report.query('begin; select * from "A"')
    await expect(migrate(owner, [first, altering], { waitMs: 50, pauseMs: 10, attempts: 2 })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringMatching(/lock timeout.*then start again/),
    })
    await report.query('commit')
    expect((await owner.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '0' }])
    expect(await migrate(owner, [first, altering])).toEqual([altering.name])
  })

  test('builds an index once when servers start together, of which none waits for it in a statement', async () => {
    const url = nextDatabase()
    const starters = await Promise.all(Array.from({ length: 3 }, () => connect(url)))
    const index: Migration = {
      name: '20260104000000_index',
      sql: 'CREATE INDEX CONCURRENTLY "A_id_idx" ON "A" ("id");',
    }
    const applied = await Promise.all(starters.map((owner) => migrate(owner, [first, index])))
    expect(applied.flat()).toEqual([first.name, index.name])
  })

  test('builds an index while others write, and one that was broken off anew', async () => {
    const url = nextDatabase()
    const [owner, writer] = (await Promise.all([connect(url), connect(url)])) as [pg.Client, pg.Client]
    const index: Migration = {
      name: '20260104000000_index',
      sql: '-- Found by its number.\nCREATE UNIQUE INDEX CONCURRENTLY "A_id_key" ON "A" ("id");\n',
    }
    await migrate(owner, [first])
    await owner.query('insert into "A" values (1)')
    await expect(migrate(owner, [first, index])).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('could not create unique index'),
    })
    const valid = `select indisvalid as valid from pg_index where indexrelid = to_regclass('"A_id_key"')`
    expect((await owner.query(valid)).rows).toEqual([{ valid: false }])
    await owner.query('delete from "A"')
    // It waits for who writes; who writes does not wait for it.
    await writer.query('begin; insert into "A" values (7)')
    const built = migrate(owner, [first, index])
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await writer.query(waiting)).rowCount).toBe(1)
    await writer.query('insert into "A" values (8); commit')
    expect(await built).toEqual([index.name])
    expect((await owner.query(valid)).rows).toEqual([{ valid: true }])
    expect(await migrate(owner, [first, index])).toEqual([])
  })
})

describe('the audit trail', () => {
  test('lets its owner delete for retention, and lets nobody rewrite it', async () => {
    const owner = await connect(migrated.urls.owner)
    const workspaceId = await migrated.createWorkspace()
    await owner.query(
      `insert into "AuditEntry" ("workspaceId", "id", "actorType", "action") values ($1, gen_random_uuid(), 'system', 'test')`,
      [workspaceId],
    )
    await expect(owner.query(`update "AuditEntry" set "action" = 'x'`)).rejects.toThrow('append-only')
    expect((await owner.query('delete from "AuditEntry"')).rowCount).toBe(1)
  })

  test('refuses a role that was granted too much', async () => {
    const owner = await connect(migrated.urls.owner)
    await owner.query('grant update, delete on "AuditEntry" to espalier_system')
    await expect(migrated.db.system.query({ text: 'delete from "AuditEntry"', values: [] })).rejects.toThrow(
      'append-only',
    )
  })
})
