import { Switch } from '@espalier/admin-kit'
import { Fields } from './Fields.tsx'
import type { AnyField, FieldPlace } from './fieldPlace.ts'
import { emptyValue } from './fieldSchema.ts'

/** Props that belong together, such as those of a button. One that need not be there is switched on and off. */
export function GroupField({
  schema,
  path,
  label,
  required,
  value,
  onChange,
  notes,
  Field,
}: FieldPlace & { Field: AnyField }) {
  const there = typeof value === 'object' && value !== null
  return (
    <fieldset className="ed-group">
      <legend>
        {required ? (
          label
        ) : (
          <Switch value={there} onChange={(on) => onChange(on ? emptyValue(schema) : undefined)}>
            {label}
          </Switch>
        )}
      </legend>
      {(there || required) && (
        <Fields
          schema={schema}
          path={path}
          value={(there ? value : {}) as Readonly<Record<string, unknown>>}
          onChange={onChange}
          notes={notes}
          Field={Field}
        />
      )}
    </fieldset>
  )
}
