import {
  LineChart,
  LinkElsewhere,
  type Point,
  Section,
  SegmentedControl,
  useFormat,
  useMessages,
  usePage,
} from '@espalier/admin-kit'
import { traffic as trafficPage } from '../elsewhere.ts'
import { Change } from '../list/Change.tsx'
import { daily } from '../list/DailyVisitors.tsx'
import { pagePage } from '../pages.ts'
import { messages } from './messages.ts'
import type { OverviewPage } from './PageOverview.tsx'

const dayMs = 86_400_000

/** What the page brought, drawn day by day, beside as many days before. */
export function Figures({ page }: { page: OverviewPage }) {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const { search, setSearch } = usePage(pagePage)
  const { traffic } = page
  if (!traffic) return null
  const { total, previous } = traffic
  const length = Number(search.days)
  const where = { preset: `${search.days}d`, by: 'PATH', find: new URL(page.url).pathname }
  const points = (values: readonly number[]): Point[] =>
    values.map((value, index) => ({ at: Date.parse(traffic.from) + index * dayMs, value }))
  const conversions = traffic.days.map(({ at, conversions }) => ({ at, visitors: conversions }))
  return (
    <Section
      title={m.figures}
      actions={
        <SegmentedControl
          label={m.range}
          value={search.days}
          onChange={(days) => setSearch({ days })}
          options={(['7', '28', '90'] as const).map((id) => ({ id, label: m.ranges[id] }))}
        />
      }
    >
      <dl className="po-figures">
        <div>
          <dt>{m.visitors}</dt>
          <dd>
            <LinkElsewhere to={trafficPage} search={{ ...where, metric: 'visitors' }}>
              {number(total.visitors)}
            </LinkElsewhere>{' '}
            <Change now={total.visitors} before={previous.visitors} />
          </dd>
        </div>
        <div>
          <dt>{m.conversions}</dt>
          <dd>
            <LinkElsewhere to={trafficPage} search={{ ...where, metric: 'conversions' }}>
              {number(total.conversions)}
            </LinkElsewhere>{' '}
            <Change now={total.conversions} before={previous.conversions} />
          </dd>
        </div>
        <div>
          <dt>{m.rate}</dt>
          <dd>
            <LinkElsewhere to={trafficPage} search={{ ...where, metric: 'conversions' }}>
              {typeof total.conversionRate === 'number' ? percent(total.conversionRate) : '–'}
            </LinkElsewhere>{' '}
            <Change now={total.conversionRate} before={previous.conversionRate} />
          </dd>
        </div>
      </dl>
      {total.visitors === 0 ? (
        <p className="po-quiet">{page.status === 'DRAFT' ? m.draftTraffic : m.noTraffic}</p>
      ) : (
        <LineChart
          label={m.chart}
          whole
          live
          formatValue={(value) => number(value)}
          series={[
            { id: 'visitors', label: m.visitors, points: points(daily(traffic, length)) },
            {
              id: 'conversions',
              label: m.conversions,
              points: points(daily({ from: traffic.from, days: conversions }, length)),
            },
          ]}
        />
      )}
    </Section>
  )
}
