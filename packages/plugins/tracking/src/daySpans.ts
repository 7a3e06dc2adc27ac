import { measures } from './changedRows.ts'
import type { MetricsScope } from './metricsScope.ts'
import type { RollupTable, Values } from './rollupRows.ts'
import { dayMs, dayOf } from './timeZone.ts'
import { type Keys, selected, visitorsBy } from './visitorRows.ts'

/** Spans with fewer whole days are read by the hour. */
const leastDays = 3

/** Where a span is read from. */
interface Kept {
  readonly hours: RollupTable
  readonly days: RollupTable
  /** The column of TrackingDaysKept that says up to when there are days. */
  readonly until: string
}

/** What is read over a span. */
export interface Reading {
  /** What rows are told apart by, of a row whose time is in this column. */
  readonly keysAt: (time: '"hour"' | '"day"') => Keys
  /** Rows of a table over a part of the span, as `from … where …`. */
  readonly rows: (table: RollupTable, part: MetricsScope) => string
  readonly values: Values
  readonly span: MetricsScope
  readonly now: Date
}

/**
 * Different visitors over a span, as {@link visitorsBy} gives them: by the day where that is kept, and only the span's ends by the
 * hour. An hour of a busy site holds as much as a day of it.
 */
export function visitorsOver(reading: Reading): string {
  const { keysAt, rows, span } = reading
  const kept = { hours: 'TrackingVisitors', days: 'TrackingDayVisitors', until: '"before"' } as const
  const parts = partsOf(kept, reading)
  const byHour = keysAt('"hour"')
  if (parts.length === 1) return visitorsBy(byHour, rows(kept.hours, span))
  const names = Object.fromEntries(Object.keys(byHour).map((name) => [name, `"${name}"`]))
  return visitorsBy(names, `(${union(parts, '"few", "cells"', reading)}) as seen`)
}

/**
 * Counts over a span, a row for each hour or, where that is kept, day, to be summed up: `select` of the keys and of what is
 * counted.
 */
export function countsOver(reading: Reading): string {
  const kept = { hours: 'TrackingHour', days: 'TrackingDay', until: '"countedBefore"' } as const
  return union(partsOf(kept, reading), measures.map((measure) => `"${measure}"`).join(', '), reading)
}

/** A part of a span, and which table it is read from. */
interface Part {
  readonly table: RollupTable
  readonly time: '"hour"' | '"day"'
  readonly span: MetricsScope
  /** SQL of where it begins or ends, which the database knows. */
  readonly bound?: string
}

function partsOf(kept: Kept, { values, span, now }: Reading): Part[] {
  const hours = { table: kept.hours, time: '"hour"' } as const
  const days = wholeDays(span, now)
  if (!days) return [{ ...hours, span }]
  const before = `coalesce((select ${kept.until} from "TrackingDaysKept"), '-infinity')`
  const since = days.from && `${values.add(days.from.toISOString())}::timestamptz`
  const until = days.to ? `least(${values.add(days.to.toISOString())}::timestamptz, ${before})` : before
  return [
    ...(days.from ? [{ ...hours, span: { ...span, to: days.from } }] : []),
    { table: kept.days, time: '"day"', span: { ...span, ...days }, bound: `"day" < (select ${until})` },
    {
      ...hours,
      span: { ...span, from: days.from },
      bound: `"hour" >= (select ${since ? `greatest(${since}, ${until})` : until})`,
    },
  ]
}

function union(parts: readonly Part[], columns: string, { keysAt, rows }: Reading): string {
  return parts
    .map(({ table, time, span, bound }) => {
      return `select ${selected(keysAt(time))}, ${columns} from ${rows(table, span)}${bound ? ` and ${bound}` : ''}`
    })
    .join(' union all ')
}

/** The days (UTC) that lie in a span as a whole, where that is worth while. */
function wholeDays({ from, to }: MetricsScope, now: Date): Pick<MetricsScope, 'from' | 'to'> | undefined {
  const first = from && new Date(Math.ceil(from.getTime() / dayMs) * dayMs)
  const last = to && dayOf(to)
  if (first && (last ?? now).getTime() - first.getTime() < leastDays * dayMs) return undefined
  return { from: first, to: last }
}
