import { prepared, type SqlContext } from '@espalier/core'
import { measures } from './changedRows.ts'
import type { MetricsScope } from './metricsScope.ts'
import { beginningOf, day, type Kept, nextBeginningOf, type Period, sixHours } from './periods.ts'
import type { RollupTable, ScopeOfSites } from './rollupRows.ts'
import { type Keys, selected, visitorsBy } from './visitorRows.ts'

/** Spans with fewer whole days are read by the hour: there a count of visitors is exact for longer. */
const leastDays = 3

/** What is known of a workspace before its rollups are read. */
export interface Known extends Kept {
  /** Its sites. */
  readonly siteIds: readonly string[]
}

const selectKnown = prepared(
  'tracking_select_known',
  `select kept.*, array(select "id" from "TrackingSite")::text[] as "siteIds" from (select) as one left join lateral (
     select "before", "countedBefore", "sixHoursFrom", "sixHoursBefore" from "TrackingDaysKept") as kept on true`,
)

export async function readKnown(context: SqlContext): Promise<Known> {
  const [known] = await context.db.query<Known>(selectKnown())
  return known as Known
}

/** What is read over a span. */
export interface Reading {
  /** What rows are told apart by, of a row whose time is in this column. */
  readonly keysAt: (time: Time) => Keys
  /** Rows of a table over a part of the span, as `from … where …`. */
  readonly rows: (table: RollupTable, part: ScopeOfSites) => string
  readonly span: MetricsScope
  readonly known: Known
}

type Time = '"hour"' | `"${Period['time']}"`

/**
 * Different visitors over a span, as {@link visitorsBy} gives them: by the day where that is kept, and only the span's ends by six
 * hours and by the hour. An hour of a busy site holds as much as a day of it.
 *
 * @param visitorsOf how rows of their keys are counted
 */
export function visitorsOver(reading: Reading, visitorsOf = visitorsBy): string {
  const { keysAt, rows } = reading
  const [first, ...others] = partsOf('visitors', reading)
  if (first && others.length === 0) return visitorsOf(keysAt(first.time), rows(first.table, first.span))
  const names = Object.fromEntries(Object.keys(keysAt('"hour"')).map((name) => [name, `"${name}"`]))
  return visitorsOf(names, `(${union('visitors', '"few", "cells"', reading)}) as seen`)
}

/**
 * Counts over a span, a row for each hour or, where that is kept, six hours or day, to be summed up: `select` of the keys and of
 * what is counted.
 */
export function countsOver(reading: Reading): string {
  return union('counts', measures.map((measure) => `"${measure}"`).join(', '), reading)
}

function union(kind: Kind, columns: string, reading: Reading): string {
  return partsOf(kind, reading)
    .map(
      ({ table, time, span }) =>
        `select ${selected(reading.keysAt(time))}, ${columns} from ${reading.rows(table, span)}`,
    )
    .join(' union all ')
}

type Kind = 'counts' | 'visitors'

const hoursOf = { counts: 'TrackingHour', visitors: 'TrackingVisitors' } as const
const beforeOf = { counts: 'countedBefore', visitors: 'visitorsBefore' } as const

/** A part of a span, and which table it is read from. */
interface Part {
  readonly table: RollupTable
  readonly time: Time
  readonly span: ScopeOfSites
}

function partsOf(kind: Kind, { span, known }: Reading): Part[] {
  const days = wholePeriods(day, span, kind, known)
  const isWorthwhile = days && (!days.from || days.to.getTime() - days.from.getTime() >= leastDays * day.ms)
  return divided({ ...span, siteIds: known.siteIds }, isWorthwhile ? [day, sixHours] : [], kind, known)
}

/** What of a span is kept by the first of some periods, and its ends by the shorter ones. */
function divided(span: ScopeOfSites, [period, ...shorter]: readonly Period[], kind: Kind, known: Kept): Part[] {
  if (!period) return [{ table: hoursOf[kind], time: '"hour"', span }]
  const whole = wholePeriods(period, span, kind, known)
  if (!whole) return divided(span, shorter, kind, known)
  const { from, to } = whole
  const isBegun = from && (!span.from || span.from < from)
  const goesOn = !span.to || to < span.to
  return [
    ...(isBegun ? divided({ ...span, to: from }, shorter, kind, known) : []),
    { table: period[kind], time: `"${period.time}"`, span: { ...span, from, to } },
    ...(goesOn ? divided({ ...span, from: to }, shorter, kind, known) : []),
  ]
}

/** The periods that lie in a span as a whole and are kept. Undefined where there is none. */
function wholePeriods(
  period: Period,
  { from, to }: MetricsScope,
  kind: Kind,
  known: Kept,
): { from: Date | undefined; to: Date } | undefined {
  const before = known[period[beforeOf[kind]]]
  const since = period.keptFrom && known[period.keptFrom]
  if (!before || since === null) return undefined
  const whole = from ? nextBeginningOf(period, from) : undefined
  const first = since && (!whole || whole < since) ? since : whole
  const last = to && to < before ? beginningOf(period, to) : before
  return first && last <= first ? undefined : { from: first, to: last }
}
