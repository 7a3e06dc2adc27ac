import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Principal } from '../../src/access/principal.ts'
import { type Caller, RateLimits } from '../../src/http/rateLimits.ts'
import { get } from '../../src/http/route.ts'
import { hasRedis, TestRedis } from '../../src/testing/redis.ts'
import { apiKey, credentialsOf, person } from './people.ts'
import { startServer } from './testServer.ts'

const limited = (points: number) =>
  get('/limited', { access: 'anonymous', limit: { points, seconds: 60 } }, () => new Response('ok'))

describe('A route with a limit', () => {
  it('answers until the budget is used up, then 429 with when to come back', async () => {
    const { url } = await startServer({ routes: [{ plugin: 'p', route: limited(2), service: 0 }] })
    const first = await fetch(`${url}/limited`)
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=2;w=60')
    expect(first.headers.get('ratelimit')).toBe('"default";r=1;t=60')
    expect((await fetch(`${url}/limited`)).headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/)
    const refused = await fetch(`${url}/limited`)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/)
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } })
  })

  it('counts clients behind a trusted proxy apart, and does not believe them otherwise', async () => {
    const route = { plugin: 'p', route: limited(1), service: 0 }
    const behind = await startServer({ routes: [route], trustProxy: 1 })
    const from = (url: string, forwarded: string) =>
      fetch(`${url}/limited`, { headers: { 'x-forwarded-for': forwarded } }).then((r) => r.status)
    expect(await from(behind.url, '203.0.113.1')).toBe(200)
    expect(await from(behind.url, '203.0.113.2')).toBe(200)
    expect(await from(behind.url, '198.51.100.9, 203.0.113.1')).toBe(429)
    const direct = await startServer({ routes: [route] })
    expect(await from(direct.url, '203.0.113.1')).toBe(200)
    expect(await from(direct.url, '203.0.113.2')).toBe(429)
  })

  it('lets owners and admins pass', async () => {
    const { url } = await startServer({
      routes: [{ plugin: 'p', route: limited(1), service: 0 }],
      authenticator: credentialsOf({ ada: person('ada', 'admin'), eve: person('eve', 'editor') }),
    })
    const as = async (name: string) =>
      (await fetch(`${url}/limited`, { headers: { cookie: `session=${name}` } })).status
    expect([await as('ada'), await as('ada'), await as('ada')]).toEqual([200, 200, 200])
    expect([await as('eve'), await as('eve')]).toEqual([200, 429])
  })
})

describe('Budgets', () => {
  const log = pino({ level: 'silent' })
  const anyone: Caller = { address: '203.0.113.7', principal: undefined }
  const key = (id: string): Caller => ({ address: '203.0.113.7', principal: apiKey(id).principal as Principal })

  it('are 100 a minute by address for strangers and by key for API keys, unless configured', async () => {
    const limits = new RateLimits({ log })
    expect(await limits.take('r', anyone, undefined)).toMatchObject({
      policy: { points: 100, seconds: 60 },
      remaining: 99,
    })
    expect(await limits.take('r', key('a'), undefined)).toMatchObject({
      policy: { points: 100, seconds: 60 },
      remaining: 99,
    })
    const generous = new RateLimits({ log, defaults: { apiKey: { points: 5_000, seconds: 60 } } })
    expect(await generous.take('r', key('a'), undefined)).toMatchObject({ remaining: 4_999 })
  })

  it('are apart for each key, each address, each /64 and each thing that is limited', async () => {
    const limits = new RateLimits({ log })
    const once = { points: 1, seconds: 60 }
    const refused = async (name: string, caller: Caller) => (await limits.take(name, caller, once))?.refused
    expect(await refused('r', key('a'))).toBe(false)
    expect(await refused('r', key('b'))).toBe(false)
    expect(await refused('r', key('a'))).toBe(true)
    expect(await refused('other', key('a'))).toBe(false)
    expect(await refused('r', { address: '2001:db8::1', principal: undefined })).toBe(false)
    expect(await refused('r', { address: '2001:db8::2', principal: undefined })).toBe(true)
    expect(await refused('r', { address: '2001:db8:0:1::2', principal: undefined })).toBe(false)
  })

  it('begin anew when their window has ended, each by itself', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const limits = new RateLimits({ log })
    const policy = { points: 1, seconds: 60 }
    const ask = async (id: string) => {
      const answer = await limits.take('r', key(id), policy)
      return [answer?.refused, answer?.resetSeconds]
    }
    expect(await ask('a')).toEqual([false, 60])
    vi.advanceTimersByTime(45_000)
    expect(await ask('b')).toEqual([false, 60])
    expect(await ask('a')).toEqual([true, 15])
    vi.advanceTimersByTime(15_000)
    expect(await ask('a')).toEqual([false, 60])
    expect(await ask('b')).toEqual([true, 45])
    expect(await limits.spent('r', key('a'), policy)).toMatchObject({ refused: true, resetSeconds: 60 })
    vi.advanceTimersByTime(60_000)
    expect(await limits.spent('r', key('a'), policy)).toBeUndefined()
  })

  it('can be declared away', async () => {
    expect(await new RateLimits({ log }).take('r', anyone, false)).toBeUndefined()
  })

  it.skipIf(!hasRedis())('are counted across processes in Redis', async () => {
    const redis = await TestRedis.start()
    onTestFinished(() => redis.stop())
    const [one, other] = [new RateLimits({ log, redisUrl: redis.url }), new RateLimits({ log, redisUrl: redis.url })]
    const policy = { points: 50, seconds: 60 }
    // Until both connections stand, each counts for itself.
    await expect
      .poll(async () => [
        (await one.take('r', anyone, policy))?.remaining,
        (await other.take('r', anyone, policy))?.remaining,
      ])
      .toSatisfy(([a, b]) => (a as number) === (b as number) + 1)
    one.close()
    other.close()
  })

  it.skipIf(!hasRedis())('are counted in memory while Redis does not answer, and no request fails', async () => {
    const redis = await TestRedis.start()
    onTestFinished(() => redis.stop())
    const limits = new RateLimits({ log, redisUrl: redis.url })
    await limits.take('r', anyone, { points: 3, seconds: 60 })
    await redis.kill()
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => limits.take('s', anyone, { points: 3, seconds: 60 })))
    expect(answers.map((answer) => answer?.refused)).toEqual([false, false, false, true, true])
    limits.close()
  })
})

describe('Wrong credentials', () => {
  it('are limited by address, before the next guess is looked up', async () => {
    const people = credentialsOf({})
    let lookups = 0
    const { url } = await startServer({
      routes: [{ plugin: 'p', route: get('/x', { access: 'p:read', limit: false }, () => new Response()), service: 0 }],
      authenticator: {
        ...people,
        authenticate: (credentials) => {
          lookups += 1
          return people.authenticate(credentials)
        },
      },
    })
    const guess = async (n: number) =>
      (await fetch(`${url}/x`, { headers: { authorization: `Bearer guess-${n}` } })).status
    for (let n = 0; n < 30; n += 1) expect(await guess(n)).toBe(401)
    expect(await guess(31)).toBe(429)
    expect(lookups).toBe(30)
  })
})
