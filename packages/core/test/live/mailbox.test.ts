import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Mailbox } from '../../src/live/mailbox.ts'
import { take } from './collect.ts'

const mailbox = (capacity: number) =>
  new Mailbox<number, { message: number; gap: number }>({ capacity, deliver: (message, gap) => ({ message, gap }) })

describe('A mailbox', () => {
  it('hands out messages in order, to a reader that waits and to one that comes later', async () => {
    const box = mailbox(4)
    const early = box.next()
    box.put(1)
    box.put(2)
    expect(await early).toEqual({ done: false, value: { message: 1, gap: 0 } })
    expect(await take(box, 1)).toEqual([{ message: 2, gap: 0 }])
  })

  it('drops the oldest when full and says how many before the next', async () => {
    const box = mailbox(2)
    for (const message of [1, 2, 3, 4, 5]) box.put(message)
    expect(box.size).toBe(2)
    expect(await take(box, 2)).toEqual([
      { message: 4, gap: 3 },
      { message: 5, gap: 0 },
    ])
  })

  it('tells a loss where it happened, also with room for one message only', async () => {
    const box = mailbox(1)
    box.put(1)
    box.lose(2)
    box.put(2)
    expect(await take(box, 1)).toEqual([{ message: 2, gap: 3 }])
  })

  it('never loses count: messages read and messages in gaps are all the messages', () => {
    const steps = fc.array(fc.oneof(fc.constant('put' as const), fc.constant('take' as const)), { maxLength: 200 })
    return fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), steps, async (capacity, script) => {
        const box = mailbox(capacity)
        let put = 0
        let expected = 1
        const read = async () => {
          const [item] = await take(box, 1)
          expect(item?.message).toBe(expected + (item?.gap ?? 0))
          expected = (item?.message ?? 0) + 1
        }
        for (const step of script) {
          if (step === 'put') box.put(++put)
          else if (box.size > 0) await read()
          expect(box.size).toBeLessThanOrEqual(capacity)
        }
        while (box.size > 0) await read()
        expect(expected).toBe(put + 1)
      }),
    )
  })

  it('ends after what waits has been read', async () => {
    const box = mailbox(4)
    box.put(1)
    box.end()
    box.put(2)
    expect(await take(box, 1)).toEqual([{ message: 1, gap: 0 }])
    expect(await box.next()).toEqual({ done: true, value: undefined })
  })

  it('gives an error to one reader, once', async () => {
    const box = mailbox(4)
    const readers = [box.next(), box.next()]
    box.end({ error: new Error('broken') })
    await expect(readers[0]).rejects.toThrow('broken')
    expect(await readers[1]).toEqual({ done: true, value: undefined })
    expect(await box.next()).toEqual({ done: true, value: undefined })
  })

  it('releases a waiting reader and forgets its messages when the reader leaves', async () => {
    const box = mailbox(4)
    const waiting = box.next()
    await box.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    box.put(1)
    expect(box.size).toBe(0)
  })
})

/** A sink that takes so many and then says that it is full. */
function sinkFor(room: number) {
  const taken: { message: number; gap: number }[] = []
  const waiting: (() => void)[] = []
  let left = room
  return {
    taken,
    waiting,
    hasRoom: () => left > 0,
    take: (item: { message: number; gap: number }) => {
      left -= 1
      taken.push(item)
    },
    onceRoom: (resume: () => void) => void waiting.push(resume),
    makeRoom: (more: number) => {
      left += more
      for (const resume of waiting.splice(0)) resume()
    },
  }
}

describe('A mailbox that is poured into a sink', () => {
  it('hands over what waits and what comes, at once and in order', async () => {
    const [box, sink] = [mailbox(4), sinkFor(10)]
    box.put(1)
    const poured = box.pour(sink)
    box.put(2)
    expect(sink.taken.map(({ message }) => message)).toEqual([1, 2])
    box.end()
    expect(await poured).toBeUndefined()
  })

  it('keeps to its capacity while the sink is full, says what was dropped, and asks for room once', async () => {
    const [box, sink] = [mailbox(2), sinkFor(1)]
    const poured = box.pour(sink)
    for (const message of [1, 2, 3, 4]) box.put(message)
    expect(box.size).toBe(2)
    expect(sink.waiting).toHaveLength(1)
    sink.makeRoom(1)
    expect(sink.waiting).toHaveLength(1)
    box.end()
    sink.makeRoom(5)
    expect(sink.taken).toEqual([
      { message: 1, gap: 0 },
      { message: 3, gap: 1 },
      { message: 4, gap: 0 },
    ])
    expect(await poured).toBeUndefined()
  })

  it('ends with the error that ended it, after what waits', async () => {
    const [box, sink] = [mailbox(2), sinkFor(0)]
    const poured = box.pour(sink)
    box.put(1)
    box.end({ error: new Error('over') })
    sink.makeRoom(1)
    await expect(poured).rejects.toThrow('over')
    expect(sink.taken).toHaveLength(1)
  })

  it('can be left while the sink is full', async () => {
    const [box, sink] = [mailbox(2), sinkFor(0)]
    const poured = box.pour(sink)
    box.put(1)
    await box.return()
    expect(await poured).toBeUndefined()
    sink.makeRoom(1)
    expect(sink.taken).toEqual([])
  })

  it('fails by itself where the sink fails, and not whoever puts', async () => {
    const box = mailbox(2)
    const failing = { ...sinkFor(1), take: () => fail() }
    const poured = box.pour(failing)
    box.put(1)
    await expect(poured).rejects.toThrow('cannot be encoded')
  })
})

function fail(): never {
  throw new Error('cannot be encoded')
}
