import type { Logger } from 'pino'
import { type Clock, systemClock } from './clock.ts'

/** How long a warning stands for those like it. Milliseconds. */
const quietMs = 10_000

/**
 * Warnings that an outage repeats with every request and every poll: one line says it, and those like it are
 * counted into the next one, 10 s later at the earliest.
 */
export class RepeatedLog {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #said = new Map<string, { at: number; unsaid: number }>()

  constructor(log: Logger, clock: Clock = systemClock) {
    this.#log = log
    this.#clock = clock
  }

  /** @param message the same text each time: it is what makes two warnings alike */
  warn(fields: object, message: string): void {
    const now = this.#clock.now().getTime()
    const before = this.#said.get(message)
    if (before && now - before.at < quietMs) {
      before.unsaid++
      return
    }
    this.#said.set(message, { at: now, unsaid: 0 })
    this.#log.warn(before?.unsaid ? { ...fields, unsaid: before.unsaid } : fields, message)
  }
}
