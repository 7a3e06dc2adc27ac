import { ChevronDown, ChevronUp } from 'lucide-react'
import { NumberField as AriaNumberField, Button, Group, Input } from 'react-aria-components'
import { ariaField, FieldLabel, FieldNotes, type FieldProps } from './Field.tsx'

/** What a {@link NumberField} takes. */
export interface NumberFieldProps extends FieldProps {
  /** Undefined or null is an empty field. */
  value: number | null | undefined
  /** Null when it was emptied. */
  onChange?: (value: number | null) => void
  min?: number
  max?: number
  step?: number
  /** How it is written in the locale of the person: { style: 'percent' }, { style: 'currency', currency: 'USD' }. */
  format?: Intl.NumberFormatOptions
  /** Shown behind the number where the format has no place for it: "days". */
  unit?: string
  placeholder?: string
}

/** A number, written and read by the locale of the person: "1 234,5" in French. */
export function NumberField(props: NumberFieldProps) {
  const { value, onChange, min, max, step, format, unit, placeholder } = props
  return (
    <AriaNumberField
      {...ariaField(props)}
      className="e-field e-number-input"
      value={value ?? Number.NaN}
      onChange={onChange && ((next) => onChange(Number.isNaN(next) ? null : next))}
      minValue={min}
      maxValue={max}
      step={step}
      formatOptions={format}
    >
      <FieldLabel {...props} />
      <Group className="e-input-group">
        <Input className="e-input" placeholder={placeholder} />
        {unit && <span className="e-unit">{unit}</span>}
        <Button slot="decrement" className="e-input-button">
          <ChevronDown size={14} aria-hidden="true" />
        </Button>
        <Button slot="increment" className="e-input-button">
          <ChevronUp size={14} aria-hidden="true" />
        </Button>
      </Group>
      <FieldNotes {...props} />
    </AriaNumberField>
  )
}
