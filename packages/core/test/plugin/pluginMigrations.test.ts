import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import { migratePlugins, type PluginMigration, readPluginMigrations } from '../../src/plugin/pluginMigrations.ts'
import { testDatabase } from '../../src/testing/database.ts'

const { urls } = await testDatabase()
const clients: pg.Client[] = []
afterAll(() => Promise.all(clients.map((client) => client.end())))
async function connect(): Promise<pg.Client> {
  const client = new pg.Client(urls.owner)
  clients.push(client)
  await client.connect()
  return client
}
const owner = await connect()

let count = 0
/** A migration of a plugin of its own that makes a table, as it should be unless told otherwise. */
function migration(sql?: (table: string) => string): PluginMigration & { table: string } {
  count += 1
  const table = `Apple${count}`
  const whole = (name: string) => `
    create table "${name}" ("workspaceId" uuid not null default current_workspace(), "id" uuid not null, "sort" text,
      primary key ("workspaceId", "id"));
    select protect_workspace_rows('"${name}"');`
  return { plugin: `orchard-${count}`, name: '20260101000000_apples', sql: (sql ?? whole)(table), table }
}

const exists = async ({ table }: { table: string }) =>
  (await owner.query('select to_regclass($1) is not null as there', [`"${table}"`])).rows[0].there
const ledger = async ({ plugin }: { plugin: string }) =>
  (await owner.query('select name from "_plugin_migrations" where plugin = $1', [plugin])).rows.map(({ name }) => name)

describe('the migrations of a plugin', () => {
  test('make its tables once, whoever starts at the same time', async () => {
    const apples = migration()
    const starters = await Promise.all([1, 2, 3].map(connect))
    const applied = await Promise.all(starters.map((starter) => migratePlugins(starter, [apples])))
    expect(applied.flat()).toEqual([`${apples.plugin}/${apples.name}`])
    expect(await exists(apples)).toBe(true)
    expect(await migratePlugins(owner, [apples])).toEqual([])
  })

  test('are known by plugin: two may be named alike', async () => {
    const [apples, pears] = [migration(), migration()]
    await migratePlugins(owner, [apples])
    expect(await migratePlugins(owner, [apples, pears])).toEqual([`${pears.plugin}/${pears.name}`])
  })

  test('wait while the plugin is switched off, and follow when it is switched on again', async () => {
    const first = migration()
    const second = {
      ...migration((table) => `create view "${table}" with (security_invoker) as select 1 as one`),
      plugin: first.plugin,
      name: '20260102000000_more',
    }
    await migratePlugins(owner, [first])
    await migratePlugins(owner, [])
    expect(await ledger(first)).toEqual([first.name])
    expect(await migratePlugins(owner, [first, second])).toEqual([`${first.plugin}/${second.name}`])
  })

  test('that were edited after they ran stop the start, before anything else runs', async () => {
    const [apples, pears] = [migration(), migration()]
    await migratePlugins(owner, [apples])
    await expect(migratePlugins(owner, [pears, { ...apples, sql: `${apples.sql} -- better` }])).rejects.toMatchObject({
      code: 'PLUGIN_MIGRATION_EDITED',
      message: expect.stringContaining(`Migration ${apples.name} of plugin "${apples.plugin}" was edited`),
    })
    expect(await exists(pears)).toBe(false)
  })

  test('are rolled back whole where they fail, those before them stay', async () => {
    const [apples, broken] = [migration(), migration((table) => `create table "${table}" (a int); select 1 / 0;`)]
    await expect(migratePlugins(owner, [apples, broken])).rejects.toMatchObject({
      code: 'PLUGIN_MIGRATION_FAILED',
      message: expect.stringMatching(/apples of plugin "orchard-\d+" failed and was rolled back: division by zero/),
    })
    expect([await exists(apples), await exists(broken)]).toEqual([true, false])
    expect(await ledger(broken)).toEqual([])
    expect(await migratePlugins(owner, [apples, { ...migration(), plugin: broken.plugin }])).toHaveLength(1)
  })

  test.each<[what: string, sql: (table: string) => string, says: RegExp]>([
    [
      'a table without its policy',
      (table) => `create table "${table}" ("workspaceId" uuid, "id" uuid, primary key ("workspaceId", "id"))`,
      /public\.Apple\d+ \(a tenant table has no policy/,
    ],
    [
      'a table without workspaces',
      (table) => `create table "${table}" ("id" uuid primary key)`,
      /public\.Apple\d+ \(a table is neither/,
    ],
    [
      'a key that does not start with the workspace',
      (table) =>
        `create table "${table}" ("workspaceId" uuid, "id" uuid primary key); select protect_workspace_rows('"${table}"')`,
      /public\.Apple\d+ .*\(a unique index of a tenant table/,
    ],
    [
      'a view that runs as its owner',
      (table) => `create view "${table}" as select * from "Member"`,
      /public\.Apple\d+ \(a view runs/,
    ],
    [
      'an open door in a table of somebody else',
      () => `create policy open on "Member" for select to espalier_app using (true)`,
      /public\.Member open \(a policy lets/,
    ],
  ])('may not leave %s', async (_what, sql, says) => {
    const leaky = migration(sql)
    await expect(migratePlugins(owner, [leaky])).rejects.toMatchObject({
      code: 'PLUGIN_TABLE_OPEN',
      message: expect.stringMatching(says),
    })
    expect([await exists(leaky), await ledger(leaky)]).toEqual([false, []])
  })

  test('do not end the transaction that they run in', async () => {
    const sly = migration((table) => `create table "${table}" ("id" uuid primary key); commit; begin; select 1`)
    await expect(migratePlugins(owner, [sly])).rejects.toThrow(/it ends its transaction\. Leave BEGIN, COMMIT/)
    expect([await exists(sly), await ledger(sly)]).toEqual([false, []])
    const wavering = migration(() => 'rollback; begin')
    await expect(migratePlugins(owner, [wavering])).rejects.toThrow(/it ends its transaction\. Leave BEGIN, COMMIT/)
    const apples = migration()
    expect(await migratePlugins(owner, [apples])).toHaveLength(1)
  })

  test('leave no setting behind, for the checks or for what runs after them', async () => {
    const dumped = migration(
      (table) => `
        create table "${table}" ("workspaceId" uuid not null default current_workspace(), "id" uuid not null, primary key ("workspaceId", "id"));
        select protect_workspace_rows('"${table}"');
        set statement_timeout = 1234567; select set_config('search_path', '', false); set role espalier_app`,
    )
    const apples = migration()
    expect(await migratePlugins(owner, [dumped, apples])).toHaveLength(2)
    const { rows } = await owner.query(
      `select current_user = session_user as same, current_setting('statement_timeout') as timeout, current_setting('search_path') as path`,
    )
    expect(rows).toEqual([{ same: true, timeout: '0', path: '"$user", public' }])
  })
})

describe('the folder that a plugin names', () => {
  const made: string[] = []
  afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))))
  async function pluginWith(...names: string[]) {
    const folder = await mkdtemp(join(tmpdir(), 'espalier-plugin-'))
    made.push(folder)
    for (const name of names) {
      await mkdir(join(folder, 'migrations', name), { recursive: true })
      await writeFile(join(folder, 'migrations', name, 'migration.sql'), `-- ${name}`)
    }
    return definePlugin({ name: 'orchard', migrations: pathToFileURL(`${folder}/migrations/`) })
  }

  test('is read from the oldest on; a plugin without one has none', async () => {
    const plugin = await pluginWith('20260201000000_pears', '20260101000000_apples')
    expect(await readPluginMigrations([definePlugin({ name: 'bare' }), plugin])).toEqual([
      { plugin: 'orchard', name: '20260101000000_apples', sql: '-- 20260101000000_apples' },
      { plugin: 'orchard', name: '20260201000000_pears', sql: '-- 20260201000000_pears' },
    ])
  })

  test.each([
    ['is not there', [], /Plugin "orchard": its migrations cannot be read from .*migrations/],
    ['holds a name out of order', ['apples'], /its migrations have one that is named "apples"/],
  ])('stops the start where it %s', async (_what, names, says) => {
    await expect(readPluginMigrations([await pluginWith(...names)])).rejects.toMatchObject({
      code: 'PLUGIN_DEFECT',
      message: expect.stringMatching(says),
    })
  })
})
