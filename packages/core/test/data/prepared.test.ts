import pg from 'pg'
import { expect, test } from 'vitest'
import type { SqlDb } from '../../src/data/database.ts'
import { prepared, sql } from '../../src/data/sql.ts'
import { testDatabase } from '../../src/testing/database.ts'

// One connection, which each statement finds prepared from the second time on.
const { db, urls, createWorkspace } = await testDatabase({ poolSize: 1 })
const workspace = db.workspace(await createWorkspace('Ours'))

/** In and out of a transaction: as its first statement, and as a later one. */
const ways: readonly ((work: (db: SqlDb) => Promise<unknown>) => Promise<unknown>)[] = [
  (work) => work(workspace),
  (work) => workspace.sqlTransaction(work),
  (work) => workspace.transaction(async (tx) => (await tx.query(sql`select 1`)) && work(tx)),
]

const typed = prepared(
  'test_typed',
  `select "name", 1.5::float8 as "float", true as "yes", null::int as "none", '{1,2}'::int[] as "list",
     '{"a": 1}'::jsonb as "json", timestamptz '2026-01-01T00:00:00Z' as "at", $1::text as "asked" from "Workspace"`,
)

test('a prepared statement answers each time as it did the first', async () => {
  const answer = (asked: string) => [
    {
      ...{ name: 'Ours', float: 1.5, yes: true, none: null, list: [1, 2], json: { a: 1 } },
      ...{ at: new Date('2026-01-01T00:00:00Z'), asked },
    },
  ]
  for (const time of ['first', 'second', 'third'])
    for (const [index, way] of ways.entries())
      expect(await way((db) => db.query(typed(`${time} ${index}`)))).toEqual(answer(`${time} ${index}`))
})

test('a prepared statement that has no rows, or whose values are refused, leaves the others as they were', async () => {
  const nothing = prepared('test_nothing', `delete from "PluginSetting" where "plugin" = $1`)
  const divided = prepared('test_divided', `select 1 / $1::int as "one"`)
  for (const _time of ['first', 'second'])
    for (const way of ways) {
      expect(await way((db) => db.query(nothing('none')))).toEqual([])
      await expect(way((db) => db.query(divided(0)))).rejects.toThrow('division by zero')
      await expect(way((db) => db.query(divided('x')))).rejects.toThrow('invalid input syntax')
      expect(await way((db) => db.query(divided(1)))).toEqual([{ one: 1 }])
    }
})

test('a prepared statement whose rows have changed is refused, and not read as what they were', async () => {
  const all = prepared('test_all', `select * from "PluginSetting" where "plugin" <> $1`)
  expect(await workspace.query(all('x'))).toEqual(await workspace.query(all('x')))
  const owner = new pg.Client(urls.owner)
  await owner.connect()
  try {
    await owner.query('alter table "PluginSetting" add column "before" int')
  } finally {
    await owner.end()
  }
  await expect(workspace.query(all('x'))).rejects.toThrow('cached plan must not change result type')
  expect(await workspace.query(typed('after'))).toMatchObject([{ asked: 'after' }])
})
