import { Checkbox, type FormState, IconButton, Row, Select, TextField, useMessages } from '@espalier/admin-kit'
import { X } from 'lucide-react'
import type { Draft } from './draft.ts'
import { messages } from './messages.ts'

const types = ['TEXT', 'NUMBER', 'BOOLEAN', 'LIST', 'OBJECT'] as const

/** One variable of a prompt to be. */
export function VariableFields({
  form,
  at,
  removeLabel,
  onRemove,
}: {
  form: FormState<Draft>
  at: number
  removeLabel: string
  onRemove: () => void
}) {
  const m = useMessages(messages)
  const { field } = form
  return (
    <Row align="end">
      <div style={{ flex: '1 1 8rem' }}>
        <TextField label={m.variable} code {...field(`variables.${at}.name`)} />
      </div>
      <div style={{ flex: '1 1 7rem' }}>
        <Select
          label={m.type}
          options={types.map((id) => ({ id, label: m.types[id] }))}
          {...field(`variables.${at}.type`)}
        />
      </div>
      <div style={{ flex: '2 1 10rem' }}>
        <TextField label={m.description} {...field(`variables.${at}.description`)} />
      </div>
      <div style={{ flex: '1 1 8rem' }}>
        <TextField label={m.example} code {...field(`variables.${at}.example`)} />
      </div>
      <Checkbox {...field(`variables.${at}.required`)}>{m.required}</Checkbox>
      <IconButton label={removeLabel} icon={X} onPress={onRemove} />
    </Row>
  )
}
