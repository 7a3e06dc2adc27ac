import { type SqlContext, sql } from '@espalier/core'
import { expect, test } from 'vitest'
import { measures } from '../src/changedRows.ts'
import { keepPeriods } from '../src/keptPeriods.ts'
import { readTotals } from '../src/metrics.ts'
import { day, type Period, sixHours } from '../src/periods.ts'
import { dropOld } from '../src/retention.ts'
import { readSeries } from '../src/series.ts'
import { readSplit } from '../src/split.ts'
import { standardError } from '../src/visitorCounts.ts'
import { collectorUnderTest } from './collector.ts'

const { tracking, makeSite, newVisitor, host } = await collectorUnderTest()
const hourMs = 3600_000
const dayMs = 24 * hourMs
const today = Math.floor(Date.now() / dayMs) * dayMs

/** Forty days of a few visitors, of whom some come back, each on one of two paths. */
async function grownSite() {
  const site = await makeSite()
  const visitors = Array.from({ length: 12 }, newVisitor)
  const view = (day: number, visitor: number, hours = 10) => ({
    siteId: site.id,
    visitorId: visitors[visitor % visitors.length] as string,
    name: 'pageview',
    path: `/${visitor % 2}`,
    at: new Date(today - day * dayMs + hours * 3600_000),
  })
  await tracking.record(
    site.context,
    Array.from({ length: 40 }, (_, day) => [view(40 - day, day), view(40 - day, day + 1, 23)]).flat(),
  )
  return { ...site, view }
}

function told(site: Awaited<ReturnType<typeof grownSite>>) {
  const spans = [
    { from: new Date(today - 35 * dayMs - 3600_000), to: new Date(today) },
    { from: new Date(today - 35 * dayMs), to: new Date(today - 10 * dayMs) },
    { from: new Date(today - 39.5 * dayMs), to: new Date(today - 20.5 * dayMs) },
    { from: new Date(today - 20 * dayMs) },
    { to: new Date(today - 30 * dayMs) },
    {},
  ]
  return Promise.all(
    spans.map(async (span) => {
      const totals = await readTotals(site.context, span)
      const split = await readSplit(site.context, span, 'path', 5, 'Asia/Kolkata')
      const days = await readSeries(site.context, span, 'DAY')
      const ofFirst = await split[0]?.series(site.context, { granularity: 'DAY', timeZone: 'UTC', keptIn: 'UTC' })
      return {
        totals,
        split: split.map(({ scope: _, series: __, ...counts }) => counts),
        days,
        ofFirst,
      }
    }),
  )
}

test('spans of weeks say the same by days and six hours as by the hour', async () => {
  const site = await grownSite()
  const byHour = await told(site)
  expect(byHour[0]?.totals).toMatchObject({ visitors: 12, visitorsError: 0, pageviews: 71, sessions: 71 })
  expect(byHour[0]?.split.find(({ value }) => value === '/0')).toMatchObject({ visitors: 6, pageviews: 35 })
  expect(byHour[1]?.days).toHaveLength(25)
  expect(byHour[1]?.days[0]).toMatchObject({ visitors: 2, pageviews: 2, sessions: 2 })
  expect(await keepPeriods(host.system)).toBeGreaterThan(60)
  expect(await told(site)).toEqual(byHour)
  // Nothing of whole days and six hours that are over is read by the hour any more.
  const over = new Date(today - dayMs)
  await site.context.db.query(sql`delete from "TrackingVisitors" where "hour" < ${over}::timestamptz`)
  await site.context.db.query(sql`delete from "TrackingHour" where "hour" < ${over}::timestamptz`)
  const [whole, ...others] = await told(site)
  expect(whole?.totals).toMatchObject({ visitors: 12, pageviews: 70 })
  expect(others.slice(0, 2)).toEqual(byHour.slice(1, 3))
  expect(others.at(-1)).toEqual(byHour.at(-1))
  expect(await keepPeriods(host.system)).toBe(0)
})

test('who comes late is counted on the day and in the six hours, and another workspace hears nothing of it', async () => {
  const [site, other] = [await grownSite(), await grownSite()]
  await keepPeriods(host.system)
  const before = await told(other)
  const latecomer = newVisitor()
  const late = { ...site.view(25, 1, 3), visitorId: latecomer }
  await tracking.record(site.context, [late, { ...late, at: new Date(late.at.getTime() + 3600_000) }])
  const span = { from: new Date(today - 35 * dayMs), to: new Date(today - 10 * dayMs) }
  expect(await readTotals(site.context, span)).toMatchObject({ visitors: 13, pageviews: 52, sessions: 52 })
  expect(await told(other)).toEqual(before)
  // In between the two: both sessions become one, and what they had counted by themselves is taken back.
  const between = [1, 2].map((part) => ({ ...late, at: new Date(late.at.getTime() + part * 20 * 60_000) }))
  await tracking.record(site.context, between)
  expect(await readTotals(site.context, span)).toMatchObject({ visitors: 13, pageviews: 54, sessions: 51 })
  expect(await periodsUnlikeHours(site.context)).toEqual([])
})

test('what was added to hours alone is on its day once the next one is over', async () => {
  const site = await grownSite()
  await keepPeriods(host.system)
  const span = { from: new Date(today - 10 * dayMs), to: new Date(today) }
  const before = await readTotals(site.context, span)
  await site.context.db.query(
    sql`update "TrackingHour" set "clicks" = "clicks" + 1 where "hour" >= ${new Date(today - 2 * dayMs)}::timestamptz`,
  )
  expect(await readTotals(site.context, span)).toEqual(before)
  expect((await periodsUnlikeHours(site.context)).map(({ period }) => period).sort()).toEqual(['day', 'sixHours'])
  await site.context.db.query(
    sql`update "TrackingDaysKept" set "countedBefore" = ${new Date(today - dayMs)}::timestamptz`,
  )
  expect(await keepPeriods(host.system)).toBeGreaterThan(0)
  expect(await periodsUnlikeHours(site.context)).toEqual([])
  expect(await readTotals(site.context, span)).toEqual({ ...before, clicks: 4 })
})

test('who comes to yesterday after midnight is counted on it', async () => {
  const site = await grownSite()
  await keepPeriods(host.system)
  await tracking.record(site.context, [{ ...site.view(1, 0, 23), visitorId: newVisitor() }])
  const days = await readSeries(site.context, { from: new Date(today - 10 * dayMs), to: new Date(today) }, 'DAY')
  expect(days.at(-1)?.visitors).toBe(3)
})

test('a day of many is within the error that it says', async () => {
  const site = await makeSite()
  const views = Array.from({ length: 600 }, (_, index) => ({
    siteId: site.id,
    visitorId: newVisitor(),
    name: 'pageview',
    at: new Date(today - (10 + (index % 2)) * dayMs + (index % 20) * 3600_000),
  }))
  await tracking.record(site.context, views)
  await keepPeriods(host.system)
  const { visitors, visitorsError } = await readTotals(site.context, { from: new Date(today - 30 * dayMs) })
  expect(visitorsError).toBe(standardError)
  expect(Math.abs(visitors / 600 - 1)).toBeLessThan(4 * standardError)
})

test('a day of many stands in its row as it is read, also once somebody came late', async () => {
  const site = await makeSite()
  const view = (hour: number) => ({
    siteId: site.id,
    visitorId: newVisitor(),
    name: 'pageview',
    at: new Date(today - 10 * dayMs + hour * 3600_000),
  })
  const stored = () =>
    site.context.db.query(sql`
      select pg_column_compression("cells") as "packed", pg_column_toast_chunk_id("cells") as "apart", bit_count("cells") > 0 as "some"
      from "TrackingDayVisitors" where "dimension" = ''`)
  await tracking.record(
    site.context,
    Array.from({ length: 300 }, (_, index) => view(index % 20)),
  )
  await keepPeriods(host.system)
  expect(await stored()).toEqual([{ packed: null, apart: null, some: true }])
  await tracking.record(
    site.context,
    Array.from({ length: 30 }, () => view(21)),
  )
  expect(await stored()).toEqual([{ packed: null, apart: null, some: true }])
})

const keepAt = (at: number) =>
  keepPeriods(Object.create(host.system, { clock: { value: { now: () => new Date(at) } } }))

async function sixHoursKept({ context }: { context: SqlContext }) {
  const [row] = await context.db.query<{ from: Date; before: Date }>(
    sql`select "sixHoursFrom" as "from", "sixHoursBefore" as "before" from "TrackingDaysKept"`,
  )
  return { from: row?.from.getTime(), before: row?.before.getTime() }
}

test('six hours are put together an hour after they are over, and what comes late to them is theirs', async () => {
  const site = await grownSite()
  const noon = today - 10 * dayMs + 12 * hourMs
  await keepAt(noon + hourMs - 1)
  expect(await sixHoursKept(site)).toMatchObject({ before: noon - 6 * hourMs })
  expect(await periodsUnlikeHours(site.context)).toEqual([])
  await keepAt(noon + hourMs)
  expect(await sixHoursKept(site)).toMatchObject({ before: noon })
  expect(await periodsUnlikeHours(site.context)).toEqual([])
  await tracking.record(site.context, [{ ...site.view(10, 0, 11), visitorId: newVisitor() }])
  expect(await periodsUnlikeHours(site.context)).toEqual([])
  // Six days, and six hours at their end.
  const span = { from: new Date(today - 16 * dayMs), to: new Date(noon) }
  expect(await readTotals(site.context, span)).toMatchObject({ visitors: 8, pageviews: 14 })
})

/** Somebody comes at one o'clock on the eleventh day before today, by a server that knows no six hours. */
async function takenByOlderServer(site: Awaited<ReturnType<typeof grownSite>>) {
  const { before } = await sixHoursKept(site)
  await site.context.db.query(sql`update "TrackingDaysKept" set "sixHoursBefore" = null`)
  await tracking.record(site.context, [{ ...site.view(11, 0, 13), visitorId: newVisitor() }])
  await site.context.db.query(
    sql`update "TrackingDaysKept" set "sixHoursBefore" = ${new Date(before as number)}::timestamptz`,
  )
  expect((await periodsUnlikeHours(site.context)).map(({ period }) => period)).toEqual(['sixHours'])
}

test('what a version that knows no six hours took in meanwhile is in them once they are put together again', async () => {
  const site = await grownSite()
  const noon = today - 10 * dayMs + 12 * hourMs
  await keepAt(noon + hourMs)
  const { from } = await sixHoursKept(site)
  await takenByOlderServer(site)
  await keepAt(noon + 10 * hourMs)
  expect(await sixHoursKept(site)).toEqual({ from, before: noon + 6 * hourMs })
  await keepAt(noon + 26 * hourMs)
  expect(await sixHoursKept(site)).toEqual({ from, before: noon + 24 * hourMs })
  expect(await periodsUnlikeHours(site.context)).toEqual([])
})

test('what it took in while it ran beside this one for a moment is in them after midnight', async () => {
  const site = await grownSite()
  const noon = today - 10 * dayMs + 12 * hourMs
  await keepAt(noon + hourMs)
  await takenByOlderServer(site)
  await keepAt(noon + 7 * hourMs)
  expect((await periodsUnlikeHours(site.context)).map(({ period }) => period)).toEqual(['sixHours'])
  await keepAt(noon + 12 * hourMs)
  expect(await sixHoursKept(site)).toMatchObject({ before: noon + 6 * hourMs })
  expect(await periodsUnlikeHours(site.context)).toEqual([])
})

test('six hours are kept for a hundred days; what is older is read by the hour, before they go and after', async () => {
  const site = await grownSite()
  const oneOfHours = { from: new Date(today - 38 * dayMs + 2 * hourMs), to: new Date(today - 30 * dayMs + 12 * hourMs) }
  const telling = async () => ({
    totals: await readTotals(site.context, oneOfHours),
    all: await readTotals(site.context, {}),
  })
  const rows = () => site.context.db.query(sql`select distinct "sixHours" from "TrackingSixHours" order by 1`)
  const expected = await telling()
  // Sixty-five days later the first of them are a hundred and one old.
  const later = today + 65 * dayMs + 8 * hourMs
  await keepAt(later)
  expect(await sixHoursKept(site)).toEqual({
    from: today - 35 * dayMs + 6 * hourMs,
    before: today + 65 * dayMs + 6 * hourMs,
  })
  expect(await telling()).toEqual(expected)
  const [{ sixHours: first } = {}] = await rows()
  expect(first).toEqual(new Date(today - 35 * dayMs + 6 * hourMs))
  await keepAt(later + 5 * dayMs)
  const system = Object.create(host.system, { clock: { value: { now: () => new Date(later + 5 * dayMs) } } })
  await dropOld(system, tracking.store, undefined)
  expect(await sixHoursKept(site)).toMatchObject({ from: today - 30 * dayMs + 6 * hourMs })
  const [{ sixHours: left } = {}] = await rows()
  expect(left).toEqual(new Date(today - 31 * dayMs + 6 * hourMs))
  expect(await telling()).toEqual(expected)
})

/** Days and six hours that are kept and do not say what their hours say: their counts, and who came. */
async function periodsUnlikeHours(context: SqlContext): Promise<{ period: string }[]> {
  const unlike = await Promise.all([day, sixHours].map((period) => unlikeHours(context, period)))
  return unlike.flat()
}

function unlikeHours(context: SqlContext, period: Period): Promise<{ period: string }[]> {
  const key = '"siteId", "pageId", "dimension", "value"'
  const began = `date_bin('${period.length}', "hour", timestamptz '1970-01-01Z')`
  const of = (table: string) => measures.map((measure) => `${table}."${measure}"`).join(', ')
  const until = (column: string) => `"hour" < (select "${column}" from "TrackingDaysKept")`
  return context.db.query({
    text: `with hours as (
        select ${key}, ${began} as "${period.time}", ${measures.map((measure) => `sum("${measure}") as "${measure}"`).join(', ')}
        from "TrackingHour" where ${until(period.countedBefore)} group by 1, 2, 3, 4, 5),
      came as (
        select ${key}, ${began} as "${period.time}", array_agg(distinct one order by one) as "few"
        from "TrackingVisitors", unnest("few") as one where ${until(period.visitorsBefore)} group by 1, 2, 3, 4, 5)
      select distinct '${period.time}' as "period" from (
        select from hours full join "${period.counts}" as kept using (${key}, "${period.time}")
          where (${of('hours')}) is distinct from (${of('kept')})
        union all
        select from came full join "${period.visitors}" as kept using (${key}, "${period.time}")
          where came."few" is distinct from (select array_agg(one order by one) from unnest(kept."few") as one)) as unlike`,
    values: [],
  })
}
