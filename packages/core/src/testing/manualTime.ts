import type { Clock } from '../clock.ts'
import type { Timers } from '../live/timers.ts'

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

  /** Lets time pass; timers run in their order, each at its own instant, also those that are set on the way. */
  advance(milliseconds: number): void {
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
