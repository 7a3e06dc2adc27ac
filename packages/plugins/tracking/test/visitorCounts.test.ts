import { seededRandom, sql } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import { newVisitorId } from '../src/eventId.ts'
import { readTotals } from '../src/metrics.ts'
import { readSeries } from '../src/series.ts'
import { standardError, visitorHash, visitorsOfCells } from '../src/visitorCounts.ts'
import { collectorUnderTest } from './collector.ts'

const { tracking, makeSite } = await collectorUnderTest()
const random = seededRandom(20_261_121)
const hour = 3600_000
const start = Math.floor(Date.now() / hour) * hour - 30 * hour

/** Cells that so many random visitors set. */
function cellsOf(visitors: number, idOf: (index: number) => string): number {
  const cells = new Set<bigint>()
  for (let index = 0; index < visitors; index++) cells.add(visitorHash(idOf(index)) & 65_535n)
  return cells.size
}

describe('the number of visitors by the cells that they set', () => {
  test('is exact for none and one', () => {
    expect([0, 1].map(visitorsOfCells)).toEqual([0, 1])
  })

  test.each([200, 1000, 10_000, 30_000])('has the standard error that it says, with %d of them', (visitors) => {
    const trials = visitors > 1000 ? 8 : 40
    const errors = Array.from({ length: trials }, () => {
      return visitorsOfCells(cellsOf(visitors, () => newVisitorId(random))) / visitors - 1
    })
    const root = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / trials)
    // Chi-square with 8 degrees of freedom leaves room up to 1.8 times, p < 0.001.
    expect(root).toBeLessThan(1.8 * standardError)
    const bias = errors.reduce((sum, error) => sum + error, 0) / trials
    expect(Math.abs(bias)).toBeLessThan((4 * standardError) / Math.sqrt(trials))
  })

  test('does not lean on the ids being random: counted up, they spread as well', () => {
    const counted = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    expect(Math.abs(visitorsOfCells(cellsOf(20_000, counted)) / 20_000 - 1)).toBeLessThan(4 * standardError)
  })
})

test('visitors of any hours are counted once: exactly while an hour has few, within the error beyond, in any order', async () => {
  const site = await makeSite()
  const visitors = Array.from({ length: 900 }, () => newVisitorId(random))
  const view = (visitorId: string, hours: number) => ({
    siteId: site.id,
    visitorId,
    name: 'pageview',
    at: new Date(start + hours * hour),
  })
  // Hour 0: a hundred, each twice. Hour 1: half of them again. Hour 2: everybody, in batches that grow past 128.
  await tracking.record(
    site.context,
    [...visitors.slice(0, 100), ...visitors.slice(0, 100)].map((id) => view(id, 0)),
  )
  await tracking.record(
    site.context,
    visitors.slice(50, 100).map((id) => view(id, 1)),
  )
  const until = (hours: number) => ({ from: new Date(start), to: new Date(start + hours * hour) })
  expect(await readTotals(site.context, until(1))).toMatchObject({ visitors: 100, visitorsError: 0, pageviews: 200 })
  expect(await readTotals(site.context, until(2))).toMatchObject({ visitors: 100, visitorsError: 0, pageviews: 250 })
  for (const [first, last] of [
    [800, 900],
    [0, 100],
    [100, 500],
    [400, 820],
  ] as const)
    await tracking.record(
      site.context,
      visitors.slice(first, last).map((id) => view(id, 2)),
    )
  const { visitors: told, visitorsError } = await readTotals(site.context, until(3))
  expect(visitorsError).toBeCloseTo(0.0153, 3)
  expect(Math.abs(told / 900 - 1)).toBeLessThan(4 * standardError)
  const series = await readSeries(site.context, until(3), 'HOUR')
  expect(series.map((point) => point.visitors).slice(0, 2)).toEqual([100, 50])
  // A row stays small, however many it has seen.
  const [row] = await site.context.db.query<{ bytes: number }>(
    sql`select max(pg_column_size("few") + coalesce(pg_column_size("cells"), 0))::int as bytes from "TrackingVisitors"`,
  )
  expect(row?.bytes).toBeLessThan(3000)
})

test('many hashes set the same cells together as one by one', async () => {
  const site = await makeSite()
  const hashes = Array.from({ length: 900 }, () => String(visitorHash(newVisitorId(random))))
  const [row] = await site.context.db.query<{ same: boolean; count: number }>({
    text: `select tracking_cells($1::bigint[]) = (tracking_cells($2::bigint[]) | tracking_cells($3::bigint[])
        | tracking_cells($4::bigint[]) | tracking_cells($5::bigint[]) | tracking_cells($6::bigint[])) as same,
      bit_count(tracking_cells($1::bigint[]))::int as count`,
    values: [hashes, ...[0, 1, 2, 3, 4].map((part) => hashes.slice(part * 180, part * 180 + 180))],
  })
  const cells = new Set(hashes.map((hash) => BigInt(hash) & 65_535n))
  expect(row).toEqual({ same: true, count: cells.size })
})
