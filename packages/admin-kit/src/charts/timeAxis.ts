import { ticks } from 'd3-array'
import { type Format, useFormat } from '../language/format.ts'
import { zonedTicks } from './zonedTicks.ts'

/** What one point of a chart stands for. Days are of the calendar: {@link dayToTime}. */
export type Step = 'day' | 'hour' | 'minute' | 'moment'

const milliseconds = { day: 86_400_000, hour: 3_600_000, minute: 60_000, moment: undefined } as const

/** An axis of time: its places, ticks and words. */
export interface TimeAxis {
  /** Distance of two points in milliseconds. Undefined: points may be anywhere. */
  readonly step: number | undefined
  ticks(from: number, to: number, count: number): readonly { readonly at: number; readonly label: string }[]
  /** A point's time in full. */
  full(at: number): string
}

/** How time is written on a chart: by the reader's locale, and in a zone where points have one. */
export function useTimeAxis(step: Step, timeZone: string | undefined): TimeAxis {
  return timeAxis(useFormat(), step, timeZone)
}

export function timeAxis(format: Format, step: Step, timeZone = format.timeZone): TimeAxis {
  const length = milliseconds[step]
  if (step === 'day') {
    const day = (at: number) => new Date(at).toISOString().slice(0, 10)
    return {
      step: length,
      ticks: (from, to, count) =>
        zonedTicks(from, to, count, 'UTC')
          // Over a few days, the round times are hours, of which days know nothing.
          .filter((at) => at % milliseconds.day === 0)
          .map((at) => ({ at, label: format.day(day(at)) })),
      full: (at) => format.date(day(at)),
    }
  }
  const time = new Intl.DateTimeFormat(format.locale, { timeStyle: 'short', timeZone })
  const midnight = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: 'numeric', hourCycle: 'h23', timeZone })
  const day = new Intl.DateTimeFormat(format.locale, { month: 'short', day: 'numeric', timeZone })
  const full = new Intl.DateTimeFormat(format.locale, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  return {
    step: length,
    ticks: (from, to, count) =>
      zonedTicks(from, to, count, timeZone).map((at) => ({
        at,
        label: midnight.format(at) === '00:00' ? day.format(at) : time.format(at),
      })),
    full: (at) => full.format(at),
  }
}

/** Numbers across instead of time: what a lift costs, how a share grows. Points have them as `at`. */
export function numberAxis(write: (value: number) => string): TimeAxis {
  return {
    step: undefined,
    ticks: (from, to, count) => ticks(from, to, count).map((at) => ({ at, label: write(at) })),
    full: write,
  }
}
