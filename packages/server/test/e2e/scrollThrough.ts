/** What was seen of the messages of a long list. */
export interface Seen {
  /** Rows, from `from` on without one left out. */
  rows: number
  /** Rows that say something else than their place. */
  wrong: number
  /** The most rows that were in the document at once. */
  drawn: number
  seconds: number
  /** By the clock: what else the machine does counts. */
  longTasks: number
  /** Milliseconds. */
  longest: number
}

/**
 * Runs in the browser: scrolls from row `from` to row `to` as fast as rows come, and looks at every one of them.
 * @param patience seconds after which it ends wherever it is
 */
export async function scrollThrough({
  from,
  to,
  patience,
}: {
  from: number
  to: number
  patience: number
}): Promise<Seen> {
  const { document, performance, PerformanceObserver, requestAnimationFrame } = globalThis as unknown as BrowserGlobals
  const tasks: number[] = []
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration)
  })
  observer.observe({ type: 'longtask' })
  const scroller = document.querySelector('.e-list-scroll')
  const seen = new Set<number>()
  let next = from
  let wrong = 0
  let drawn = 0
  const begin = performance.now()
  while (scroller && next < to && performance.now() - begin < patience * 1_000) {
    // The first that was not seen yet comes to the top: none is passed over, however late rows are drawn.
    scroller.scrollTop = next * 40
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const rows = scroller.querySelectorAll('[data-index]')
    drawn = Math.max(drawn, rows.length)
    for (const row of rows) {
      const index = Number(row.dataset.index)
      if (row.ariaBusy === 'true' || index < from || seen.has(index)) continue
      seen.add(index)
      if (!row.textContent.includes(`Message number ${index + 1}`)) wrong++
    }
    while (next < to && seen.delete(next)) next++
  }
  observer.disconnect()
  return {
    rows: next - from,
    wrong,
    drawn,
    seconds: (performance.now() - begin) / 1000,
    longTasks: tasks.length,
    longest: Math.max(0, ...tasks),
  }
}

/** What of a browser the function above uses: tests are checked without its types. */
interface BrowserGlobals {
  document: {
    querySelector(selector: string): {
      scrollTop: number
      querySelectorAll(
        selector: string,
      ): Iterable<{ dataset: { index: string }; ariaBusy: string | null; textContent: string }> & { length: number }
    } | null
  }
  performance: { now(): number }
  PerformanceObserver: new (
    heard: (list: { getEntries(): { duration: number }[] }) => void,
  ) => { observe(options: { type: string }): void; disconnect(): void }
  requestAnimationFrame(run: (time: number) => void): void
}
