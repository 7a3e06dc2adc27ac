import { prepared, type SqlContext } from '@espalier/core'
import { measures } from './changedRows.ts'
import type { MetricsScope } from './metricsScope.ts'
import { beginningOf, day, type KeptBefore, nextBeginningOf, type Period, sixHours } from './periods.ts'
import type { RollupTable, ScopeOfSites } from './rollupRows.ts'
import { type Keys, selected, visitorsBy } from './visitorRows.ts'

/** Spans with fewer whole days are read by the hour: there a count of visitors is exact for longer. */
const leastDays = 3

/** What is known of a workspace before its rollups are read. */
export interface Known extends KeptBefore {
  /** Its sites. */
  readonly siteIds: readonly string[]
}

const selectKnown = prepared(
  'tracking_select_known',
  `select kept.*, array(select "id" from "TrackingSite")::text[] as "siteIds" from (select) as one left join lateral (
     select "before", "countedBefore", "sixHoursBefore" from "TrackingDaysKept") as kept on true`,
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
  const before = (period: Period) => known[period[beforeOf[kind]]]
  const whole = wholePeriods(day, span, before(day))
  const isWorthwhile = whole && (!whole.from || whole.to.getTime() - whole.from.getTime() >= leastDays * day.ms)
  return divided(span, isWorthwhile ? [day, sixHours] : [])

  function divided(part: MetricsScope, [period, ...shorter]: readonly Period[]): Part[] {
    if (!period) return [{ table: hoursOf[kind], time: '"hour"', span: { ...part, siteIds: known.siteIds } }]
    const whole = wholePeriods(period, part, before(period))
    if (!whole) return divided(part, shorter)
    const { from, to } = whole
    const isBegunBefore = from && part.from && part.from < from
    const goesOn = !part.to || to < part.to
    return [
      ...(isBegunBefore ? divided({ ...part, to: from }, shorter) : []),
      { table: period[kind], time: `"${period.time}"`, span: { ...part, from, to, siteIds: known.siteIds } },
      ...(goesOn ? divided({ ...part, from: to }, shorter) : []),
    ]
  }
}

/** The periods that lie in a span as a whole and are kept. Undefined where there is none. */
function wholePeriods(
  period: Period,
  { from, to }: MetricsScope,
  before: Date | null,
): { from: Date | undefined; to: Date } | undefined {
  if (!before) return undefined
  const first = from ? nextBeginningOf(period, from) : undefined
  const last = to && to < before ? beginningOf(period, to) : before
  return first && last <= first ? undefined : { from: first, to: last }
}
