import { binaryArray } from '@espalier/core'
import { noCells, setCell } from './visitorCells.ts'
import { buckets, exactUpTo, type HashedVisitor, levels } from './visitorCounts.ts'

/**
 * SQL of the columns "few" and "cells", in which a rollup's row keeps its different visitors (see visitorCounts.ts):
 * "few" holds hashes, "cells" is null, until there are too many of them.
 */

/** What has visitors. */
interface Visited {
  readonly visitors: ReadonlySet<HashedVisitor>
}

/** The two columns of rows, as parameters: `text[]`, of which each is an array of bigint, and `varbit[]`. */
export function fewAndCells(rows: readonly Visited[]): [few: string[], cells: Buffer] {
  const many = rows.map(({ visitors }) => visitors.size > exactUpTo)
  return [
    rows.map(({ visitors }, index) => (many[index] ? '{}' : `{${Array.from(visitors, ({ hash }) => hash).join(',')}}`)),
    binaryArray(
      'varbit',
      rows.map(({ visitors }, index) => (many[index] ? cellsOf(visitors) : null)),
      'cells',
    ),
  ]
}

/** What `tracking_cells` makes of hashes in SQL, for many of them at once. */
function cellsOf(visitors: ReadonlySet<HashedVisitor>): Uint8Array {
  const cells = noCells()
  for (const { cell } of visitors) setCell(cells, cell)
  return cells
}

/** In `select … from unnest(…)` of what {@link fewAndCells} gives. */
export const readFewAndCells = `"few"::bigint[], "cells"::bit(${buckets * levels})`

const bothRows = `known."few", known."cells", excluded."few", excluded."cells"`

/** In `on conflict do update`: whether the row in place, `known`, lacks a visitor of the new one. */
export const hasNewVisitors = `tracking_lacks_visitors(${bothRows})`

/** In `on conflict do update`: the two columns of both rows together, as a select. */
export const mergedFewAndCells = `select "few", "cells" from tracking_with_visitors(${bothRows})`

/** What counts are told apart by: expressions under names, such as `{ key: '"value"', at: '"hour"' }`. */
export type Keys = Readonly<Record<string, string>>

/** The keys as `select` has them: with their names. */
export function selected(keys: Keys): string {
  return Object.entries(keys)
    .map(([name, expression]) => `${expression} as "${name}"`)
    .join(', ')
}

/** The names of the keys, as `group by`, `using` and `order by` have them. */
export function named(keys: Keys): string {
  return Object.keys(keys)
    .map((name) => `"${name}"`)
    .join(', ')
}

/**
 * Different visitors by keys, "count": exactly where every row of them keeps them one by one ("exact"), as set cells
 * where not.
 *
 * Hashes beside cells are not made cells of: they are counted where theirs is not set. What a row holds may be compressed, and would
 * be unpacked for each of them, hence the copy.
 *
 * @param from rows, as `from … where …`
 */
export function visitorsBy(keys: Keys, from: string): string {
  const names = named(keys)
  return `
    with every as materialized (select ${selected(keys)}, "few", "cells" from ${from}),
      dense as (select ${names}, bit_or("cells") || B'' as "cells" from every where "cells" is not null group by ${names}),
      ${besideDense('every', names)},
      hashes as (select distinct ${names}, "hash" from every, unnest("few") as "hash" where not ${isDense('every', keys)})
    ${countedOf(names)}`
}

/**
 * The same where most keys have a single row, such as an hour's of one site: what that says is counted already. Slower than
 * {@link visitorsBy} where they have many.
 */
export function visitorsByRow(keys: Keys, from: string): string {
  const names = named(keys)
  return `
    with every as (select ${selected(keys)}, "few", "cells" from ${from}),
      picked as (select *, count(*) over (partition by ${names}) as "rows" from every),
      dense as (select ${names}, bit_or("cells") || B'' as "cells" from picked where "rows" > 1 and "cells" is not null group by ${names}),
      several as (select ${names}, "few" from picked where "rows" > 1),
      ${besideDense('several', names)},
      hashes as (select distinct ${names}, "hash" from several, unnest("few") as "hash" where not ${isDense('several', keys)})
    ${countedOf(names)}
    union all
    select ${names}, "cells" is null, (case when "cells" is null then cardinality("few") else bit_count("cells") end)::int
    from picked where "rows" = 1`
}

/** Cells that only the hashes of `rows` set, "added", beside those of `dense`. */
function besideDense(rows: string, names: string): string {
  return `beside as (select ${names}, dense."cells", (unnest("few") & 65535)::int as "cell" from ${rows} join dense using (${names})),
      added as (select ${names}, count(distinct "cell") as "cells" from beside where get_bit("cells", "cell") = 0 group by ${names})`
}

function isDense(rows: string, keys: Keys): string {
  const of = (table: string) =>
    `(${Object.keys(keys)
      .map((name) => `${table}."${name}"`)
      .join(', ')})`
  return `exists (select from dense where ${of('dense')} = ${of(rows)})`
}

/** What `hashes` tell apart, and what `dense` and `added` set. */
function countedOf(names: string): string {
  return `select ${names}, true as "exact", count(*)::int as "count" from hashes group by ${names}
    union all
    select ${names}, false, (bit_count(dense."cells") + coalesce(added."cells", 0))::int from dense left join added using (${names})`
}
