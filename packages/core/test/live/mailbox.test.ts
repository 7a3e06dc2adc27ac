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
