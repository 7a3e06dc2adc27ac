import {
  Answer,
  BarChart,
  Card,
  Columns,
  dayToTime,
  EmptyState,
  LineChart,
  SegmentedControl,
  Skeleton,
  Stack,
  Stat,
  target,
  useFormat,
  useMessages,
  usePage,
  useQuery,
} from '@espalier/admin-kit'
import { ChartColumn } from 'lucide-react'
import { useState } from 'react'
import type { MailDaysQuery } from '../graphql/graphql.ts'
import { MailFrame } from '../MailFrame.tsx'
import { messages as mailMessages } from '../messages.ts'
import { daysPage, outboxPage } from '../pages.ts'
import { MailDaysDocument } from './documents.ts'
import { messages } from './messages.ts'

const spans = [7, 28, 90] as const

/** What mail brought and cost, day by day. */
export default function Days() {
  const m = useMessages(messages)
  const words = useMessages(mailMessages)
  const { timeZone } = useFormat()
  const { search, setSearch } = usePage(daysPage)
  // Stays while the page is open: a moving end would ask anew with every drawing.
  const [until] = useState(() => new Date())
  const from = new Date(until.getFullYear(), until.getMonth(), until.getDate() - search.days + 1)
  const query = useQuery(
    MailDaysDocument,
    { from: from.toISOString(), until: until.toISOString(), timeZone },
    { keep: true },
  )
  return (
    <MailFrame title={words.days} lead={m.lead}>
      <Stack gap={6}>
        <SegmentedControl
          label={m.span}
          options={spans.map((days) => ({ id: `${days}`, label: m.days(days) }))}
          value={`${search.days}`}
          onChange={(days) => setSearch({ days: spans.find((span) => `${span}` === days) ?? 28 })}
        />
        <Answer of={query} skeleton={<Skeleton height="28rem" />}>
          {({ mailDays }) => <Drawn days={mailDays} from={from} until={until} />}
        </Answer>
      </Stack>
    </MailFrame>
  )
}

type Day = MailDaysQuery['mailDays'][number]

function Drawn({ days, from, until }: { days: readonly Day[]; from: Date; until: Date }) {
  const m = useMessages(messages)
  const { number, percent, moneyMicros, date, day: short } = useFormat()
  if (days.length === 0)
    return (
      <EmptyState icon={ChartColumn} title={m.empty}>
        {m.emptyWhy}
      </EmptyState>
    )
  const sum = (read: (day: Day) => number) => days.reduce((total, day) => total + read(day), 0)
  const sent = sum((day) => day.sent)
  const rate = (read: (day: Day) => number) => (sent === 0 ? '–' : percent(sum(read) / sent))
  const outbox = (...state: string[]) => target(outboxPage, { search: { filter: { state } } })
  const byDay = new Map(days.map((day) => [day.day, day]))
  const all = eachDay(from, until)
  return (
    <Stack gap={6}>
      <Columns min="9rem">
        <Stat
          label={m.sent}
          value={number(sent)}
          to={target(outboxPage)}
          detail={moneyMicros(sum((day) => day.costMicros))}
        />
        <Stat
          label={m.openRate}
          value={rate((day) => day.opened)}
          to={outbox('OPENED', 'CLICKED')}
          detail={m.of(number(sent))}
        />
        <Stat
          label={m.clickRate}
          value={rate((day) => day.clicked)}
          to={outbox('CLICKED')}
          detail={m.of(number(sent))}
        />
        <Stat
          label={m.bounceRate}
          value={rate((day) => day.bounced)}
          to={outbox('BOUNCED')}
          detail={m.of(number(sent))}
        />
        <Stat
          label={m.complaintRate}
          value={rate((day) => day.complained)}
          to={outbox('COMPLAINED')}
          detail={m.of(number(sent))}
        />
        <Stat label={m.suppressed} value={number(sum((day) => day.suppressed))} to={outbox('SUPPRESSED')} />
      </Columns>
      <Card title={m.chart}>
        <BarChart
          label={m.chart}
          formatValue={(value) => number(value)}
          whole
          parts={[
            { id: 'clicked', label: m.clicked },
            { id: 'opened', label: m.opened },
            { id: 'delivered', label: m.delivered },
            { id: 'underWay', label: m.underWay },
            { id: 'bounced', label: m.bounced },
            { id: 'failed', label: m.failed },
          ]}
          bars={all.map((id) => ({
            id,
            label: date(id),
            short: short(id),
            values: partsOf(byDay.get(id)),
          }))}
        />
      </Card>
      <Card title={m.rates} lead={m.openNote}>
        <LineChart
          label={m.rates}
          formatValue={(value) => percent(value)}
          series={(['opened', 'clicked'] as const).map((id) => ({
            id,
            label: m[id],
            points: all.map((day) => {
              const found = byDay.get(day)
              return { at: dayToTime(day), value: found && found.sent > 0 ? found[id] / found.sent : null }
            }),
          }))}
        />
      </Card>
    </Stack>
  )
}

/** Each message counts once, by the best that became of it. */
function partsOf(day: Day | undefined): number[] {
  if (!day) return [0, 0, 0, 0, 0, 0]
  const { sent, delivered, opened, clicked, bounced, failed } = day
  const openedAlone = Math.max(0, opened - clicked)
  const deliveredAlone = Math.max(0, delivered - clicked - openedAlone)
  const underWay = Math.max(0, sent - clicked - openedAlone - deliveredAlone - bounced)
  return [clicked, openedAlone, deliveredAlone, underWay, bounced, failed]
}

/** Days of the calendar, both ends included: "2026-11-21". */
function eachDay(from: Date, until: Date): string[] {
  const days: string[] = []
  for (
    let at = new Date(from.getFullYear(), from.getMonth(), from.getDate());
    at <= until;
    at.setDate(at.getDate() + 1)
  )
    days.push(
      [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-'),
    )
  return days
}
