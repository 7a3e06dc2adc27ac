import { Bookmark, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { useMutation } from '../../client/useMutation.ts'
import { useQuery } from '../../client/useQuery.ts'
import { Button, IconButton } from '../../components/Button.tsx'
import { toast } from '../../components/toast.ts'
import { useMessages } from '../../language/messages.ts'
import { useViewer } from '../../plugin/viewer.tsx'
import type { ListState } from '../listDefinition.ts'
import { listMessages } from '../messages.ts'
import type { ColumnChoice } from '../useColumns.ts'
import { DeleteViewDocument, SavedViewsDocument, SaveViewDocument } from './documents.ts'

/** What a view keeps of a list. */
export interface ViewState extends Omit<ListState, 'view'> {
  columns?: ColumnChoice
}

interface SavedView {
  id: string
  name: string
  shared: boolean
  mine: boolean
  ownerName?: string | null
  state: unknown
}

/** The ways in which this list was set and kept, by oneself or for everybody. */
export function ViewsMenu({
  list,
  current,
  state,
  onTake,
}: {
  list: string
  /** Id of the view that was chosen last. */
  current: string | undefined
  /** The list as it is set now. */
  state: ViewState
  onTake: (view: { id?: string; state: ViewState }) => void
}) {
  const m = useMessages(listMessages)
  const { data, again } = useQuery(SavedViewsDocument, { list })
  const views: readonly SavedView[] = data?.savedViews ?? []
  const chosen = views.find(({ id }) => id === current)
  const [remove] = useMutation(DeleteViewDocument, { invalidates: ['savedViews'] })
  return (
    <DialogTrigger onOpenChange={(open) => open && again()}>
      <Button variant="quiet" size="small" icon={Bookmark}>
        {chosen?.name ?? m.views}
      </Button>
      <Popover className="e-popover e-list-popover" offset={4} placement="bottom end">
        <Dialog aria-label={m.savedViews}>
          {({ close }) => (
            <>
              <p className="e-list-popover-title">{m.savedViews}</p>
              <ul className="e-list-menu">
                <li>
                  <button
                    type="button"
                    className="e-list-menu-item"
                    aria-current={!current || undefined}
                    onClick={() => {
                      onTake({ state: {} })
                      close()
                    }}
                  >
                    {m.everything}
                  </button>
                </li>
                {views.map((view) => (
                  <li key={view.id}>
                    <button
                      type="button"
                      className="e-list-menu-item"
                      aria-current={view.id === current || undefined}
                      onClick={() => {
                        onTake({ id: view.id, state: stateOf(view.state) })
                        close()
                      }}
                    >
                      {view.name}
                      {view.shared && (
                        <span className="e-muted">{view.mine ? m.shared : (view.ownerName ?? m.shared)}</span>
                      )}
                    </button>
                    {view.mine && (
                      <IconButton
                        label={m.deleteView(view.name)}
                        icon={Trash2}
                        size="small"
                        onPress={async () => {
                          const { problem } = await remove({ id: view.id })
                          if (problem) toast(problem.message, { tone: 'critical' })
                        }}
                      />
                    )}
                  </li>
                ))}
              </ul>
              {views.length === 0 && <p className="e-muted e-list-hint">{m.noViews}</p>}
              <SaveView
                list={list}
                state={state}
                change={chosen?.mine ? chosen : undefined}
                onSaved={(id) => {
                  onTake({ id, state })
                  close()
                }}
              />
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

function SaveView({
  list,
  state,
  change,
  onSaved,
}: {
  list: string
  state: ViewState
  change: SavedView | undefined
  onSaved: (id: string) => void
}) {
  const m = useMessages(listMessages)
  const viewer = useViewer()
  const [save, { busy, problem }] = useMutation(SaveViewDocument, { invalidates: ['savedViews'] })
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const keep = async (view: { id?: string; name: string; shared: boolean }) => {
    const { data } = await save({ input: { ...view, list, state } })
    if (!data) return
    toast(m.viewSaved, { tone: 'positive' })
    onSaved(data.id)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) void keep({ name: name.trim(), shared })
  }
  return (
    <form className="e-list-save" onSubmit={onSubmit}>
      {change && (
        <Button size="small" onPress={() => void keep({ id: change.id, name: change.name, shared: change.shared })}>
          {m.updateView(change.name)}
        </Button>
      )}
      <label>
        <span>{m.saveView}</span>
        <input
          className="e-input"
          aria-label={m.viewName}
          placeholder={m.viewName}
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {viewer.may('settings:write') && (
        <label className="e-list-option">
          <input type="checkbox" checked={shared} onChange={(event) => setShared(event.target.checked)} />
          {m.share}
        </label>
      )}
      {problem && (
        <p role="alert" className="e-error">
          {problem.issues[0]?.message ?? problem.message}
        </p>
      )}
      <Button type="submit" size="small" variant="primary" busy={busy} disabled={!name.trim()}>
        {m.save}
      </Button>
    </form>
  )
}

/** What was kept is an object of the API's: only what a list can be set by is taken from it. */
function stateOf(kept: unknown): ViewState {
  if (typeof kept !== 'object' || kept === null) return {}
  const { q, sort, filter, columns } = kept as ViewState
  return { ...(q && { q }), ...(sort && { sort }), ...(filter && { filter }), ...(columns && { columns }) }
}
