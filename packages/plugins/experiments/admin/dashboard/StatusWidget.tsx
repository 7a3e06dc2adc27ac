import { Answer, type ChartColor, Donut, Link, Skeleton, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import type { ExperimentStatus } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { messages as shared } from '../messages.ts'
import { experimentsPage } from '../pages.ts'
import { messages } from './messages.ts'

const CountsDocument = graphql(`
  query ExperimentCounts {
    DRAFT: experiments(first: 1, filter: { status: [DRAFT] }) {
      totalCount
    }
    RUNNING: experiments(first: 1, filter: { status: [RUNNING] }) {
      totalCount
    }
    PAUSED: experiments(first: 1, filter: { status: [PAUSED] }) {
      totalCount
    }
    COMPLETED: experiments(first: 1, filter: { status: [COMPLETED] }) {
      totalCount
    }
  }
`)

const colors: Record<Shown, ChartColor> = { DRAFT: 'muted', RUNNING: 'positive', PAUSED: 'warning', COMPLETED: 'info' }
type Shown = Exclude<ExperimentStatus, 'ARCHIVED'>

/** How many experiments are in each state of their life; each number leads to its list. */
export default function StatusWidget() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number } = useFormat()
  const query = useQuery(CountsDocument, {})
  return (
    <Answer of={query} skeleton={<Skeleton height="9rem" />}>
      {(counts) => {
        const parts = (['RUNNING', 'PAUSED', 'DRAFT', 'COMPLETED'] as const).map((id) => ({
          id,
          label: words.status[id],
          value: counts[id].totalCount,
          color: colors[id],
        }))
        return (
          <Donut
            label={m.byStatus}
            parts={parts}
            formatValue={(value) => number(value)}
            center={{ value: number(parts.reduce((sum, { value }) => sum + value, 0)), label: m.total }}
            labelOf={({ id, label }) => (
              <Link to={experimentsPage} search={{ filter: { status: [id] } }}>
                {label}
              </Link>
            )}
          />
        )
      }}
    </Answer>
  )
}
