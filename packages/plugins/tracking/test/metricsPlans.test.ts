import { type SqlContext, type Statement, sql } from '@espalier/core'
import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { readKeptGoals } from '../src/keptGoals.ts'
import { keepPeriods } from '../src/keptPeriods.ts'
import { readLive } from '../src/liveMetrics.ts'
import { readDataQuality, readRevenue, readTimings, readTotals } from '../src/metrics.ts'
import { readSeries, SplitSeries } from '../src/series.ts'
import { readSplit } from '../src/split.ts'
import { hourOf } from '../src/timeZone.ts'
import { collectorUnderTest } from './collector.ts'

/** A node of a plan, as EXPLAIN (FORMAT JSON) writes it. */
interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Cond'?: string
  'Recheck Cond'?: string
  Plans?: PlanNode[]
}

const { tracking, makeSite, newVisitor, urls, host } = await collectorUnderTest()
const to = new Date()
const hourMs = 3600_000
const midnight = Math.floor(to.getTime() / (24 * hourMs)) * 24 * hourMs
/** Days as a whole, with six hours and hours at both ends. */
const span = { from: new Date(midnight - (7 * 24 - 5) * hourMs), to: new Date(midnight - 5 * hourMs) }
const lately = { from: new Date(to.getTime() - 24 * hourMs), to }
const hours = { from: hourOf(lately.from, 'UTC'), to: hourOf(to, 'UTC') }
let site: Awaited<ReturnType<typeof makeSite>>

beforeAll(async () => {
  site = await makeSite()
  // A visit every few minutes of three weeks, so that the planner has something to choose by.
  const visits = Array.from({ length: 3000 }, (_, index) => ({
    siteId: site.id,
    visitorId: newVisitor(),
    name: 'pageview',
    path: `/${index % 20}`,
    at: new Date(to.getTime() - index * 10 * 60_000),
  }))
  await tracking.record(site.context, visits)
  await keepPeriods(host.system)
  const owner = new pg.Client(urls.owner)
  await owner.connect()
  await owner.query('analyze')
  await owner.end()
})

/**
 * The plans of the statements that a question asks, with scans of whole tables left to where no index can serve: a
 * few rows would be scanned whatever the statement says.
 */
async function plansOf(ask: (context: SqlContext) => Promise<unknown>): Promise<PlanNode[]> {
  return site.context.sqlTransaction(async (tx) => {
    await tx.db.query(sql`set local enable_seqscan = off`)
    const plans: PlanNode[] = []
    const query = async (statement: Statement) => {
      const { text, values, name } = statement
      if (name === 'tracking_select_known') return tx.db.query(statement)
      const [row] = await tx.db.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
        text: `explain (format json) ${text}`,
        values,
      })
      plans.push(row?.['QUERY PLAN'][0]?.Plan as PlanNode)
      return []
    }
    await ask(Object.create(tx, { db: { value: { query } } }) as SqlContext)
    return plans
  })
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

const steps = { granularity: 'HOUR', timeZone: 'UTC', keptIn: 'UTC' } as const
const ofSplit = (dimension: string, keys: string[]) => new SplitSeries(span, dimension, keys)

/** What a span with whole days in it reads. */
const withDays = [
  'TrackingDay',
  'TrackingDayVisitors',
  'TrackingHour',
  'TrackingSixHours',
  'TrackingSixHoursVisitors',
  'TrackingVisitors',
]

test.each<[question: string, tables: string[], ask: (context: SqlContext) => Promise<unknown>]>([
  ['totals', withDays, (context) => readTotals(context, span)],
  ['totals of hours', ['TrackingHour', 'TrackingVisitors'], (context) => readTotals(context, lately)],
  ['a series by hour', ['TrackingHour', 'TrackingVisitors'], (context) => readSeries(context, span, 'HOUR')],
  ['by day', ['TrackingHour', 'TrackingVisitors'], (context) => readSeries(context, span, 'DAY', 'Europe/Paris')],
  ['by day in UTC', withDays, (context) => readSeries(context, span, 'DAY')],
  ['by minute', ['TrackingRecent'], (context) => readSeries(context, lately, 'MINUTE')],
  ['a split', withDays, (context) => readSplit(context, span, 'path', 20)],
  ['a split by page', withDays, (context) => readSplit(context, span, 'page', 20)],
  [
    'series of a split',
    ['TrackingHour', 'TrackingVisitors'],
    (context) => ofSplit('path', ['/a', '/b']).of(context, '/a', steps),
  ],
  [
    'series of a split by minute',
    ['TrackingRecent'],
    (context) => new SplitSeries(lately, 'path', ['/a']).of(context, '/a', { ...steps, granularity: 'MINUTE' }),
  ],
  ['revenue', ['TrackingRevenue'], (context) => readRevenue(context, span)],
  ['web vitals', ['TrackingTiming'], (context) => readTimings(context, span)],
  ['data quality', ['TrackingHour'], (context) => readDataQuality(context, span)],
  [
    'a goal by the hour',
    ['TrackingHour'],
    (context) => readKeptGoals(context, { ...hours, goal: 'order' }, 'HOUR', 'UTC'),
  ],
  [
    'a goal by the minute',
    ['TrackingRecent'],
    (context) => readKeptGoals(context, { ...hours, goal: 'order' }, 'MINUTE', 'UTC'),
  ],
  ['what happens now', ['TrackingMinute', 'TrackingSession'], (context) => readLive(context, {})],
])('%s: reads %j by their keys, and never the log', async (_question, tables, ask) => {
  const plans = await plansOf(ask)
  expect(plans).toHaveLength(1)
  const nodes = plans.flatMap(nodesOf)
  const relations = new Set(nodes.flatMap((node) => node['Relation Name'] ?? []))
  relations.delete('TrackingSite')
  expect([...relations].sort()).toEqual(tables)
  for (const node of nodes) {
    const table = node['Relation Name']
    if (!table) continue
    expect(node['Node Type']).toMatch(/^(Index Scan|Index Only Scan|Bitmap Heap Scan)$/)
    if (table === 'TrackingSite') continue
    const along = node['Index Cond'] ?? node['Recheck Cond'] ?? ''
    expect(along).toContain('workspaceId')
    // Bounded in time: what is older than the span costs nothing.
    expect(along).toMatch(/\b(hour|sixHours|day|minute|activeIn)\b/)
  }
})
