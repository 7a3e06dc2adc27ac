import {
  Answer,
  Button,
  type ChosenRange,
  EmptyState,
  type Format,
  Link,
  Note,
  Row,
  Section,
  Select,
  Skeleton,
  TextField,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { UsersRound } from 'lucide-react'
import { useState } from 'react'
import { SplitDocument } from '../documents.ts'
import type { TrafficSplitQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { eventsPage, sessionsPage, sitesPage } from '../pages.ts'
import { useTimeSpan } from '../timeSpan.ts'
import { useValueName } from '../valueName.ts'
import { type Dimension, dimensions } from '../words.ts'
import { messages } from './messages.ts'

/** As many as the API gives out. */
const most = 500

/** What the figures split into by one dimension, as a table that can be searched. */
export function Split({
  range,
  siteId,
  by,
  onBy,
  find,
  onFind,
}: {
  range: ChosenRange
  siteId: string | null
  by: Dimension
  onBy: (by: Dimension) => void
  /** Part of the names of the values that are shown. */
  find: string
  onFind: (text: string) => void
}) {
  const m = useMessages(messages)
  const names = useMessages(shared)
  const { from, to, comparedFrom, comparedTo } = useTimeSpan(range)
  const split = useQuery(
    SplitDocument,
    { from, to, comparedFrom, comparedTo, compares: false, siteId, by, first: most },
    { keep: true },
  )
  return (
    <Section
      title={names.dimensions[by]}
      actions={
        <Row>
          <Select
            label={m.splitBy}
            labelHidden
            options={dimensions.map((id) => ({ id, label: names.dimensions[id] }))}
            value={by}
            onChange={onBy}
          />
          <TextField label={m.findValue} labelHidden placeholder={m.findValue} value={find} onChange={onFind} />
        </Row>
      }
    >
      <Answer of={split} skeleton={<Skeleton height="24rem" />}>
        {({ metrics }) => <SplitTable key={by} by={by} rows={metrics.split} text={find} />}
      </Answer>
    </Section>
  )
}

type SplitRow = TrafficSplitQuery['metrics']['split'][number]

function SplitTable({ by, rows, text }: { by: Dimension; rows: readonly SplitRow[]; text: string }) {
  const m = useMessages(messages)
  const names = useMessages(shared)
  const format = useFormat()
  const columns = columnsOf(by)
  const nameOf = useValueName()
  const [shown, setShown] = useState(20)
  const wanted = text.trim().toLowerCase()
  const found = rows.filter(({ value }) => nameOf(by, value).toLowerCase().includes(wanted))
  const largest = Math.max(...rows.map((row) => sizeOf(by, row)), 1)
  if (rows.length === 0)
    return (
      <EmptyState icon={UsersRound} title={names.noTraffic} action={<Link to={sitesPage}>{names.countVisitors}</Link>}>
        <p>{names.noTrafficHint}</p>
      </EmptyState>
    )
  return (
    <>
      {/* Focusable, so that the keyboard can scroll it where it is wider than the screen. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
      <section className="traffic-table" tabIndex={0} aria-label={m.table(names.dimensions[by])}>
        <table>
          <thead>
            <tr>
              <th scope="col">{m.value}</th>
              {columns.map((column) => (
                <th key={column} scope="col" title={column === 'rate' ? m.rateHint : undefined}>
                  {column === 'rate' ? m.rate : names.metrics[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shown).map((row) => (
              <tr key={row.value ?? ''}>
                <th scope="row">
                  <span
                    className="traffic-bar"
                    style={{ width: `${(sizeOf(by, row) / largest) * 100}%` }}
                    aria-hidden="true"
                  />
                  <ValueLink by={by} value={row.value}>
                    {nameOf(by, row.value)}
                  </ValueLink>
                </th>
                {columns.map((column) => (
                  <td key={column}>{cell(column, row, by, format)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {found.length === 0 && <p className="e-muted">{m.noSuchValue}</p>}
      {rows.length >= most && wanted !== '' && <Note tone="neutral">{m.shownOf}</Note>}
      {found.length > shown && (
        <div>
          <Button variant="quiet" size="small" onPress={() => setShown(shown + 100)}>
            {m.more(Math.min(100, found.length - shown))}
          </Button>
        </div>
      )}
    </>
  )
}

type Column = 'visitors' | 'pageviews' | 'sessions' | 'conversions' | 'rate' | 'bounceRate'

/** What the API counts by a dimension: a page has views and no sessions, a way in or out has sessions alone. */
function columnsOf(by: Dimension): readonly Column[] {
  if (by === 'PATH') return ['visitors', 'pageviews', 'conversions', 'rate']
  if (by === 'ENTRY_PATH' || by === 'EXIT_PATH') return ['sessions', 'bounceRate']
  return ['visitors', 'pageviews', 'sessions', 'conversions', 'rate', 'bounceRate']
}

function cell(column: Column, row: SplitRow, by: Dimension, { number, percent }: Format): string {
  if (column === 'bounceRate') return row.bounceRate === null ? '–' : percent(row.bounceRate, 0)
  if (column !== 'rate') return number(row[column])
  const tries = by === 'PATH' ? row.pageviews : row.sessions
  return tries > 0 ? percent(row.conversions / tries) : '–'
}

function sizeOf(by: Dimension, { visitors, sessions }: SplitRow): number {
  return by === 'ENTRY_PATH' || by === 'EXIT_PATH' ? sessions : visitors
}

/** Leads to the sessions or events that the number counts, where lists can be asked for them. */
function ValueLink({ by, value, children }: { by: Dimension; value: string | null; children: string }) {
  if (value === null || value === '(other)') return children
  if (by === 'CHANNEL')
    return (
      <Link to={sessionsPage} search={{ filter: { channel: [value] } }}>
        {children}
      </Link>
    )
  if (by === 'ENTRY_PATH')
    return (
      <Link to={sessionsPage} search={{ filter: { entryPath: [value] } }}>
        {children}
      </Link>
    )
  if (by === 'UTM_CAMPAIGN')
    return (
      <Link to={sessionsPage} search={{ filter: { utmCampaign: [value] } }}>
        {children}
      </Link>
    )
  if (by === 'PATH')
    return (
      <Link to={eventsPage} search={{ filter: { url: [value] } }}>
        {children}
      </Link>
    )
  return children
}
