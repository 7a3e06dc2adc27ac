/**
 * npm run bench -- lists
 *
 * Does a list of 100,000 rows keep the browser busy? Chromium on the product as it is started, with its outbox full: every row
 * is scrolled through as fast as rows come. What counts is the longest that the page could not answer: tasks of the main
 * thread, by the processor time that they took, since by the clock whatever else runs on this machine counts as well. Then
 * what is left behind in memory, and how long the End key takes to the last row.
 *
 * ROWS=10000 scrolls through fewer. Three minutes on two cores.
 */
import type { CDPSession, Page } from 'playwright-core'
import { startLongList } from '../packages/server/test/e2e/longList.ts'
import { scrollThrough } from '../packages/server/test/e2e/scrollThrough.ts'

const rows = Number(process.env.ROWS ?? 100_000)
/** So many are scrolled through before the heap is measured for the first time: code is compiled, pools are filled. */
const warmUp = Math.min(10_000, rows / 2)

interface Task {
  /** Milliseconds by the clock. */
  lasted: number
  /** Milliseconds of processor time. */
  took: number
}

const list = await startLongList(rows, { NODE_ENV: 'production' })
try {
  const page = await list.context.newPage()
  await page.goto(`${list.product.url}/admin/mail`)
  await page.locator('[data-index="0"]').getByRole('link').waitFor()
  const browser = await list.context.newCDPSession(page)

  const first = await traced(browser, () => page.evaluate(scrollThrough, { from: 0, to: warmUp, patience: 600 }))
  const before = await heap(browser)
  const rest = await traced(browser, () => page.evaluate(scrollThrough, { from: warmUp, to: rows, patience: 600 }))
  const after = await heap(browser)
  const seen = first.result.rows + rest.result.rows
  if (seen < rows) throw new Error(`Only ${seen} of ${rows} rows came into view.`)

  console.log(`${seen.toLocaleString('en')} rows in ${(first.result.seconds + rest.result.seconds).toFixed(0)} s`)
  print([...first.tasks, ...rest.tasks])
  console.log(
    `heap after ${warmUp.toLocaleString('en')} rows ${before.toFixed(1)} MB, at the end ${after.toFixed(1)} MB`,
  )
  console.log(`End key: the last row after ${(await timeToEnd(page)).toFixed(0)} ms`)
} finally {
  await list.stop()
}

function print(tasks: Task[]): void {
  const took = tasks.map((task) => task.took).sort((one, other) => one - other)
  const lasted = tasks.map((task) => task.lasted)
  const quantile = (share: number) => (took[Math.floor(took.length * share)] ?? 0).toFixed(1)
  console.log(
    `${tasks.length.toLocaleString('en')} tasks; over 50 ms of processor time: ${took.filter((time) => time > 50).length}, by the clock ${lasted.filter((time) => time > 50).length}`,
  )
  console.log(
    `processor time of a task, ms: 99 % below ${quantile(0.99)}, 99.9 % below ${quantile(0.999)}, the longest ${(took.at(-1) ?? 0).toFixed(1)}`,
  )
}

/** The tasks of the page's main thread while something is done. */
async function traced<Result>(
  browser: CDPSession,
  work: () => Promise<Result>,
): Promise<{ result: Result; tasks: Task[] }> {
  const tasks = new Map<string, Task[]>()
  const mains = new Set<string>()
  browser.on('Tracing.dataCollected', collect)
  await browser.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { recordMode: 'recordAsMuchAsPossible', includedCategories: ['toplevel', 'blink.user_timing'] },
  })
  await marks()
  const result = await work()
  const complete = new Promise((resolve) => browser.once('Tracing.tracingComplete', resolve))
  await browser.send('Tracing.end')
  await complete
  browser.off('Tracing.dataCollected', collect)
  return { result, tasks: [...mains].flatMap((thread) => tasks.get(thread) ?? []) }

  /** Says which thread is the page's: the one that such a mark comes from. */
  async function marks(): Promise<void> {
    await browser.send('Runtime.evaluate', { expression: 'performance.mark("the thread of the list")' })
  }

  function collect({ value }: { value: object[] }): void {
    for (const event of value as TraceEvent[]) {
      const thread = `${event.pid}:${event.tid}`
      if (event.name === 'the thread of the list') mains.add(thread)
      else if (event.name === 'ThreadControllerImpl::RunTask' || event.name === 'RunTask') {
        const known = tasks.get(thread) ?? []
        tasks.set(thread, known)
        known.push({ lasted: (event.dur ?? 0) / 1_000, took: (event.tdur ?? 0) / 1_000 })
      }
    }
  }
}

/** In microseconds. */
interface TraceEvent {
  name: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
}

/** Megabytes in use. */
async function heap(browser: CDPSession): Promise<number> {
  await browser.send('HeapProfiler.collectGarbage')
  return (await browser.send('Runtime.getHeapUsage')).usedSize / 1e6
}

/** Milliseconds from the press of the key to the last row, in a list that was just opened. */
async function timeToEnd(page: Page): Promise<number> {
  await page.reload()
  await page.locator('[data-index="0"]').getByRole('link').waitFor()
  await page.locator('[data-index="0"]').focus()
  const began = performance.now()
  await page.keyboard.press('End')
  await page
    .locator(`[data-index="${rows - 1}"]`)
    .getByRole('link')
    .waitFor()
  return performance.now() - began
}
