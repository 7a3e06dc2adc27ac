import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { CheckboxGroup as AriaCheckboxGroup, CheckboxButton, CheckboxField } from 'react-aria-components'
import { ariaField, FieldLabel, FieldNotes, type FieldProps } from './Field.tsx'
import type { Option } from './Select.tsx'
import './Choice.css'

/** What a {@link Checkbox} takes. */
export interface CheckboxProps extends Omit<FieldProps, 'label'> {
  /** What is true when it is checked. */
  children: ReactNode
  value: boolean | null | undefined
  onChange?: (value: boolean) => void
  /** Neither: some of what it stands for is. */
  some?: boolean
}

/** Something that is so or not. */
export function Checkbox({ children, value, onChange, some = false, ...field }: CheckboxProps) {
  return (
    <CheckboxField
      {...ariaField({ ...field, label: '' })}
      className="e-choice-field"
      isSelected={value ?? false}
      isIndeterminate={some}
      onChange={onChange}
    >
      <CheckboxButton className="e-choice">
        {({ isSelected, isIndeterminate }) => (
          <>
            <span className="e-box" aria-hidden="true">
              {isIndeterminate ? (
                <Minus size={12} strokeWidth={3} />
              ) : (
                isSelected && <Check size={12} strokeWidth={3} />
              )}
            </span>
            <span className={field.labelHidden ? 'e-hidden' : undefined}>{children}</span>
          </>
        )}
      </CheckboxButton>
      <FieldNotes {...field} label="" />
    </CheckboxField>
  )
}

/** What a {@link CheckboxGroup} takes. */
export interface CheckboxGroupProps<Id extends string> extends FieldProps {
  options: readonly Option<Id>[]
  value: readonly Id[] | null | undefined
  onChange: (value: Id[]) => void
}

/** Any of a few. */
export function CheckboxGroup<Id extends string>(props: CheckboxGroupProps<Id>) {
  const { options, value, onChange } = props
  const { isInvalid, isRequired, isDisabled, isReadOnly, validationBehavior } = ariaField(props)
  return (
    <AriaCheckboxGroup
      data-field={props.name}
      {...{ isInvalid, isRequired, isDisabled, isReadOnly, validationBehavior }}
      className="e-field"
      value={[...(value ?? [])]}
      onChange={(chosen) => onChange(options.map(({ id }) => id).filter((id) => chosen.includes(id)))}
    >
      <FieldLabel {...props} />
      <div className="e-choices">
        {options.map(({ id, label, detail, disabled }) => (
          <CheckboxField key={id} value={id} isDisabled={disabled ?? false} className="e-choice-field">
            <CheckboxButton className="e-choice">
              {({ isSelected }) => (
                <>
                  <span className="e-box" aria-hidden="true">
                    {isSelected && <Check size={12} strokeWidth={3} />}
                  </span>
                  <span>{label}</span>
                </>
              )}
            </CheckboxButton>
            <FieldNotes label="" hint={detail} />
          </CheckboxField>
        ))}
      </div>
      <FieldNotes {...props} />
    </AriaCheckboxGroup>
  )
}
