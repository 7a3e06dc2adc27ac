import type { SqlContext } from '@espalier/core'
import { DateTime } from 'luxon'
import { judge, type Reading } from './judge.ts'
import type { Metric, MetricPoint } from './metric.ts'
import type { Rule } from './rules.ts'
import { latestWindow, pastWindows, type Span } from './windows.ts'

/** Judges the latest span that is over. */
export async function latestReading(
  context: SqlContext,
  metric: Metric,
  rule: Rule,
  timeZone: string,
): Promise<Reading> {
  const span = latestWindow(context.clock.now(), rule.window, timeZone)
  const { filter } = rule
  if (rule.window % 60 !== 0) {
    const points = (await metric.minutes?.(context, { ...span, filter })) ?? []
    return judge(metric, rule, span, within(points, span))
  }
  const [reading] = await readings(context, metric, rule, timeZone, [span])
  return reading as Reading
}

/** How often a rule would have raised an alert in past weeks. */
export interface Preview {
  readonly from: Date
  readonly to: Date
  /** Spans that could be judged, and those that could not for want of data. */
  readonly judged: number
  readonly unknown: number
  /** Alerts that would have been raised, each with its first reading. */
  readonly alerts: readonly Reading[]
  /** Every hour that was looked at, from the first. */
  readonly hours: readonly Reading[]
}

/** What a rule of whole hours would have done in the past four weeks, hour by hour. */
export async function previewRule(context: SqlContext, metric: Metric, rule: Rule, timeZone: string): Promise<Preview> {
  const last = latestWindow(context.clock.now(), rule.window, timeZone)
  const length = last.to.getTime() - last.from.getTime()
  const spans = Array.from({ length: previewHours }, (_, index) => {
    const to = last.to.getTime() - (previewHours - 1 - index) * 3_600_000
    return { from: new Date(to - length), to: new Date(to) }
  })
  const read = await readings(context, metric, rule, timeZone, spans)
  const alerts: Reading[] = []
  let open = false
  for (const reading of read) {
    if (!open && reading.verdict === 'met') alerts.push(reading)
    if (reading.verdict === 'met' || reading.verdict === 'clear') open = reading.verdict === 'met'
  }
  const unknown = read.filter(({ verdict }) => verdict === 'unknown').length
  return { from: (spans[0] as Span).from, to: last.to, judged: read.length - unknown, unknown, alerts, hours: read }
}

const previewHours = 4 * 7 * 24

/** Judges spans of whole hours, in order, of points that are read once. */
async function readings(
  context: SqlContext,
  metric: Metric,
  rule: Rule,
  timeZone: string,
  spans: readonly Span[],
): Promise<Reading[]> {
  const past = new Map(
    spans.map((span) => [span, rule.kind === 'anomaly' ? pastWindows(span, rule.weeks, timeZone) : []]),
  )
  const first = Math.min(
    ...spans.map(({ from }) => from.getTime()),
    ...[...past.values()].flat().map(({ from }) => from.getTime()),
  )
  const last = Math.max(...spans.map(({ to }) => to.getTime()))
  const points = await readHours(context, metric, rule, new Date(first), new Date(last))
  const byHour = new Map(points.map((point) => [point.at.getTime(), point]))
  // Before the first point nobody counted: that is no zero.
  const begins = points[0]?.at.getTime() ?? Number.POSITIVE_INFINITY
  const of = (span: Span) => hoursOf(span, byHour)
  return spans.map((span) =>
    judge(metric, rule, span, of(span), (past.get(span) ?? []).filter(({ from }) => from.getTime() >= begins).map(of)),
  )
}

/** Longest span that is read at a time: what tracking gives by the hour. */
const daysAtATime = 90

async function readHours(
  context: SqlContext,
  metric: Metric,
  { filter }: Rule,
  from: Date,
  to: Date,
): Promise<MetricPoint[]> {
  const points: MetricPoint[] = []
  for (let start = from; start < to; ) {
    const end = DateTime.fromJSDate(start).plus({ days: daysAtATime }).toJSDate()
    points.push(...(await metric.hours(context, { from: start, to: end < to ? end : to, filter })))
    start = end
  }
  return points.sort((a, b) => a.at.getTime() - b.at.getTime())
}

function hoursOf({ from, to }: Span, byHour: ReadonlyMap<number, MetricPoint>): MetricPoint[] {
  const found: MetricPoint[] = []
  for (let at = from.getTime(); at < to.getTime(); at += 3_600_000) {
    const point = byHour.get(at)
    if (point) found.push(point)
  }
  return found
}

function within(points: readonly MetricPoint[], { from, to }: Span): MetricPoint[] {
  return points.filter(({ at }) => at >= from && at < to)
}
