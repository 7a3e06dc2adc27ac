import {
  Answer,
  type DashboardRange,
  Link,
  plainId,
  ShareList,
  Skeleton,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { pagePage, pagesPage } from '../pages.ts'
import { messages } from './messages.ts'

const WidgetDocument = graphql(`
  query PagesWidget($days: Int!) {
    pages(first: 50, filter: { status: [ACTIVE] }, orderBy: { field: PUBLISHED_AT, direction: DESC }) {
      nodes { id title traffic(days: $days) { total { visitors conversions conversionRate } } }
    }
  }
`)

/** As many as fit. */
const most = 6
const dayMs = 86_400_000

/** The pages that brought the most conversions. */
export default function PagesWidget({ range }: { range: DashboardRange }) {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const days = Math.min(366, Math.max(1, Math.ceil((Date.now() - Date.parse(range.from)) / dayMs)))
  const query = useQuery(WidgetDocument, { days }, { keep: true })
  return (
    <Answer of={query} skeleton={<Skeleton lines={6} />}>
      {({ pages }) => {
        const rows = pages.nodes
          .map(({ id, title, traffic: { total } }) => ({ id, title, ...total }))
          .filter(({ visitors }) => visitors > 0)
          .toSorted((one, other) => other.conversions - one.conversions || other.visitors - one.visitors)
          .slice(0, most)
        if (rows.length === 0) return <p className="e-muted">{m.widgetEmpty}</p>
        return (
          <>
            <ShareList
              label={m.conversions}
              formatValue={(value) => number(value)}
              rows={rows.map(({ id, title, conversions, visitors, conversionRate }) => ({
                id,
                label: (
                  <>
                    <Link to={pagePage} params={{ id: plainId(id) }}>
                      {title}
                    </Link>{' '}
                    <small className="e-muted">
                      {m.ofVisitors(
                        number(visitors),
                        typeof conversionRate === 'number' ? percent(conversionRate) : '–',
                      )}
                    </small>
                  </>
                ),
                value: conversions,
              }))}
            />
            <Link to={pagesPage}>{m.widgetAll}</Link>
          </>
        )
      }}
    </Answer>
  )
}
