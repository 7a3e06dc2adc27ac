import { Failure, LineChart, Note, Skeleton, Stack, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import { useEffect, useState } from 'react'
import type { AlertRuleInput } from '../graphql/graphql.ts'
import { PreviewRuleDocument } from './documents.ts'
import { messages } from './messages.ts'
import { type MetricUnit, metricValue } from './metricValue.ts'

/** How long one types before it is tried, in milliseconds. */
const pause = 500

/** What a rule is about and what it would have done, drawn over the past four weeks. */
export function RulePreview({
  input,
  label,
  unit,
  said = true,
}: {
  /** Undefined while the rule is not whole. */
  input: AlertRuleInput | undefined
  /** What is watched, in words. */
  label: string
  unit: MetricUnit
  /** Whether it is said how often it would have spoken. */
  said?: boolean
}) {
  const m = useMessages(messages)
  const format = useFormat()
  const settled = useSettled(input)
  const query = useQuery(
    PreviewRuleDocument,
    { input: settled ?? { name: '', metric: '', kind: 'ANOMALY' } },
    { pause: settled === undefined, keep: true },
  )
  if (query.error) return <Failure error={query.error} again={query.again} />
  if (!query.data) return <Skeleton height="22rem" />
  const { count, unknown, hours, alerts } = query.data.previewAlertRule
  const threshold = settled?.kind === 'THRESHOLD' ? settled.threshold : undefined
  return (
    <Stack>
      {said && (
        <Note tone={count > 28 ? 'warning' : 'info'} title={m.previewCount(count)}>
          {count > 28 && <p>{m.previewMany}</p>}
          {unknown > 0 && <p>{m.previewUnknown(format.number(unknown))}</p>}
        </Note>
      )}
      <LineChart
        label={m.chart(label)}
        step="hour"
        height={280}
        formatValue={(value) => metricValue(format, unit, value)}
        whole={unit === 'COUNT'}
        {...(typeof threshold === 'number' ? { reference: { value: threshold, label: m.threshold } } : {})}
        series={[
          {
            id: 'found',
            label,
            points: hours.map(({ until, value }) => ({ at: Date.parse(until), value: value ?? null })),
          },
          ...(settled?.kind === 'ANOMALY'
            ? [
                {
                  id: 'usual',
                  label: m.usual,
                  comparison: true,
                  points: hours.map(({ until, expected }) => ({ at: Date.parse(until), value: expected ?? null })),
                },
              ]
            : []),
        ]}
      />
      {alerts.length > 0 && (
        <p className="e-muted">{format.list(alerts.slice(-5).map(({ until }) => format.dateTime(until)))}</p>
      )}
    </Stack>
  )
}

function useSettled<Value>(value: Value): Value {
  const key = JSON.stringify(value)
  const [settled, setSettled] = useState(value)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the value
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [key])
  return settled
}
