import { NumberField, SegmentedControl, Select, TextField, useMessages } from '@espalier/admin-kit'
import { messages } from '../messages.ts'
import type { FieldPlace } from './fieldPlace.ts'

const currencies = ['EUR', 'USD', 'GBP', 'CHF', 'CAD', 'AUD', 'JPY', 'SEK', 'NOK', 'DKK', 'PLN'] as const

/** An amount in a currency, or words such as "On request". */
export function PriceField({ label, path, value, onChange, error }: FieldPlace & { error: string | undefined }) {
  const m = useMessages(messages)
  const amount =
    typeof value === 'object' && value !== null ? (value as { amountMinor: number; currency: string }) : undefined
  const currency = amount?.currency ?? 'EUR'
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  const options = [...new Set([...currencies, currency])].map((id) => ({ id, label: id }))
  return (
    <fieldset className="ed-group">
      <legend>{label}</legend>
      <SegmentedControl
        label={label}
        value={amount ? 'amount' : 'words'}
        options={[
          { id: 'amount', label: m.fields.priceAmount },
          { id: 'words', label: m.fields.priceWords },
        ]}
        onChange={(kind) => onChange(kind === 'amount' ? { amountMinor: 0, currency } : '')}
      />
      {amount ? (
        <div className="ed-pair">
          <NumberField
            label={m.fields.priceAmount}
            name={path}
            error={error}
            min={0}
            value={amount.amountMinor / 10 ** digits}
            format={{ style: 'currency', currency }}
            onChange={(next) => onChange({ amountMinor: Math.round((next ?? 0) * 10 ** digits), currency })}
          />
          <Select
            label={m.fields.currency}
            options={options}
            value={currency}
            onChange={(next) => onChange({ ...amount, currency: next })}
          />
        </div>
      ) : (
        <TextField
          label={m.fields.priceWords}
          name={path}
          error={error}
          maxLength={40}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
        />
      )}
    </fieldset>
  )
}
