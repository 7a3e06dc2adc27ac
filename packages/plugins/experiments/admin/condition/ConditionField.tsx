import { Button, IconButton, Row, Select, Stack, TextArea, TextField, useMessages } from '@espalier/admin-kit'
import { Braces, Plus, Rows3, Trash2 } from 'lucide-react'
import { useId, useState } from 'react'
import { type ConditionRow, conditionOf, knownAttributes, operators, rowsOf } from './conditionRows.ts'
import { messages } from './messages.ts'
import './condition.css'

/**
 * Who takes part: rows that all have to hold, and JSON for what rows cannot say.
 *
 * @param value in the condition language of the server; null lets everybody in
 */
export function ConditionField({
  label,
  none,
  value,
  onChange,
  error,
  name,
}: {
  label: string
  /** What it says without a row. Default: that everybody takes part. */
  none?: string
  value: unknown
  onChange: (value: unknown) => void
  error?: string | undefined
  name?: string
}) {
  const m = useMessages(messages)
  const id = useId()
  const [rows, setRows] = useState<readonly ConditionRow[]>(() => rowsOf(value) ?? [])
  const [json, setJson] = useState<string | undefined>(() => (rowsOf(value) ? undefined : write(value)))
  const [isWrong, setIsWrong] = useState(false)

  const change = (next: readonly ConditionRow[]) => {
    setRows(next)
    onChange(conditionOf(next))
  }
  const changeJson = (text: string) => {
    setJson(text)
    const read = parse(text)
    setIsWrong(read === undefined)
    if (read !== undefined) onChange(read)
  }
  const readable = json === undefined ? undefined : parse(json)
  const asRows = readable === undefined ? undefined : rowsOf(readable)
  return (
    <fieldset className="x-condition" data-field={name} aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="e-label">{label}</legend>
      <Stack gap={2}>
        {json === undefined ? (
          <>
            <p className="e-small e-muted">{rows.length === 0 ? (none ?? m.everybody) : m.all}</p>
            {rows.map((row, index) => (
              <RowOfCondition
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else that they are known by
                key={index}
                row={row}
                onChange={(next) => change(rows.map((other, at) => (at === index ? next : other)))}
                onRemove={() => change(rows.filter((_, at) => at !== index))}
              />
            ))}
            <Row>
              <Button
                size="small"
                icon={Plus}
                onPress={() => setRows([...rows, { attribute: 'country', operator: 'is', value: '' }])}
              >
                {m.add}
              </Button>
              <Button size="small" variant="quiet" icon={Braces} onPress={() => setJson(write(conditionOf(rows)))}>
                {m.asJson}
              </Button>
            </Row>
          </>
        ) : (
          <>
            <TextArea
              label={m.json}
              hint={m.jsonHint}
              error={isWrong ? m.jsonWrong : undefined}
              code
              rows={4}
              value={json}
              onChange={changeJson}
            />
            {asRows ? (
              <Row>
                <Button
                  size="small"
                  variant="quiet"
                  icon={Rows3}
                  onPress={() => {
                    setRows(asRows)
                    setJson(undefined)
                  }}
                >
                  {m.asRows}
                </Button>
              </Row>
            ) : (
              !isWrong && <p className="e-small e-muted">{m.jsonOnly}</p>
            )}
          </>
        )}
        {error && (
          <p id={`${id}-error`} className="e-error">
            {error}
          </p>
        )}
      </Stack>
    </fieldset>
  )
}

function RowOfCondition({
  row: { attribute, operator, value },
  onChange,
  onRemove,
}: {
  row: ConditionRow
  onChange: (row: ConditionRow) => void
  onRemove: () => void
}) {
  const m = useMessages(messages)
  const known = knownAttributes.find((one) => one === attribute)
  const [isOther, setIsOther] = useState(!known)
  const hasValue = operator !== 'exists' && operator !== 'isMissing'
  const examples: Partial<Record<string, string>> = m.examples
  return (
    <div className="x-condition-row">
      <Select
        label={m.attribute}
        labelHidden
        value={isOther ? other : (known ?? other)}
        options={[...knownAttributes.map((id) => ({ id, label: m.attributes[id] })), { id: other, label: m.other }]}
        onChange={(next) => {
          setIsOther(next === other)
          onChange({ attribute: next === other ? '' : next, operator, value })
        }}
      />
      {isOther && (
        <TextField
          label={m.otherName}
          labelHidden
          placeholder={m.otherName}
          code
          value={attribute}
          onChange={(next) => onChange({ attribute: next, operator, value })}
        />
      )}
      <Select
        label={m.operator}
        labelHidden
        value={operator}
        options={operators.map((id) => ({ id, label: m.operators[id] }))}
        onChange={(next) => onChange({ attribute, operator: next, value })}
      />
      {hasValue && (
        <TextField
          label={m.value}
          labelHidden
          placeholder={operator === 'isOneOf' || operator === 'isNoneOf' ? m.commas : (examples[attribute] ?? m.value)}
          value={value}
          onChange={(next) => onChange({ attribute, operator, value: next })}
        />
      )}
      <IconButton label={m.remove} icon={Trash2} size="small" onPress={onRemove} />
    </div>
  )
}

/** A condition in words, for those who read it; JSON where it says more than rows can. */
export function ConditionInWords({ value }: { value: unknown }) {
  const m = useMessages(messages)
  const rows = rowsOf(value)
  if (!rows) return <code>{write(value)}</code>
  if (rows.length === 0) return <>{m.everybody}</>
  return (
    <ul className="x-condition-words">
      {rows.map(({ attribute, operator, value }) => {
        const known = knownAttributes.find((one) => one === attribute)
        return (
          <li key={`${attribute} ${operator} ${value}`}>
            {m.said(known ? m.attributes[known] : attribute, m.operators[operator], value)}
          </li>
        )
      })}
    </ul>
  )
}

/** No attribute is called that. */
const other = ' other'

function write(value: unknown): string {
  return value === null || value === undefined ? '' : JSON.stringify(value, null, 2)
}

/** Undefined: it is no JSON. */
function parse(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
