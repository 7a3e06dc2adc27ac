import { testDatabase } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
import { exactUpTo, visitorHash } from '../src/visitorCounts.ts'
import { visitorsBy, visitorsByRow } from '../src/visitorRows.ts'

const { db, createWorkspace } = await testDatabase()
const workspace = db.workspace(await createWorkspace())

const hashes = Array.from({ length: 3 * exactUpTo }, (_, index) => visitorHash(`visitor ${index}`))
const few = hashes.slice(0, 5)
const more = hashes.slice(3, 9)
const many = hashes.slice(0, exactUpTo + 1)
const others = hashes.slice(exactUpTo - 20)

/** A row of these visitors as it is stored: one by one, or as cells. */
function rowOf(visitors: readonly bigint[]): { few: string[]; cells: string[] | null } {
  const each = visitors.map(String)
  return each.length > exactUpTo ? { few: [], cells: each } : { few: each, cells: null }
}

/** What PostgreSQL makes of a row and a new one, beside all of their visitors at once. */
async function merged(known: ReturnType<typeof rowOf>, added: ReturnType<typeof rowOf>) {
  const values = [known.few, known.cells, added.few, added.cells]
  const [row] = await workspace.query<{
    few: string[]
    cells: string | null
    lacks: boolean
    expected: string
    exact: string[]
  }>({
    text: `with given as (select case when $2::bigint[] is null then null else tracking_cells($2::bigint[]) end as known,
        case when $4::bigint[] is null then null else tracking_cells($4::bigint[]) end as added)
      select array(select unnest(merged."few")::text order by 1) as "few", merged."cells"::text as "cells",
        tracking_lacks_visitors($1::bigint[], known, $3::bigint[], added) as "lacks",
        tracking_cells($1::bigint[] || $2::bigint[] || $3::bigint[] || $4::bigint[])::text as "expected",
        array(select distinct unnest($1::bigint[] || $3::bigint[])::text order by 1) as "exact"
      from given, tracking_with_visitors($1::bigint[], known, $3::bigint[], added) as merged`,
    values,
  })
  return row as NonNullable<typeof row>
}

describe('the visitors of two rows together', () => {
  test.each([
    ['few and few', rowOf(few), rowOf(more), true],
    ['few and the same', rowOf(more), rowOf(more), false],
    ['few and none', rowOf(few), rowOf([]), false],
  ])('%s: one by one', async (_, known, added, lacks) => {
    const row = await merged(known, added)
    expect(row.few).toEqual(row.exact)
    expect(row).toMatchObject({ cells: null, lacks })
  })

  test.each([
    ['few and few that are too many together', rowOf(many.slice(1)), rowOf(others.slice(0, exactUpTo)), true],
    ['few and many', rowOf(few), rowOf(many), true],
    ['many and few of them', rowOf(many), rowOf(more), false],
    ['many and few others', rowOf(many), rowOf(others.slice(-5)), true],
    ['many and many others', rowOf(many), rowOf(others), true],
    ['many and the same', rowOf(many), rowOf(many), false],
  ])('%s: as cells', async (_, known, added, lacks) => {
    const row = await merged(known, added)
    expect(row.few).toEqual([])
    expect(row.cells).toBe(row.expected)
    expect(row.lacks).toBe(lacks)
  })
})

describe.each([
  ['rows together', visitorsBy],
  ['rows that stand alone, and some together', visitorsByRow],
])('different visitors of %s', (_, visitorsOf) => {
  const rows = {
    one: [few],
    several: [few, more, few],
    dense: [many],
    'dense and few': [many, others.slice(-5), more, others.slice(-7)],
    'dense twice': [many, others],
    none: [[]],
  }

  test('are those of all rows of a key: one by one, or as cells', async () => {
    const given = Object.entries(rows).flatMap(([key, of]) => of.map((visitors) => ({ key, ...rowOf(visitors) })))
    const counted = await workspace.query<{ key: string; exact: boolean; count: number }>({
      text: `${visitorsOf(
        { key: '"key"' },
        `json_to_recordset($1) as given ("key" text, "few" bigint[], "set" bigint[]),
        lateral (select case when "set" is not null then tracking_cells("set") end as "cells") as made`,
      )}`,
      values: [JSON.stringify(given.map(({ key, few, cells }) => ({ key, few, set: cells })))],
    })
    const expected = Object.entries(rows).flatMap(([key, of]) => {
      const all = new Set(of.flat())
      const exact = of.every((visitors) => visitors.length <= exactUpTo)
      const count = exact ? all.size : new Set([...all].map((hash) => hash & 65_535n)).size
      return { key, exact, count }
    })
    const byKey = Object.fromEntries(counted.map(({ key, ...row }) => [key, row]))
    for (const { key, ...row } of expected) expect(byKey[key] ?? { exact: true, count: 0 }, key).toEqual(row)
    expect(counted.length).toBe(Object.keys(byKey).length)
  })
})
