import { binaryArray } from '@espalier/core'
import { buckets, exactUpTo, levels } from './visitorCounts.ts'

/**
 * SQL of the columns "few" and "cells", in which a rollup's row keeps its different visitors (see visitorCounts.ts):
 * "few" holds hashes, "cells" is null, until there are too many of them.
 */

/** The two columns of rows, as parameters: `text[]`, of which each is an array of bigint, and `varbit[]`. */
export function fewAndCells(rows: readonly { readonly hashes: ReadonlySet<bigint> }[]): [few: string[], cells: Buffer] {
  const many = rows.map(({ hashes }) => hashes.size > exactUpTo)
  return [
    rows.map(({ hashes }, index) => (many[index] ? '{}' : `{${[...hashes].join(',')}}`)),
    binaryArray(
      'varbit',
      rows.map(({ hashes }, index) => (many[index] ? cellsOf(hashes) : null)),
      'cells',
    ),
  ]
}

/** What `tracking_cells` makes of hashes in SQL, for many of them at once. */
function cellsOf(hashes: ReadonlySet<bigint>): Uint8Array {
  const cells = new Uint8Array((buckets * levels) / 8)
  for (const hash of hashes) {
    const cell = Number(hash & 65_535n)
    cells[cell >> 3] = (cells[cell >> 3] as number) | (128 >> (cell & 7))
  }
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
 * where not. What a single row says, such as a minute's of one site, is counted already.
 *
 * @param from rows, as `from … where …`
 */
export function visitorsBy(keys: Keys, from: string): string {
  const names = named(keys)
  return `
    with every as (select ${selected(keys)}, "few", "cells" from ${from}),
      picked as (select *, count(*) over (partition by ${names}) as "rows" from every),
      dense as (select ${names}, bit_or("cells") as "cells" from picked where "rows" > 1 and "cells" is not null group by ${names}),
      hashes as (select ${names}, "hash" from picked, unnest("few") as "hash" where "rows" > 1 group by ${names}, "hash"),
      sparse as (select ${names}, count(*) as "visitors",
          array_agg("hash") filter (where (${names}) in (select ${names} from dense)) as "hashes"
        from hashes group by ${names})
    select ${names}, "cells" is null as "exact", (case when "cells" is null then "visitors"
      else bit_count("cells" | tracking_cells(coalesce("hashes", '{}'))) end)::int as "count"
    from dense full join sparse using (${names})
    union all
    select ${names}, "cells" is null, (case when "cells" is null then cardinality("few") else bit_count("cells") end)::int
    from picked where "rows" = 1`
}
