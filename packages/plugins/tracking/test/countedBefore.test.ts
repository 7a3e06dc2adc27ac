import { type SqlContext, sql } from '@espalier/core'
import { expect, test } from 'vitest'
import { type HourMeasures, measures } from '../src/changedRows.ts'
import { CountedVisitors } from '../src/countedVisitors.ts'
import { noId } from '../src/dimensions.ts'
import { Tracking } from '../src/tracking.ts'
import { exactUpTo, hashedVisitor, visitorHash } from '../src/visitorCounts.ts'
import { collectorUnderTest } from './collector.ts'

const { tracking, host, makeSite, newVisitor } = await collectorUnderTest()
/** Another server process, on the same database. */
const other = new Tracking(host)

const noMeasures = Object.fromEntries(measures.map((measure) => [measure, 0])) as unknown as HourMeasures

type Site = Awaited<ReturnType<typeof makeSite>>

const views = (site: Site, path: string, visitors: readonly string[]) =>
  visitors.map((visitorId) => ({ siteId: site.id, visitorId, name: 'pageview', path }))

/** Rows of a table as they keep visitors, beside what the log says of them: of the whole site, and by path. */
async function rowsBesideLog(site: Site, table: 'TrackingVisitors' | 'TrackingRecent', time: 'hour' | 'minute') {
  const rows = await site.context.db.query<{ few: string[]; cells: string | null; visitors: string[] }>({
    text: `select array(select unnest(row."few")::text order by 1) as "few", row."cells"::text as "cells", array(select distinct "visitorId"::text from "TrackingEvent"
        where date_trunc($1, "at", 'UTC') = row."${time}" and (row."dimension" = '' or "path" = row."value")) as "visitors"
      from "${table}" row where "dimension" in ('', 'path') order by "dimension", "value"`,
    values: [time],
  })
  return Promise.all(
    rows.map(async ({ visitors, ...kept }) => {
      const hashes = visitors.map((id) => String(visitorHash(id))).sort()
      if (hashes.length <= exactUpTo) return { kept, expected: { few: hashes, cells: null } }
      const [row] = await site.context.db.query<{ cells: string }>(
        sql`select tracking_cells(${hashes}::bigint[])::text as "cells"`,
      )
      return { kept, expected: { few: [], cells: row?.cells } }
    }),
  )
}

test('rows keep whoever came, though two processes count in them and remember only whom they counted', async () => {
  const site = await makeSite()
  const visitors = Array.from({ length: 3 * exactUpTo }, newVisitor)
  const some = (from: number, to: number) => visitors.slice(from, to)
  // Each process counts first in one row, goes on in the other's, and sees visitors come again.
  await tracking.record(site.context, views(site, '/few', some(0, 40)))
  await other.record(site.context, views(site, '/few', some(20, 60)))
  await tracking.record(site.context, views(site, '/few', some(0, 70)))
  await other.record(site.context, views(site, '/many', some(0, exactUpTo)))
  await tracking.record(site.context, views(site, '/many', some(100, 200)))
  await other.record(site.context, views(site, '/many', some(0, 210)))
  await tracking.record(site.context, views(site, '/many', some(205, 300)))
  await tracking.record(site.context, views(site, '/many', some(0, 300)))
  for (const rows of [
    await rowsBesideLog(site, 'TrackingVisitors', 'hour'),
    await rowsBesideLog(site, 'TrackingRecent', 'minute'),
  ]) {
    expect(rows.length).toBeGreaterThanOrEqual(3)
    for (const { kept, expected } of rows) expect(kept).toEqual(expected)
  }
})

test('who was counted by a transaction that rolled back is counted when they come again', async () => {
  const site = await makeSite()
  const visitorId = newVisitor()
  const broken = site.context.sqlTransaction(async (tx) => {
    await tracking.record(tx, views(site, '/', [visitorId]))
    throw new Error('Something else failed.')
  })
  await expect(broken).rejects.toThrow('Something else failed.')
  await tracking.record(site.context, views(site, '/', [visitorId]))
  await tracking.record(site.context, views(site, '/', [visitorId]))
  const hours = await rowsBesideLog(site, 'TrackingVisitors', 'hour')
  expect(hours.map(({ kept }) => kept)).toEqual(
    hours.map(() => ({ few: [String(visitorHash(visitorId))], cells: null })),
  )
  expect(await tracking.totals(site.context, {})).toMatchObject({ pageviews: 2, visitors: 1 })
  // So it is with the place of a value that was new.
  const places = await site.context.db.query<{ value: string }>(
    sql`select "value" from "TrackingDayValue" where "dimension" = 'path'`,
  )
  expect(places).toEqual([{ value: '/' }])
})

test('who is known to be in a row is not handed to it again: one by one while they are few, by their cells beyond', () => {
  const counted = new CountedVisitors()
  const commits: (() => void)[] = []
  const tx = { workspaceId: newVisitor(), afterCommit: (work: () => void) => void commits.push(work) } as SqlContext
  const visitors = Array.from({ length: 2 * exactUpTo }, () => hashedVisitor(newVisitor()))
  const at = { siteId: newVisitor(), pageId: noId, dimension: '', value: '', hour: '2026-11-23T04:00:00.000Z' }
  const left = (from: number, to: number, other: Partial<typeof at> = {}) => {
    const row = { ...at, ...other, ...noMeasures, visitors: new Set(visitors.slice(from, to)) }
    const batch = counted.during(tx)
    const [told] = batch.of([row], 'hour')
    batch.written()
    return told?.visitors.size
  }
  const commit = () => {
    for (const work of commits.splice(0)) work()
  }

  expect([left(0, 30), left(0, 30)]).toEqual([30, 30])
  commit()
  expect([left(0, 30), left(20, 50)]).toEqual([0, 20])
  expect(left(0, 30, { hour: '2026-11-23T05:00:00.000Z' })).toBe(30)
  expect(left(0, 30, { value: '/pears' })).toBe(30)
  left(0, exactUpTo + 60)
  commit()
  expect(left(0, exactUpTo + 60)).toBe(0)
  expect(left(exactUpTo + 60, 2 * exactUpTo)).toBeGreaterThan(50)
  counted.forget()
  expect(left(0, 30)).toBe(30)
})
