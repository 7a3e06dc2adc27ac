import {
  Answer,
  type ChosenRange,
  LineChart,
  type LineSeries,
  Skeleton,
  Stat,
  target,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { comparedCourse, course, type SeriesPoint } from './course.ts'
import { messages } from './messages.ts'
import { trafficPage } from './pages.ts'
import type { TimeSpan } from './timeSpan.ts'
import { useTotals } from './useTotals.ts'
import { betterOf, formatMetric, type MetricId } from './words.ts'
import './traffic.css'

/**
 * The figures of a range beside each other, and the course of one of them with what it is compared with. Each figure leads
 * to its course on the page of traffic.
 *
 * @param site plain id; undefined: all sites
 */
export function Figures({
  range,
  metrics,
  drawn,
  site,
  siteId = null,
  height = 220,
}: {
  range: ChosenRange
  metrics: readonly MetricId[]
  drawn: MetricId
  site?: string | undefined
  /** Global id of the site. */
  siteId?: string | null
  /** Of the chart, in pixels. */
  height?: number
}) {
  const m = useMessages(messages)
  const format = useFormat()
  const { totals, span, isLive } = useTotals(range, siteId)
  const isDays = span.granularity === 'DAY'
  return (
    <Answer of={totals} skeleton={<Skeleton height={`${height + 116}px`} />}>
      {({ metrics: now, before }) => (
        <div className="traffic-figures" data-kept={totals.kept || undefined}>
          <div className="traffic-stats">
            {metrics.map((metric) => (
              <div key={metric} className="traffic-stat" data-drawn={metric === drawn || undefined}>
                <Stat
                  label={m.metrics[metric]}
                  value={now[metric] === null ? undefined : formatMetric(metric, now[metric], format)}
                  now={now[metric]}
                  before={before?.[metric]}
                  formatBefore={(value) => formatMetric(metric, value, format)}
                  better={betterOf(metric)}
                  to={target(trafficPage, { search: { ...range.choice, metric, site } })}
                />
              </div>
            ))}
          </div>
          <LineChart
            label={m.metrics[drawn]}
            height={height}
            step={isDays ? 'day' : 'hour'}
            {...(isDays ? {} : { timeZone: span.timeZone })}
            live={isLive}
            whole={drawn !== 'bounceRate' && drawn !== 'engagementSeconds'}
            formatValue={(value) => formatMetric(drawn, value, format)}
            series={seriesOf(m.metrics[drawn], m.before(m.metrics[drawn]), { now, before }, drawn, span, range)}
          />
        </div>
      )}
    </Answer>
  )
}

function seriesOf(
  label: string,
  labelBefore: string,
  { now, before }: { now: { series: readonly SeriesPoint[] }; before: { series: readonly SeriesPoint[] } | undefined },
  metric: MetricId,
  span: TimeSpan,
  range: ChosenRange,
): LineSeries[] {
  const series: LineSeries[] = [{ id: 'now', label, points: course(now.series, metric, span, new Date()), color: 1 }]
  if (before) {
    const points = comparedCourse(before.series, metric, span, range)
    series.push({ id: 'before', label: labelBefore, points, color: 1, comparison: true })
  }
  return series
}
