import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Cache } from '../../src/cache/cache.ts'
import { type ClosableCache, createCache } from '../../src/cache/createCache.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { hasRedis, TestRedis } from '../../src/testing/redis.ts'
import { hostileNames } from '../live/hostile.ts'

const log = pino({ level: 'silent' })
const minute = { ttlSeconds: 60 }

/** A source whose value changes, and which counts how often it is asked. */
function source<Value>(value: Value) {
  const make = vi.fn(async () => current.value)
  const current = { value, make }
  return current
}

/** What holds for every cache; `open` gives one, and another one each time that shares what the first keeps. */
function behavesAsACache(open: () => Promise<Cache>) {
  let workspace = 0
  const fresh = () => `workspace-${workspace++}/`

  it('computes once and remembers, as JSON', async () => {
    const cache = await open()
    const at = source({ at: new Date(0), list: [1, null], nothing: undefined })
    const a = fresh()
    const first = await cache.getOrSet(a, 'k', at.make, minute)
    const second = await cache.getOrSet(a, 'k', at.make, minute)
    expect(first).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [1, null] })
    expect(second).toEqual(first)
    expect(second).not.toBe(first)
    expect(at.make).toHaveBeenCalledTimes(1)
  })

  it('remembers null, false, zero and the empty text; not what JSON cannot hold', async () => {
    const cache = await open()
    const a = fresh()
    for (const value of [null, false, 0, '']) {
      const one = source(value)
      expect(await cache.getOrSet(a, `${typeof value}`, one.make, minute)).toBe(value)
      expect(await cache.getOrSet(a, `${typeof value}`, one.make, minute)).toBe(value)
      expect(one.make).toHaveBeenCalledTimes(1)
    }
    const nothing = source(undefined)
    await cache.getOrSet(a, 'nothing', nothing.make, minute)
    expect(await cache.getOrSet(a, 'nothing', nothing.make, minute)).toBeUndefined()
    expect(nothing.make).toHaveBeenCalledTimes(2)
  })

  it('computes once for all who ask at the same time', async () => {
    const cache = await open()
    const slow = Promise.withResolvers<number>()
    const make = vi.fn(() => slow.promise)
    const a = fresh()
    const all = Array.from({ length: 100 }, () => cache.getOrSet(a, 'k', make, minute))
    await eventually(() => expect(make).toHaveBeenCalled())
    slow.resolve(7)
    expect(new Set(await Promise.all(all))).toEqual(new Set([7]))
    expect(make).toHaveBeenCalledTimes(1)
  })

  it('passes the error of the computation on as it is, and remembers nothing', async () => {
    const cache = await open()
    const a = fresh()
    const problem = new TypeError('not today')
    await expect(cache.getOrSet(a, 'k', () => Promise.reject(problem), minute)).rejects.toBe(problem)
    expect(await cache.getOrSet(a, 'k', async () => 'today', minute)).toBe('today')
  })

  it('forgets one key, in every process', async () => {
    const [here, there] = [await open(), await open()]
    const a = fresh()
    const price = source(1)
    await here.getOrSet(a, 'k', price.make, minute)
    await there.delete(a, 'k')
    price.value = 2
    expect(await here.getOrSet(a, 'k', price.make, minute)).toBe(2)
    expect(await there.getOrSet(a, 'k', price.make, minute)).toBe(2)
    expect(price.make).toHaveBeenCalledTimes(2)
  })

  it('forgets what carries one of the tags, in every process and nothing else', async () => {
    const [here, there] = [await open(), await open()]
    const [a, b] = [fresh(), fresh()]
    const value = source('old')
    const read = (cache: Cache) =>
      Promise.all([
        cache.getOrSet(a, 'page', value.make, { ...minute, tags: ['pages', 'page:1'] }),
        cache.getOrSet(a, 'list', value.make, { ...minute, tags: ['pages'] }),
        cache.getOrSet(a, 'other', value.make, { ...minute, tags: ['page:2'] }),
        cache.getOrSet(a, 'plain', value.make, minute),
        cache.getOrSet(b, 'page', value.make, { ...minute, tags: ['pages', 'page:1'] }),
      ])
    await read(here)
    await read(there)
    value.value = 'new'
    await here.invalidate(a, 'page:1')
    expect(await read(there)).toEqual(['new', 'old', 'old', 'old', 'old'])
    await there.invalidate(a, 'pages', 'unknown')
    expect(await read(here)).toEqual(['new', 'new', 'old', 'old', 'old'])
  })

  it.each(['invalidate', 'delete'] as const)(
    'never keeps what was read before a change and computed after it (%s)',
    async (way) => {
      const [here, there] = [await open(), await open()]
      const a = fresh()
      const options = { ...minute, tags: ['t'] }
      const slow = Promise.withResolvers<string>()
      const reading = Promise.withResolvers<void>()
      const early = here.getOrSet(
        a,
        'k',
        () => {
          reading.resolve()
          return slow.promise
        },
        options,
      )
      await reading.promise
      await there[way](a, way === 'delete' ? 'k' : 't')
      slow.resolve('from before the change')
      await early
      expect(await here.getOrSet(a, 'k', async () => 'after', options)).toBe('after')
      expect(await there.getOrSet(a, 'k', async () => 'too late', options)).toBe('after')
    },
  )

  it('hands nobody who asks after a change what is being computed from before it', async () => {
    const cache = await open()
    const a = fresh()
    const options = { ...minute, tags: ['t'] }
    const slow = Promise.withResolvers<string>()
    const reading = Promise.withResolvers<void>()
    const early = cache.getOrSet(
      a,
      'k',
      () => {
        reading.resolve()
        return slow.promise
      },
      options,
    )
    await reading.promise
    await cache.invalidate(a, 't')
    expect(await cache.getOrSet(a, 'k', async () => 'after', options)).toBe('after')
    slow.resolve('before')
    expect(await early).toBe('before')
    expect(await cache.getOrSet(a, 'k', async () => 'too late', options)).toBe('after')
  })

  it('keeps workspaces, keys and tags apart, whatever they contain', async () => {
    const cache = await open()
    await fc.assert(
      fc.asyncProperty(hostileNames(2), async (names) => {
        const a = fresh()
        const read = (value: number) =>
          Promise.all(
            names.map(([workspace, key = ''], index) =>
              cache.getOrSet(a + workspace, key, async () => value + index, { ...minute, tags: [key] }),
            ),
          )
        expect(await read(0)).toEqual(names.map((_, index) => index))
        await cache.invalidate(a + names[0]?.[0], names[0]?.[1] ?? '')
        expect(await read(100)).toEqual(names.map((_, index) => (index === 0 ? 100 : index)))
      }),
      { numRuns: 50 },
    )
  })

  it('refuses a time to live that is none', async () => {
    const cache = await open()
    for (const ttlSeconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(cache.getOrSet('a', 'k', async () => 1, { ttlSeconds })).rejects.toThrow('Give a number above 0.')
    }
  })
}

describe('The cache in memory', () => {
  const shared = createCache({ log })
  behavesAsACache(async () => shared)

  it('forgets each entry after its own time', async () => {
    const time = new ManualTime()
    const cache = createCache({ log, clock: time })
    const [short, long] = [source(1), source(1)]
    const read = async () => {
      await cache.getOrSet('a', 'short', short.make, { ttlSeconds: 1 })
      await cache.getOrSet('a', 'long', long.make, { ttlSeconds: 10, tags: ['t'] })
      return [short.make.mock.calls.length, long.make.mock.calls.length]
    }
    await read()
    time.advance(999)
    expect(await read()).toEqual([1, 1])
    time.advance(2)
    expect(await read()).toEqual([2, 1])
    time.advance(10_000)
    expect(await read()).toEqual([3, 2])
  })

  it('holds a bounded amount and drops what was not used for longest', async () => {
    const cache = createCache({ log })
    const megabyte = 'x'.repeat(1024 * 1024)
    const first = source(megabyte)
    await cache.getOrSet('a', 'first', first.make, minute)
    for (let index = 0; index < 40; index++) await cache.getOrSet('a', `${index}`, async () => megabyte, minute)
    await cache.getOrSet('a', 'first', first.make, minute)
    expect(first.make).toHaveBeenCalledTimes(2)
  })
})

describe.skipIf(!hasRedis())('The cache in Redis', () => {
  let redis: TestRedis
  const caches: ClosableCache[] = []

  beforeAll(async () => {
    redis = await TestRedis.start()
  })
  afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())))
  afterAll(() => redis.stop())

  /** As another server process has it: with a connection of its own. */
  async function open(timers?: ManualTime): Promise<ClosableCache> {
    const cache = createCache({ redisUrl: redis.url, log, ...(timers && { timers }) })
    caches.push(cache)
    await cache.ready
    return cache
  }

  behavesAsACache(open)

  it('shares what one process computed with the others', async () => {
    const [here, there] = [await open(), await open()]
    const value = source('computed once')
    await here.getOrSet('shared', 'k', value.make, { ...minute, tags: ['t'] })
    expect(await there.getOrSet('shared', 'k', value.make, { ...minute, tags: ['t'] })).toBe('computed once')
    expect(value.make).toHaveBeenCalledTimes(1)
  })

  it('forgets each entry after its own time', async () => {
    const cache = await open()
    const value = source(1)
    await cache.getOrSet('timed', 'k', value.make, { ttlSeconds: 0.05 })
    await eventually(async () => {
      await cache.getOrSet('timed', 'k', value.make, { ttlSeconds: 60 })
      expect(value.make).toHaveBeenCalledTimes(2)
    })
  })

  it('computes while Redis is gone, and makes up for the invalidations when it is back', async () => {
    const time = new ManualTime()
    const [here, there] = [await open(time), await open(time)]
    const value = source('old')
    const options = { ...minute, tags: ['t'] }
    // The entry outlives a Redis that hangs, as one outlives a broken network.
    await here.getOrSet('gone', 'k', value.make, options)
    redis.hang()
    value.value = 'new'
    expect(await here.getOrSet('gone', 'k', value.make, options)).toBe('new')
    await here.invalidate('gone', 't')
    redis.resume()
    time.advance(1_000)
    await eventually(async () => {
      time.advance(1_000)
      expect(await here.getOrSet('gone', 'k', value.make, options)).toBe('new')
      expect(await there.getOrSet('gone', 'k', value.make, options)).toBe('new')
    })
  })

  it('starts also where Redis is late with its first answer', async () => {
    redis.hang()
    // Longer than an answer may take, which is what is tried here.
    setTimeout(() => redis.resume(), 700)
    const cache = await open()
    const value = source(1)
    expect(await cache.getOrSet('late', 'k', value.make, minute)).toBe(1)
    expect(await cache.getOrSet('late', 'k', value.make, minute)).toBe(1)
    expect(value.make).toHaveBeenCalledTimes(1)
  })

  it('computes at once when Redis has crashed, and remembers again after its restart', async () => {
    const time = new ManualTime()
    const cache = await open(time)
    await redis.kill()
    const value = source(1)
    expect(await cache.getOrSet('crash', 'k', value.make, minute)).toBe(1)
    await cache.invalidate('crash', 't')
    await cache.delete('crash', 'k')
    await redis.restart()
    await eventually(async () => {
      time.advance(1_000)
      await cache.getOrSet('crash', 'k', value.make, minute)
      const calls = value.make.mock.calls.length
      await cache.getOrSet('crash', 'k', value.make, minute)
      expect(value.make).toHaveBeenCalledTimes(calls)
    })
  })
})
