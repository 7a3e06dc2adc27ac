import { TextArea, useMessages } from '@espalier/admin-kit'
import { useState } from 'react'
import { messages } from './messages.ts'
import type { ValueFieldProps } from './ValueField.tsx'

/** What no field fits, as JSON: so that no setting of any plugin is out of reach. */
export function JsonField({ name, label, schema, value, onChange, error, readOnly }: ValueFieldProps) {
  const m = useMessages(messages)
  const [text, setText] = useState(() => JSON.stringify(value, null, 2))
  const [broken, setBroken] = useState(false)
  return (
    <TextArea
      name={name}
      label={label}
      hint={[schema.description, m.json].filter(Boolean).join(' ')}
      error={broken ? m.notJson : error}
      readOnly={readOnly}
      rows={6}
      code
      value={text}
      onChange={(next) => {
        setText(next)
        try {
          onChange(JSON.parse(next))
          setBroken(false)
        } catch {
          setBroken(true)
        }
      }}
    />
  )
}
