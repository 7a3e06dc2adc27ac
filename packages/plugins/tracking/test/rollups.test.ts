import { sql } from '@espalier/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTotals } from '../src/metrics.ts'
import { readSeries } from '../src/series.ts'
import { collectorUnderTest } from './collector.ts'
import { countedAsLogged } from './countedAsLogged.ts'

const { tracking, makeSite, newId, newVisitor } = await collectorUnderTest()

const pages = [newVisitor(), newVisitor()]
const visitors = Array.from({ length: 4 }, newVisitor)
const experiments = Array.from({ length: 2 }, newVisitor)
const variants = Array.from({ length: 3 }, newVisitor)

/** One event in one of a few minutes, of a few visitors, with duplicates likely. */
const anEvent = fc.record({
  minutesAgo: fc.integer({ min: 0, max: 40 }),
  name: fc.constantFrom('pageview', 'pageview', 'click', 'conversion', 'scrolled'),
  visitor: fc.constantFrom(...visitors),
  page: fc.option(fc.constantFrom(...pages)),
  shown: fc.dictionary(fc.constantFrom(...experiments), fc.constantFrom(...variants)),
})

test('the rollups equal the log, whatever arrives how often and in which order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anEvent, { minLength: 1, maxLength: 30 }),
      fc.array(fc.nat(29), { maxLength: 30 }),
      async (events, again) => {
        const site = await makeSite()
        const requests = events.map(({ minutesAgo, name, visitor: visitorId, page: pageId, shown: experiments }) => {
          const id = newId(new Date(Date.now() - minutesAgo * 60_000))
          const { token } = tracking.pageContext({
            workspaceId: site.workspaceId,
            siteId: site.id,
            pageId,
            visitorId,
            experiments,
          })
          return () => site.send([{ id, name }], { context: token })
        })
        const repeated = again.flatMap((index) => requests[index] ?? [])
        const half = Math.ceil(repeated.length / 2)
        const first = await Promise.all([...repeated.slice(0, half), ...requests].map((send) => send()))
        const second = await Promise.all(repeated.slice(half).map((send) => send()))
        const sum = (answers: typeof first, part: 'accepted' | 'duplicates') =>
          answers.reduce((total, answer) => total + answer[part], 0)
        expect(sum(first, 'accepted')).toBe(events.length)
        expect(sum(second, 'accepted')).toBe(0)
        expect(sum([...first, ...second], 'duplicates')).toBe(repeated.length)
        await countedAsLogged(site.context)

        const [logged] = await site.context.db.query(sql`
        select count(*) filter (where "name" = 'pageview')::int as pageviews, count(distinct "visitorId") filter (where "name" = 'pageview')::int as visitors,
          count(*) filter (where "name" = 'click')::int as clicks, count(*) filter (where "name" = 'conversion')::int as conversions
        from "TrackingEvent"`)
        expect(await readTotals(site.context, {})).toMatchObject({ ...logged })
      },
    ),
    { numRuns: 25 },
  )
})

test("an event that counts once in a visitor's life does, however often and in whatever transaction it is recorded", async () => {
  const site = await makeSite()
  const exposure = { siteId: site.id, visitorId: site.visitorId, name: 'exposure', once: 'exposure:banner' }
  const record = () => tracking.record(site.context, [exposure])
  const within = () => site.context.sqlTransaction((tx) => tracking.record(tx, [exposure, exposure]))
  const outcomes = (await Promise.all([record(), record(), within(), record(), within()])).flat()
  expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1)
  expect(await record()).toEqual(['duplicate'])
  expect(await tracking.record(site.context, [{ ...exposure, visitorId: newVisitor() }])).toEqual(['recorded'])
  expect(await site.logged()).toHaveLength(2)
  await countedAsLogged(site.context)
})

test('events recorded in a transaction that rolls back have not happened', async () => {
  const site = await makeSite()
  const event = { siteId: site.id, visitorId: site.visitorId, name: 'exposure', once: 'exposure:banner' }
  await expect(
    site.context.sqlTransaction(async (tx) => {
      await tracking.record(tx, [event])
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  expect(await site.logged()).toEqual([])
  expect(await tracking.record(site.context, [event])).toEqual(['recorded'])
})

test('a connection that breaks while another plugin counts is nobody’s fault: the event is sent again', async () => {
  const { tracking, makeSite, newId } = await collectorUnderTest()
  let broken = true
  tracking.onEvents('tally', async () => {
    // What pg says of a connection that ended under a statement: it has no code.
    if (broken) throw new Error('Connection terminated unexpectedly')
  })
  const site = await makeSite()
  const event = { id: newId(), name: 'click' }
  expect(await site.send([event])).toMatchObject({ status: 503 })
  broken = false
  expect(await site.send([event])).toMatchObject({ accepted: 1 })
})

test('what another plugin counts commits with the events, and sees only new ones', async () => {
  const { tracking, makeSite, newId } = await collectorUnderTest()
  tracking.onEvents('tally', async (tx, events) => {
    for (const { name } of events)
      await tx.db.query(
        sql`insert into "TrackingSite" ("id", "name", "key", "updatedAt") values (gen_random_uuid(), ${`tally ${name}`}, ${newId()}, now())`,
      )
  })
  const site = await makeSite()
  const event = { id: newId(), name: 'click' }
  await Promise.all([site.send([event]), site.send([event])])
  expect(await site.send([event])).toMatchObject({ duplicates: 1 })
  expect(await site.context.db.query(sql`select "name" from "TrackingSite" where "name" like 'tally%'`)).toEqual([
    { name: 'tally click' },
  ])
})

test('a series gives each step its own counts and different visitors, in the time zone that is asked for', async () => {
  const site = await makeSite()
  const hour = 3600_000
  // Two visits in one Paris day that UTC splits over midnight: 23:30 and 00:30 UTC in winter.
  const midnight = Math.floor(Date.now() / (24 * hour)) * 24 * hour
  const [before, after] = [new Date(midnight - hour / 2), new Date(midnight - 24 * hour + hour / 2)]
  for (const at of [before, after])
    await site.send([
      { id: newId(at), name: 'pageview' },
      { id: newId(at), name: 'click' },
    ])
  const utc = await readSeries(site.context, {}, 'DAY')
  expect(utc).toMatchObject([{ at: new Date(midnight - 24 * hour), pageviews: 2, clicks: 2, visitors: 1 }])
  const tokyo = await readSeries(site.context, {}, 'DAY', 'Asia/Kolkata')
  expect(tokyo.map(({ visitors, pageviews }) => [visitors, pageviews])).toEqual([
    [1, 1],
    [1, 1],
  ])
  const from = new Date(midnight - 20 * hour)
  expect(await readSeries(site.context, { from }, 'HOUR')).toMatchObject([
    { at: new Date(midnight - hour), pageviews: 1 },
  ])
  expect(
    await readSeries(site.context, { from: new Date(midnight - hour), to: new Date(midnight) }, 'MINUTE'),
  ).toMatchObject([{ at: before, pageviews: 1, visitors: 1 }])
  await expect(readSeries(site.context, {}, 'MINUTE')).rejects.toThrow('at most 1 day,')
  await expect(readSeries(site.context, {}, 'DAY', 'Mars/Olympus')).rejects.toThrow('IANA')
})
