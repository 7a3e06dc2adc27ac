import { type FieldBinding, IconButton, NumberField, Row, TextField, useMessages } from '@espalier/admin-kit'
import { X } from 'lucide-react'
import { messages } from './messages.ts'

/** One line of budgets: a purpose, and what it may cost a month. */
export function PurposeBudget({
  purpose,
  amount,
  readOnly,
  removeLabel,
  onRemove,
}: {
  purpose: FieldBinding<string>
  amount: FieldBinding<number | null>
  readOnly: boolean
  removeLabel: string
  onRemove: () => void
}) {
  const m = useMessages(messages)
  return (
    <Row align="top">
      <div style={{ flex: '2 1 12rem' }}>
        <TextField label={m.purpose} labelHidden placeholder={m.purpose} code readOnly={readOnly} {...purpose} />
      </div>
      <div style={{ flex: '1 1 8rem' }}>
        <NumberField
          label={m.amount}
          labelHidden
          min={0}
          format={{ style: 'currency', currency: 'USD' }}
          readOnly={readOnly}
          {...amount}
        />
      </div>
      {!readOnly && <IconButton label={removeLabel} icon={X} onPress={onRemove} />}
    </Row>
  )
}
