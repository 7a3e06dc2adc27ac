import type { ExecutionResult } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { marksCurrentValue } from '../../src/live/currentValue.ts'
import { Mailbox } from '../../src/live/mailbox.ts'
import { SharedSubscriptions, type SubscriptionRequest } from '../../src/live/sharedSubscriptions.ts'
import { SubscriberStalledError } from '../../src/live/subscriber.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { collect, settled, take } from './collect.ts'
import { heldBytes } from './heap.ts'

const log = pino({ level: 'silent' })

/** An execution that the test drives: what it emits, how it ends, whether it was stopped. */
class Execution {
  readonly results = new Mailbox<ExecutionResult, ExecutionResult>({ capacity: 100_000, deliver: (result) => result })
  stopped = false
  readonly start = vi.fn(async (signal: AbortSignal): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> => {
    signal.addEventListener('abort', () => {
      this.stopped = true
    })
    return this.results
  })

  emit(value: unknown) {
    this.results.put({ data: { value } })
  }
}

type Options = Partial<ConstructorParameters<typeof SharedSubscriptions>[0]>

function open(options: Options = {}) {
  const time = new ManualTime()
  const shared = new SharedSubscriptions({ log, timers: time, ...options })
  const execution = new Execution()
  const subscribe = async (request: Partial<SubscriptionRequest> = {}) => {
    const results = await shared.subscribe({ group: 'g', start: execution.start, ...request })
    if (!(Symbol.asyncIterator in results)) throw new Error('The subscription was refused.')
    return results
  }
  return { time, shared, execution, subscribe }
}

const values = (results: readonly ExecutionResult[]) => results.map(({ data }) => data?.value)

describe('Equal subscriptions', () => {
  it('are executed once, and each subscriber gets every result', async () => {
    const { shared, execution, subscribe } = open()
    const heard = (await Promise.all(Array.from({ length: 50 }, () => subscribe()))).map(collect)
    for (const value of [1, 2, 3]) execution.emit(value)
    await settled()
    expect(execution.start).toHaveBeenCalledTimes(1)
    expect(shared.counts).toEqual({ groups: 1, subscribers: 50 })
    for (const results of heard) expect(values(results)).toEqual([1, 2, 3])
  })

  it('reach more than are told in one go, in order; others have their turn in between, and who comes then hears the next', async () => {
    const { execution, subscribe } = open()
    const heard = (await Promise.all(Array.from({ length: 1_200 }, () => subscribe()))).map(collect)
    execution.emit(1)
    execution.emit(2)
    await settled()
    expect(new Set(heard.map((results) => results.length))).toEqual(new Set([0, 1]))
    const late = collect(await subscribe())
    await eventually(() => expect(new Set(heard.map((results) => values(results).join()))).toEqual(new Set(['1,2'])))
    expect(values(late)).toEqual([2])
  })

  it('are executed apart when they belong to different groups', async () => {
    const { subscribe } = open()
    const [a, b] = [new Execution(), new Execution()]
    const [ofA, ofB] = [
      await subscribe({ group: 'a', start: a.start }),
      await subscribe({ group: 'b', start: b.start }),
    ]
    a.emit('for a')
    b.emit('for b')
    expect(values(await take(ofA, 1))).toEqual(['for a'])
    expect(values(await take(ofB, 1))).toEqual(['for b'])
  })

  it('stop their execution when the last subscriber leaves, and not before', async () => {
    const { time, shared, execution, subscribe } = open({ stillValid: async (all) => new Set(all) })
    const leaving = new AbortController()
    const first = await subscribe({ credential: 'x' })
    const second = collect(await subscribe({ credential: 'y', signal: leaving.signal }))
    await first.return?.()
    expect(execution.stopped).toBe(false)
    leaving.abort()
    expect(execution.stopped).toBe(true)
    await second.end
    expect(shared.counts).toEqual({ groups: 0, subscribers: 0 })
    expect(time.pending).toBe(0)
    expect(await execution.results.next()).toEqual({ done: true, value: undefined })
  })

  it('begin anew for who comes after the last has left', async () => {
    const { execution, subscribe } = open()
    await (await subscribe()).return?.()
    const again = new Execution()
    const results = await subscribe({ start: again.start })
    again.emit('new')
    expect(values(await take(results, 1))).toEqual(['new'])
    expect(execution.start).toHaveBeenCalledTimes(1)
  })

  it('give who comes later the latest value at once, where results are current values', async () => {
    const { execution, subscribe } = open()
    const early = collect(await subscribe({ currentValue: true }))
    execution.emit(1)
    execution.emit(2)
    await settled()
    const late = await subscribe({ currentValue: true })
    expect(values(await take(late, 1))).toEqual([2])
    execution.emit(3)
    expect(values(await take(late, 1))).toEqual([3])
    await settled()
    expect(values(early)).toEqual([1, 2, 3])
  })

  it('give the latest value at once, too, where the source says that it is one', async () => {
    const { execution, subscribe } = open()
    marksCurrentValue(execution.results)
    collect(await subscribe())
    execution.emit(1)
    await settled()
    expect(values(await take(await subscribe(), 1))).toEqual([1])
  })

  it('do not repeat a happening for who comes later', async () => {
    const { execution, subscribe } = open()
    collect(await subscribe())
    execution.emit('happened before')
    await settled()
    const late = await subscribe()
    execution.emit('happened after')
    expect(values(await take(late, 1))).toEqual(['happened after'])
  })

  it('all end with the error of their execution, after the results before it', async () => {
    const { shared, execution, subscribe } = open()
    const heard = [collect(await subscribe()), collect(await subscribe())]
    execution.emit('before')
    execution.results.end({ error: new Error('the source broke') })
    for (const results of heard) {
      expect(await results.end).toEqual(new Error('the source broke'))
      expect(values(results)).toEqual(['before'])
    }
    expect(shared.counts.groups).toBe(0)
  })

  it('all complete when their execution completes', async () => {
    const { execution, subscribe } = open()
    const heard = [collect(await subscribe()), collect(await subscribe())]
    execution.emit('last')
    execution.results.end()
    for (const results of heard) {
      expect(await results.end).toBeUndefined()
      expect(values(results)).toEqual(['last'])
    }
  })

  it('all get the refusal of an operation that is not started, and the next one tries again', async () => {
    const { shared } = open()
    const refusal = { errors: [] }
    const start = vi.fn(async () => refusal)
    const request = { group: 'g', start }
    expect(await Promise.all([shared.subscribe(request), shared.subscribe(request)])).toEqual([refusal, refusal])
    expect(start).toHaveBeenCalledTimes(1)
    expect(shared.counts).toEqual({ groups: 0, subscribers: 0 })
    await shared.subscribe(request)
    expect(start).toHaveBeenCalledTimes(2)
  })

  it('all get the error of an execution that fails to start', async () => {
    const { shared } = open()
    const request = { group: 'g', start: () => Promise.reject(new Error('no')) }
    const outcomes = await Promise.allSettled([shared.subscribe(request), shared.subscribe(request)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(shared.counts).toEqual({ groups: 0, subscribers: 0 })
  })

  it('do not hold who leaves while they start, and stop what was started for nobody', async () => {
    const { shared } = open()
    const leaving = new AbortController()
    const execution = new Execution()
    const starting = Promise.withResolvers<AsyncIterable<ExecutionResult>>()
    const subscription = shared.subscribe({ group: 'g', start: () => starting.promise, signal: leaving.signal })
    await settled()
    leaving.abort()
    expect(await collect((await subscription) as AsyncIterable<ExecutionResult>).end).toBeUndefined()
    starting.resolve(execution.results)
    await settled()
    execution.emit('for nobody')
    expect(await execution.results.next()).toEqual({ done: true, value: undefined })
  })

  it('end when the kernel stops', async () => {
    const { shared, subscribe, execution } = open()
    const heard = collect(await subscribe())
    shared.close()
    expect(await heard.end).toBeUndefined()
    expect(execution.stopped).toBe(true)
    expect(await collect(await subscribe()).end).toBeUndefined()
  })
})

describe('A subscriber that stops reading', () => {
  it('finds the latest 64 results, and how many it missed in front of them', async () => {
    const { execution, subscribe } = open()
    const slow = await subscribe()
    for (let value = 0; value < 1_000; value++) execution.emit(value)
    await eventually(() => expect(execution.results.size).toBe(0))
    await settled()
    const results = await take(slow, 64)
    expect(results[0]).toEqual({ data: { value: 936 }, extensions: { gap: 936 } })
    expect(results[63]).toEqual({ data: { value: 999 } })
  })

  it('is closed 10 s after its buffer overflowed, unless it reads', async () => {
    const { time, execution, subscribe } = open()
    const onCut = vi.fn()
    const stalled = await subscribe({ onCut })
    const slow = await subscribe()
    const overflow = async () => {
      for (let value = 0; value < 65; value++) execution.emit(value)
      await eventually(() => expect(execution.results.size).toBe(0))
      await settled()
    }
    await overflow()
    time.advance(9_999)
    await take(slow, 1)
    expect(onCut).not.toHaveBeenCalled()
    time.advance(1)
    expect(onCut).toHaveBeenCalledWith(expect.any(SubscriberStalledError))
    await expect(stalled.next()).rejects.toMatchObject({ code: 'SUBSCRIBER_STALLED' })
    expect(await stalled.next()).toEqual({ done: true, value: undefined })
    await overflow()
    time.advance(9_999)
    await take(slow, 64)
    time.advance(60_000)
    execution.emit('still here')
    expect(values(await take(slow, 1))).toEqual(['still here'])
  })

  it('harms nobody: 100 others get all of 10,000 results, and memory stays bounded', async () => {
    const { execution, subscribe, shared } = open()
    await subscribe()
    const counts = new Array<number>(100).fill(0)
    const gaps: unknown[] = []
    await Promise.all(
      counts.map(async (_, index) => {
        const results = await subscribe()
        void (async () => {
          for await (const { extensions } of results) {
            // A million times: an assertion here would be most of what this test costs.
            if (extensions !== undefined) gaps.push(extensions)
            counts[index] = (counts[index] ?? 0) + 1
          }
        })()
      }),
    )
    const before = heldBytes()
    for (let value = 0; value < 10_000; value++) {
      // 20 kB a result, 200 MB in all: through JSON, for a padded string would share its padding with the others.
      execution.emit(JSON.parse(JSON.stringify(`${value} `.padEnd(20_000, 'x'))))
      if (value % 32 === 31) await settled()
    }
    await eventually(() => expect(new Set(counts)).toEqual(new Set([10_000])))
    expect(gaps).toEqual([])
    expect(heldBytes() - before).toBeLessThan(20 * 1024 * 1024)
    expect(shared.counts).toEqual({ groups: 1, subscribers: 101 })
  })
})

describe('A subscriber whose sign-in is revoked', () => {
  it('is ended within 5 s, and nobody else; one question is asked about all of them', async () => {
    const revoked = new Set<string>()
    const stillValid = vi.fn(async (all: readonly string[]) => new Set(all.filter((id) => !revoked.has(id))))
    const { time, execution, subscribe } = open({ stillValid })
    const onCut = vi.fn()
    const mallory = [
      collect(await subscribe({ credential: 'mallory', onCut })),
      collect(await subscribe({ credential: 'mallory', group: 'other', start: new Execution().start })),
    ]
    const others = await Promise.all(
      ['alice', 'bob'].map(async (credential) => collect(await subscribe({ credential }))),
    )
    const anonymous = collect(await subscribe())
    await pass(time, 20)
    expect(stillValid).toHaveBeenCalledTimes(10)
    expect(stillValid).toHaveBeenLastCalledWith(['mallory', 'alice', 'bob'])

    revoked.add('mallory')
    await pass(time, 4)
    for (const results of mallory) expect(await results.end).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(onCut).toHaveBeenCalledTimes(1)
    execution.emit('a secret')
    await settled()
    expect(mallory.map((results) => values(results))).toEqual([[], []])
    for (const results of [...others, anonymous]) expect(values(results)).toEqual(['a secret'])
  })

  it('is ended although the first of the group, whose execution goes on for the others', async () => {
    const { time, execution, subscribe } = open({ stillValid: async () => new Set(['second']) })
    const first = collect(await subscribe({ credential: 'first' }))
    const second = collect(await subscribe({ credential: 'second' }))
    await pass(time, 4)
    expect(await first.end).toMatchObject({ code: 'UNAUTHENTICATED' })
    execution.emit('on it goes')
    await settled()
    expect(values(second)).toEqual(['on it goes'])
  })

  it('is ended within 5 s even where the check before hung', async () => {
    let answers = false
    const stillValid = (_: readonly string[]) =>
      answers ? Promise.resolve(new Set<string>()) : new Promise<Set<string>>(() => {})
    const { time, subscribe } = open({ stillValid })
    const results = collect(await subscribe({ credential: 'x' }))
    await pass(time, 3)
    answers = true
    await pass(time, 5)
    expect(await results.end).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('stays through a short outage of the check, and not through a long one', async () => {
    const { time, subscribe } = open({ stillValid: () => Promise.reject(new Error('no database')) })
    const onCut = vi.fn()
    const results = collect(await subscribe({ credential: 'x', onCut }))
    await pass(time, 8)
    expect(onCut).not.toHaveBeenCalled()
    await pass(time, 2)
    expect(await results.end).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(time.pending).toBe(0)
  })

  /** Seconds, with what they set in motion. */
  async function pass(time: ManualTime, seconds: number) {
    for (let second = 0; second < seconds; second++) {
      time.advance(1_000)
      await settled()
    }
  }
})
