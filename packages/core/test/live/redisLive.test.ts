import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ClosableLive, createLive } from '../../src/live/createLive.ts'
import { defineTopic } from '../../src/live/topic.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { hasRedis, TestRedis } from '../../src/testing/redis.ts'
import { collect, take } from './collect.ts'
import { heldBytes } from './heap.ts'

const log = pino({ level: 'silent' })
const said = defineTopic<string>({ name: 'test.said' })
const counted = defineTopic<number>({ name: 'test.counted', coalesce: (earlier, later) => earlier + later })
const watched = defineTopic<string>({ name: 'test.watched', afterGap: (key) => `read ${key} again` })

describe.skipIf(!hasRedis())('Live topics over Redis', () => {
  let redis: TestRedis
  let running: ClosableLive[] = []
  let inspectors: Redis[] = []

  beforeAll(async () => {
    redis = await TestRedis.start()
  })
  afterEach(async () => {
    for (const inspector of inspectors.splice(0)) inspector.disconnect()
    await Promise.all(running.splice(0).map((live) => live.close()))
  })
  afterAll(() => redis.stop())

  /** As another server process has it: with connections of its own. */
  async function server(timers?: ManualTime): Promise<ClosableLive> {
    const live = createLive({ redisUrl: redis.url, log, ...(timers && { timers }) })
    running = [...running, live]
    await live.ready
    return live
  }

  /** A connection of the test's own, to see what happens on Redis itself. */
  async function inspect(): Promise<Redis> {
    const inspector = new Redis(redis.url)
    inspectors = [...inspectors, inspector]
    // To subscribe any earlier disturbs what the client itself asks first.
    await once(inspector, 'ready')
    return inspector
  }

  it('reach the subscribers of another process, and each of their own once', async () => {
    const [here, there] = [await server(), await server()]
    const own = here.subscribe('a', said, 'page')
    const other = there.subscribe('a', said, 'page')
    await Promise.all([own.ready, other.ready])
    for (const message of ['1', '2', '3']) here.publish('a', said, 'page', message)
    there.publish('a', said, 'page', 'last')
    expect((await take(other, 4)).map(({ message }) => message).sort()).toEqual(['1', '2', '3', 'last'])
    expect((await take(own, 4)).map(({ message }) => message)).toEqual(['1', '2', '3', 'last'])
  })

  it('come from a process of its own', async () => {
    const live = await server()
    const subscription = live.subscribe('a', said, 'a page: "é" \n*')
    await subscription.ready
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'publishFromChild.ts'), redis.url, 'a', 'a page: "é" \n*', 'hello', 'world'],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    expect((await take(subscription, 2)).map(({ message }) => message)).toEqual(['hello', 'world'])
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('stay in their workspace, with hostile keys and patterns too', async () => {
    const [here, there] = [await server(), await server()]
    const names = ['a', 'b', '*', 'a","test.said', '\ud800', ''] as const
    const subscriptions = names.flatMap((workspace) =>
      names.map((key) => ({ workspace, key, live: there.subscribe(workspace, said, key) })),
    )
    await Promise.all(subscriptions.map(({ live }) => live.ready))
    for (const { workspace, key } of subscriptions) here.publish(workspace, said, key, JSON.stringify([workspace, key]))
    for (const { workspace, key, live } of subscriptions) {
      expect((await take(live, 1))[0]?.message).toBe(JSON.stringify([workspace, key]))
    }
    // What anybody got beside its own would come before this.
    for (const { workspace, key } of subscriptions) here.publish(workspace, said, key, 'end')
    for (const { live } of subscriptions) expect((await take(live, 1))[0]?.message).toBe('end')
  })

  it('listen on Redis only while somebody subscribes, on one channel for all of them', async () => {
    const live = await server()
    const inspector = await inspect()
    const listening = async () => ((await inspector.pubsub('CHANNELS', 'espalier:0:live:*')) as string[]).length
    const first = live.subscribe('a', said, 'page')
    const second = live.subscribe('a', said, 'page')
    await Promise.all([first.ready, second.ready])
    expect(await listening()).toBe(1)
    await first.return?.()
    const third = live.subscribe('a', said, 'page')
    await second.return?.()
    await third.ready
    expect(await listening()).toBe(1)
    await third.return?.()
    await eventually(async () => expect(await listening()).toBe(0))
  })

  it('coalesce on both sides: every count arrives, in few messages', async () => {
    const [here, there] = [await server(), await server()]
    const inspector = await inspect()
    const subscription = there.subscribe('a', counted, 'page')
    await subscription.ready
    const sent: number[] = []
    await inspector.subscribe('espalier:0:live:["a","test.counted","page"]')
    inspector.on('message', (_channel, payload: string) => sent.push(JSON.parse(payload)[1]))
    for (let index = 0; index < 1_000; index++) here.publish('a', counted, 'page', 1)
    let sum = 0
    while (sum < 1_000) sum += (await take(subscription, 1))[0]?.message ?? 0
    expect(sum).toBe(1_000)
    await eventually(() => expect(sent).toEqual([1, 999]))
  })

  it('send what still waits when the process stops', async () => {
    const [here, there] = [await server(), await server()]
    const subscription = there.subscribe('a', counted, 'page')
    await subscription.ready
    for (let index = 0; index < 5; index++) here.publish('a', counted, 'page', 1)
    await here.close()
    const heard = await take(subscription, 2)
    expect(heard.map(({ message }) => message)).toEqual([1, 4])
  })

  it('tell their subscribers of a gap after Redis was restarted, and go on', async () => {
    const [here, there] = [await server(), await server()]
    const plain = there.subscribe('a', said, 'page')
    const reading = there.subscribe('a', watched, 'page')
    await Promise.all([plain.ready, reading.ready])
    await redis.kill()
    here.publish('a', said, 'page', 'lost')
    await redis.restart()
    // What must not go stale hears of it as soon as the connection is back.
    expect(await take(reading, 1)).toEqual([{ message: 'read page again', gap: expect.any(Number) }])
    // The rest hears of it with the next message, which gets through as soon as the sender is back too.
    const heard = take(plain, 1)
    await eventually(async () => {
      here.publish('a', said, 'page', 'again')
      await Promise.race([heard, Promise.reject(new Error('not yet'))])
    })
    const [first] = await heard
    expect(first?.message).toBe('again')
    expect(first?.gap).toBeGreaterThanOrEqual(1)
  })

  it('never fail or delay a publisher while Redis is gone, and hold nothing for it', async () => {
    const [here, there] = [await server(), await server()]
    const own = here.subscribe('a', said, 'page')
    const other = there.subscribe('a', watched, 'page')
    await Promise.all([own.ready, other.ready])
    await redis.kill()
    const message = 'x'.repeat(1_000)
    const before = heldBytes()
    for (let index = 0; index < 100_000; index++) here.publish('a', said, 'page', message)
    expect(heldBytes() - before).toBeLessThan(30 * 1024 * 1024)
    expect((await take(own, 64)).at(-1)?.message).toBe(message)
    await redis.restart()
    expect((await take(other, 1))[0]?.message).toBe('read page again')
  })

  it('hold a bounded amount for a Redis that hangs, and tell the others what they missed', async () => {
    const [here, there] = [await server(), await server()]
    const other = there.subscribe('a', watched, 'page')
    await other.ready
    redis.hang()
    const message = 'x'.repeat(10_000)
    const before = heldBytes()
    for (let index = 0; index < 20_000; index++) here.publish('a', said, 'page', message)
    expect(heldBytes() - before).toBeLessThan(60 * 1024 * 1024)
    redis.resume()
    expect(await take(other, 1)).toEqual([{ message: 'read page again', gap: expect.any(Number) }])
  })

  it('notice a connection that is dead without having been closed', async () => {
    const time = new ManualTime()
    const live = await server(time)
    const quiet = live.subscribe('a', watched, 'page')
    await quiet.ready
    const heard = take(quiet, 1)
    redis.hang()
    time.advance(5_000)
    time.advance(5_000)
    redis.resume()
    // Nobody has said anything: only a new connection tells a gap.
    expect(await heard).toEqual([{ message: 'read page again', gap: expect.any(Number) }])
    await live.close()
    expect(time.pending).toBe(0)
  })

  it('say in one line which Redis does not answer, without its password', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as { port: number }
    probe.close()
    const live = createLive({ redisUrl: `redis://:secret@127.0.0.1:${port}`, log })
    const error = await live.ready.catch((error: Error) => error)
    expect(error).toMatchObject({ name: 'StartError', code: 'REDIS_UNREACHABLE' })
    expect((error as Error).message).toContain(`127.0.0.1:${port}`)
    expect((error as Error).message).not.toContain('secret')
    await live.close()
  })

  it('leave nothing running: no subscription, no connection', async () => {
    const live = await server()
    const heard = collect(live.subscribe('a', said, 'page'))
    await live.close()
    await heard.end
    live.publish('a', said, 'page', 'nobody')
    const inspector = await inspect()
    await eventually(async () =>
      expect(((await inspector.client('LIST')) as string).trim().split('\n')).toHaveLength(1),
    )
  })
})
