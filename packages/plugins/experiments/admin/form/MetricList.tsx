import { IconButton, Row, useMessages } from '@espalier/admin-kit'
import { X } from 'lucide-react'
import type { ChosenMetric } from '../metrics/chosenMetric.ts'
import { MetricChoice } from '../metrics/MetricChoice.tsx'
import { messages } from './messages.ts'

/** Metrics of one role, in their order; another is found by typing. @param taken ids that have a role already */
export function MetricList({
  label,
  hint,
  name,
  value,
  onChange,
  error,
  taken,
}: {
  label: string
  hint: string
  name: string
  value: readonly ChosenMetric[]
  onChange: (metrics: ChosenMetric[]) => void
  error: string | undefined
  taken: readonly string[]
}) {
  const m = useMessages(messages)
  return (
    <div className="x-metrics" data-field={name}>
      <MetricChoice
        // A new one after each choice, so that its field is empty again.
        key={value.length}
        label={label}
        hint={hint}
        placeholder={m.addMetric}
        error={error}
        value={null}
        without={taken}
        onChange={() => {}}
        onChoose={(metric) => onChange([...value, metric])}
      />
      {value.length > 0 && (
        <ol className="x-chosen" aria-label={label}>
          {value.map(({ id, name }) => (
            <li key={id}>
              <Row gap={1}>
                {name}
                <IconButton
                  label={m.removeMetric(name)}
                  icon={X}
                  size="small"
                  onPress={() => onChange(value.filter((other) => other.id !== id))}
                />
              </Row>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
