import { ListFilter as FilterIcon, X } from 'lucide-react'
import { useState } from 'react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { Button } from '../components/Button.tsx'
import { type Format, useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { FilterEditor } from './FilterEditor.tsx'
import type { ListFilter } from './listDefinition.ts'
import { listMessages } from './messages.ts'

type Values = Record<string, string[]>

/** The filters that are set, as chips that open and can be taken away, and the way to set another. */
export function FilterBar({
  filters,
  values,
  onChange,
}: {
  filters: readonly ListFilter[]
  values: Values
  onChange: (values: Values) => void
}) {
  const m = useMessages(listMessages)
  const set = filters.filter(({ id }) => values[id]?.some((value) => value !== ''))
  const change = (id: string, value: string[]) => {
    const { [id]: _gone, ...others } = values
    onChange(value.length > 0 ? { ...others, [id]: value } : others)
  }
  return (
    <>
      {filters.length > 0 && <AddFilter filters={filters} values={values} onChange={change} />}
      {set.length > 0 && (
        <ul className="e-list-chips" aria-label={m.filter}>
          {set.map((filter) => (
            <Chip
              key={filter.id}
              filter={filter}
              value={values[filter.id] ?? []}
              onChange={(value) => change(filter.id, value)}
            />
          ))}
        </ul>
      )}
    </>
  )
}

function Chip({
  filter,
  value,
  onChange,
}: {
  filter: ListFilter
  value: string[]
  onChange: (value: string[]) => void
}) {
  const m = useMessages(listMessages)
  const format = useFormat()
  const said = inWords(filter, value, m, format)
  return (
    <li className="e-list-chip">
      <DialogTrigger>
        <Button variant="quiet" size="small">
          {said}
        </Button>
        <Popover className="e-popover e-list-popover" offset={4} placement="bottom start">
          <Dialog aria-label={filter.label}>
            <FilterEditor filter={filter} value={value} onChange={onChange} />
          </Dialog>
        </Popover>
      </DialogTrigger>
      <button
        type="button"
        className="e-list-chip-remove"
        aria-label={m.removeFilter(said)}
        onClick={() => onChange([])}
      >
        <X size={14} aria-hidden />
      </button>
    </li>
  )
}

function AddFilter({
  filters,
  values,
  onChange,
}: {
  filters: readonly ListFilter[]
  values: Values
  onChange: (id: string, value: string[]) => void
}) {
  const m = useMessages(listMessages)
  const [chosen, setChosen] = useState<string>()
  const only = filters.length === 1 ? filters[0] : undefined
  const filter = only ?? filters.find(({ id }) => id === chosen)
  return (
    <DialogTrigger onOpenChange={(open) => !open && setChosen(undefined)}>
      <Button variant="quiet" size="small" icon={FilterIcon}>
        {m.filter}
      </Button>
      <Popover className="e-popover e-list-popover" offset={4} placement="bottom start">
        <Dialog aria-label={m.addFilter}>
          {filter ? (
            <>
              <p className="e-list-popover-title">{filter.label}</p>
              <FilterEditor
                filter={filter}
                value={values[filter.id] ?? []}
                onChange={(value) => onChange(filter.id, value)}
              />
            </>
          ) : (
            <ul className="e-list-menu">
              {filters.map(({ id, label }) => (
                <li key={id}>
                  <button type="button" className="e-list-menu-item" onClick={() => setChosen(id)}>
                    {label}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

function inWords(filter: ListFilter, value: readonly string[], m: (typeof listMessages)['en'], format: Format): string {
  if ('options' in filter) {
    const labels = filter.options.filter(({ id }) => value.includes(id)).map(({ label }) => label)
    return m.is(filter.label, labels.join(', ') || value.join(', '))
  }
  if (filter.kind === 'text') return m.contains(filter.label, value[0] ?? '')
  const [from, to] = value
  const days = from && to ? `${format.date(from)} – ${format.date(to)}` : from ? m.since(format.date(from)) : undefined
  return m.is(filter.label, days ?? m.until(format.date(to ?? '')))
}
