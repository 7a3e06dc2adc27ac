import { useId, useState } from 'react'
import type { LastSave } from '../client/problem.ts'
import { Button } from '../components/Button.tsx'
import { Dialog } from '../components/Dialog.tsx'
import { Note } from '../components/Note.tsx'
import { Skeleton } from '../components/Skeleton.tsx'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { conflictOf } from './conflict.ts'
import { words } from './words.ts'
import './Form.css'

/** A value of what is edited, as the conflict names and writes it. */
export interface ConflictField<Values extends object> {
  readonly name: keyof Values & string
  readonly label: string
  /** How a value is written. Default: texts as they are, others as JSON. */
  readonly show?: (value: Values[keyof Values & string]) => string
}

/**
 * Somebody else saved the thing that is open here. Says who and when, shows both versions of what both changed, and lets the
 * person take theirs, choose field by field, or go on editing; what only one of the two changed is kept. `useSharedEdit` does
 * all around it.
 *
 * @param base what this form began with
 * @param mine what it would save
 * @param theirs what is stored now; undefined until it is here
 * @param saved who saved it and when, where that is known
 * @param why the last try to save what was chosen was refused
 * @param onResolve saves the merged values, against the version that is stored now
 * @param onTakeTheirs drops what was typed here
 * @param onClose goes on editing
 */
export function ConflictDialog<Values extends object>({
  open,
  saved,
  base,
  mine,
  theirs,
  fields,
  busy = false,
  why,
  onResolve,
  onTakeTheirs,
  onClose,
}: {
  open: boolean
  saved?: LastSave | undefined
  base: Values
  mine: Values
  theirs: Values | undefined
  fields: readonly ConflictField<Values>[]
  busy?: boolean
  why?: string | undefined
  onResolve: (merged: Values) => void
  onTakeTheirs?: () => void
  onClose: () => void
}) {
  const m = useMessages(words)
  const { list, dateTime } = useFormat()
  const [chosen, setChosen] = useState<Partial<Record<keyof Values & string, 'mine' | 'theirs'>>>({})
  const { both, theirs: taken, merge } = conflictOf(base, mine, theirs ?? base)
  const side = (name: keyof Values & string) => chosen[name] ?? 'mine'
  const write = (value: unknown) => {
    if (value === null || value === undefined || value === '') return m.nothing
    if (typeof value === 'boolean') return value ? m.yes : m.no
    if (typeof value === 'number') return String(value)
    if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
      return value.length === 0 ? m.nothing : list(value)
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  }
  const labelOf = (name: string) => fields.find((field) => field.name === name)?.label ?? name
  const isAllMine = both.length > 0 && both.every((name) => side(name) === 'mine')
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={saved?.by ? m.conflictBy(saved.by) : m.conflict}
      size="large"
      stays
      actions={
        <>
          <Button onPress={onClose}>{m.keepEditing}</Button>
          {onTakeTheirs && (
            <Button onPress={onTakeTheirs} disabled={theirs === undefined || busy}>
              {m.takeTheirs}
            </Button>
          )}
          <Button
            variant="primary"
            busy={busy}
            disabled={theirs === undefined}
            onPress={() =>
              onResolve(merge(Object.fromEntries(both.map((name) => [name, side(name)])) as typeof chosen))
            }
          >
            {both.length === 0 ? m.saveBoth : isAllMine ? m.overwrite : m.resolve}
          </Button>
        </>
      }
    >
      {saved?.at && <p className="e-muted">{m.savedAt(dateTime(saved.at))}</p>}
      {why !== undefined && (
        <Note tone="critical" announced>
          {why}
        </Note>
      )}
      {theirs === undefined ? (
        <Skeleton height="8rem" />
      ) : (
        <>
          <p>{both.length > 0 ? m.conflictLead : m.noOverlap}</p>
          {both.map((name) => {
            const show = fields.find((field) => field.name === name)?.show ?? write
            return (
              <Choice
                key={name}
                label={labelOf(name)}
                chosen={side(name)}
                mine={show(mine[name])}
                theirs={show(theirs[name])}
                onChange={(choice) => setChosen({ ...chosen, [name]: choice })}
              />
            )
          })}
          {taken.length > 0 && <p className="e-muted">{m.merged(list(taken.map(labelOf)))}</p>}
        </>
      )}
    </Dialog>
  )
}

function Choice({
  label,
  chosen,
  mine,
  theirs,
  onChange,
}: {
  label: string
  chosen: 'mine' | 'theirs'
  mine: string
  theirs: string
  onChange: (choice: 'mine' | 'theirs') => void
}) {
  const m = useMessages(words)
  const group = useId()
  return (
    <fieldset className="e-conflict">
      <legend className="e-label">{label}</legend>
      <div className="e-conflict-sides">
        {(['mine', 'theirs'] as const).map((side) => (
          <label key={side} className="e-conflict-side">
            <input type="radio" name={group} checked={chosen === side} onChange={() => onChange(side)} />
            <strong>{m[side]}</strong>
            <span className="e-conflict-value">{side === 'mine' ? mine : theirs}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
