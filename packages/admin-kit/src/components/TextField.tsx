import type { HTMLInputAutoCompleteAttribute, Ref } from 'react'
import { TextField as AriaTextField, Input } from 'react-aria-components'
import { ariaField, FieldLabel, FieldNotes, type FieldProps } from './Field.tsx'

/** What a {@link TextField} takes. */
export interface TextFieldProps extends FieldProps {
  value: string | null | undefined
  onChange?: (value: string) => void
  type?: 'text' | 'email' | 'password' | 'search' | 'tel' | 'url'
  placeholder?: string
  /** Longest text that can be typed, in UTF-16 units. */
  maxLength?: number
  autoComplete?: HTMLInputAutoCompleteAttribute
  inputMode?: 'text' | 'email' | 'url' | 'numeric' | 'decimal' | 'search' | 'tel'
  spellCheck?: boolean
  /** Letters of one width: for slugs, keys, templates. */
  code?: boolean
  inputRef?: Ref<HTMLInputElement>
}

/** One line of text. */
export function TextField(props: TextFieldProps) {
  const { value, onChange, type = 'text', placeholder, maxLength, autoComplete = 'off', inputMode, code } = props
  return (
    <AriaTextField
      {...ariaField(props)}
      className="e-field"
      type={type}
      value={value ?? ''}
      onChange={onChange}
      maxLength={maxLength}
      autoComplete={autoComplete}
      inputMode={inputMode}
      spellCheck={(props.spellCheck ?? !code) ? undefined : 'false'}
      {...(props.name === undefined ? {} : { name: props.name })}
    >
      <FieldLabel {...props} />
      <Input ref={props.inputRef} className={code ? 'e-input e-input-code' : 'e-input'} placeholder={placeholder} />
      <FieldNotes {...props} />
    </AriaTextField>
  )
}
