import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
import { instantOf, newEventId, newVisitorId } from '../src/eventId.ts'
import tracking from '../src/index.ts'

const { kernel, url, createWorkspace } = await servedKernel([tracking])
const service = kernel.service(tracking)
const random = { next: Math.random }
const newVisitor = () => newVisitorId(random)

async function siteWithKey(...scopes: string[]) {
  const workspaceId = await createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const site = await service.sites.ensure(context, 'Shop')
  const { key } = await kernel.access.createApiKey(workspaceId, {
    name: 'Our server',
    scopes: scopes.length > 0 ? scopes : ['tracking:ingest'],
  })
  return {
    site,
    key,
    globalId: Buffer.from(`TrackingSite:${site.id}`).toString('base64'),
    logged: () =>
      context.db.query<Record<string, unknown>>(
        sql`select * from "TrackingEvent" where "siteId" = ${site.id} order by "at"`,
      ),
  }
}

/** As a server sends: its HTTP library's name is that of a bot. */
async function send(authorization: string, body: object) {
  const response = await fetch(`${url}/collect`, {
    method: 'POST',
    headers: { authorization, 'user-agent': 'node', 'content-type': 'application/json', dnt: '1' },
    body: JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, ...((await response.json()) as Record<string, unknown>) }
}

describe('a server with an API key, over HTTP', () => {
  test('says who did what and when; its own user agent does not matter', async () => {
    const { site, key, logged } = await siteWithKey()
    const [one, two] = [newVisitor(), newVisitor()]
    const at = new Date(Date.now() - 3600_000)
    const answer = await send(`Bearer ${key}`, {
      site: site.key,
      userAgent:
        'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
      country: 'fr',
      visitorId: one,
      events: [
        { at: at.toISOString(), name: 'conversion', goal: 'order', value: { amountMinor: 1999, currency: 'EUR' } },
        { visitorId: two, name: 'pageview', url: 'https://shop.example/x?utm_source=news&utm_medium=email' },
      ],
    })
    expect(answer).toMatchObject({ status: 200, accepted: 2, rejected: [] })
    expect(await logged()).toMatchObject([
      { visitorId: one, at, name: 'conversion', goal: 'order', device: 'mobile', os: 'Android', country: 'FR' },
      { visitorId: two, name: 'pageview', path: '/x', channel: 'email', utmSource: 'news' },
    ])
  })

  test('counts an event with an id once', async () => {
    const { site, key } = await siteWithKey()
    const body = {
      site: site.key,
      visitorId: newVisitor(),
      events: [{ id: newEventId(new Date(), random), name: 'pageview' }],
    }
    expect(await send(`Bearer ${key}`, body)).toMatchObject({ accepted: 1, duplicates: 0 })
    expect(await send(`Bearer ${key}`, body)).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  test('hears of bad events one by one', async () => {
    const { site, key, logged } = await siteWithKey()
    const visitorId = newVisitor()
    const answer = await send(`Bearer ${key}`, {
      site: site.key,
      events: [
        { name: 'pageview' },
        { visitorId, name: 'pageview', at: 'yesterday' },
        { visitorId, name: 'pageview', at: new Date(Date.now() - 49 * 3600_000).toISOString() },
        { visitorId, name: 'pageview', at: new Date(Date.now() + 3600_000).toISOString() },
        { visitorId, name: 'pageview', at: new Date().toISOString(), id: newEventId(new Date(), random) },
        { visitorId, name: 'exposure' },
        { visitorId, name: 'conversion', value: { amountMinor: 1.5, currency: 'EUR' } },
        { visitorId, name: 'pageview' },
      ],
    })
    expect(answer).toMatchObject({ status: 200, accepted: 1 })
    expect(
      (answer as unknown as { rejected: { code: string; path: string }[] }).rejected.map(
        ({ code, path }) => `${code} ${path}`,
      ),
    ).toEqual([
      'INVALID events.0.visitorId',
      'INVALID events.1.at',
      'TOO_OLD events.2.id',
      'CLOCK_AHEAD events.3.id',
      'INVALID events.4.at',
      'INVALID events.5.name',
      'INVALID events.6.value.amountMinor',
    ])
    expect(await logged()).toHaveLength(1)
  })

  test('is refused with a key that opens nothing, lacks the scope, or is another workspace’s', async () => {
    const { site, logged } = await siteWithKey()
    const reader = await siteWithKey('tracking:read')
    const other = await siteWithKey()
    const body = { site: site.key, visitorId: newVisitor(), events: [{ name: 'pageview' }] }
    for (const authorization of ['Bearer esp_nonsense', 'Bearer ', 'Basic abc', 'x'])
      expect(await send(authorization, body)).toMatchObject({ status: 401, error: { code: 'UNAUTHENTICATED' } })
    expect(await send(`Bearer ${reader.key}`, { ...body, site: reader.site.key })).toMatchObject({
      status: 403,
      error: { code: 'FORBIDDEN' },
    })
    expect(await send(`Bearer ${other.key}`, body)).toMatchObject({ status: 404, error: { code: 'UNKNOWN_SITE' } })
    expect(await logged()).toEqual([])
  })

  test('has a budget of its own, by key', async () => {
    const { site, key } = await siteWithKey()
    const { key: second } = await siteWithKey()
    const left = async (authorization: string) => {
      const { headers } = await send(authorization, { site: site.key, events: [{}] })
      return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
    }
    const before = await left(`Bearer ${key}`)
    expect(await left(`Bearer ${key}`)).toBe(before - 1)
    expect(await left(`Bearer ${second}`)).toBe(2999)
  })
})

describe.each(['/graphql', '/graphql/public'])('trackEvents on %s', (path) => {
  const mutation = `mutation ($site: ID!, $events: [TrackEventInput!]!) {
    trackEvents(siteId: $site, events: $events, country: "DE") {
      __typename
      ... on TrackEventsSuccess { data { accepted duplicates rejected { index code path message } } }
      ... on InvalidInputError { message }
    }
  }`
  const ask = async (key: string, variables: object) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: mutation, variables }),
    })
    return (await response.json()) as { data?: { trackEvents: unknown }; errors?: unknown[] }
  }

  test('records events that are durable when it answers', async () => {
    const { key, globalId, logged } = await siteWithKey()
    const visitorId = newVisitor()
    const id = newEventId(new Date(), random)
    const events = [
      { id, visitorId, name: 'conversion', goal: 'order', value: { amountMinor: 500, currency: 'JPY' } },
      { visitorId, name: 'renewal', properties: { plan: 'team' } },
      { visitorId, name: 'no spaces' },
    ]
    expect(await ask(key, { site: globalId, events })).toMatchObject({
      data: {
        trackEvents: {
          data: { accepted: 2, duplicates: 0, rejected: [{ index: 2, code: 'INVALID', path: 'events.2.name' }] },
        },
      },
    })
    expect(await logged()).toHaveLength(2)
    expect((await logged()).find((event) => event.id === id)).toMatchObject({
      at: instantOf(id),
      goal: 'order',
      country: 'DE',
    })
  })

  test('takes the scope, a site of the workspace, and 1 to 100 events', async () => {
    const { key, globalId } = await siteWithKey()
    const other = await siteWithKey()
    const reader = await siteWithKey('tracking:read')
    const events = [{ visitorId: newVisitor(), name: 'pageview' }]
    expect(JSON.stringify(await ask(reader.key, { site: reader.globalId, events }))).toContain('Forbidden')
    expect(await ask(key, { site: other.globalId, events })).toMatchObject({
      data: { trackEvents: { __typename: 'NotFoundError' } },
    })
    for (const many of [[], Array(101).fill(events[0])])
      expect(await ask(key, { site: globalId, events: many })).toMatchObject({
        data: { trackEvents: { __typename: 'InvalidInputError' } },
      })
  })
})

test('Prometheus sees what became of events', async () => {
  const { site, key } = await siteWithKey()
  const numbers = async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Object.fromEntries(
      [...text.matchAll(/espalier_tracking_events_total\{outcome="(\w+)"\} (\d+)/g)].map(([, outcome, count]) => [
        outcome,
        Number(count),
      ]),
    )
  }
  const before = await numbers()
  const id = newEventId(new Date(), random)
  await send(`Bearer ${key}`, { site: site.key, visitorId: newVisitor(), events: [{ id, name: 'pageview' }, {}] })
  await send(`Bearer ${key}`, { site: site.key, visitorId: newVisitor(), events: [{ id, name: 'pageview' }] })
  const bot = { 'user-agent': 'Googlebot/2.1' }
  await fetch(`${url}/collect`, { method: 'POST', headers: bot, body: '{}' })
  const after = await numbers()
  expect(after).toEqual({
    accepted: before.accepted + 1,
    duplicate: before.duplicate + 1,
    refused: before.refused + 1,
    bot: before.bot + 1,
    opted_out: before.opted_out,
  })
})
