import { RadioGroup as AriaRadioGroup, RadioButton, RadioField } from 'react-aria-components'
import { ariaField, FieldLabel, FieldNotes, type FieldProps } from './Field.tsx'
import type { Option } from './Select.tsx'
import './Choice.css'

/** What a {@link RadioGroup} takes. */
export interface RadioGroupProps<Id extends string> extends FieldProps {
  options: readonly Option<Id>[]
  value: Id | null | undefined
  onChange: (value: Id) => void
}

/** One of two to five, all to be seen, each with what it means. */
export function RadioGroup<Id extends string>(props: RadioGroupProps<Id>) {
  const { options, value, onChange } = props
  const { isInvalid, isRequired, isDisabled, isReadOnly, validationBehavior } = ariaField(props)
  return (
    <AriaRadioGroup
      data-field={props.name}
      {...{ isInvalid, isRequired, isDisabled, isReadOnly, validationBehavior }}
      className="e-field"
      value={value ?? null}
      onChange={(key) => {
        const chosen = options.find(({ id }) => id === key)
        if (chosen) onChange(chosen.id)
      }}
    >
      <FieldLabel {...props} />
      <div className="e-choices">
        {options.map(({ id, label, detail, disabled }) => (
          <RadioField key={id} value={id} isDisabled={disabled ?? false} className="e-choice-field">
            <RadioButton className="e-choice">
              <span className="e-radio" aria-hidden="true" />
              <span>{label}</span>
            </RadioButton>
            <FieldNotes label="" hint={detail} />
          </RadioField>
        ))}
      </div>
      <FieldNotes {...props} />
    </AriaRadioGroup>
  )
}
