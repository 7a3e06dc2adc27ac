/** Calls to a provider that are under way: those that wait for its answer, and those whose answer is being written down. */
export class OpenCalls {
  /** Without an answer yet. */
  asking = 0
  /** Not over: `asking`, and those that are being written down. */
  open = 0
  #accident: { readonly error: unknown } | undefined
  #changed = Promise.withResolvers<void>()

  /** @param answer of the provider @param write what is done with it */
  begin<Answer>(answer: Promise<Answer>, write: (answer: Answer) => Promise<void>): void {
    this.asking += 1
    this.open += 1
    const over = () => {
      this.open -= 1
      this.#tell()
    }
    answer
      .finally(() => {
        this.asking -= 1
        this.#tell()
      })
      .then(write)
      .then(over, (error: unknown) => {
        this.#accident ??= { error }
        over()
      })
  }

  /** Resolves when one has been answered, or is over. */
  next(): Promise<void> {
    return this.#changed.promise
  }

  async allEnded(): Promise<void> {
    while (this.open > 0) await this.next()
  }

  /** @throws what has gone wrong first */
  throwAccident(): void {
    if (this.#accident) throw this.#accident.error
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}
