import type { AnyField } from './fieldPlace.ts'
import type { FieldNotes, FieldSchema } from './fieldSchema.ts'

export interface FieldsProps {
  schema: FieldSchema
  /** Of the object within the props of its block; empty for the props themselves. */
  path?: string
  value: Readonly<Record<string, unknown>>
  onChange: (value: Readonly<Record<string, unknown>>) => void
  notes: FieldNotes
}

/** The fields of an object, one below the other. Those that people rarely want come last. */
export function Fields({ schema, path = '', value, onChange, notes, Field }: FieldsProps & { Field: AnyField }) {
  const required = new Set(schema.required)
  const fields = Object.entries(schema.properties ?? {})
  const ordered = [...fields.filter(([name]) => !late.has(name)), ...fields.filter(([name]) => late.has(name))]
  return (
    <div className="ed-form">
      {ordered.map(([name, part]) => (
        <Field
          key={name}
          schema={part}
          path={path === '' ? name : `${path}.${name}`}
          label={part.title ?? name}
          required={required.has(name)}
          value={value[name]}
          onChange={(next) => {
            const { [name]: _, ...others } = value
            // In the order that it had: the first words of a block are what the outline calls it by.
            onChange(next === undefined ? others : { ...value, [name]: next })
          }}
          notes={notes}
        />
      ))}
    </div>
  )
}

const late = new Set(['anchor'])
