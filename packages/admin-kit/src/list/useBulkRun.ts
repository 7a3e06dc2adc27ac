import { useEffect, useRef, useState } from 'react'
import { useConfirm } from '../components/confirm.ts'
import { toast } from '../components/toast.ts'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { type BulkProgress, bulkRun } from './bulkRun.ts'
import type { BulkAction, ListRow } from './listDefinition.ts'
import { listMessages } from './messages.ts'
import { countSelected, type Selection } from './selection.ts'

export interface BulkRun<Row extends ListRow> {
  progress: BulkProgress<Row> | undefined
  /** What is being done. */
  label: string
  start: (action: BulkAction<Row>, selection: Selection<Row>) => void
  stop: () => void
  close: () => void
}

/** How often progress is drawn, in milliseconds: rows are done faster than anybody reads. */
const drawnEvery = 100

/**
 * Runs an action over what is selected, tells how far it is, and offers to take it back. It goes on where one leaves
 * the list, with a way to stop it.
 * @param allRows every row that matches, page by page
 * @param onDone after it ended, however it did, with the chosen rows on which it was not done: those are left to choose
 */
export function useBulkRun<Row extends ListRow>(
  total: number | undefined,
  allRows: () => AsyncIterable<readonly Row[]>,
  onDone: (left: readonly Row[]) => void,
): BulkRun<Row> {
  const m = useMessages(listMessages)
  const { number } = useFormat()
  const confirm = useConfirm()
  const [progress, setProgress] = useState<BulkProgress<Row>>()
  const [label, setLabel] = useState('')
  const running = useRef<{ stop: () => void; leave: () => void }>(undefined)
  useEffect(() => () => running.current?.leave(), [])

  const go = async (
    said: string,
    rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
    of: number | undefined,
    run: BulkAction<Row>['run'],
    { applies, onSuccess }: { applies?: BulkAction<Row>['applies']; onSuccess?: (row: Row) => void } = {},
  ) => {
    const stopping = new AbortController()
    const stop = () => stopping.abort()
    let takeToast = () => {}
    const leave = () => {
      takeToast = toast(m.goesOn(said), { action: { label: m.stop, run: stop }, stays: untilItEnds })
    }
    running.current = { stop, leave }
    addEventListener('beforeunload', keepOpen)
    setLabel(said)
    let drawn = Number.NEGATIVE_INFINITY
    const end = await bulkRun({
      rows,
      of,
      run,
      applies,
      onSuccess,
      signal: stopping.signal,
      onProgress: (now) => {
        if (now.state === 'running' && performance.now() - drawn < drawnEvery) return
        drawn = performance.now()
        setProgress(now)
      },
    })
    running.current = undefined
    removeEventListener('beforeunload', keepOpen)
    takeToast()
    if (end.brokenOff) toast(m.brokenOff(said, end.brokenOff), { tone: 'critical' })
    if (end.failed === 0 && end.state === 'finished' && end.skipped === 0) setProgress(undefined)
    return end
  }

  const start = async (action: BulkAction<Row>, selection: Selection<Row>) => {
    const count = countSelected(selection, total)
    const question = action.confirm
    if (question) {
      const yes = await confirm({
        title: question.title(count ?? 0),
        ...(question.body ? { text: question.body } : {}),
        confirm: question.action,
        danger: question.danger ?? action.danger ?? false,
      })
      if (!yes) return
    }
    const { undo, applies } = action
    const chosen = selection.kind === 'some' ? new Map(selection.rows) : undefined
    const done: Row[] = []
    let succeeded = 0
    const rows = selection.kind === 'some' ? [[...selection.rows.values()]] : without(allRows(), selection.without)
    await go(action.label, rows, count, action.run, {
      applies,
      onSuccess: (row) => {
        succeeded++
        chosen?.delete(row.id)
        // Of a hundred thousand rows, only what an undo needs.
        if (undo) done.push(row)
      },
    })
    onDone([...(chosen?.values() ?? [])].filter((row) => !applies || applies(row)))
    if (succeeded === 0) return
    toast(m.finished(action.label, number(succeeded)), {
      tone: 'positive',
      ...(undo && {
        undo: async () => {
          let undone = 0
          await go(m.undoing, [done], done.length, undo, { onSuccess: () => undone++ })
          onDone([])
          if (undone > 0) toast(m.undone(number(undone)))
        },
        // Whoever started a long one may not be looking when it ends.
        ...(done.length > 100 && { stays: 60_000 }),
      }),
    })
  }

  return {
    progress,
    label,
    start: (action, selection) => void start(action, selection),
    stop: () => running.current?.stop(),
    close: () => setProgress(undefined),
  }
}

/** The longest that a timer of a browser waits. */
const untilItEnds = 2 ** 31 - 1

/** The browser asks before the tab is closed. */
function keepOpen(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

async function* without<Row extends ListRow>(
  pages: AsyncIterable<readonly Row[]>,
  left: ReadonlySet<string>,
): AsyncGenerator<readonly Row[]> {
  for await (const page of pages) yield page.filter(({ id }) => !left.has(id))
}
