import { InvalidInputError, type SqlContext } from '@espalier/core'
import { none } from './dimensions.ts'
import { type MetricsScope, widened } from './metricsScope.ts'
import { reportRows } from './reportRows.ts'
import { type CountRow, type Counts, countsOf, sums, Values } from './rollupRows.ts'
import { type SeriesPoint, SplitSeries, type Steps, splitBy } from './series.ts'
import { countsOver, readKnown, visitorsOver } from './spans.ts'

/** What was counted under one value of a dimension. */
export interface Group extends Counts {
  /** Null: unknown or none. "(other)": what came after the values that a day keeps apart. */
  readonly value: string | null
  readonly scope: MetricsScope
  /** Its course, read together with that of the other values. */
  readonly series: (context: SqlContext, steps: Steps) => Promise<SeriesPoint[]>
}

/** Counts by the values of a dimension, or by page: those with the most pageviews and sessions, largest first. */
export async function readSplit(
  context: SqlContext,
  scope: MetricsScope,
  dimension: string,
  first: number,
  timeZone = 'UTC',
): Promise<Group[]> {
  if (scope.value)
    throw InvalidInputError.of('by', 'NOT_KEPT', {
      en: 'Numbers are split once: what is split cannot be split again.',
      fr: 'Les chiffres se ventilent une fois : ce qui est ventilé ne peut pas l’être encore.',
    })
  const span = widened(scope, timeZone)
  const values = new Values()
  const { key, rows: of } = splitBy(dimension)
  const over = { span, known: await readKnown(context) }
  const shown = `join counted on counted."key" = ${key}`
  const rows = await reportRows<CountRow & { key: string }>(context, {
    // Visitors are told apart under the place of their value: among many hashes a number is found faster than a text.
    text: `with counted as (select *, row_number() over (order by "pageviews" + "sessions" desc, "key") as "place" from (
          select "key", ${sums} from (${countsOver({
            ...over,
            keysAt: () => ({ key }),
            rows: (table, part) => of(table, values, part),
          })}) as counts group by 1
          having sum("pageviews" + "clicks" + "conversions" + "sessions") > 0) as groups
        order by "place" limit ${values.add(first)}),
        seen as (${visitorsOver({
          ...over,
          keysAt: () => ({ place: '"place"' }),
          rows: (table, part) => of(table, values, part, shown),
        })})
      select counted.*, seen."count", seen."exact" from counted left join seen using ("place") order by "place"`,
    values: values.list,
  })
  const keys = rows.map(({ key }) => key)
  const series = new SplitSeries(scope, dimension, keys)
  return rows.map((row) => ({
    value: row.key === none ? null : row.key,
    ...countsOf(row),
    scope: dimension === 'page' ? { ...scope, pageId: row.key } : { ...scope, value: [dimension, row.key] },
    series: (context, steps) => series.of(context, row.key, steps),
  }))
}
