import { useState } from 'react'
import { useMessages } from '../language/messages.ts'
import type { ListFilter } from './listDefinition.ts'
import { listMessages } from './messages.ts'

/** Where the values of one filter are chosen. What is chosen holds at once. */
export function FilterEditor({
  filter,
  value,
  onChange,
}: {
  filter: ListFilter
  value: readonly string[]
  onChange: (value: string[]) => void
}) {
  if ('options' in filter) return <Options filter={filter} value={value} onChange={onChange} />
  return filter.kind === 'date' ? (
    <Days value={value} onChange={onChange} />
  ) : (
    <Text label={filter.label} value={value} onChange={onChange} />
  )
}

/** Above so many options there is a field to find one. */
const many = 10

function Options({
  filter,
  value,
  onChange,
}: {
  filter: Extract<ListFilter, { options: unknown }>
  value: readonly string[]
  onChange: (value: string[]) => void
}) {
  const m = useMessages(listMessages)
  const [wanted, setWanted] = useState('')
  const options = filter.options.filter(({ label }) => label.toLowerCase().includes(wanted.trim().toLowerCase()))
  return (
    <fieldset className="e-list-options">
      <legend className="e-hidden">{filter.label}</legend>
      {filter.options.length > many && (
        <input
          type="search"
          className="e-input"
          aria-label={m.search}
          placeholder={m.search}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      <div className="e-list-options-all">
        {options.map(({ id, label }) => (
          <label key={id} className="e-list-option">
            <input
              type={filter.single ? 'radio' : 'checkbox'}
              name={filter.id}
              checked={value.includes(id)}
              onChange={(event) => {
                if (filter.single) onChange([id])
                else onChange(event.target.checked ? [...value, id] : value.filter((chosen) => chosen !== id))
              }}
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Days({ value, onChange }: { value: readonly string[]; onChange: (value: string[]) => void }) {
  const m = useMessages(listMessages)
  const [from = '', to = ''] = value
  const change = (next: [string, string]) => onChange(next.some(Boolean) ? next : [])
  return (
    <div className="e-list-days">
      <label>
        <span>{m.from}</span>
        <input
          type="date"
          className="e-input"
          value={from}
          max={to || undefined}
          onChange={(event) => change([event.target.value, to])}
        />
      </label>
      <label>
        <span>{m.to}</span>
        <input
          type="date"
          className="e-input"
          value={to}
          min={from || undefined}
          onChange={(event) => change([from, event.target.value])}
        />
      </label>
    </div>
  )
}

function Text({
  label,
  value,
  onChange,
}: {
  label: string
  value: readonly string[]
  onChange: (value: string[]) => void
}) {
  const m = useMessages(listMessages)
  const [text, setText] = useState(value[0] ?? '')
  return (
    <form
      className="e-list-text"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(text.trim() ? [text.trim()] : [])
      }}
    >
      <label>
        <span>{`${label} · ${m.text}`}</span>
        <input className="e-input" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit" className="e-button e-button-secondary">
        {m.apply}
      </button>
    </form>
  )
}
