import { useFormat, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'
import type { Test } from './TestCard.tsx'
import './tests.css'

type Metrics = NonNullable<Test['controlMetrics']>

/** What both versions did, side by side; the bars of a line have one scale. */
export function Measures({ test, control, treatment }: { test: Test; control: Metrics; treatment: Metrics }) {
  const m = useMessages(messages)
  const { number, percent, duration, moneyMicros } = useFormat()
  const lines: readonly [label: string, pick: (of: Metrics) => number | null, write: (value: number) => string][] = [
    [m.executions, ({ executions }) => executions, (value) => number(value)],
    [m.quality, ({ quality }) => quality, (value) => number(value, 2)],
    [m.rating, ({ rating }) => rating, (value) => number(value, 1)],
    [m.errorRate, ({ errorRate }) => errorRate, (value) => percent(value)],
    [m.responseTime, ({ responseTimeMs }) => responseTimeMs, (value) => duration(value)],
    [m.tokens, ({ tokens }) => tokens, (value) => number(value)],
    [m.cost, ({ costMicros }) => costMicros, (value) => moneyMicros(value)],
  ]
  const known = lines.filter(([, pick]) => pick(control) !== null || pick(treatment) !== null)
  return (
    <table className="prompts-measures">
      <caption className="e-hidden">{m.measures}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{test.control && m.sampleOf(test.control.version)}</th>
          <th scope="col">{test.treatment && m.sampleOf(test.treatment.version)}</th>
        </tr>
      </thead>
      <tbody>
        {known.map(([label, pick, write]) => {
          const values = [pick(control), pick(treatment)]
          const most = Math.max(...values.map((value) => value ?? 0)) || 1
          return (
            <tr key={label}>
              <th scope="row">{label}</th>
              {values.map((value, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: always these two
                <td key={index}>
                  {value === null ? '–' : write(value)}
                  <span
                    className="prompts-measure"
                    style={{ width: `${((value ?? 0) / most) * 100}%`, background: `var(--chart-${index + 1})` }}
                    aria-hidden="true"
                  />
                </td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
