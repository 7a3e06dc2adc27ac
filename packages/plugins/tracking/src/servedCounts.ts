import { BatchedCounts, type SqlContext } from '@espalier/core'
import type { PageContext } from './pageContext.ts'

/** How often a page was served, with the variants that it showed, in a minute. */
export interface ServedCount {
  readonly siteId: string
  readonly pageId: string
  /** Experiment id → variant id. */
  readonly experiments: Readonly<Record<string, string>>
  /** Start of the minute. */
  readonly at: Date
  count: number
}

export interface ServedCountsOptions {
  workspace: (workspaceId: string) => SqlContext
  /** Writes counts inside the transaction that it is given. */
  write: (tx: SqlContext, counts: readonly ServedCount[]) => Promise<void>
}

/**
 * Counts pages as they are served: serving waits for nothing. Pages served and pageviews confirmed by browsers differ by
 * who blocks scripts, leaves at once or loses the line: their gap is a measure of the data's quality.
 */
export class ServedCounts {
  readonly #counts: BatchedCounts<ServedCount>

  constructor(options: ServedCountsOptions) {
    this.#counts = new BatchedCounts({ ...options, what: 'served pages' })
  }

  /** Counts a page that is being served now to somebody who is counted. */
  add({ workspaceId, siteId, pageId, experiments }: PageContext, now: Date): void {
    if (pageId === null) return
    const minute = now.getTime() - (now.getTime() % 60_000)
    let key = `${siteId} ${pageId} ${minute}`
    for (const id in experiments) key += ` ${id},${experiments[id]}`
    this.#counts.add(workspaceId, key, () => ({ siteId, pageId, experiments, at: new Date(minute), count: 0 }))
  }

  /** Writes what was counted; what could not be written is kept for the next time. */
  flush(): Promise<void> {
    return this.#counts.flush()
  }
}
