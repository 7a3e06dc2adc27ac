import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import tracking, { type ServerEvent } from '@espalier/tracking'
import { describe, expect, test, vi } from 'vitest'

/** Twelve minutes past an hour. */
let now = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 12 * 60_000)
const clock = { now: () => now }
const { kernel, signIn } = await servedKernel([tracking, mail, operations], { clock })
const service = kernel.service(operations)
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

type Client = Awaited<ReturnType<typeof signIn>>
const hour = 3_600_000
const week = 7 * 24 * hour
/** The hour that is over, of so many weeks ago. */
const hourAgo = (weeks = 0) => new Date(Math.floor(now.getTime() / hour) * hour - hour - weeks * week)

let visitor = 0
/** Visitors of an hour, each with a pageview, from one channel and country. */
async function visits(workspaceId: string, at: Date, count: number, from: Partial<ServerEvent> = {}, converting = 0) {
  const context = contextOf(workspaceId)
  const tracked = kernel.service(tracking)
  const site = await tracked.sites.ensure(context, 'Shop')
  const events = Array.from({ length: count }, (_, index): ServerEvent[] => {
    const visitorId = `01a00000-0000-7000-8000-${String(++visitor).padStart(12, '0')}`
    const base = { siteId: site.id, visitorId, channel: 'direct', country: 'FR', ...from } as const
    const seen = { ...base, name: 'pageview', at: new Date(at.getTime() + (index % 50) * 60_000), path: '/' }
    if (index >= converting) return [seen]
    return [seen, { ...base, name: 'conversion', goal: 'order', at: new Date(seen.at.getTime() + 1_000), path: '/' }]
  })
  await tracked.record(context, events.flat())
}

const create = `mutation($input: AlertRuleInput!) { made: createAlertRule(input: $input) {
  ... on CreateAlertRuleSuccess { data { id } } ... on Error { code message } } }`
const rule = { name: 'Traffic', metric: 'tracking.pageviews', kind: 'ANOMALY', direction: 'BELOW' }

interface Alert {
  id: string
  status: string
  value: number
  expected: number | null
  cause: string
  resolvedBy: string | null
}
async function alertsOf(client: Client): Promise<Alert[]> {
  const { alerts } = await client.ask<{ alerts: { nodes: Alert[] } }>(
    '{ alerts { nodes { id status value expected cause resolvedBy } } }',
  )
  return alerts.nodes
}

async function titlesOf(client: Client): Promise<string[]> {
  const { notifications } = await client.ask<{ notifications: { nodes: { title: string }[] } }>(
    '{ notifications { nodes { title } } }',
  )
  return notifications.nodes.map(({ title }) => title)
}

describe('a rule about one goal', () => {
  const filter = { goal: 'signup' }

  test('sees its conversions alone, with where they came from, and none of another workspace', async () => {
    const client = await signIn()
    const stranger = await signIn()
    const { workspaceId } = client
    const tracked = kernel.service(tracking)
    const site = await tracked.sites.ensure(contextOf(workspaceId), 'Shop')
    const reach = async (at: Date, count: number, channel: 'email' | 'direct') => {
      const events = Array.from({ length: count }, (_, index): ServerEvent => {
        const visitorId = `01a00000-0000-7000-8000-${String(++visitor).padStart(12, '0')}`
        const when = new Date(at.getTime() + (index % 50) * 60_000)
        return { siteId: site.id, visitorId, channel, name: 'conversion', goal: 'signup', at: when, path: '/' }
      })
      await tracked.record(contextOf(workspaceId), events)
    }
    for (let ago = 0; ago <= 5; ago++) {
      // Orders stay what they were: all conversions together look well.
      await visits(workspaceId, hourAgo(ago), 200, {}, 200)
      if (ago > 0) await reach(hourAgo(ago), 30, 'email')
      await reach(hourAgo(ago), 10, 'direct')
      await visits(stranger.workspaceId, hourAgo(ago), 10, {}, 10)
    }
    const watched = { name: 'Signups', metric: 'tracking.conversions', kind: 'ANOMALY', direction: 'BELOW', filter }
    for (const each of [client, stranger]) await each.ask(create, { input: watched })
    for (const each of [client, stranger]) await service.alerts.check(contextOf(each.workspaceId))
    const [alert] = await alertsOf(client)
    expect(alert).toMatchObject({ value: 10, expected: 40 })
    expect(alert?.cause).toContain('100% of the change comes from channel “email”: 0 instead of 30.')
    expect(await alertsOf(stranger)).toEqual([])
    const before = '{ alertRules { nodes { filter } } }'
    expect(await client.ask(before)).toEqual({ alertRules: { nodes: [{ filter }] } })
  })

  test('of minutes sees them, too', async () => {
    const client = await signIn()
    await visits(client.workspaceId, new Date(now.getTime() - 8 * 60_000), 3, {}, 3)
    const rule = { metric: 'tracking.conversions', kind: 'THRESHOLD', direction: 'ABOVE', threshold: 2, window: 10 }
    await client.ask(create, { input: { ...rule, name: 'Orders', filter: { goal: 'order' } } })
    await client.ask(create, { input: { ...rule, name: 'Signups', filter } })
    await service.alerts.check(contextOf(client.workspaceId))
    expect(await titlesOf(client)).toEqual(['Alert: Orders'])
  })

  test.each([
    ['a metric without goals', { metric: 'tracking.visitors' }, 'counts no goals'],
    ['a goal without a name', { metric: 'tracking.conversions', filter: { goal: '' } }, '1 to 64 characters'],
    ['a goal that is no text', { metric: 'tracking.conversions', filter: { goal: { length: 3 } } }, 'filter'],
  ])('is refused for %s', async (_what, wrong, message) => {
    const client = await signIn()
    const input = { name: 'Goal', kind: 'ANOMALY', filter, ...wrong }
    const { made } = await client.ask<{ made: object }>(create, { input })
    expect(made).toMatchObject({ code: 'INVALID_INPUT' })
    expect(JSON.stringify(made)).toContain(message)
  })
})

describe('an anomaly', () => {
  test('is found against the same hour of past weeks, with where it comes from, once, and ends by itself', async () => {
    const client = await signIn()
    const { workspaceId } = client
    for (let ago = 1; ago <= 6; ago++) {
      await visits(workspaceId, hourAgo(ago), 60, { channel: 'email' })
      await visits(workspaceId, hourAgo(ago), 40)
      // The hours beside it are others: they must not be compared with.
      await visits(workspaceId, new Date(hourAgo(ago).getTime() - hour), 5)
    }
    await visits(workspaceId, hourAgo(), 39)
    await client.ask(create, { input: rule })
    await service.alerts.check(contextOf(workspaceId))
    await Promise.all([service.alerts.check(contextOf(workspaceId)), service.alerts.check(contextOf(workspaceId))])
    const [alert, ...others] = await alertsOf(client)
    expect(others).toEqual([])
    expect(alert).toMatchObject({ status: 'OPEN', value: 39, expected: 100, resolvedBy: null })
    expect(alert?.cause).toMatch(
      /^Page views: 39 between .* on .*; 100 is usual at that time \(6 weeks\)\. 98% of the change comes from channel “email”: 0 instead of 60\.$/,
    )
    expect(await titlesOf(client)).toEqual(['Alert: Traffic'])

    // An hour later all is well.
    now = new Date(now.getTime() + hour)
    for (let ago = 1; ago <= 6; ago++) await visits(workspaceId, hourAgo(ago), 50)
    await visits(workspaceId, hourAgo(), 52)
    await service.alerts.check(contextOf(workspaceId))
    await service.alerts.check(contextOf(workspaceId))
    expect(await alertsOf(client)).toMatchObject([{ status: 'RESOLVED', resolvedBy: null }])
    expect(await titlesOf(client)).toEqual(['Resolved: Traffic', 'Alert: Traffic'])
    await client.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
    expect((await alertsOf(client))[0]?.cause).toMatch(
      /^Pages vues : 39 entre .*100 est habituel à cette heure \(6 semaines\)\. 98 % du changement vient de : canal « email », 0 au lieu de 60\.$/,
    )
  })

  test('is none with fewer than four past weeks, nor where nobody ever came', async () => {
    const client = await signIn()
    await client.ask(create, { input: rule })
    for (let ago = 1; ago <= 3; ago++) await visits(client.workspaceId, hourAgo(ago), 100)
    await service.alerts.check(contextOf(client.workspaceId))
    expect(await alertsOf(client)).toEqual([])
  })

  test('of one workspace is none of another', async () => {
    const client = await signIn()
    const stranger = await signIn()
    for (const each of [client, stranger]) {
      for (let ago = 1; ago <= 4; ago++) await visits(each.workspaceId, hourAgo(ago), 100)
    }
    await visits(stranger.workspaceId, hourAgo(), 100)
    for (const each of [client, stranger]) await each.ask(create, { input: rule })
    await service.alerts.checkAll(kernel.contexts.system('test'))
    expect((await alertsOf(client)).length).toBeGreaterThan(0)
    expect(await alertsOf(stranger)).toEqual([])
  })
})

describe('a threshold', () => {
  test('of a rate says it once it is passed, by minutes too', async () => {
    const client = await signIn()
    await visits(client.workspaceId, new Date(now.getTime() - 40 * 60_000), 30)
    const input = {
      name: 'Busy',
      metric: 'tracking.pageviews',
      kind: 'THRESHOLD',
      direction: 'ABOVE',
      threshold: 10,
      window: 45,
    }
    await client.ask(create, { input })
    await service.alerts.check(contextOf(client.workspaceId))
    expect((await alertsOf(client))[0]?.cause).toMatch(/^Page views: 30 between .*; the threshold is 10\.$/)
  })

  test('of too few is not judged', async () => {
    const client = await signIn()
    await visits(client.workspaceId, hourAgo(), 20, {}, 0)
    const input = { name: 'Rate', metric: 'tracking.conversionRate', kind: 'THRESHOLD', threshold: 0.05, minimum: 21 }
    await client.ask(create, { input })
    await service.alerts.check(contextOf(client.workspaceId))
    expect(await alertsOf(client)).toEqual([])
    await visits(client.workspaceId, hourAgo(), 1)
    await service.alerts.check(contextOf(client.workspaceId))
    expect(await alertsOf(client)).toMatchObject([{ status: 'OPEN', value: 0 }])
  })
})

describe('an alert', () => {
  const answer = (mutation: 'acknowledgeAlert' | 'resolveAlert') =>
    `mutation($id: ID!) { answer: ${mutation}(id: $id) { ... on ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Success { data { status resolvedBy } } ... on Error { code message } } }`

  test('is taken on and resolved by a person, and not raised again for the same', async () => {
    const client = await signIn()
    const context = contextOf(client.workspaceId)
    await client.ask(create, {
      input: { name: 'Quiet', metric: 'tracking.pageviews', kind: 'THRESHOLD', threshold: 10 },
    })
    await service.alerts.check(context)
    const [{ id } = { id: '' }] = await alertsOf(client)
    expect(await client.ask(answer('acknowledgeAlert'), { id })).toMatchObject({
      answer: { data: { status: 'ACKNOWLEDGED' } },
    })
    expect(await client.ask(answer('acknowledgeAlert'), { id })).toMatchObject({ answer: { code: 'CONFLICT' } })
    expect(await client.ask(answer('resolveAlert'), { id })).toMatchObject({
      answer: { data: { status: 'RESOLVED', resolvedBy: expect.any(String) } },
    })
    await service.alerts.check(context)
    expect(await alertsOf(client)).toHaveLength(1)
    // All is well for an hour, then it is as before: that is another one.
    await visits(client.workspaceId, hourAgo(), 50)
    await service.alerts.check(context)
    now = new Date(now.getTime() + hour)
    await service.alerts.check(context)
    expect(await alertsOf(client)).toHaveLength(2)
  })

  test('is not for viewers to answer', async () => {
    const client = await signIn()
    const viewer = await signIn({ role: 'viewer', workspace: client.workspaceId })
    await client.ask(create, {
      input: { name: 'Quiet', metric: 'tracking.pageviews', kind: 'THRESHOLD', threshold: 10 },
    })
    await service.alerts.check(contextOf(client.workspaceId))
    const [{ id } = { id: '' }] = await alertsOf(viewer)
    expect(await viewer.ask(answer('resolveAlert'), { id })).toMatchObject({ answer: { code: 'FORBIDDEN' } })
  })
})

describe('a rule', () => {
  test.each([
    ['a metric that is none', { metric: 'tracking.luck' }, 'There is no metric "tracking.luck"'],
    ['a threshold that is missing', { kind: 'THRESHOLD' }, 'needs one'],
    ['both directions for a threshold', { kind: 'THRESHOLD', threshold: 1, direction: 'BOTH' }, 'one direction'],
    ['an anomaly of half an hour', { window: 30 }, 'no whole hours'],
    ['three weeks', { weeks: 3 }, 'is not from 4 to 12'],
    ['a filter that is unknown', { filter: { color: 'red' } }, 'color'],
    ['a name that is empty', { name: ' ' }, 'has not 1 to 100 characters'],
  ])('with %s is refused', async (_what, wrong, message) => {
    const client = await signIn()
    expect(await client.ask(create, { input: { ...rule, ...wrong } })).toMatchObject({
      made: { code: 'INVALID_INPUT', message: expect.stringContaining(message) },
    })
  })

  test('keeps what an update leaves out', async () => {
    const client = await signIn()
    const { made } = await client.ask<{ made: { data: { id: string } } }>(create, {
      input: { ...rule, weeks: 9, minimum: 7 },
    })
    const update = `mutation($id: ID!, $input: UpdateAlertRuleInput!) { updateAlertRule(id: $id, input: $input) {
      ... on UpdateAlertRuleSuccess { data { name weeks minimum kind active } } ... on Error { message } } }`
    expect(await client.ask(update, { id: made.data.id, input: { active: false } })).toEqual({
      updateAlertRule: { data: { name: 'Traffic', weeks: 9, minimum: 7, kind: 'ANOMALY', active: false } },
    })
    expect(await service.alerts.check(contextOf(client.workspaceId))).toBe(0)
  })

  test('is tried on the past four weeks before it is saved', async () => {
    const client = await signIn()
    for (let ago = 0; ago <= 9; ago++) await visits(client.workspaceId, hourAgo(ago), ago === 2 ? 2 : 100)
    const preview = `query($input: AlertRuleInput!) { previewAlertRule(input: $input) { count judged unknown alerts { from value expected } } }`
    expect(await client.ask(preview, { input: { ...rule, minimum: 20 } })).toMatchObject({
      previewAlertRule: { count: 1, judged: 4, alerts: [{ from: hourAgo(2).toISOString(), value: 2, expected: 100 }] },
    })
    expect(await alertsOf(client)).toEqual([])
  })
})

test('mail that comes back is watched too, by the messages of an hour', async () => {
  const client = await signIn()
  const context = contextOf(client.workspaceId)
  await client.ask(create, {
    input: {
      name: 'Bounces',
      metric: 'mail.bounceRate',
      kind: 'THRESHOLD',
      direction: 'ABOVE',
      threshold: 0.05,
      minimum: 4,
    },
  })
  for (let index = 0; index < 4; index++) await client.ask('mutation { sendDailyReport { __typename } }')
  // What becomes of them is written down as long as they are on their way.
  await vi.waitFor(
    async () =>
      expect(await context.db.query(sql`select 1 from "MailMessage" where "sentAt" is not null`)).toHaveLength(4),
    { timeout: 60_000, interval: 25 },
  )
  await context.db.query(sql`
    update "MailMessage" set "sentAt" = ${hourAgo()}, "bouncedAt" = case when "id" = (select max("id"::text)::uuid from "MailMessage") then ${hourAgo()}::timestamptz end`)
  await service.alerts.check(context)
  expect((await alertsOf(client))[0]?.cause).toMatch(/^Mail that came back: 25% between .*; the threshold is 5%\.$/)
})
