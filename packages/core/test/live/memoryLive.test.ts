import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { type ClosableLive, createLive } from '../../src/live/createLive.ts'
import { defineTopic, type Live } from '../../src/live/topic.ts'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { collect, settled, take } from './collect.ts'
import { hostileNames } from './hostile.ts'

const log = pino({ level: 'silent' })
const said = defineTopic<string>({ name: 'test.said' })
const counted = defineTopic<number>({ name: 'test.counted', coalesce: (earlier, later) => earlier + later })

function start(): { live: ClosableLive; time: ManualTime } {
  const time = new ManualTime()
  return { live: createLive({ log, timers: time }), time }
}

describe('A live topic', () => {
  it('reaches every subscriber of its workspace and key, from the moment of the subscription', async () => {
    const { live } = start()
    live.publish('a', said, 'page', 'too early')
    const first = live.subscribe('a', said, 'page')
    const second = live.subscribe('a', said, 'page')
    live.publish('a', said, 'page', 'hello')
    expect(await take(first, 1)).toEqual([{ message: 'hello', gap: 0 }])
    expect(await take(second, 1)).toEqual([{ message: 'hello', gap: 0 }])
  })

  it('holds 64 messages for a subscriber that does not read, and then says how many it dropped', async () => {
    const { live } = start()
    const slow = live.subscribe('a', said, 'page')
    for (let index = 0; index < 1_000; index++) live.publish('a', said, 'page', `${index}`)
    const messages = await take(slow, 64)
    expect(messages[0]).toEqual({ message: '936', gap: 936 })
    expect(messages.at(-1)).toEqual({ message: '999', gap: 0 })
  })

  it('hands over copies in JSON, as between processes', async () => {
    const { live } = start()
    const topic = defineTopic<{ at: Date; tags: string[] }>({ name: 'test.dated' })
    const subscription = live.subscribe('a', topic, '')
    const message = { at: new Date(0), tags: ['x'] }
    live.publish('a', topic, '', message)
    message.tags.push('y')
    expect((await take(subscription, 1))[0]?.message).toEqual({ at: '1970-01-01T00:00:00.000Z', tags: ['x'] })
  })

  it('never fails its publisher, who has already committed', () => {
    const { live } = start()
    const topic = defineTopic<unknown>({ name: 'test.any' })
    live.subscribe('a', topic, '')
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(() => {
      live.publish('a', topic, '', circle)
      live.publish('a', topic, '', 1n)
      live.publish('a', topic, '', undefined)
    }).not.toThrow()
  })

  it('ends with the signal, with the reader, and with the kernel', async () => {
    const { live } = start()
    const stop = new AbortController()
    const bySignal = collect(live.subscribe('a', said, '', stop.signal))
    const byKernel = collect(live.subscribe('a', said, ''))
    for await (const { message } of subscribeThenSay(live, 'once')) {
      expect(message).toBe('once')
      break
    }
    stop.abort()
    await bySignal.end
    live.publish('a', said, '', 'later')
    await settled()
    await live.close()
    await byKernel.end
    expect(bySignal.map(({ message }) => message)).toEqual(['once'])
    expect(byKernel.map(({ message }) => message)).toEqual(['once', 'later'])
    expect(await live.subscribe('a', said, '').next()).toEqual({ done: true, value: undefined })
    expect(await live.subscribe('a', said, '', stop.signal).next()).toEqual({ done: true, value: undefined })
  })

  function subscribeThenSay(live: Live, message: string) {
    const subscription = live.subscribe('a', said, '')
    live.publish('a', said, '', message)
    return subscription
  }
})

describe('A coalesced topic', () => {
  it('delivers the first message at once and merges the rest, at most 4 a second', async () => {
    const { live, time } = start()
    const heard = collect(live.subscribe('a', counted, 'page'))
    for (let tick = 0; tick < 100; tick++) {
      live.publish('a', counted, 'page', 1)
      await settled()
      if (tick === 0) expect(heard.map(({ message }) => message)).toEqual([1])
      time.advance(10)
    }
    await settled()
    // 100 messages over one second: at 0, 250, 500, 750 and 1000 ms.
    expect(heard).toHaveLength(5)
    expect(heard.reduce((sum, { message }) => sum + message, 0)).toBe(100)
    expect(heard.every(({ gap }) => gap === 0)).toBe(true)
  })

  it('paces each key and each workspace by itself', async () => {
    const { live } = start()
    const heard = ['a', 'b'].flatMap((workspace) =>
      ['x', 'y'].map((key) => collect(live.subscribe(workspace, counted, key))),
    )
    for (const workspace of ['a', 'b']) for (const key of ['x', 'y']) live.publish(workspace, counted, key, 1)
    await settled()
    expect(heard.map((messages) => messages.length)).toEqual([1, 1, 1, 1])
  })

  it('leaves no timer behind: not when it is quiet, not when nobody listens, not after its subscriber left', async () => {
    const { live, time } = start()
    live.publish('a', counted, 'page', 1)
    expect(time.pending).toBe(0)
    const subscription = live.subscribe('a', counted, 'page')
    live.publish('a', counted, 'page', 1)
    live.publish('a', counted, 'page', 1)
    expect(time.pending).toBe(1)
    time.advance(500)
    expect(time.pending).toBe(0)
    live.publish('a', counted, 'page', 1)
    await subscription.return?.()
    expect(time.pending).toBe(0)
  })

  it('goes on with the later message when its merge fails', async () => {
    const { live, time } = start()
    const broken = defineTopic<number>({
      name: 'test.broken',
      coalesce: () => {
        throw new Error('a bug')
      },
    })
    const heard = collect(live.subscribe('a', broken, ''))
    for (const message of [1, 2, 3]) live.publish('a', broken, '', message)
    time.advance(250)
    await settled()
    expect(heard.map(({ message }) => message)).toEqual([1, 3])
  })
})

describe('Workspaces', () => {
  it('hear only their own topics and keys, whatever these contain', () =>
    fc.assert(
      fc.asyncProperty(hostileNames(3), async (names) => {
        const { live } = start()
        const addresses = names.map(([workspace = '', topic = '', key = '']) => ({
          workspace,
          topic: defineTopic<number>({ name: topic }),
          key,
        }))
        const heard = addresses.map(({ workspace, topic, key }) => collect(live.subscribe(workspace, topic, key)))
        for (const [index, { workspace, topic, key }] of addresses.entries()) live.publish(workspace, topic, key, index)
        await settled()
        expect(heard.map((messages) => messages.map(({ message }) => message))).toEqual(
          names.map((_, index) => [index]),
        )
      }),
      { numRuns: 300 },
    ))
})
