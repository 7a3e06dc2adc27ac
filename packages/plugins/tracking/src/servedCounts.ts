import type { SqlContext } from '@espalier/core'
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
  /** Default: a second. */
  everyMs?: number
}

/**
 * Counts pages as they are served, in memory: serving waits for nothing. Written every second, and when the
 * server stops; a crash may lose a second of them. Pages served and pageviews confirmed by browsers differ by who
 * blocks scripts, leaves at once or loses the line: their gap is a measure of the data's quality.
 */
export class ServedCounts {
  readonly #options: ServedCountsOptions
  #counts = new Map<string, Map<string, ServedCount>>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(options: ServedCountsOptions) {
    this.#options = options
  }

  /** Counts a page that is being served now to somebody who is counted. */
  add({ workspaceId, siteId, pageId, experiments }: PageContext, now: Date): void {
    if (pageId === null) return
    this.#add(workspaceId, siteId, pageId, experiments, now.getTime() - (now.getTime() % 60_000), 1)
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
    for (const [workspaceId, byPage] of counts) {
      const context = this.#options.workspace(workspaceId)
      const rows = [...byPage.values()]
      await context
        .sqlTransaction((tx) => this.#options.write(tx, rows))
        .catch((error) => {
          context.log.warn(
            { err: error },
            'Counts of served pages could not be written; tried again with the next ones',
          )
          for (const { siteId, pageId, experiments, at, count } of rows)
            this.#add(workspaceId, siteId, pageId, experiments, at.getTime(), count)
        })
    }
  }

  #add(
    workspaceId: string,
    siteId: string,
    pageId: string,
    experiments: ServedCount['experiments'],
    minute: number,
    count: number,
  ): void {
    let byPage = this.#counts.get(workspaceId)
    if (!byPage) {
      byPage = new Map()
      this.#counts.set(workspaceId, byPage)
    }
    let key = `${siteId} ${pageId} ${minute}`
    for (const id in experiments) key += ` ${id},${experiments[id]}`
    const known = byPage.get(key)
    if (known) known.count += count
    else byPage.set(key, { siteId, pageId, experiments, at: new Date(minute), count })
  }
}
