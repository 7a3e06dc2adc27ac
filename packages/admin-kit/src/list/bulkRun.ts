import type { BulkOutcome, ListRow } from './listDefinition.ts'

export interface BulkProgress<Row extends ListRow> {
  /** Rows that were come to, whatever became of them. */
  done: number
  /** How many there are, where that is known. */
  of: number | undefined
  /** How many of them it failed on. */
  failed: number
  /** The first of those, with the reason: as many as anybody reads. */
  failures: readonly { row: Row; message: string }[]
  /** Rows that the action does not apply to. */
  skipped: number
  state: 'running' | 'canceled' | 'finished'
  /** Why it was broken off, where nobody asked for that: no further row could have been done. */
  brokenOff?: string
}

interface BulkTask<Row extends ListRow> {
  rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>
  of: number | undefined
  run: (row: Row) => Promise<BulkOutcome>
  applies?: ((row: Row) => boolean) | undefined
  signal: AbortSignal
  /** Called after every row. */
  onProgress: (progress: BulkProgress<Row>) => void
  /** Called with every row on which it was done: what an undo goes over. */
  onSuccess?: ((row: Row) => void) | undefined
  /** Waits, in milliseconds; given so that tests need not. */
  wait?: (milliseconds: number) => Promise<void>
}

/** As many rows are under way at once: enough to hide the network, few enough to leave the server to others. */
const atOnce = 4
/** A server that says "not so fast" is asked again this often, each time after twice as long. */
const patience = 6
/** So many failures are kept with their reason. */
const failuresKept = 100
/** What is wrong with one row is not wrong with the next; these would refuse all that follow. */
const refusesAll = ['UNREACHABLE', 'UNAUTHENTICATED']

/**
 * Runs one action over many rows, page by page as they come, a row at most once. What fails is told with its reason and
 * stops nothing, unless the server is gone or no longer knows who asks. A row on which no answer came is not tried
 * again: it may have been done. Canceling starts no further row; those under way end.
 * @returns how it ended
 */
export async function bulkRun<Row extends ListRow>(task: BulkTask<Row>): Promise<BulkProgress<Row>> {
  const wait = task.wait ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)))
  const seen = new Set<string>()
  let failures: readonly { row: Row; message: string }[] = []
  let [done, failed, skipped] = [0, 0, 0]
  let brokenOff: string | undefined
  const ends = () => task.signal.aborted || brokenOff !== undefined
  const tell = (state: BulkProgress<Row>['state']) => {
    const progress = { done, of: task.of, failed, failures, skipped, state, ...(brokenOff && { brokenOff }) }
    task.onProgress(progress)
    return progress
  }

  const doOne = async (row: Row): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const problem = await outcomeOf(task.run(row))
      if (problem?.code === 'RATE_LIMITED' && attempt < patience && !ends()) {
        await wait(500 * 2 ** attempt)
        continue
      }
      if (problem) {
        failed++
        if (failures.length < failuresKept) failures = [...failures, { row, message: problem.message }]
        if (refusesAll.includes(problem.code ?? '')) brokenOff = problem.message
      } else task.onSuccess?.(row)
      break
    }
    done++
    tell('running')
  }

  tell('running')
  try {
    for await (const page of task.rows) {
      if (ends()) break
      const waiting: Row[] = []
      for (const row of page) {
        if (seen.has(row.id)) continue
        seen.add(row.id)
        if (task.applies && !task.applies(row)) {
          skipped++
          done++
        } else waiting.push(row)
      }
      let next = 0
      const worker = async () => {
        for (let row = waiting[next++]; row && !ends(); row = waiting[next++]) await doOne(row)
      }
      await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, worker))
      if (ends()) break
      tell('running')
    }
  } catch (error) {
    // The rows that follow could not be read: what was done is done, and is said.
    brokenOff = messageOf(error)
  }
  return tell(ends() ? 'canceled' : 'finished')
}

async function outcomeOf(run: Promise<BulkOutcome>): Promise<BulkOutcome['problem']> {
  try {
    return (await run).problem
  } catch (error) {
    return { message: messageOf(error) }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
