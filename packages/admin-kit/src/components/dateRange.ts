import { addDays, type Day, daysBetween, readDay, startOfDay, startOfMonth, today, yearBefore } from './calendarDays.ts'

/** The ranges that can be chosen by name, and `custom`. */
export const rangePresets = ['today', '7d', '28d', '90d', 'month', 'custom'] as const
/** A range by its name, or the days that somebody chose. */
export type RangePreset = (typeof rangePresets)[number]

/** What a range can be compared with. */
export const comparisons = ['previous', 'year', 'none'] as const
/** What a range is compared with. */
export type Comparison = (typeof comparisons)[number]

/**
 * A span of days as it stands in an address: a preset, which goes on with the calendar, or two days (`YYYY-MM-DD`,
 * both inside). What is missing has its default: the last 28 days, compared with the period before.
 */
export interface RangeChoice {
  readonly preset?: RangePreset | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly compare?: Comparison | undefined
}

/** The days that a choice stands for, both inside. */
export interface DaySpan {
  readonly from: Day
  readonly to: Day
}

/** A range as days, and the days that it is compared with. */
export interface ResolvedRange {
  readonly preset: RangePreset
  readonly compare: Comparison
  readonly days: DaySpan
  /** Of as many days, or of the same days a year before. Undefined where nothing is compared. */
  readonly comparedDays: DaySpan | undefined
  /** Instants (ISO 8601): the start of the first day, and the start of the day after the last. */
  readonly from: string
  readonly to: string
  readonly comparedFrom: string | undefined
  readonly comparedTo: string | undefined
}

/**
 * What a choice means today.
 *
 * @param timeZone IANA name: where days begin
 * @param now the day that it is there; default the present one
 */
export function resolveRange(choice: RangeChoice, timeZone: string, now: Day = today(timeZone)): ResolvedRange {
  const own = choice.preset === undefined || choice.preset === 'custom' ? ownDays(choice) : undefined
  const preset = own ? 'custom' : choice.preset === undefined || choice.preset === 'custom' ? '28d' : choice.preset
  const days = own ?? presetDays(preset, now)
  const compare = choice.compare ?? 'previous'
  const compared = comparedDays(days, compare)
  const { from, to } = instants(days, timeZone)
  const before = compared && instants(compared, timeZone)
  return { preset, compare, days, comparedDays: compared, from, to, comparedFrom: before?.from, comparedTo: before?.to }
}

function presetDays(preset: RangePreset, now: Day): DaySpan {
  if (preset === 'today') return { from: now, to: now }
  if (preset === 'month') return { from: startOfMonth(now), to: now }
  const days = { '7d': 7, '28d': 28, '90d': 90, custom: 28 }[preset]
  return { from: addDays(now, 1 - days), to: now }
}

/** Two days that an address names, in the right order; undefined where it does not, or not two that exist. */
function ownDays({ from = '', to = '' }: RangeChoice): DaySpan | undefined {
  const [one, other] = [readDay(from), readDay(to)]
  if (one === undefined || other === undefined) return undefined
  return one <= other ? { from: one, to: other } : { from: other, to: one }
}

function comparedDays({ from, to }: DaySpan, compare: Comparison): DaySpan | undefined {
  if (compare === 'none') return undefined
  if (compare === 'year') return { from: yearBefore(from), to: yearBefore(to) }
  return { from: addDays(from, -daysBetween(from, to) - 1), to: addDays(from, -1) }
}

function instants({ from, to }: DaySpan, timeZone: string): { from: string; to: string } {
  return { from: startOfDay(from, timeZone), to: startOfDay(addDays(to, 1), timeZone) }
}
