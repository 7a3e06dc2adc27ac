import type { ReactNode } from 'react'
import { SwitchButton, SwitchField } from 'react-aria-components'
import { ariaField, FieldNotes, type FieldProps } from './Field.tsx'
import './Choice.css'

/** What a {@link Switch} takes. */
export interface SwitchProps extends Omit<FieldProps, 'label'> {
  /** What is on. */
  children: ReactNode
  value: boolean | null | undefined
  onChange?: (value: boolean) => void
}

/** Turns something on or off, at once. In a form that is saved later, `Checkbox`. */
export function Switch({ children, value, onChange, ...field }: SwitchProps) {
  return (
    <SwitchField
      {...ariaField({ ...field, label: '' })}
      className="e-choice-field"
      isSelected={value ?? false}
      onChange={onChange}
    >
      <SwitchButton className="e-choice">
        <span className="e-switch" aria-hidden="true" />
        <span className={field.labelHidden ? 'e-hidden' : undefined}>{children}</span>
      </SwitchButton>
      <FieldNotes {...field} label="" />
    </SwitchField>
  )
}
