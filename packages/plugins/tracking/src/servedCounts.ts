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

/** As many variants as are looked through faster than a key is put together. */
const maxKeysOfPage = 8

/**
 * Counts pages as they are served: serving waits for nothing. Pages served and pageviews confirmed by browsers differ by
 * who blocks scripts, leaves at once or loses the line: their gap is a measure of the data's quality.
 */
export class ServedCounts {
  readonly #counts: BatchedCounts<ServedCount>
  /** Of this minute, by page. */
  readonly #keys = new Map<string, { siteId: string; experiments: PageContext['experiments']; key: string }[]>()
  #minute = 0

  constructor(options: ServedCountsOptions) {
    this.#counts = new BatchedCounts({ ...options, what: 'served pages' })
  }

  /** Counts a page that is being served now to somebody who is counted. */
  add(page: PageContext, now: Date): void {
    const { workspaceId, siteId, pageId, experiments } = page
    if (pageId === null) return
    const minute = now.getTime() - (now.getTime() % 60_000)
    const make = () => ({ siteId, pageId, experiments, at: new Date(minute), count: 0 })
    this.#counts.add(workspaceId, this.#keyOf(siteId, pageId, experiments, minute), make)
  }

  /** Writes what was counted; what could not be written is kept for the next time. */
  flush(): Promise<void> {
    return this.#counts.flush()
  }

  /** All who get the same decision get the same object with it: then the long key is neither put together nor hashed again. */
  #keyOf(siteId: string, pageId: string, experiments: PageContext['experiments'], minute: number): string {
    if (minute !== this.#minute) this.#keys.clear()
    this.#minute = minute
    const known = this.#keys.get(pageId)
    if (known) for (const one of known) if (one.experiments === experiments && one.siteId === siteId) return one.key
    let key = `${siteId} ${pageId} ${minute}`
    for (const id in experiments) key += ` ${id},${experiments[id]}`
    const made = { siteId, experiments, key }
    if (!known) this.#keys.set(pageId, [made])
    else if (known.length < maxKeysOfPage) known.push(made)
    return key
  }
}
