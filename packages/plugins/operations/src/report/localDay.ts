import { DateTime } from 'luxon'
import type { ReportDay } from './section.ts'

/** A day from midnight to midnight, 23 to 25 hours, as clocks in the time zone show them. @param day "2026-11-20" */
export function reportDay(day: string, timeZone: string): ReportDay {
  const start = DateTime.fromISO(day, { zone: timeZone }).startOf('day')
  return { day, timeZone, from: start.toJSDate(), to: start.plus({ days: 1 }).toJSDate() }
}

/** The day before the one that it is now. */
export function yesterday(now: Date, timeZone: string): ReportDay {
  const day = DateTime.fromJSDate(now, { zone: timeZone }).minus({ days: 1 }).toISODate() as string
  return reportDay(day, timeZone)
}

/** Hours after its time in which a report still leaves, when nothing ran before. */
const lateHours = 12

/**
 * The local day on which a report is due now: its time has come, no more than twelve hours ago. A time that clocks leave
 * out (02:30 in March) comes an hour later, as luxon reads it.
 *
 * @param at "07:30"
 * @returns null where it is not due
 */
export function dueDay(now: Date, timeZone: string, at: string): string | null {
  const local = DateTime.fromJSDate(now, { zone: timeZone })
  const [hour, minute] = at.split(':').map(Number) as [number, number]
  for (const daysAgo of [0, 1]) {
    const due = local.minus({ days: daysAgo }).startOf('day').set({ hour, minute })
    const late = local.diff(due, 'hours').hours
    if (late >= 0 && late < lateHours) return due.toISODate()
  }
  return null
}
