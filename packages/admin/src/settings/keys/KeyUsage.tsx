import {
  BarChart,
  Card,
  Columns,
  DescriptionList,
  ShareList,
  Stack,
  Stat,
  TimeAgo,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import type { ShownKey } from './Key.tsx'
import { keyMessages } from './keyMessages.ts'

/** How far back the charts of a key go. */
export const usageDays = 30

/** What a key asked for in numbers: by day, by operation, and what went wrong. */
export function KeyUsage({ usage: { byDay, operations, errors } }: { usage: ShownKey['usage'] }) {
  const m = useMessages(keyMessages)
  const { number, date, day } = useFormat()
  const sum = (of: (one: (typeof byDay)[number]) => number) => byDay.reduce((total, one) => total + of(one), 0)
  const bar = (one: (typeof byDay)[number], values: readonly number[]) => ({
    ...{ id: one.day, label: date(one.day), short: day(one.day) },
    values,
  })
  const within = m.lastDays(number(usageDays))
  return (
    <Stack gap={4}>
      <Columns min="12rem">
        <Stat label={m.calls} value={number(sum(({ calls }) => calls))} detail={within} />
        <Stat label={m.errors} value={number(sum((one) => one.errors))} detail={within} />
        <Stat label={m.cost} value={number(sum(({ cost }) => cost))} detail={within} />
      </Columns>
      <Columns min="22rem">
        <Card title={m.callsByDay}>
          <BarChart
            label={m.callsByDay}
            parts={[
              { id: 'succeeded', label: m.succeeded },
              { id: 'failed', label: m.failed, color: 'critical' },
            ]}
            bars={byDay.map((one) => bar(one, [one.calls - one.errors, one.errors]))}
            formatValue={number}
            whole
          />
        </Card>
        <Card title={m.costByDay}>
          <BarChart
            label={m.costByDay}
            parts={[{ id: 'cost', label: m.cost }]}
            bars={byDay.map((one) => bar(one, [one.cost]))}
            formatValue={number}
            whole
          />
        </Card>
      </Columns>
      <Columns min="22rem">
        <Card title={m.costly}>
          <Operations operations={operations} />
        </Card>
        {errors.length > 0 && (
          <Card title={m.wrong}>
            <DescriptionList
              items={errors.map(({ code, times, lastAt }) => [
                code,
                <span key={code}>
                  {m.timesShort(number(times))}, <TimeAgo at={lastAt} />
                </span>,
              ])}
            />
          </Card>
        )}
      </Columns>
    </Stack>
  )
}

function Operations({ operations }: { operations: ShownKey['usage']['operations'] }) {
  const m = useMessages(keyMessages)
  const { number } = useFormat()
  if (operations.length === 0) return <p className="e-muted">{m.costlyNothing}</p>
  return (
    <ShareList
      label={m.costly}
      rows={operations.map(({ schema, name, documentHash, calls, cost }) => ({
        id: `${schema} ${name} ${documentHash}`,
        label: m.sent(
          name ?? (documentHash ? m.unnamed(documentHash.slice(0, 8)) : m.unread),
          m.schemas[schema],
          number(calls),
        ),
        value: cost,
      }))}
      formatValue={number}
    />
  )
}
