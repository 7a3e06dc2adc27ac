import { describe, expect, test } from 'vitest'
import { collectorUnderTest } from './collector.ts'

const { post, makeSite, newId, newVisitor, tracking } = await collectorUnderTest()

const pageview = () => ({ id: newId(), name: 'pageview', url: 'https://example.com/' })

describe('a batch of events', () => {
  test('is answered with what was counted, and is in the log by then', async () => {
    const site = await makeSite()
    const earlier = new Date(Date.now() - 1000)
    const events = [
      { ...pageview(), id: newId(earlier) },
      { ...pageview(), name: 'click', properties: { label: 'Buy' } },
    ]
    expect(await site.send(events)).toMatchObject({ status: 200, accepted: 2, duplicates: 0, rejected: [] })
    expect(await site.logged()).toMatchObject([
      { id: events[0]?.id, name: 'pageview', visitorId: site.visitorId, properties: null },
      { id: events[1]?.id, name: 'click', properties: { label: 'Buy' } },
    ])
  })

  test('may hold events that are not good: they are refused one by one, with the field and the reason', async () => {
    const site = await makeSite()
    const good = pageview()
    const answer = await site.send([
      { ...pageview(), name: 'no spaces allowed' },
      good,
      { ...pageview(), id: 'd94ad5a5-7d4b-4c26-9a27-f7b9f8fb0f4e' },
      { ...pageview(), name: 'exposure' },
      { ...pageview(), properties: { note: 'x'.repeat(5000) } },
      { ...pageview(), properties: { note: 'nul \0' } },
      { ...pageview(), url: 'half a pair \ud800' },
      'not an object' as never,
    ])
    expect(answer).toMatchObject({ status: 200, accepted: 1 })
    expect(answer.rejected.map(({ index, path, code }) => [index, path, code])).toEqual([
      [0, 'events.0.name', 'INVALID'],
      [2, 'events.2.id', 'INVALID'],
      [3, 'events.3.name', 'INVALID'],
      [4, 'events.4.properties', 'INVALID'],
      [5, 'events.5.properties', 'INVALID'],
      [6, 'events.6.url', 'INVALID'],
      [7, 'events.7', 'INVALID'],
    ])
    expect(answer.rejected[2]?.message).toContain('only the server gives')
    expect(await site.logged()).toMatchObject([{ id: good.id }])
  })

  test('of which no event is good answers 400', async () => {
    const site = await makeSite()
    expect(await site.send([{ name: 'pageview' }])).toMatchObject({
      status: 400,
      accepted: 0,
      rejected: [{ path: 'events.0.id' }],
    })
  })
})

describe('time', () => {
  test('an event up to 48 hours late counts when it happened; an older one is refused', async () => {
    const site = await makeSite()
    const late = new Date(Date.now() - 47 * 3600_000)
    const tooLate = new Date(Date.now() - 49 * 3600_000)
    const answer = await site.send([
      { id: newId(late), name: 'pageview' },
      { id: newId(tooLate), name: 'pageview' },
    ])
    expect(answer).toMatchObject({ status: 200, accepted: 1, rejected: [{ index: 1, code: 'TOO_OLD' }] })
    expect((await site.logged())[0]?.at).toEqual(late)
  })

  test('a clock that is ahead is told the time; a little ahead counts as now', async () => {
    const site = await makeSite()
    const minuteAhead = new Date(Date.now() + 60_000)
    const hourAhead = new Date(Date.now() + 3600_000)
    const answer = await site.send([
      { id: newId(minuteAhead), name: 'pageview' },
      { id: newId(hourAhead), name: 'pageview' },
    ])
    expect(answer).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'CLOCK_AHEAD' }] })
    expect(Math.abs(answer.now - Date.now())).toBeLessThan(60_000)
    expect((await site.logged())[0]?.at).toEqual(new Date(answer.now))
  })
})

describe('a request that is refused whole', () => {
  test.each([
    ['not JSON', 'hello', 400, 'INVALID_JSON', undefined],
    ['an array', '[]', 400, 'INVALID_BATCH', 'body'],
    ['no events', '{"site":"x","events":[]}', 400, 'INVALID_BATCH', 'events'],
    ['too many events', JSON.stringify({ site: 'x', events: Array(101).fill({}) }), 400, 'INVALID_BATCH', 'events'],
    ['a length that is no number', '{"site":"x","events":{"length":{"toString":0}}}', 400, 'INVALID_BATCH', 'events'],
    ['a site key that is no text for a database', '{"site":"\\u0000","events":[{}]}', 400, 'INVALID_BATCH', 'site'],
    ['an unknown site', `{"site":"nobody","visitorId":"${newVisitor()}","events":[{}]}`, 404, 'UNKNOWN_SITE', 'site'],
    ['a body of 65 KiB', JSON.stringify({ padding: 'x'.repeat(65 * 1024) }), 413, 'BODY_TOO_LARGE', undefined],
  ])('%s', async (_what, body, status, code, path) => {
    const answer = await post(body)
    expect(answer).toMatchObject({ status, error: { code } })
    expect(answer.error?.path).toBe(path)
  })

  test('hostile nesting is a bad event, not a crash', async () => {
    const site = await makeSite()
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const body = `{"site":"${site.key}","visitorId":"${site.visitorId}","events":[{"id":"${newId()}","name":"x","properties":{"a":${nested},"__proto__":{"polluted":1}}}]}`
    expect(await post(body)).toMatchObject({ status: 400, rejected: [{ path: 'events.0.properties' }] })
  })
})

describe('what is not counted', () => {
  test('bots: they hear 202 and leave nothing behind', async () => {
    const site = await makeSite()
    expect(await site.send([pageview()], {}, {}, true)).toMatchObject({ status: 202, accepted: 0 })
    expect(await site.logged()).toEqual([])
  })

  test.each([['dnt'], ['sec-gpc']])('people who ask not to be tracked with %s', async (header) => {
    const site = await makeSite()
    expect(await site.send([pageview()], {}, { [header]: '1' })).toMatchObject({ status: 202, accepted: 0 })
    expect(await site.logged()).toEqual([])
  })
})

describe('a page that this server rendered', () => {
  const pageId = newVisitor()
  const experiments = { [newVisitor()]: newVisitor() }

  test('attributes events to its page, visitor and variants by a signed token', async () => {
    const site = await makeSite()
    const visitorId = newVisitor()
    const { token } = tracking.pageContext({
      workspaceId: site.workspaceId,
      siteId: site.id,
      pageId,
      visitorId,
      experiments,
    })
    expect(await site.send([pageview()], { context: token })).toMatchObject({ accepted: 1 })
    expect(await site.logged()).toMatchObject([{ pageId, visitorId, experiments }])
  })

  test('a token that was changed, or belongs to another site, is refused', async () => {
    const [site, other] = [await makeSite(), await makeSite()]
    const { token } = tracking.pageContext({
      workspaceId: site.workspaceId,
      siteId: site.id,
      pageId,
      visitorId: newVisitor(),
      experiments,
    })
    const [body = '', signature] = token.split('.')
    const claim = JSON.parse(Buffer.from(body, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claim, e: {} })).toString('base64url')
    for (const context of [`${forged}.${signature}`, `${body}.`, 'nonsense', ''])
      expect(await site.send([pageview()], { context })).toMatchObject({
        status: 400,
        error: { code: 'INVALID_CONTEXT' },
      })
    expect(await other.send([pageview()], { context: token })).toMatchObject({
      status: 400,
      error: { code: 'INVALID_CONTEXT' },
    })
  })
})

test('a workspace sees nothing of another one, not even the same event id', async () => {
  const [one, two] = [await makeSite(), await makeSite()]
  const event = pageview()
  expect(await one.send([event])).toMatchObject({ accepted: 1 })
  expect(await two.send([event])).toMatchObject({ accepted: 1, duplicates: 0 })
  expect(await one.logged()).toHaveLength(1)
  expect(await two.logged()).toHaveLength(1)
})
