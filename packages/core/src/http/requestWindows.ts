/** What was taken in a window that began with the first request. */
export interface RequestWindow {
  taken: number
  /** By `performance.now()`, milliseconds. */
  readonly until: number
}

/**
 * Counts what callers take from a budget, in this process and at once: limits are asked about on every request, where a
 * promise and a timer for each caller would cost more than the counting.
 */
export class RequestWindows {
  readonly #milliseconds: number
  /** All are of one length, so they end in the order in which they stand here. */
  readonly #windows = new Map<string, RequestWindow>()

  /** @param seconds length of a window */
  constructor(seconds: number) {
    this.#milliseconds = seconds * 1_000
  }

  take(key: string, points: number): RequestWindow {
    const now = performance.now()
    let window = this.#windows.get(key)
    if (window === undefined || window.until <= now) window = this.#begin(key, now)
    window.taken += points
    return window
  }

  /** Takes nothing. */
  get(key: string): RequestWindow | undefined {
    const window = this.#windows.get(key)
    return window && window.until > performance.now() ? window : undefined
  }

  #begin(key: string, now: number): RequestWindow {
    for (const [ended, { until }] of this.#windows) {
      if (until > now) break
      this.#windows.delete(ended)
    }
    const window = { taken: 0, until: now + this.#milliseconds }
    this.#windows.set(key, window)
    return window
  }
}
