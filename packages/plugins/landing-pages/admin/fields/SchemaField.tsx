import { NumberField, Select, Switch, TextArea, TextField, useMessages } from '@espalier/admin-kit'
import { messages } from '../messages.ts'
import type { FieldPlace } from './fieldPlace.ts'
import type { FieldSchema } from './fieldSchema.ts'
import { GroupField } from './GroupField.tsx'
import { ImageField } from './ImageField.tsx'
import { ListField } from './ListField.tsx'
import { PriceField } from './PriceField.tsx'
import { Remarks } from './Remarks.tsx'

/** Longer ones get a field of several lines. Characters. */
const longText = 200

/** The field for one prop of a block, by its schema, with what is to be said about it. */
export function SchemaField(place: FieldPlace) {
  const { schema, path, notes } = place
  const own = notes.get(path) ?? []
  const error = own
    .filter(({ tone }) => tone === 'critical')
    .map(({ text }) => text)
    .join(' ')
  return (
    <div className="ed-field" data-path={path}>
      <Field {...place} error={error === '' ? undefined : error} />
      <Remarks notes={own.filter(({ tone }) => tone !== 'critical' || hasOwnErrors(schema))} />
    </div>
  )
}

/** Fields that have no place for an error of their own. */
function hasOwnErrors({ type, input, properties }: FieldSchema): boolean {
  return type === 'array' || type === 'boolean' || input === 'image' || (properties !== undefined && input !== 'price')
}

function Field(place: FieldPlace & { error: string | undefined }) {
  const m = useMessages(messages)
  const { schema, path, label, required, value, onChange, error } = place
  const common = { label, name: path, error, hint: schema.description, optional: !required }
  if (schema.input === 'image') return <ImageField {...place} />
  if (schema.input === 'price') return <PriceField {...place} error={error} />
  if (schema.enum) {
    const options = schema.enum.map((id) => ({ id, label: schema.enumTitles?.[id] ?? id }))
    const none = { id: '', label: m.fields.nothing }
    return (
      <Select
        {...common}
        options={required || schema.default !== undefined ? options : [none, ...options]}
        value={typeof value === 'string' ? value : typeof schema.default === 'string' ? schema.default : ''}
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    )
  }
  if (schema.type === 'boolean')
    return (
      <Switch value={typeof value === 'boolean' ? value : schema.default === true} onChange={onChange} name={path}>
        {label}
      </Switch>
    )
  if (schema.type === 'integer' || schema.type === 'number')
    return (
      <NumberField
        {...common}
        value={typeof value === 'number' ? value : typeof schema.default === 'number' ? schema.default : null}
        onChange={(next) => onChange(next ?? undefined)}
        {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
        {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
        {...(schema.type === 'integer' ? { step: 1 } : {})}
      />
    )
  if (schema.type === 'array') return <ListField {...place} Field={SchemaField} />
  if (schema.properties) return <GroupField {...place} Field={SchemaField} />
  const text = typeof value === 'string' ? value : ''
  const write = (next: string) => onChange(next === '' && !required ? undefined : next)
  const most = schema.maxLength === undefined ? {} : { maxLength: schema.maxLength }
  return schema.input === 'text' || (schema.input === undefined && (schema.maxLength ?? 0) > longText) ? (
    <TextArea {...common} {...most} value={text} onChange={write} rows={(schema.maxLength ?? 0) > 2_000 ? 8 : 3} />
  ) : (
    <TextField {...common} {...most} value={text} onChange={write} />
  )
}
