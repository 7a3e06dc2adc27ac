import type { Ref } from 'react'
import { TextArea as AriaTextArea, TextField } from 'react-aria-components'
import { ariaField, FieldLabel, FieldNotes, type FieldProps } from './Field.tsx'

/** What a {@link TextArea} takes. */
export interface TextAreaProps extends FieldProps {
  value: string | null | undefined
  onChange?: (value: string) => void
  placeholder?: string
  maxLength?: number
  /** How many lines it begins with; it grows with its text. Default 3. */
  rows?: number
  /** Letters of one width: for templates, JSON. */
  code?: boolean
  inputRef?: Ref<HTMLTextAreaElement>
}

/** Several lines of text. */
export function TextArea(props: TextAreaProps) {
  const { value, onChange, placeholder, maxLength, rows = 3, code } = props
  return (
    <TextField
      {...ariaField(props)}
      className="e-field"
      value={value ?? ''}
      onChange={onChange}
      maxLength={maxLength}
      spellCheck={code ? 'false' : undefined}
      {...(props.name === undefined ? {} : { name: props.name })}
    >
      <FieldLabel {...props} />
      <AriaTextArea
        ref={props.inputRef}
        className={code ? 'e-input e-input-code' : 'e-input'}
        placeholder={placeholder}
        rows={rows}
        // Browsers that do not grow it with its text show as many lines as asked for.
        style={{ minHeight: `${rows * 1.45 + 1}em` }}
      />
      <FieldNotes {...props} />
    </TextField>
  )
}
