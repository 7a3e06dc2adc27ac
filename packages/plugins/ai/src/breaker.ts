import type { Clock } from '@espalier/core'

/** `closed`: requests pass. `open`: none does. `halfOpen`: one tries whether the service is back. */
export type BreakerState = 'closed' | 'open' | 'halfOpen'

const failuresToOpen = 5
const withinMs = 60_000
const firstPauseMs = 30_000
const longestPauseMs = 15 * 60_000

/**
 * Keeps requests from a service that fails: opens after five failures in a row within a minute, for 30 seconds; then one
 * request tries, and each failure doubles the pause, up to 15 minutes. In this process: another learns by itself.
 * Ours, because opossum and cockatiel keep time by the system's clock, which tests cannot turn.
 */
export class Breaker {
  readonly #clock: Clock
  #failures: number[] = []
  #openUntil = 0
  #pauseMs = firstPauseMs
  /** A request is trying until then; one that never says what became of it blocks nobody for longer. */
  #tryingUntil = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get state(): BreakerState {
    if (this.#openUntil === 0) return 'closed'
    return this.#now < this.#openUntil ? 'open' : 'halfOpen'
  }

  /** Asks to let a request pass. @returns seconds to wait, or 0: it may pass, and must tell what became of it */
  secondsToWait(): number {
    if (this.#openUntil === 0) return 0
    const waitMs = Math.max(this.#openUntil, this.#tryingUntil) - this.#now
    if (waitMs > 0) return Math.ceil(waitMs / 1_000)
    this.#tryingUntil = this.#now + firstPauseMs
    return 0
  }

  succeeded(): void {
    this.#failures = []
    this.#openUntil = 0
    this.#tryingUntil = 0
    this.#pauseMs = firstPauseMs
  }

  failed(): void {
    const now = this.#now
    this.#tryingUntil = 0
    if (this.#openUntil > 0) {
      // What was under way when it opened says nothing new.
      if (now < this.#openUntil) return
      this.#pauseMs = Math.min(2 * this.#pauseMs, longestPauseMs)
      this.#openUntil = now + this.#pauseMs
      return
    }
    this.#failures = [...this.#failures.filter((at) => now - at < withinMs), now]
    if (this.#failures.length >= failuresToOpen) this.#openUntil = now + this.#pauseMs
  }

  get #now(): number {
    return this.#clock.now().getTime()
  }
}
