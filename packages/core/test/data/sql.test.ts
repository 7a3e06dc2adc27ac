import pg from 'pg'
import { describe, expect, test } from 'vitest'
import type { SqlDb } from '../../src/data/database.ts'
import { prepared, type Statement, sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'

// One connection of each door, which has prepared whatever anyone before has.
const { db, urls, createWorkspace } = await testDatabase({ poolSize: 1, systemPoolSize: 1 })
const ours = db.workspace(await createWorkspace('Ours'))
const theirs = db.workspace(await createWorkspace('Theirs'))

/** Names of what a template made when asked so many times. */
const namesOf = (statement: () => Statement, times = 7) => Array.from({ length: times }, () => statement().name)

/** A template of its own for a text without values. */
const templateOf = (text: string, tag = sql) => {
  const parts = Object.assign([text], { raw: [text] })
  return () => tag(parts)
}

/** The prepared statements of a connection whose text has this in it. */
async function preparedOn(door: Pick<SqlDb, 'query'>, part: string): Promise<string[]> {
  const rows = await door.query<{ name: string; statement: string }>({
    text: `select "name", "statement" from pg_prepared_statements where not starts_with("statement", 'select "name", "statement"')`,
    values: [],
  })
  return rows.filter(({ statement }) => statement.includes(part)).map(({ name }) => name)
}

async function asOwner(change: string): Promise<void> {
  const owner = new pg.Client(urls.owner)
  await owner.connect()
  try {
    await owner.query(change)
  } finally {
    await owner.end()
  }
}

describe('a template', () => {
  test('binds its values, the same text each time', () => {
    const made = (one: number, two: string) => sql`select ${one}::int, ${two} from "Page"`
    for (const one of [1, 2, 3])
      expect(made(one, 'b')).toMatchObject({ text: 'select $1::int, $2 from "Page"', values: [one, 'b'] })
    expect(sql`select 1`).toEqual({ text: 'select 1', values: [] })
  })

  test('has a name from the fifth time on that it is asked, others another', () => {
    const names = namesOf(() => sql`select ${1}::int as "named"`)
    expect(names.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined])
    expect(names[4]).toMatch(/^sql_[\w-]{20,40}$/)
    expect(new Set(names.slice(4)).size).toBe(1)
    expect(namesOf(() => sql`select ${1}::int as "other"`).at(-1)).not.toBe(names[4])
  })

  test.each([
    ['all columns', 'select * from "Page"'],
    ['all columns of a table', 'select page.* from "Page" page'],
    ['all columns of what was written', 'insert into "Page" default values returning *'],
    ['all columns of each first', 'select distinct on ("a") * from "Page"'],
    ['a filter that a value switches off', 'select "id" from "Page" where ($1::uuid is null or "id" = $1)'],
    ['a filter for what a value does not say', 'select "id" from "Page" where "a" = $1 or not $2::boolean'],
    ['a setting', "set local lock_timeout = '1s'"],
    ['a lock', 'lock table "Page"'],
    ['a transaction', 'begin'],
  ])('has none where it says %s', (_what, text) => {
    expect(namesOf(templateOf(text))).toEqual(Array(7).fill(undefined))
  })

  test.each([
    ['a count', 'select count(*)::int from "Page"'],
    ['a product of columns', 'select "a" * "b" as "c" from "Page"'],
    ['a product of values', 'select $1::int * interval \'1 second\', ($2::int + 1) * 3 from "Page"'],
    ['a column that may be empty', 'select "id" from "Page" where "at" is null or "at" < $1'],
    ['a query with its parts', '\n  with old as (select 1) select "id" from "Page"'],
  ])('has one where it says %s', (_what, text) => {
    expect(namesOf(templateOf(text)).at(-1)).toMatch(/^sql_/)
  })
})

describe('what is asked by a template', () => {
  const mine = (asked: string) =>
    sql`select "name", ${asked}::text as "asked" from "Workspace" where "name" in ('Ours', 'Theirs')`

  test('is prepared from the fifth time on, and each workspace goes on to see its own rows over one connection', async () => {
    for (let time = 1; time <= 12; time += 1) {
      const [door, name] = time % 2 ? [ours, 'Ours'] : [theirs, 'Theirs']
      expect(await door.query(mine(`${time}`))).toEqual([{ name, asked: `${time}` }])
      expect(await preparedOn(ours, "in ('Ours', 'Theirs')")).toHaveLength(time < 5 ? 0 : 1)
    }
  })

  test('is prepared in transactions too, as their first statement and as a later one, and by whoever waits for nothing', async () => {
    const touched = (name: string) => sql`update "Workspace" set "name" = ${name} where "name" in ('Ours', 'Theirs')`
    for (const time of Array(8).keys())
      for (const [door, name] of [
        [ours, 'Ours'],
        [theirs, 'Theirs'],
      ] as const) {
        expect(await door.sqlTransaction((tx) => tx.query(mine(`${time}`)))).toEqual([{ name, asked: `${time}` }])
        const [{ rows, again }] = await door.transaction(async (tx) => {
          await tx.send(touched(name))
          const [rows, again] = await Promise.all([tx.query(mine('a')), tx.query(mine('b'))])
          return [{ rows, again }]
        })
        expect([...rows, ...again]).toEqual([
          { name, asked: 'a' },
          { name, asked: 'b' },
        ])
      }
    expect(await preparedOn(ours, 'update "Workspace" set')).toHaveLength(1)
  })

  test('is prepared by the system door, which goes on to see all workspaces', async () => {
    const all = () => sql`select "name" from "Workspace" where "name" in ('Ours', 'Theirs') order by "name"`
    for (const _time of Array(8).keys()) {
      expect(await db.system.query(all())).toEqual([{ name: 'Ours' }, { name: 'Theirs' }])
      expect(await db.system.transaction((tx) => tx.query(all()))).toHaveLength(2)
      expect(await ours.query(all())).toEqual([{ name: 'Ours' }])
    }
    expect(await preparedOn(db.system, 'order by "name"')).toHaveLength(1)
    expect(await preparedOn(ours, 'order by "name"')).toEqual(await preparedOn(db.system, 'order by "name"'))
  })

  test('takes values of whatever kind each time', async () => {
    const asked = (text: string | null, list: string[], at: Date | null, most: number) =>
      sql`select ${text}::text as "text", ${list}::text[] as "list", ${at}::timestamptz as "at" from generate_series(1, 5) limit ${most}`
    const at = new Date('2026-01-01T00:00:00Z')
    for (const _time of Array(8).keys()) {
      expect(await ours.query(asked(null, [], null, 1))).toEqual([{ text: null, list: [], at: null }])
      expect(await ours.query(asked('a', ['b', 'c'], at, 5))).toHaveLength(5)
      expect(await ours.query(asked('a', ['b', 'c'], at, 1))).toEqual([{ text: 'a', list: ['b', 'c'], at }])
    }
  })

  test('goes on where a migration adds a column meanwhile', async () => {
    const set = () => sql`
      insert into "PluginSetting" ("plugin", "value", "updatedAt") values ('sql', '1', now())
      on conflict ("workspaceId", "plugin") do update set "updatedAt" = now() returning "plugin", "value"`
    const each = () => sql`select "plugin", "value" from "PluginSetting"`
    const all = () => sql`select * from "PluginSetting"`
    const ask = async () => [await ours.query(set()), await ours.query(each()), (await ours.query(all())).length]
    for (const _time of Array(8).keys())
      expect(await ask()).toEqual([[{ plugin: 'sql', value: 1 }], [{ plugin: 'sql', value: 1 }], 1])
    await asOwner('alter table "PluginSetting" add column "later" int not null default 2')
    expect(await ask()).toEqual([[{ plugin: 'sql', value: 1 }], [{ plugin: 'sql', value: 1 }], 1])
    expect(await ours.query(all())).toMatchObject([{ plugin: 'sql', later: 2 }])
  })

  test('is refused once, and not for good, where a column becomes another', async () => {
    const later = () => sql`select "later" from "PluginSetting"`
    for (const _time of Array(8).keys()) expect(await ours.query(later())).toEqual([{ later: 2 }])
    await asOwner('alter table "PluginSetting" alter column "later" type text')
    await expect(ours.query(later())).rejects.toThrow('cached plan must not change result type')
    expect(await ours.query(later())).toEqual([{ later: '2' }])
    await asOwner('alter table "PluginSetting" alter column "later" type int using "later"::int')
    const inTransaction = () => ours.sqlTransaction((tx) => tx.query(later()))
    await expect(inTransaction()).rejects.toThrow('cached plan must not change result type')
    expect(await inTransaction()).toEqual([{ later: 2 }])
  })
})

test('what a failed transaction did not get to prepare fails for the reason of the transaction', async () => {
  const divided = prepared('test_divided', 'select 1 / $1::int as "one"')
  const unknown = prepared('test_unknown', 'select $1::int as "unknown"')
  await expect(
    ours.transaction(async (tx) => {
      await tx.query(sql`select 1`)
      await tx.send(divided(0))
      for (const answer of await Promise.allSettled([tx.query(unknown(1)), tx.query(unknown(2))]))
        expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'division by zero' } })
    }),
  ).rejects.toThrow('division by zero')
  expect(await ours.query(unknown(3))).toEqual([{ unknown: 3 }])
})

test('a process names 256 templates at most', async () => {
  // A module of its own: this process has named some already, and shall name others.
  const again = '../../src/data/sql.ts?again'
  const fresh: { sql: typeof sql } = await import(again)
  const named = Array.from({ length: 300 }, (_, index) =>
    namesOf(templateOf(`select ${index} as "many"`, fresh.sql), 5).at(-1),
  )
  expect(named.filter(Boolean)).toHaveLength(256)
  expect(named.slice(256)).toEqual(Array(44).fill(undefined))
})
