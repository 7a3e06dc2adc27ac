import { testDatabase, testKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { newVisitorId } from '../src/eventId.ts'
import tracking, { type ServerEvent } from '../src/index.ts'

const database = await testDatabase()
const { kernel, as } = await testKernel(database, [tracking])
const service = kernel.service(tracking)
const newId = () => newVisitorId({ next: Math.random })
const hour = 3600_000
/** Two hours ago, on the hour. */
const start = new Date(Math.floor(Date.now() / hour) * hour - 2 * hour)
const minute = (minutes: number) => new Date(start.getTime() + minutes * 60_000)
const since = { from: start.toISOString() }

async function newWorkspace() {
  const workspaceId = await database.createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const site = await service.sites.ensure(context, 'Shop')
  return {
    ask: as(workspaceId, 'tracking:read').ask,
    record: (...events: Partial<ServerEvent>[]) =>
      service.record(
        context,
        events.map((event) => ({ siteId: site.id, visitorId: newId(), name: 'pageview', ...event })),
      ),
  }
}

const from = {
  pageId: newId(),
  path: '/prices',
  experiments: { [newId()]: newId() },
  channel: 'email',
  referrerHost: 'news.example',
  utmSource: 'news',
  utmMedium: 'email',
  utmCampaign: 'spring',
  country: 'FR',
  device: 'mobile',
  browser: 'Firefox',
  os: 'Android',
} as const

test.each([
  ['PAGE', from.pageId],
  ['PATH', from.path],
  ['VARIANT', Object.values(from.experiments)[0]],
  ['CHANNEL', from.channel],
  ['REFERRER', from.referrerHost],
  ['UTM_SOURCE', from.utmSource],
  ['UTM_MEDIUM', from.utmMedium],
  ['UTM_CAMPAIGN', from.utmCampaign],
  ['COUNTRY', from.country],
  ['DEVICE', from.device],
  ['BROWSER', from.browser],
  ['OS', from.os],
])('by %s, each value has its course by the minute', async (by, value) => {
  const { ask, record } = await newWorkspace()
  const visitorId = newId()
  await record(
    { ...from, visitorId, at: minute(0) },
    { ...from, visitorId, at: minute(0) },
    { ...from, at: minute(0) },
    { ...from, visitorId, at: minute(7), name: 'conversion' },
    { at: minute(7), path: '/elsewhere', channel: 'direct', country: 'DE' },
  )
  const { data, errors } = await ask(
    `query ($from: DateTime!, $by: MetricsDimension!) { metrics(from: $from) { split(by: $by) { value
      series(granularity: MINUTE) { at pageviews visitors visitorsError conversions } } } }`,
    { ...since, by },
  )
  expect(errors).toBeUndefined()
  expect(data?.metrics.split.find((group: { value: string }) => group.value === value)).toEqual({
    value,
    series: [
      { at: minute(0).toISOString(), pageviews: 3, visitors: 2, visitorsError: 0, conversions: 0 },
      { at: minute(7).toISOString(), pageviews: 0, visitors: 0, visitorsError: 0, conversions: 1 },
    ],
  })
})

test('minutes know sessions, engagement and depth as hours do, within a page too', async () => {
  const { ask, record } = await newWorkspace()
  const visitorId = newId()
  await record(
    { ...from, visitorId, at: minute(3) },
    { ...from, visitorId, at: minute(3), name: 'engagement', metrics: { engagedMs: 12_000, scrollDepth: 80 } },
    { ...from, at: minute(3) },
  )
  const { data } = await ask(
    `query ($from: DateTime!, $page: ID!) { metrics(from: $from, pageId: $page) { split(by: CHANNEL) {
      series(granularity: MINUTE) { sessions bounceRate engagementSeconds scrollDepth } } } }`,
    { ...since, page: Buffer.from(`Page:${from.pageId}`).toString('base64') },
  )
  expect(data?.metrics.split).toEqual([
    { series: [{ sessions: 2, bounceRate: 0.5, engagementSeconds: 6, scrollDepth: 80 }] },
  ])
})

test('a beginning that comes late moves the minutes of its session, too', async () => {
  const { ask, record } = await newWorkspace()
  const visitorId = newId()
  await record({ visitorId, at: minute(5), channel: 'direct' }, { visitorId, at: minute(6), name: 'conversion' })
  await record({ visitorId, at: minute(4), channel: 'email', utmSource: 'news' })
  const { data } = await ask(
    `query ($from: DateTime!) { metrics(from: $from) { split(by: CHANNEL) { value
      series(granularity: MINUTE) { at pageviews conversions sessions } } } }`,
    since,
  )
  const at = (minutes: number) => minute(minutes).toISOString()
  expect(data?.metrics.split[0]).toEqual({
    value: 'email',
    series: [
      { at: at(4), pageviews: 1, conversions: 0, sessions: 1 },
      { at: at(5), pageviews: 1, conversions: 0, sessions: 0 },
      { at: at(6), pageviews: 0, conversions: 1, sessions: 0 },
    ],
  })
})

test('more than 128 visitors in one minute are estimated, and it says so', async () => {
  const { ask, record } = await newWorkspace()
  const visitors = Array.from({ length: 600 }, newId)
  const view = (visitorId: string) => ({ visitorId, at: minute(1), channel: 'social' }) as const
  await record(...visitors.slice(0, 100).map(view))
  await record(...visitors.slice(50, 350).map(view))
  await record(...visitors.slice(300).map(view))
  const { data } = await ask(
    `query ($from: DateTime!) { metrics(from: $from) { split(by: CHANNEL) { series(granularity: MINUTE) { pageviews visitors visitorsError } } } }`,
    since,
  )
  const [point] = data?.metrics.split[0].series ?? []
  expect(point).toMatchObject({ pageviews: 700, visitorsError: expect.closeTo(0.0153, 3) })
  expect(Math.abs(point.visitors / 600 - 1)).toBeLessThan(4 * 0.0153)
})

test('by the hour and the day as well, only of the values that are shown', async () => {
  const { ask, record } = await newWorkspace()
  await record(
    { at: minute(1), channel: 'email' },
    { at: minute(61), channel: 'email' },
    { at: minute(62), channel: 'direct' },
  )
  const { data } = await ask(
    `query ($from: DateTime!) { metrics(from: $from) { split(by: CHANNEL, first: 1) { value
      hours: series(granularity: HOUR) { at visitors }
      days: series(granularity: DAY, timeZone: "Pacific/Kiritimati") { visitors } } } }`,
    since,
  )
  const [group, ...others] = data?.metrics.split ?? []
  expect(others).toEqual([])
  expect(group.value).toBe('email')
  expect(group.hours).toEqual([
    { at: minute(0).toISOString(), visitors: 1 },
    { at: minute(60).toISOString(), visitors: 1 },
  ])
  expect(group.days.reduce((sum: number, { visitors }: { visitors: number }) => sum + visitors, 0)).toBe(2)
})

test('minutes that are no longer kept are refused with the way out', async () => {
  const { ask } = await newWorkspace()
  const [begin, end] = [new Date(Date.now() - 49 * hour), new Date(Date.now() - 40 * hour)]
  const { errors } = await ask(
    `query ($from: DateTime!, $to: DateTime!) { metrics(from: $from, to: $to) { series(granularity: MINUTE) { at } } }`,
    { from: begin.toISOString(), to: end.toISOString() },
  )
  expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT')
  expect(errors?.[0]?.message).toContain(
    `Minutes are kept for 48 hours, and ${begin.toISOString()} is before that. Give a later "from", or ask by HOUR.`,
  )
})
