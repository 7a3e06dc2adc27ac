import type { SqlContext } from '@espalier/core'
import { checkSeries, type Granularity, type MetricsScope, widened, widenedToMinutes } from './metricsScope.ts'
import { reportRows } from './reportRows.ts'
import { type CountRow, type Counts, countsOf, pagesOf, type RollupTable, rowsOf, sums, Values } from './rollupRows.ts'
import { countsOver, type Reading, readKnown, visitorsOver } from './spans.ts'
import { type Keys, named, selected, visitorsByRow } from './visitorRows.ts'

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
  const rows = await readSteps(context, scope, { granularity, timeZone, keptIn }, () => ({
    keys: (at) => ({ at }),
    rows: rowsOf,
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
    const rows = await readSteps<{ place: number }>(context, this.#scope, steps, (values) => {
      const shown = `join unnest(${values.add(this.#keys)}::text[]) with ordinality as shown ("key", "place") on "key" = ${key}`
      return {
        keys: (at) => ({ place: '"place"::int', at }),
        rows: (table, values, span) => of(table, values, span, shown),
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

/** What a series is of. */
interface StepRows {
  /** @param at SQL of the beginning of a row's step */
  readonly keys: (at: string) => Keys
  readonly rows: (table: RollupTable, values: Values, span: MetricsScope) => string
}

async function readSteps<Key = object>(
  context: SqlContext,
  scope: MetricsScope,
  { granularity, timeZone, keptIn }: Steps,
  seriesOf: (values: Values) => StepRows,
): Promise<(CountRow & { at: Date } & Key)[]> {
  const now = context.clock.now()
  checkSeries(scope, granularity, timeZone, now)
  const values = new Values()
  const { keys, rows } = seriesOf(values)
  const minutes = granularity === 'MINUTE'
  const span = minutes ? widenedToMinutes(scope) : widened(scope, keptIn)
  const counts = minutes ? 'TrackingRecent' : 'TrackingHour'
  const zone = minutes ? '' : values.add(timeZone)
  const keysAt = (time: string) =>
    keys(minutes ? time : `date_trunc('${granularity.toLowerCase()}', ${time}, ${zone}::text)`)
  const counted = keysAt(minutes ? '"minute"' : '"hour"')
  const ofPart = (table: RollupTable, part: MetricsScope) => rows(table, values, part)
  const names = named(counted)
  const byPeriod = (reading: Reading) => [
    visitorsOver(reading, visitorsByRow),
    `select ${names}, ${sums} from (${countsOver(reading)}) as counts`,
  ]
  const [seen, from] =
    granularity === 'DAY' && timeZone === 'UTC'
      ? byPeriod({ keysAt, rows: ofPart, span, known: await readKnown(context) })
      : [
          visitorsByRow(counted, ofPart(minutes ? counts : 'TrackingVisitors', span)),
          `select ${selected(counted)}, ${sums} from ${ofPart(counts, span)}`,
        ]
  return reportRows(context, {
    text: `with seen as (${seen}),
        counted as (${from} group by ${names})
      select counted.*, seen."count", seen."exact" from counted left join seen using (${names}) order by "at"`,
    values: values.list,
  })
}
