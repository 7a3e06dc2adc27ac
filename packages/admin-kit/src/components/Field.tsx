import type { ReactNode } from 'react'
import { FieldError, Label, Text } from 'react-aria-components'
import { useMessages } from '../language/messages.ts'
import { words } from './words.ts'

/** What all fields share. */
export interface FieldProps {
  label: string
  /** The label is read out, and not shown: for fields whose place says what they are. */
  labelHidden?: boolean
  /** A line below: what belongs in here, in which unit, what happens then. */
  hint?: ReactNode
  /** What is wrong with the value, and what would be right. Shown instead of nothing; read out with the field. */
  error?: string | undefined
  required?: boolean
  /** Says so at the label. */
  optional?: boolean
  disabled?: boolean
  readOnly?: boolean
  /** Its path in the values of a form: what problems of the server are matched with. */
  name?: string | undefined
  autoFocus?: boolean
  onBlur?: () => void
}

/** The props of react-aria that all fields have in common. */
export function ariaField({ name, error, required, disabled, readOnly, autoFocus, onBlur }: FieldProps) {
  return {
    'data-field': name,
    isInvalid: error !== undefined && error !== '',
    isRequired: required ?? false,
    isDisabled: disabled ?? false,
    isReadOnly: readOnly ?? false,
    autoFocus: autoFocus ?? false,
    validationBehavior: 'aria' as const,
    ...(onBlur ? { onBlur: () => onBlur() } : {}),
  }
}

/** The label above a field. */
export function FieldLabel({ label, labelHidden, required, optional }: FieldProps) {
  const { optional: word } = useMessages(words)
  return (
    <Label className={labelHidden ? 'e-hidden' : 'e-label'}>
      {label}
      {required && (
        <span className="e-label-required" aria-hidden="true">
          *
        </span>
      )}
      {optional && <span className="e-label-optional">{word}</span>}
    </Label>
  )
}

/** The lines below a field: what it is for, and what is wrong. */
export function FieldNotes({ hint, error }: FieldProps) {
  return (
    <>
      {hint && (
        <Text slot="description" className="e-hint">
          {hint}
        </Text>
      )}
      <FieldError className="e-error">{error}</FieldError>
    </>
  )
}
