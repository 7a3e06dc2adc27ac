import { type SqlContext, sql, type WorkspaceContext } from '@espalier/core'
import { expect } from 'vitest'
import type { Experiment } from '../../src/experiment.ts'
import type { Metric } from '../../src/metrics/metric.ts'
import { nobody, type TotalRow, totalsOf } from './experimentUnderTest.ts'

interface LoggedRow {
  visitorId: string
  name: string
  goal: string | null
  at: Date
  day: string
  experiments: Record<string, string> | null
  device: string | null
  country: string | null
  channel: string | null
  amountMinor: number | null
  currency: string | null
  engagedMs: number | null
}

const hourMs = 3600_000
const sums = ['subjects', 'sum', 'sumOfSquares', 'otherSum', 'otherSumOfSquares', 'sumOfProducts'] as const
type Sums = Record<(typeof sums)[number], number>

/**
 * The totals say exactly what counting the log from scratch gives, in every slice and on every day. It counts otherwise
 * than the product: for each day, over everything until its end; a day is the difference to the one before.
 *
 * @param parts metrics that ratios are made of, by id
 */
export async function countedAsLogged(
  context: WorkspaceContext,
  experiment: Experiment,
  timeZone: string,
  parts: ReadonlyMap<string, Metric>,
  attributionDays = 30,
): Promise<void> {
  const logged = await context.db.query<LoggedRow>(sql`
    select "visitorId", "name", "goal", "at", to_char("at" at time zone ${timeZone}, 'YYYY-MM-DD') as "day", "experiments", "device", "country",
      "channel", "amountMinor"::float8 as "amountMinor", "currency", ("metrics" ->> 'engagedMs')::float8 as "engagedMs"
    from "TrackingEvent"`)
  const visitors = Map.groupBy(logged, ({ visitorId }) => visitorId)
  const days = [...new Set(logged.map(({ day }) => day))].sort()
  const expected = new Map<string, Sums>()
  const cupedDays = (experiment.rules as { cupedDays?: number }).cupedDays ?? 0
  let crossovers = 0

  for (const rows of visitors.values()) {
    const seen = rows.filter(({ experiments }) => experiments?.[experiment.id] !== undefined)
    const first = seen.sort((a, b) => a.at.getTime() - b.at.getTime() || (variantOf(a) < variantOf(b) ? -1 : 1))[0]
    if (!first) continue
    if (seen.some((row) => variantOf(row) !== variantOf(first))) crossovers++
    add(first, nobody, first.day, { ...none(), subjects: 1 })
    for (const { metric } of experiment.goals) {
      const above = metric.kind === 'ratio' ? (parts.get(metric.numeratorId ?? '') as Metric) : metric
      const below = metric.kind === 'ratio' ? (parts.get(metric.denominatorId ?? '') as Metric) : null
      const before =
        cupedDays > 0 && !below && metric.kind !== 'retention'
          ? measured(
              metric,
              rows.filter(({ at }) => at < first.at && +at >= +first.at - cupedDays * 24 * hourMs),
              null,
            )
          : 0
      const squares = (x: number, y: number, subjects: number): Sums => ({
        ...{ subjects, sum: x, sumOfSquares: x * x },
        ...{ otherSum: y, otherSumOfSquares: y * y, sumOfProducts: x * y },
      })
      let last = none()
      for (const day of days) {
        const until = rows.filter((row) => row.day <= day)
        const x = measured(above, until, first.at)
        const y = below ? measured(below, until, first.at) : day >= first.day ? before : 0
        const next = squares(x, y, x !== 0 || (below && y !== 0) ? 1 : 0)
        const difference = none()
        for (const name of sums) difference[name] = next[name] - last[name]
        add(first, metric.id, day, difference)
        last = next
      }
    }
  }

  const actual = new Map<string, Sums>()
  for (const row of await totalsOf(context, experiment.id, true)) actual.set(keyOf(row), row)
  const keys = [...new Set([...expected.keys(), ...actual.keys()])].sort()
  const rounded = (from: Map<string, Sums>) =>
    keys.map((key) => [key, ...sums.map((name) => Math.round((from.get(key)?.[name] ?? 0) * 1e6) / 1e6 + 0)])
  expect(rounded(actual)).toEqual(rounded(expected))
  expect(await crossed(context, experiment.id)).toBe(crossovers)

  function variantOf(row: LoggedRow): string {
    return row.experiments?.[experiment.id] as string
  }

  function measured(metric: Metric, rows: readonly LoggedRow[], exposedAt: Date | null): number {
    let value = 0
    for (const row of rows) {
      const hours = exposedAt ? (+row.at - +exposedAt) / hourMs : 0
      const [from, to] =
        metric.kind === 'retention'
          ? [(metric.retentionFrom ?? 0) * 24, (metric.retentionTo ?? 0) * 24]
          : [0, metric.windowHours ?? attributionDays * 24]
      if (hours < from || hours >= to) continue
      const isEvent =
        metric.event === null || row.name === metric.event || (row.name === 'conversion' && row.goal === metric.event)
      if (!isEvent) continue
      if (metric.kind === 'value') value += row.currency === metric.currency ? (row.amountMinor ?? 0) : 0
      else if (metric.kind === 'engagement') value += (row.engagedMs ?? 0) / 1000
      else value++
    }
    if (metric.kind === 'conversion' || metric.kind === 'retention') return Math.min(value, 1)
    return metric.cap === null ? value : Math.min(value, metric.cap)
  }

  function add(first: LoggedRow, metricId: string, day: string, more: Sums): void {
    const slices = [
      ['', ''],
      ['device', first.device],
      ['country', first.country],
      ['channel', first.channel],
    ] as const
    for (const [dimension, value] of slices) {
      const key = keyOf({ metricId, variantId: variantOf(first), phase: 1, dimension, value: value ?? '', day })
      const sum = expected.get(key) ?? none()
      for (const name of sums) sum[name] += more[name]
      expected.set(key, sum)
    }
  }
}

function none(): Sums {
  return { subjects: 0, sum: 0, sumOfSquares: 0, otherSum: 0, otherSumOfSquares: 0, sumOfProducts: 0 }
}

function keyOf(row: Pick<TotalRow, 'metricId' | 'variantId' | 'phase' | 'dimension' | 'value' | 'day'>): string {
  return [row.phase, row.metricId, row.variantId, row.dimension, row.value, row.day].join(' ')
}

async function crossed(context: SqlContext, id: string): Promise<number> {
  const [row] = await context.db.query<{ count: number }>(
    sql`select coalesce(sum("count"), 0)::int as "count" from "ExperimentHealth" where "experimentId" = ${id} and "name" = 'crossover'`,
  )
  return row?.count ?? 0
}
