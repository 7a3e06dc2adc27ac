/** How many answers wait for one another: of pages, which take some 30 µs each, a millisecond's. */
const most = 32

/**
 * Lets answers leave together, once the event loop has read what had come. A write wakes the process at the other end of a
 * socket where it sleeps, which takes as long again as the write itself: a proxy with many connections is woken by the first
 * answer and is awake for the rest.
 */
export class Departures {
  #waiting: (() => void)[] = []

  /** @param send ends an answer; does not throw */
  add(send: () => void): void {
    const waiting = this.#waiting.push(send)
    if (waiting === 1) setImmediate(this.#leave)
    else if (waiting === most) this.#leave()
  }

  readonly #leave = (): void => {
    const leaving = this.#waiting
    this.#waiting = []
    for (const send of leaving) send()
  }
}
