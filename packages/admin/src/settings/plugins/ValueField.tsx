import {
  Checkbox,
  type FieldBinding,
  NumberField,
  Select,
  TextArea,
  TextField,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { JsonField } from './JsonField.tsx'
import { messages } from './messages.ts'
import { RecordField } from './RecordField.tsx'
import { type Schema, withoutNull } from './schema.ts'

export type ValueFieldProps = FieldBinding<unknown> & { label: string; schema: Schema; readOnly: boolean }

/** The field that fits what a schema allows. */
export function ValueField(props: ValueFieldProps) {
  const m = useMessages(messages)
  const { name, label, value, onChange, error, readOnly } = props
  const { schema, nullable } = withoutNull(props.schema)
  const common = { name, label, error, readOnly, hint: schema.description }
  if (schema.type === 'boolean')
    return (
      <Checkbox
        {...{ name, error, disabled: readOnly, hint: schema.description }}
        value={value === true}
        onChange={onChange}
      >
        {label}
      </Checkbox>
    )
  if (schema.enum)
    return (
      <Select
        {...common}
        disabled={readOnly}
        options={schema.enum.map((id) => ({ id, label: schema['x-options']?.[id] ?? id }))}
        value={typeof value === 'string' ? value : null}
        onChange={onChange}
      />
    )
  if (schema.type === 'number' || schema.type === 'integer')
    return <NumericField {...props} schema={schema} nullable={nullable} />
  if (schema.type === 'string')
    return (
      <TextField
        {...common}
        hint={nullable ? [schema.description, m.emptyIsNone].join(' ') : schema.description}
        value={typeof value === 'string' ? value : ''}
        onChange={(text) => onChange(nullable && text === '' ? null : text)}
      />
    )
  if (schema.type === 'array' && schema.items?.type === 'string')
    return (
      <TextArea
        {...common}
        hint={[schema.description, m.onePerLine].join(' ')}
        rows={4}
        value={Array.isArray(value) ? value.join('\n') : ''}
        onChange={(text) => onChange(text === '' ? [] : text.split('\n'))}
      />
    )
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return <RecordField {...props} schema={schema} entry={schema.additionalProperties} Field={ValueField} />
  return <JsonField {...props} schema={schema} />
}

/** In percent and dollars where that is what it counts; with its unit, and the range that it may have. */
function NumericField({
  name,
  label,
  value,
  onChange,
  error,
  readOnly,
  schema,
  nullable,
}: ValueFieldProps & { nullable: boolean }) {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const unit = schema['x-unit']
  const { minimum, maximum } = schema
  const write = (bound: number) => (unit === 'share' ? percent(bound, 1) : number(bound, 6))
  const range = minimum !== undefined && maximum !== undefined && m.between(write(minimum), write(maximum))
  const hint = [schema.description, range, nullable && m.emptyIsNone].filter(Boolean).join(' ')
  return (
    <NumberField
      {...{ name, label, error, readOnly, hint }}
      value={typeof value === 'number' ? value : null}
      onChange={(next) => onChange(next ?? (nullable ? null : (schema.default ?? null)))}
      {...(minimum !== undefined && { min: minimum })}
      {...(maximum !== undefined && { max: maximum })}
      {...(unit === 'share' && { step: 0.001, format: { style: 'percent', maximumFractionDigits: 1 } })}
      {...(unit === 'usd' && { format: { style: 'currency', currency: 'USD' } })}
      {...(unit === undefined && schema.type === 'number' && { format: { maximumFractionDigits: 6 } })}
      {...(unit !== undefined && m.units[unit] !== undefined && { unit: m.units[unit] })}
    />
  )
}
