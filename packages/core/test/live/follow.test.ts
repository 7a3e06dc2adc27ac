import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLive } from '../../src/live/createLive.ts'
import { follow } from '../../src/live/follow.ts'
import { defineTopic } from '../../src/live/topic.ts'
import { collect, settled, take } from './collect.ts'

const changed = defineTopic<string>({ name: 'test.changed' })
const start = () => createLive({ log: pino({ level: 'silent' }) })

describe('Following a topic', () => {
  it('ticks at once and after a message, once for all that was said in between', async () => {
    const live = start()
    const ticks = follow(live, 'a', changed, 'page')
    await take(ticks, 1)
    for (let index = 0; index < 10; index++) live.publish('a', changed, 'page', `${index}`)
    await settled()
    await take(ticks, 1)
    const next = ticks.next()
    live.publish('b', changed, 'page', 'of another workspace')
    await settled()
    live.publish('a', changed, 'page', 'again')
    expect(await next).toEqual({ done: false, value: true })
  })

  it('ends at once for a reader who leaves while waiting, and with the signal', async () => {
    const live = start()
    const ticks = follow(live, 'a', changed, 'page')
    await take(ticks, 1)
    const waiting = ticks.next()
    await ticks.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })

    const stop = new AbortController()
    const heard = collect(follow(live, 'a', changed, 'page', stop.signal))
    await settled()
    stop.abort()
    expect(await heard.end).toBeUndefined()
    expect([...heard]).toEqual([true])
  })
})
