import { sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
import { newVisitorId } from '../src/eventId.ts'
import tracking, { type ServerEvent } from '../src/index.ts'
import { CountedBefore, countServed } from '../src/rollups.ts'

const database = await testDatabase()
const { kernel, as } = await testKernel(database, [tracking])
const service = kernel.service(tracking)
const random = { next: Math.random }
const newId = () => newVisitorId(random)
const hour = 3600_000

async function newWorkspace(timeZone?: string) {
  const workspaceId = await database.createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  if (timeZone)
    await context.db.query(
      sql`insert into "PluginSetting" ("plugin", "value", "updatedAt") values ('tracking', ${JSON.stringify({ timeZone })}::jsonb, now())`,
    )
  const site = await service.sites.ensure(context, 'Shop')
  const visitorId = newId()
  return {
    ask: as(workspaceId, 'tracking:read').ask,
    watch: as(workspaceId, 'tracking:read').watch,
    totals: (scope: Parameters<typeof service.totals>[1]) => service.totals(context, scope),
    context,
    site,
    visitorId,
    record: (...events: Partial<ServerEvent>[]) =>
      service.record(
        context,
        events.map((event) => ({ siteId: site.id, visitorId, name: 'pageview', ...event })),
      ),
  }
}

/** An hour ago, on the hour. */
const lately = new Date(Math.floor(Date.now() / hour) * hour - hour)
const after = (minutes: number, from = lately) => new Date(from.getTime() + minutes * 60_000)

test('what a session came by holds for all that happens in it, and a split sums up to the whole', async () => {
  const { ask, record } = await newWorkspace()
  const spring = { utmSource: 'news', utmMedium: 'email', utmCampaign: 'spring', channel: 'email' } as const
  const phone = { country: 'FR', device: 'mobile', browser: 'Firefox', os: 'Android' } as const
  await record(
    { at: after(0), path: '/a', ...spring, ...phone },
    { at: after(1), path: '/b', channel: 'direct' },
    { at: after(2), path: '/b', name: 'conversion', goal: 'signup', value: { amountMinor: 1990, currency: 'EUR' } },
    { at: after(3), visitorId: newId(), path: '/a', channel: 'referral', referrerHost: 'example.org' },
    { at: after(4), visitorId: newId(), path: '/a', channel: 'direct' },
  )
  const groups = 'value pageviews visitors conversions sessions bounceRate revenue { amountMinor currency }'
  const { data, errors } = await ask(`{ metrics {
    pageviews visitors visitorsError sessions bounceRate conversions revenue { amountMinor currency }
    channel: split(by: CHANNEL) { ${groups} }
    referrer: split(by: REFERRER) { value pageviews }
    campaign: split(by: UTM_CAMPAIGN) { value conversions }
    source: split(by: UTM_SOURCE) { value conversions }
    medium: split(by: UTM_MEDIUM) { value conversions }
    country: split(by: COUNTRY) { value pageviews }
    device: split(by: DEVICE) { value pageviews }
    browser: split(by: BROWSER) { value pageviews }
    path: split(by: PATH) { value pageviews conversions }
    entry: split(by: ENTRY_PATH) { value sessions }
    exit: split(by: EXIT_PATH, first: 1) { value sessions }
  } }`)
  expect(errors).toBeUndefined()
  const worth = [{ amountMinor: 1990, currency: 'EUR' }]
  const { channel, ...metrics } = data?.metrics ?? {}
  expect(metrics).toMatchObject({
    pageviews: 4,
    visitors: 3,
    visitorsError: 0,
    sessions: 3,
    conversions: 1,
    revenue: worth,
  })
  expect(metrics.bounceRate).toBeCloseTo(2 / 3)
  expect(channel).toEqual([
    { value: 'email', pageviews: 2, visitors: 1, conversions: 1, sessions: 1, bounceRate: 0, revenue: worth },
    { value: 'direct', pageviews: 1, visitors: 1, conversions: 0, sessions: 1, bounceRate: 1, revenue: [] },
    { value: 'referral', pageviews: 1, visitors: 1, conversions: 0, sessions: 1, bounceRate: 1, revenue: [] },
  ])
  expect(metrics.referrer).toEqual([
    { value: null, pageviews: 3 },
    { value: 'example.org', pageviews: 1 },
  ])
  for (const [split, value] of Object.entries({ campaign: 'spring', source: 'news', medium: 'email' }))
    expect(metrics[split]).toContainEqual({ value, conversions: 1 })
  for (const [split, value] of Object.entries({ country: 'FR', device: 'mobile', browser: 'Firefox' }))
    expect(metrics[split]).toContainEqual({ value, pageviews: 2 })
  expect(metrics.path).toEqual([
    { value: '/a', pageviews: 3, conversions: 0 },
    { value: '/b', pageviews: 1, conversions: 1 },
  ])
  expect(metrics.entry).toEqual([{ value: '/a', sessions: 3 }])
  expect(metrics.exit).toEqual([{ value: '/a', sessions: 2 }])
})

test('a beginning that comes late moves the session with all that it counted', async () => {
  const { ask, record } = await newWorkspace()
  await record({ at: after(5), channel: 'direct' }, { at: after(6), name: 'conversion' })
  await record({ at: after(4), channel: 'email', utmSource: 'news' })
  const { data } = await ask(`{ metrics { split(by: CHANNEL) { value pageviews conversions sessions } } }`)
  expect(data?.metrics.split).toEqual([{ value: 'email', pageviews: 2, conversions: 1, sessions: 1 }])
})

test('pages and variants have their own numbers, and engagement and depth are told', async () => {
  const { ask, record } = await newWorkspace()
  const [pageId, other, experimentId, bold, calm] = [newId(), newId(), newId(), newId(), newId()]
  const engaged = (engagedMs: number, scrollDepth: number) => ({
    name: 'engagement',
    metrics: { engagedMs, scrollDepth },
  })
  await record(
    { at: after(0), pageId, experiments: { [experimentId]: bold } },
    { at: after(1), pageId, experiments: { [experimentId]: bold }, ...engaged(12_000, 80) },
    { at: after(0), visitorId: newId(), pageId, experiments: { [experimentId]: calm } },
    { at: after(0), visitorId: newId(), pageId: other },
  )
  const { data } = await ask(
    `query ($page: ID!, $from: DateTime!) { metrics(pageId: $page) { pageviews visitors sessions bounceRate engagementSeconds scrollDepth
      split(by: VARIANT) { value visitors bounceRate engagementSeconds } }
      all: metrics(from: $from) { split(by: PAGE) { value pageviews series(granularity: MINUTE) { pageviews visitors engagementSeconds } } } }`,
    { page: Buffer.from(`Page:${pageId}`).toString('base64'), from: lately.toISOString() },
  )
  const metrics = data?.metrics
  expect(metrics).toMatchObject({
    pageviews: 2,
    visitors: 2,
    sessions: 2,
    bounceRate: 0.5,
    engagementSeconds: 6,
    scrollDepth: 80,
  })
  expect(metrics.split).toHaveLength(2)
  expect(metrics.split).toContainEqual({ value: bold, visitors: 1, bounceRate: 0, engagementSeconds: 12 })
  expect(metrics.split).toContainEqual({ value: calm, visitors: 1, bounceRate: 1, engagementSeconds: 0 })
  expect(data?.all.split).toEqual([
    {
      value: pageId,
      pageviews: 2,
      series: [
        { pageviews: 2, visitors: 2, engagementSeconds: 0 },
        { pageviews: 0, visitors: 0, engagementSeconds: null },
      ],
    },
    { value: other, pageviews: 1, series: [{ pageviews: 1, visitors: 1, engagementSeconds: 0 }] },
  ])
})

test('the previous span has the same length and ends where this one begins', async () => {
  const { ask, record } = await newWorkspace()
  await record({ at: after(-90) }, { at: after(-89) }, { at: after(10) })
  const { data } = await ask(
    `query ($from: DateTime!, $to: DateTime!) { metrics(from: $from, to: $to) { pageviews previous { from to pageviews previous { pageviews } } } ever: metrics { previous { pageviews } } }`,
    { from: lately.toISOString(), to: after(120).toISOString() },
  )
  const previous = {
    from: after(-120).toISOString(),
    to: lately.toISOString(),
    pageviews: 2,
    previous: { pageviews: 0 },
  }
  expect(data).toEqual({ metrics: { pageviews: 1, previous }, ever: { previous: null } })
})

test('the span a year earlier begins on the same weekday at the same time', async () => {
  const { ask, record } = await newWorkspace()
  const year = 52 * 7 * 24 * 60
  await record({ at: after(10 - year) }, { at: after(-10) }, { at: after(10) })
  const { data } = await ask(
    `query ($from: DateTime!, $to: DateTime!) { metrics(from: $from, to: $to) { pageviews previous(by: YEAR) { from to pageviews } } }`,
    { from: lately.toISOString(), to: after(120).toISOString() },
  )
  const previous = { from: after(-year).toISOString(), to: after(120 - year).toISOString(), pageviews: 1 }
  expect(data).toEqual({ metrics: { pageviews: 1, previous } })
})

test('the 75th percentile of what browsers measured is off by 2.5 % at most', async () => {
  const { ask, record } = await newWorkspace()
  const times = Array.from({ length: 100 }, (_, index) => 100 + index * 37)
  await record(
    ...times.map((ms, index) => ({
      at: after(index / 10),
      name: 'engagement',
      metrics: { loadMs: ms, lcpMs: ms / 2, inpMs: ms / 10, cls: ms / 20_000 },
    })),
  )
  const { data } = await ask(
    `{ metrics { vitals { loadMs { p75 samples } lcpMs { p75 } inpMs { p75 } cls { p75 } } } }`,
  )
  const exact = times[74] as number
  const { loadMs, lcpMs, inpMs, cls } = data?.metrics.vitals ?? {}
  expect(loadMs.samples).toBe(100)
  for (const [measured, value] of [
    [loadMs, exact],
    [lcpMs, exact / 2],
    [inpMs, exact / 10],
    [cls, exact / 20_000],
  ] as const)
    expect(Math.abs(measured.p75 / value - 1)).toBeLessThanOrEqual(0.0251)
})

test('a page counts as served when its tag is given out, and is there when the server has stopped', async () => {
  const { site, context } = await newWorkspace()
  const own = await testKernel(database, [tracking])
  const served = own.kernel.service(tracking)
  const pageId = newId()
  for (let count = 0; count < 3; count++)
    await served.trackerTags(context, site, {
      workspaceId: context.workspaceId,
      siteId: site.id,
      pageId,
      visitorId: newId(),
      experiments: {},
    })
  await served.stop()
  const rows = await context.db.query(
    sql`select "served" from "TrackingHour" where "pageId" = ${pageId} and "dimension" = ''`,
  )
  expect(rows).toEqual([{ served: 3 }])
})

test('pages served beside pageviews confirmed: their gap', async () => {
  const { ask, record, context, site } = await newWorkspace()
  const pageId = newId()
  const served = { siteId: site.id, pageId, experiments: {}, at: after(1), count: 4 }
  await context.sqlTransaction((tx) => countServed(tx, [served], 'UTC', new CountedBefore()))
  await record({ at: after(1), pageId }, { at: after(2), pageId }, { at: after(3), pageId }, { at: after(4) })
  const { data } = await ask(`{ metrics { pageviews dataQuality { served confirmed gap } } }`)
  expect(data?.metrics).toEqual({ pageviews: 4, dataQuality: { served: 4, confirmed: 3, gap: 0.25 } })
})

describe('days begin at midnight in the time zone of the workspace', () => {
  test.each([
    ['the day of 23 hours', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 23],
    ['the day of 25 hours', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 25],
  ])('in Paris, also on %s', async (_name, midnight, next, hours) => {
    const { ask, record } = await newWorkspace('Europe/Paris')
    const [begins, ends] = [new Date(midnight), new Date(next)]
    const ats = Array.from({ length: hours }, (_, index) => after(index * 60 + 30, begins))
    await record(...[after(-1, begins), ...ats, ends].map((at) => ({ at })))
    const { data, errors } = await ask(
      `query ($from: DateTime!, $to: DateTime!) {
        metrics { series(granularity: DAY) { at pageviews visitors } }
        day: metrics(from: $from, to: $to) { pageviews series(granularity: HOUR) { at pageviews } } }`,
      { from: midnight, to: next },
    )
    expect(errors).toBeUndefined()
    expect(data?.metrics.series).toEqual([
      { at: after(-24 * 60, begins).toISOString(), pageviews: 1, visitors: 1 },
      { at: begins.toISOString(), pageviews: hours, visitors: 1 },
      { at: ends.toISOString(), pageviews: 1, visitors: 1 },
    ])
    expect(data?.day.pageviews).toBe(hours)
    expect(data?.day.series.map(({ at }: { at: string }) => at)).toEqual(
      Array.from({ length: hours }, (_, index) => after(index * 60, begins).toISOString()),
    )
  })

  test.each([
    ['MINUTE', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'Minutes are kept for 48 hours'],
    ['MINUTE', '2026-10-24T21:59:00Z', '2026-10-25T23:00:00Z', 'covers at most 1 day,'],
    ['HOUR', '2026-09-30T22:00:00Z', '2026-12-31T23:00:00Z', undefined],
    ['HOUR', '2026-09-30T21:59:00Z', '2026-12-31T23:00:00Z', 'covers at most 92 days,'],
  ])('a day or a quarter that clocks make longer is not too long: by %s from %s', async (by, from, to, refusal) => {
    const { ask } = await newWorkspace('Europe/Paris')
    const { errors } = await ask(
      `query ($from: DateTime!, $to: DateTime!, $by: MetricsGranularity!) {
        metrics(from: $from, to: $to) { series(granularity: $by) { at } } }`,
      { from, to, by },
    )
    if (refusal) expect(errors?.[0]?.message).toContain(refusal)
    else expect(errors).toBeUndefined()
  })

  test('in Kolkata, half an hour past that of UTC', async () => {
    const { ask, record, totals } = await newWorkspace('Asia/Kolkata')
    await record({ at: new Date('2026-07-01T18:29:00Z') }, { at: new Date('2026-07-01T18:31:00Z') })
    const { data } = await ask(`{ metrics { series(granularity: DAY) { at pageviews } } }`)
    expect(data?.metrics.series).toEqual([
      { at: '2026-06-30T18:30:00.000Z', pageviews: 1 },
      { at: '2026-07-01T18:30:00.000Z', pageviews: 1 },
    ])
    // Other plugins ask in the same hours: that of 18:15 begins at 17:30.
    expect((await totals({ from: new Date('2026-07-01T18:15:00Z') })).pageviews).toBe(2)
  })

  test('in no offset: PostgreSQL counts it the other way', async () => {
    const { ask } = await newWorkspace('UTC')
    const { errors } = await ask(`{ metrics { series(granularity: DAY, timeZone: "+05:30") { at } } }`)
    expect(errors?.[0]?.message).toBe('timeZone: "+05:30" is not an IANA time zone. Write it like "Europe/Paris".')
  })
})

test.each([
  ['0001-01-01T00:00:00Z', null],
  ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'],
  ['9999-12-31T23:59:59.999Z', null],
])('whatever a span is of, it is counted, and so is the one before: from %s to %s', async (from, to) => {
  const { ask } = await newWorkspace('Europe/Paris')
  const { data, errors } = await ask(
    `query ($from: DateTime, $to: DateTime) { metrics(from: $from, to: $to) { from pageviews previous { from to pageviews } vitals { lcpMs { samples } }
      split(by: PATH) { value } dataQuality { served } revenue { currency } } }`,
    { from, to },
  )
  expect(errors).toBeUndefined()
  expect(data?.metrics).toMatchObject({ pageviews: 0, previous: { pageviews: 0 } })
})

test('a day keeps 500 values of a dimension apart; the others count together, and nothing is lost', async () => {
  const { ask, record } = await newWorkspace()
  const page = (index: number) => ({ visitorId: newId(), at: after(1), path: `/${String(index).padStart(4, '0')}` })
  await record(...Array.from({ length: 400 }, (_, index) => page(index)))
  await record(...Array.from({ length: 300 }, (_, index) => page(300 + index)))
  const { data } = await ask(
    `{ metrics { pageviews visitors visitorsError split(by: PATH, first: 500) { value pageviews visitors } } }`,
  )
  expect(data?.metrics.pageviews).toBe(700)
  const groups: { value: string; pageviews: number }[] = data?.metrics.split
  const byTwo = (group: { pageviews: number }) => group.pageviews === 2
  // 0000 to 0499 have their own row, of which 0300 to 0399 were viewed twice.
  expect(groups.find(({ value }) => value === '(other)')).toMatchObject({ pageviews: 100 })
  expect(groups.filter(byTwo)).toHaveLength(100)
  // More than 128 in one hour: an estimate, and it says so.
  expect(data?.metrics.visitorsError).toBeCloseTo(0.0153, 3)
  expect(Math.abs(data?.metrics.visitors / 700 - 1)).toBeLessThan(4 * 0.0153)
})

test('who says "(other)" of themselves is counted with what comes after the values of a full day', async () => {
  const { ask, record, context } = await newWorkspace()
  const from = (utmSource: string) => ({ visitorId: newId(), at: after(1), channel: 'other', utmSource }) as const
  const order = (goal: string) => ({
    name: 'conversion',
    goal,
    at: after(2),
    value: { amountMinor: 100, currency: 'EUR' },
  })
  const numbered = Array.from({ length: 499 }, (_, index) => String(index))
  await record(...['(other)', ...numbered].map(from), ...['(other)', ...numbered].map(order))
  expect(await record(...['(other)', 'late', 'later'].map(from), ...['(other)', 'late', 'later'].map(order))).toEqual(
    Array(6).fill('recorded'),
  )
  const { data } = await ask(`{ metrics { sessions split(by: UTM_SOURCE, first: 500) { value sessions } } }`)
  const groups: { value: string; sessions: number }[] = data?.metrics.split
  expect(groups.find(({ value }) => value === '(other)')).toMatchObject({ sessions: 3 })
  // 503 visitors with a source, and the one who ordered.
  expect(data?.metrics.sessions).toBe(504)
  const span = { from: lately, to: after(60) }
  for (const [goal, count] of [
    ['(other)', 2],
    ['late', 1],
    ['7', 1],
  ] as const)
    expect(await service.goalCounts(context, { goal, ...span }, 'HOUR')).toEqual(new Map([[lately.getTime(), count]]))
})

test('live: who is there now and what they do, by page and variant, at once and after every change', async () => {
  const { watch, record } = await newWorkspace()
  const foreign = await newWorkspace()
  const [pageId, experimentId, bold] = [newId(), newId(), newId()]
  const updates = await watch(
    `subscription { liveMetrics { visitors eventsPerSecond conversions pages { key visitors conversions } paths { key visitors } variants { key visitors conversions } } }`,
  )
  const next = async () => (await updates.next()).value.data.liveMetrics
  expect(await next()).toMatchObject({ visitors: 0, eventsPerSecond: 0, conversions: 0, pages: [], variants: [] })
  await foreign.record({})
  const now = { pageId, path: '/a', experiments: { [experimentId]: bold } }
  await record(
    now,
    { ...now, name: 'conversion' },
    { ...now, visitorId: newId() },
    { at: after(-30), visitorId: newId() },
  )
  let live = await next()
  while (live.visitors < 2) live = await next()
  expect(live).toMatchObject({
    visitors: 2,
    conversions: 1,
    pages: [{ key: pageId, visitors: 2, conversions: 1 }],
    paths: [{ key: '/a', visitors: 2 }],
    variants: [{ key: bold, visitors: 2, conversions: 1 }],
  })
  expect(live.eventsPerSecond).toBeGreaterThan(0)
  await updates.return(undefined)
})
