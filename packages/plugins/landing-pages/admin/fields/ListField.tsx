import { Button, IconButton, useMessages } from '@espalier/admin-kit'
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { messages } from '../messages.ts'
import type { AnyField, FieldPlace } from './fieldPlace.ts'
import { emptyValue, summaryOf } from './fieldSchema.ts'

/** Entries of a list: opened one at a time, moved and removed by buttons. */
export function ListField({ schema, path, label, value, onChange, notes, Field }: FieldPlace & { Field: AnyField }) {
  const m = useMessages(messages)
  const items = Array.isArray(value) ? value : Array.isArray(schema.default) ? schema.default : []
  const [open, setOpen] = useState<number | undefined>()
  const item = schema.items ?? {}
  const isPlain = item.properties === undefined
  const hasNotes = (index: number) => [...notes.keys()].some((at) => at.startsWith(`${path}.${index}.`))
  const change = (index: number, next: unknown) => onChange(items.map((old, at) => (at === index ? next : old)))
  const move = (from: number, to: number) => {
    const next = [...items]
    next.splice(to, 0, ...next.splice(from, 1))
    onChange(next)
    if (open === from) setOpen(to)
  }
  return (
    <fieldset className="ed-group">
      <legend>{label}</legend>
      <ol className="ed-items">
        {items.map((entry, index) => {
          const name = summaryOf(entry, item) || m.fields.entry(index + 1)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and a key of their words would lose the focus while one types
            <li key={index}>
              <div className="ed-item-head">
                {isPlain ? (
                  <Field
                    schema={item}
                    path={`${path}.${index}`}
                    label={m.fields.entry(index + 1)}
                    required
                    value={entry}
                    onChange={(next) => change(index, next)}
                    notes={notes}
                  />
                ) : (
                  <button
                    type="button"
                    className="ed-item-name"
                    aria-expanded={open === index}
                    onClick={() => setOpen(open === index ? undefined : index)}
                  >
                    {open === index ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
                    <span>{name}</span>
                    {hasNotes(index) && <span className="ed-dot" role="img" aria-label={m.fields.hasRemarks} />}
                  </button>
                )}
                <IconButton
                  size="small"
                  icon={ArrowUp}
                  label={m.fields.up(name)}
                  disabled={index === 0}
                  onPress={() => move(index, index - 1)}
                />
                <IconButton
                  size="small"
                  icon={ArrowDown}
                  label={m.fields.down(name)}
                  disabled={index === items.length - 1}
                  onPress={() => move(index, index + 1)}
                />
                <IconButton
                  size="small"
                  icon={Trash2}
                  label={m.fields.remove(name)}
                  onPress={() => {
                    onChange(items.filter((_, at) => at !== index))
                    setOpen(undefined)
                  }}
                />
              </div>
              {open === index && !isPlain && (
                <Field
                  schema={item}
                  path={`${path}.${index}`}
                  label={name}
                  required
                  value={entry}
                  onChange={(next) => change(index, next)}
                  notes={notes}
                />
              )}
            </li>
          )
        })}
      </ol>
      <Button
        size="small"
        icon={Plus}
        disabled={schema.maxItems !== undefined && items.length >= schema.maxItems}
        onPress={() => {
          onChange([...items, emptyValue(item)])
          setOpen(items.length)
        }}
      >
        {m.fields.add}
      </Button>
    </fieldset>
  )
}
