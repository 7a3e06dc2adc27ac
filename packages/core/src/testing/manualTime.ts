import type { Clock } from '../clock.ts'
import type { Timers } from '../live/timers.ts'

/** A span of time: the sum of its parts, each any finite number. */
export interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/** Time that passes when a test says so: a clock and timers in one. */
export class ManualTime implements Clock, Timers {
  #now: number
  #timers: { at: number; work: () => void }[] = []

  constructor(start: Date = new Date('2026-01-01T00:00:00Z')) {
    this.#now = start.getTime()
  }

  now(): Date {
    return new Date(this.#now)
  }

  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.#now + milliseconds, work }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.length
  }

  /**
   * Lets time pass; timers run in their order, each at its own instant, also those that are set on the way.
   *
   * @param time milliseconds, or a duration: `{ days: 1, hours: 2 }`. A day has 24 hours
   * @throws RangeError for a time that is no number
   */
  advance(time: number | Duration): void {
    const milliseconds = typeof time === 'number' ? time : inMilliseconds(time)
    if (!Number.isFinite(milliseconds))
      throw new RangeError(`Time cannot advance by ${JSON.stringify(time)}: say a duration, such as { days: 1 }.`)
    const end = this.#now + milliseconds
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = next.at
      this.#timers = this.#timers.filter((timer) => timer !== next)
      next.work()
    }
    this.#now = end
  }

  /** The first timer that is due by then. */
  #next(end: number) {
    return this.#timers.reduce<{ at: number; work: () => void } | undefined>(
      (first, timer) => (timer.at <= end && (!first || timer.at < first.at) ? timer : first),
      undefined,
    )
  }
}

function inMilliseconds({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Duration): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
}
