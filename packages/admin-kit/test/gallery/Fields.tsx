import { useState } from 'react'
import {
  Checkbox,
  CheckboxGroup,
  Columns,
  ComboBox,
  DateRangePicker,
  NumberField,
  RadioGroup,
  type RangeChoice,
  Section,
  Select,
  Switch,
  TextArea,
  TextField,
} from '../../src/index.ts'

const fruits = [
  { id: 'pear', label: 'Pear', detail: 'on the south wall' },
  { id: 'apple', label: 'Apple' },
  { id: 'quince', label: 'Quince', disabled: true },
] as const
type Fruit = (typeof fruits)[number]['id']

export function Fields() {
  const [text, setText] = useState('Conference')
  const [number, setNumber] = useState<number | null>(1234.5)
  const [fruit, setFruit] = useState<Fruit | null>('pear')
  const [many, setMany] = useState<Fruit[]>(['pear'])
  const [on, setOn] = useState(true)
  const [range, setRange] = useState<RangeChoice>({})
  return (
    <Section title="Fields" actions={<DateRangePicker value={range} onChange={setRange} />}>
      <Columns>
        <TextField label="Name" value={text} onChange={setText} hint="As people know it" required />
        <TextField label="Address" type="url" value="" placeholder="https://example.org" optional />
        <TextField label="Slug" code value="pe ar" error="Small letters, digits and hyphens only." />
        <TextField label="Fixed" value="cannot be changed" readOnly />
        <TextField label="Off" value="disabled" disabled />
        <TextField label="Search" labelHidden type="search" value="" placeholder="Search" />
        <NumberField label="Budget" value={number} onChange={setNumber} min={0} step={0.5} />
        <NumberField label="Share" value={0.25} format={{ style: 'percent' }} step={0.01} hint="Of all visitors" />
        <NumberField label="Days" value={null} unit="days" error="Give a number of days." />
        <Select label="Fruit" options={fruits} value={fruit} onChange={setFruit} />
        <Select label="Nothing yet" options={fruits} value={null} onChange={setFruit} error="Choose one." />
        <ComboBox label="Fruit by name" options={fruits} value={fruit} onChange={setFruit} hint="Type a part" />
        <TextArea label="Notes" value={'Two\nlines'} hint="Anything" />
        <TextArea label="Template" code value={'Dear {{ name }}'} error="Unknown variable: name." />
        <RadioGroup label="Kind" options={fruits} value={fruit} onChange={setFruit} />
        <CheckboxGroup label="Kinds" options={fruits} value={many} onChange={setMany} error="Choose two." />
        <div>
          <Checkbox value={on} onChange={setOn} hint="Also those of yesterday">
            Show all
          </Checkbox>
          <Checkbox value={false} some>
            Some
          </Checkbox>
          <Checkbox value disabled>
            Disabled
          </Checkbox>
          <Switch value={on} onChange={setOn} hint="At once">
            Live
          </Switch>
          <Switch value={false} disabled>
            Off
          </Switch>
        </div>
      </Columns>
    </Section>
  )
}
