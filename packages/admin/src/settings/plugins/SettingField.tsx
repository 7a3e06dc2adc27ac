import { type FieldBinding, IconButton, useFormat, useMessages } from '@espalier/admin-kit'
import { RotateCcw } from 'lucide-react'
import { messages } from './messages.ts'
import { isDefault, type Schema, titleOf } from './schema.ts'
import { ValueField } from './ValueField.tsx'
import '../settings.css'

/** One setting: its field, what it is without anybody's doing, and the way back to that. */
export function SettingField({
  schema,
  readOnly,
  ...field
}: FieldBinding<unknown> & { schema: Schema; readOnly: boolean }) {
  const m = useMessages(messages)
  const label = titleOf(field.name, schema)
  const write = useWrittenValue()
  const untouched = isDefault(field.value, schema)
  return (
    <div className="settings-field">
      <ValueField {...field} label={label} schema={schema} readOnly={readOnly} />
      {!untouched && (
        <div className="settings-field-foot">
          <span>{m.defaultIs(write(schema.default, schema))}</span>
          {!readOnly && (
            <IconButton
              label={m.resetLabel(label)}
              icon={RotateCcw}
              size="small"
              onPress={() => field.onChange(schema.default ?? null)}
            />
          )}
        </div>
      )}
    </div>
  )
}

function useWrittenValue(): (value: unknown, schema: Schema) => string {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  return (value, schema) => {
    if (value === null || value === undefined || value === '') return m.nothing
    if (typeof value === 'boolean') return value ? m.yes : m.no
    if (typeof value === 'number') return schema['x-unit'] === 'share' ? percent(value, 1) : number(value, 6)
    if (typeof value === 'string') return schema['x-options']?.[value] ?? value
    const empty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0
    return empty ? m.nothing : JSON.stringify(value)
  }
}
