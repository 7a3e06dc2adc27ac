import { Button, IconButton, TextField, useMessages } from '@espalier/admin-kit'
import { Plus, Trash2 } from 'lucide-react'
import { type ComponentType, useState } from 'react'
import { messages } from './messages.ts'
import { type Schema, titleOf } from './schema.ts'
import type { ValueFieldProps } from './ValueField.tsx'

/**
 * Values by a name that one gives: budgets by purpose, prices by model.
 *
 * @param Field draws a single value
 */
export function RecordField({
  entry,
  Field,
  ...props
}: ValueFieldProps & { entry: Schema; Field: ComponentType<ValueFieldProps> }) {
  const m = useMessages(messages)
  const { name, label, schema, value, onChange, error, readOnly } = props
  const [key, setKey] = useState('')
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const set = (of: string, next: unknown) => onChange({ ...record, [of]: next })
  const add = () => {
    if (key.trim() === '' || key.trim() in record) return
    set(key.trim(), startOf(entry))
    setKey('')
  }
  return (
    <fieldset className="settings-scopes" data-field={name}>
      <legend className="e-label">{label}</legend>
      {schema.description && <p className="e-hint">{schema.description}</p>}
      <div className="settings-items">
        {Object.entries(record).map(([of, each]) => (
          <div key={of} className="settings-item">
            <code>{of}</code>
            {entry.properties ? (
              Object.entries(entry.properties).map(([part, partSchema]) => (
                <Field
                  key={part}
                  name={`${name}.${of}.${part}`}
                  label={titleOf(part, partSchema)}
                  schema={partSchema}
                  error={undefined}
                  readOnly={readOnly}
                  value={(each as Record<string, unknown> | null)?.[part]}
                  onChange={(next) => set(of, { ...(each as object), [part]: next })}
                />
              ))
            ) : (
              <Field
                name={`${name}.${of}`}
                label={m.value}
                schema={entry}
                error={undefined}
                readOnly={readOnly}
                value={each}
                onChange={(next) => set(of, next)}
              />
            )}
            {!readOnly && (
              <IconButton
                label={m.remove(of)}
                icon={Trash2}
                onPress={() => onChange(Object.fromEntries(Object.entries(record).filter(([other]) => other !== of)))}
              />
            )}
          </div>
        ))}
        {!readOnly && (
          <div className="settings-item">
            <TextField label={m.key} value={key} onChange={setKey} code />
            <Button icon={Plus} onPress={add}>
              {m.add}
            </Button>
          </div>
        )}
      </div>
      {error && (
        <p className="e-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}

function startOf(entry: Schema): unknown {
  if (!entry.properties) return entry.default ?? entry.minimum ?? null
  const needed = entry.required ?? []
  return Object.fromEntries(needed.map((part) => [part, entry.properties?.[part]?.minimum ?? 0]))
}
