import { Check, ChevronsUpDown } from 'lucide-react'
import { Select as AriaSelect, Button, ListBox, ListBoxItem, Popover, SelectValue } from 'react-aria-components'
import { ariaField, FieldLabel, FieldNotes, type FieldProps } from './Field.tsx'
import './Popover.css'

/** Something that can be chosen. */
export interface Option<Id extends string = string> {
  readonly id: Id
  readonly label: string
  /** A second, quieter line. */
  readonly detail?: string | undefined
  readonly disabled?: boolean
}

/** What a {@link Select} takes. */
export interface SelectProps<Id extends string> extends FieldProps {
  options: readonly Option<Id>[]
  /** Null while nothing is chosen. */
  value: Id | null | undefined
  onChange: (value: Id) => void
  placeholder?: string
}

/** One of a few. For many take `ComboBox`, where one types; for two to five that matter, `RadioGroup`. */
export function Select<Id extends string>(props: SelectProps<Id>) {
  const { options, value, onChange, placeholder } = props
  return (
    <AriaSelect
      {...ariaField(props)}
      className="e-field"
      placeholder={placeholder ?? '–'}
      value={value ?? null}
      onChange={(key) => {
        const chosen = options.find(({ id }) => id === key)
        if (chosen) onChange(chosen.id)
      }}
    >
      <FieldLabel {...props} />
      <Button className="e-input e-select">
        <SelectValue />
        <ChevronsUpDown size={14} aria-hidden="true" />
      </Button>
      <FieldNotes {...props} />
      <Popover className="e-popover" offset={4}>
        <ListBox className="e-options" items={options.map((option) => ({ ...option, key: option.id }))}>
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

/** One option of a list that is open. */
export function OptionItem({ option: { id, label, detail, disabled } }: { option: Option }) {
  return (
    <ListBoxItem id={id} textValue={label} className="e-option" isDisabled={disabled ?? false}>
      {({ isSelected }) => (
        <>
          <span>{label}</span> {isSelected && <Check size={14} aria-hidden="true" className="e-option-check" />}
          {detail && <span className="e-option-detail">{detail}</span>}
        </>
      )}
    </ListBoxItem>
  )
}
