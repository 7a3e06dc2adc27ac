import { X } from 'lucide-react'
import { Button, IconButton } from '../components/Button.tsx'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import type { BulkAction, ListRow } from './listDefinition.ts'
import { listMessages } from './messages.ts'
import { countSelected, type Selection } from './selection.ts'
import type { BulkRun } from './useBulkRun.ts'

/** What can be done with the rows that are selected, and how far it has come. */
export function BulkBar<Row extends ListRow>({
  actions,
  selection,
  total,
  more,
  bulk,
  labelOf,
  onSelectAll,
  onClear,
}: {
  actions: readonly BulkAction<Row>[]
  selection: Selection<Row>
  total: number | undefined
  /** Whether more rows match than are selected. */
  more: boolean
  bulk: BulkRun<Row>
  labelOf: (row: Row) => string
  onSelectAll: () => void
  onClear: () => void
}) {
  const m = useMessages(listMessages)
  const { number } = useFormat()
  const count = countSelected(selection, total)
  if (bulk.progress) return <Progress bulk={bulk} labelOf={labelOf} />
  if (count === 0) return null
  return (
    <div className="e-list-bulk" role="toolbar" aria-label={m.actions}>
      <span role="status">{count === undefined ? m.allSelected : m.selected(number(count))}</span>
      {more && (
        <Button variant="quiet" size="small" onPress={onSelectAll}>
          {total === undefined ? m.selectAllUnknown : m.selectAll(number(total))}
        </Button>
      )}
      <span className="e-list-bulk-actions">
        {actions.map((action) => (
          <Button
            key={action.id}
            size="small"
            variant={action.danger ? 'danger' : 'secondary'}
            {...(action.icon ? { icon: action.icon } : {})}
            onPress={() => bulk.start(action, selection)}
          >
            {action.label}
          </Button>
        ))}
      </span>
      <IconButton label={m.clearSelection} icon={X} size="small" onPress={onClear} />
    </div>
  )
}

function Progress<Row extends ListRow>({ bulk, labelOf }: { bulk: BulkRun<Row>; labelOf: (row: Row) => string }) {
  const m = useMessages(listMessages)
  const { number } = useFormat()
  const { progress, label } = bulk
  if (!progress) return null
  const { done, of, failed, failures, skipped, state, brokenOff } = progress
  const said =
    state === 'running'
      ? of === undefined
        ? m.runningUnknown(label, number(done))
        : m.running(label, number(done), number(of))
      : state === 'canceled'
        ? m.canceled(label, number(done))
        : m.finished(label, number(done - failed - skipped))
  return (
    <div className="e-list-bulk" data-running={state === 'running'}>
      <div className="e-list-bulk-progress">
        <span role="status">{said}</span>
        {state === 'running' && <progress aria-label={label} max={of} value={of === undefined ? undefined : done} />}
        {skipped > 0 && <span className="e-muted">{m.skipped(number(skipped))}</span>}
        {brokenOff && <span className="e-muted">{brokenOff}</span>}
        {failed > 0 && (
          <details open={state !== 'running'}>
            <summary>{m.failed(number(failed))}</summary>
            <ul className="e-list-failures">
              {failures.map(({ row, message }) => (
                <li key={row.id}>
                  <strong>{labelOf(row)}</strong> {message}
                </li>
              ))}
              {failed > failures.length && <li>{m.failedMore(number(failed - failures.length))}</li>}
            </ul>
          </details>
        )}
      </div>
      {state === 'running' ? (
        <Button size="small" onPress={bulk.stop}>
          {m.stop}
        </Button>
      ) : (
        <Button size="small" onPress={bulk.close}>
          {m.close}
        </Button>
      )}
    </div>
  )
}
