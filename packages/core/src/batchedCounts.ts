import type { SqlContext } from './context.ts'

/** How counts are merged and written. */
export interface BatchedCountsOptions<Count extends { count: number }> {
  readonly workspace: (workspaceId: string) => SqlContext
  /** What is counted, for the log: "pages served". */
  readonly what: string
  /** Writes counts inside the transaction that it is given. */
  readonly write: (tx: SqlContext, counts: readonly Count[]) => Promise<void>
  /** Default: a second. */
  readonly everyMs?: number
}

/**
 * Counts in memory, for what may not wait for the database and may lose a second of it in a crash: written together
 * every second, and when the server stops.
 */
export class BatchedCounts<Count extends { count: number }> {
  readonly #options: BatchedCountsOptions<Count>
  #counts = new Map<string, Map<string, Count>>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(options: BatchedCountsOptions<Count>) {
    this.#options = options
  }

  /**
   * Adds one.
   *
   * @param key of the count in the workspace
   * @param make what is counted, with a count of 0: called for the first of a key
   */
  add(workspaceId: string, key: string, make: () => Count): void {
    this.#of(workspaceId, key, make).count++
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.everyMs ?? 1000).unref()
  }

  /** Writes what was counted; what could not be written is kept for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    const counts = this.#counts
    this.#counts = new Map()
    for (const [workspaceId, byKey] of counts) {
      const context = this.#options.workspace(workspaceId)
      await context
        .sqlTransaction((tx) => this.#options.write(tx, [...byKey.values()]))
        .catch((error) => {
          context.log.warn(
            { err: error },
            `Counts of ${this.#options.what} could not be written; tried again with the next ones`,
          )
          for (const [key, count] of byKey)
            this.#of(workspaceId, key, () => ({ ...count, count: 0 })).count += count.count
        })
    }
  }

  #of(workspaceId: string, key: string, make: () => Count): Count {
    let byKey = this.#counts.get(workspaceId)
    if (!byKey) {
      byKey = new Map()
      this.#counts.set(workspaceId, byKey)
    }
    let count = byKey.get(key)
    if (!count) {
      count = make()
      byKey.set(key, count)
    }
    return count
  }
}
