/** What became of requests, by their kind: "collect", "page", "read", "write". */
export class Tally {
  readonly #kinds = new Map<string, { answered: number; refused: number; failures: string[]; slowestMs: number }>()

  #of(kind: string) {
    const known = this.#kinds.get(kind) ?? { answered: 0, refused: 0, failures: [], slowestMs: 0 }
    this.#kinds.set(kind, known)
    return known
  }

  /** It was answered as it should be. @param milliseconds that it took */
  answered(kind: string, milliseconds: number): void {
    const counts = this.#of(kind)
    counts.answered += 1
    counts.slowestMs = Math.max(counts.slowestMs, milliseconds)
  }

  /** It was told to come back: 503, or UNAVAILABLE. */
  refused(kind: string, milliseconds: number): void {
    const counts = this.#of(kind)
    counts.refused += 1
    counts.slowestMs = Math.max(counts.slowestMs, milliseconds)
  }

  /** Anything else: a broken connection, another status, an answer that says something wrong. */
  failed(kind: string, why: string): void {
    this.#of(kind).failures.push(why)
  }

  get kinds(): readonly string[] {
    return [...this.#kinds.keys()]
  }

  /** @param kind all kinds unless told */
  count(what: 'answered' | 'refused' | 'failures', kind?: string): number {
    const chosen = kind === undefined ? [...this.#kinds.values()] : [this.#of(kind)]
    return chosen.reduce((sum, counts) => sum + (what === 'failures' ? counts.failures.length : counts[what]), 0)
  }

  /** Why requests failed: each reason once, with how often. */
  get failures(): string[] {
    return [...this.#kinds].flatMap(([kind, { failures }]) =>
      Object.entries(Object.groupBy(failures, (why) => why)).map(([why, all]) => `${kind}: ${why} (${all?.length})`),
    )
  }

  /** In words: "collect 412 (3 refused, 1 broken, slowest 210 ms)". */
  get sentence(): string {
    return [...this.#kinds]
      .map(
        ([kind, { answered, refused, failures, slowestMs }]) =>
          `${kind} ${answered} (${refused} refused, ${failures.length} broken, slowest ${Math.round(slowestMs)} ms)`,
      )
      .join(', ')
  }
}
