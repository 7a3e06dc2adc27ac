import type { SqlContext } from '@espalier/core'
import { checkSeries, type Granularity, type MetricsScope, widened, widenedToMinutes } from './metricsScope.ts'
import { reportRows } from './reportRows.ts'
import { type CountRow, type Counts, countsOf, pagesOf, rowsOf, sums, Values } from './rollupRows.ts'
import { type Keys, named, selected, visitorsBy } from './visitorRows.ts'

export interface SeriesPoint extends Counts {
  /** Beginning of the minute, hour or day. */
  readonly at: Date
}

/** The steps of a series. */
export interface Steps {
  readonly granularity: Granularity
  /** IANA name: where days and hours begin. */
  readonly timeZone: string
  /**
   * The workspace's time zone, in whose hours numbers are kept: steps are exact in time zones that are whole hours
   * apart from it.
   */
  readonly keptIn: string
}

/**
 * Counts per minute, hour or day, in order; steps in which nothing happened are left out.
 *
 * @throws InvalidInputError for a span that is too long, minutes that are no longer kept, or an unknown time zone
 */
export async function readSeries(
  context: SqlContext,
  scope: MetricsScope,
  granularity: Granularity,
  timeZone = 'UTC',
  keptIn = timeZone,
): Promise<SeriesPoint[]> {
  const rows = await readSteps(context, scope, { granularity, timeZone, keptIn }, ({ counts, visitors, at }) => ({
    keys: { at },
    counted: (values, span) => rowsOf(counts, values, span),
    seen: (values, span) => rowsOf(visitors, values, span),
  }))
  return rows.map((row) => ({ at: row.at, ...countsOf(row) }))
}

/** The series of the values of a split. They are read together, when the first of them is asked for. */
export class SplitSeries {
  readonly #scope: MetricsScope
  readonly #dimension: string
  readonly #keys: readonly string[]
  readonly #read = new Map<string, Promise<Map<string, SeriesPoint[]>>>()

  /** @param keys values of the dimension; ids of pages, where the dimension is "page" */
  constructor(scope: MetricsScope, dimension: string, keys: readonly string[]) {
    this.#scope = scope
    this.#dimension = dimension
    this.#keys = keys
  }

  /** The series of one of the values. @throws InvalidInputError as {@link readSeries} does */
  async of(context: SqlContext, key: string, steps: Steps): Promise<SeriesPoint[]> {
    const name = `${steps.granularity} ${steps.timeZone}`
    let series = this.#read.get(name)
    if (!series) {
      series = this.#readAll(context, steps)
      this.#read.set(name, series)
    }
    return (await series).get(key) ?? []
  }

  async #readAll(context: SqlContext, steps: Steps): Promise<Map<string, SeriesPoint[]>> {
    const { key, rows: of } = splitBy(this.#dimension)
    const rows = await readSteps<{ place: number }>(context, this.#scope, steps, ({ counts, visitors, at }) => {
      const shown = (values: Values) =>
        `join unnest(${values.add(this.#keys)}::text[]) with ordinality as shown ("key", "place") on "key" = ${key}`
      return {
        keys: { place: '"place"::int', at },
        counted: (values, span) => of(counts, values, span, shown(values)),
        seen: (values, span) => of(visitors, values, span, shown(values)),
      }
    })
    const series = new Map(this.#keys.map((key) => [key, [] as SeriesPoint[]]))
    for (const row of rows) series.get(this.#keys[row.place - 1] as string)?.push({ at: row.at, ...countsOf(row) })
    return series
  }
}

/** What rows are told apart by in a split, and which rows it is of. */
export function splitBy(dimension: string): {
  key: string
  rows: typeof pagesOf
} {
  if (dimension === 'page') return { key: '"pageId"::text', rows: pagesOf }
  return { key: '"value"', rows: (table, values, scope, join) => rowsOf(table, values, scope, dimension, join) }
}

/** Where steps are read from: rows of counts, rows of visitors, and the beginning of a row's step. */
type StepSource = {
  counts: 'TrackingHour' | 'TrackingRecent'
  visitors: 'TrackingVisitors' | 'TrackingRecent'
  at: string
}

interface StepRows {
  readonly keys: Keys
  readonly counted: (values: Values, span: MetricsScope) => string
  readonly seen: (values: Values, span: MetricsScope) => string
}

async function readSteps<Key = object>(
  context: SqlContext,
  scope: MetricsScope,
  { granularity, timeZone, keptIn }: Steps,
  rowsFrom: (source: StepSource) => StepRows,
): Promise<(CountRow & { at: Date } & Key)[]> {
  checkSeries(scope, granularity, timeZone, context.clock.now())
  const values = new Values()
  const minutes = granularity === 'MINUTE'
  const span = minutes ? widenedToMinutes(scope) : widened(scope, keptIn)
  const { keys, counted, seen } = rowsFrom(
    minutes
      ? { counts: 'TrackingRecent', visitors: 'TrackingRecent', at: '"minute"' }
      : {
          counts: 'TrackingHour',
          visitors: 'TrackingVisitors',
          at: `date_trunc('${granularity.toLowerCase()}', "hour", ${values.add(timeZone)}::text)`,
        },
  )
  const names = named(keys)
  return reportRows(context, {
    text: `with seen as (${visitorsBy(keys, seen(values, span))}),
        counted as (select ${selected(keys)}, ${sums} from ${counted(values, span)} group by ${names})
      select counted.*, seen."count", seen."exact" from counted left join seen using (${names}) order by "at"`,
    values: values.list,
  })
}
