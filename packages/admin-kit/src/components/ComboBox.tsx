import { ChevronsUpDown } from 'lucide-react'
import { ComboBox as AriaComboBox, Button, Group, Input, ListBox, Popover } from 'react-aria-components'
import { useMessages } from '../language/messages.ts'
import { ariaField, FieldLabel, FieldNotes, type FieldProps } from './Field.tsx'
import { type Option, OptionItem } from './Select.tsx'
import { words } from './words.ts'
import './Popover.css'

/** What a {@link ComboBox} takes. */
export interface ComboBoxProps<Id extends string> extends FieldProps {
  options: readonly Option<Id>[]
  value: Id | null | undefined
  /** Null when the text was emptied. */
  onChange: (value: Id | null) => void
  /** What was typed, for those who ask a server for options. The options are then shown as they are. */
  onSearch?: (text: string) => void
  placeholder?: string
  /** What stands where options would be when there are none. Default: that nothing is called what was typed. */
  nothing?: string | undefined
}

/** One of many: one types a part of its name. */
export function ComboBox<Id extends string>(props: ComboBoxProps<Id>) {
  const { options, value, onChange, onSearch, placeholder, nothing } = props
  const m = useMessages(words)
  return (
    <AriaComboBox
      {...ariaField(props)}
      className="e-field"
      {...(onSearch
        ? { items: options, onInputChange: onSearch, defaultFilter: () => true }
        : { defaultItems: options })}
      value={value ?? null}
      onChange={(key) => onChange(options.find(({ id }) => id === key)?.id ?? null)}
      menuTrigger="focus"
      allowsEmptyCollection
    >
      <FieldLabel {...props} />
      <Group className="e-input-group">
        <Input className="e-input" placeholder={placeholder} />
        <Button className="e-input-button" aria-label={m.showOptions}>
          <ChevronsUpDown size={14} aria-hidden="true" />
        </Button>
      </Group>
      <FieldNotes {...props} />
      <Popover className="e-popover" offset={4}>
        <ListBox<Option<Id>>
          className="e-options"
          renderEmptyState={() => <p className="e-options-empty">{nothing ?? m.nothingFound}</p>}
        >
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  )
}
