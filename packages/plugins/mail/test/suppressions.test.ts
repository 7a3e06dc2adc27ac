import { ManualTime, testDatabase, testHost } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AddressKeys } from '../src/addressKeys.ts'
import { Suppressions } from '../src/suppressions.ts'

const { db, createWorkspace } = await testDatabase()
const clock = new ManualTime(new Date('2026-05-04T10:00:00Z'))
const host = testHost(db, { settings: z.object({}), clock })
const suppressions = new Suppressions(new AddressKeys(host.deriveSecret('addresses')))
const workspace = async () => host.workspace(await createWorkspace())

type Held = Awaited<ReturnType<typeof suppressions.isSuppressed>>

describe('an address that is held', () => {
  test.each<[string, 'complaint' | 'hardBounce' | 'manual' | 'unsubscribe', string, Held[]]>([
    // [marketing, marketing of the topic, transactional, transactional with the topic]
    ['after a hard bounce: everything', 'hardBounce', '', Array(4).fill('hardBounce')],
    ['after a complaint: everything', 'complaint', '', Array(4).fill('complaint')],
    ['by hand: everything', 'manual', '', Array(4).fill('manual')],
    [
      'unsubscribed from all: whatever one can unsubscribe from',
      'unsubscribe',
      '',
      ['unsubscribe', 'unsubscribe', null, 'unsubscribe'],
    ],
    ['unsubscribed from a topic: that topic', 'unsubscribe', 'news', [null, 'unsubscribe', null, 'unsubscribe']],
  ])('%s', async (_name, reason, topic, expected) => {
    const context = await workspace()
    await suppressions.add(context, { address: 'ada@example.com', reason, topic })
    const ask = (about: string | null, mailClass: 'marketing' | 'transactional') =>
      suppressions.isSuppressed(context, 'ada@example.com', about, mailClass)
    expect([
      await ask(null, 'marketing'),
      await ask('news', 'marketing'),
      await ask(null, 'transactional'),
      await ask('news', 'transactional'),
    ]).toEqual(expected)
  })

  test('is held in every spelling, and nobody else is', async () => {
    const context = await workspace()
    await suppressions.add(context, { address: 'Zoé@Bücher.example', reason: 'complaint' })
    const held = (address: string) => suppressions.isSuppressed(context, address, null, 'marketing')
    expect(await held(' zoé@xn--bcher-kva.EXAMPLE ')).toBe('complaint')
    expect(await held('Zoe\u0301@bücher.example')).toBe('complaint')
    expect(await held('zoe@bücher.example')).toBeNull()
    expect(await held('no address')).toBeNull()
  })

  test('is held in its workspace alone', async () => {
    const [here, there] = [await workspace(), await workspace()]
    await suppressions.add(here, { address: 'ada@example.com', reason: 'hardBounce' })
    expect(await suppressions.isSuppressed(there, 'ada@example.com', null, 'marketing')).toBeNull()
  })

  test('is answered for a whole claim at once', async () => {
    const context = await workspace()
    await suppressions.add(context, { address: 'one@example.com', reason: 'hardBounce' })
    await suppressions.add(context, { address: 'one@example.com', reason: 'unsubscribe' })
    const recipients = ['one', 'two', 'three'].map((name) => ({
      id: name,
      address: `${name}@example.com`,
      topic: null,
      class: 'marketing' as const,
    }))
    expect(await suppressions.among(context, recipients)).toEqual(new Map([['one', 'hardBounce']]))
    expect(await suppressions.among(context, [])).toEqual(new Map())
  })

  test('until a time, is free after it; a longer hold wins, whichever comes first', async () => {
    const context = await workspace()
    const soon = new Date('2026-05-05T10:00:00Z')
    const later = new Date('2026-05-09T10:00:00Z')
    for (const [address, untils] of [
      ['a@example.com', [soon, later]],
      ['b@example.com', [later, soon]],
    ] as const) {
      for (const until of untils) await suppressions.add(context, { address, reason: 'softBounces', until })
    }
    clock.advance(3 * 24 * 3600_000)
    expect(await suppressions.isSuppressed(context, 'a@example.com', null, 'marketing')).toBe('softBounces')
    expect(await suppressions.isSuppressed(context, 'b@example.com', null, 'marketing')).toBe('softBounces')
    expect(await suppressions.isSuppressed(context, 'b@example.com', null, 'transactional')).toBeNull()
    clock.advance(3 * 24 * 3600_000)
    expect(await suppressions.isSuppressed(context, 'a@example.com', null, 'marketing')).toBeNull()
  })
})

describe('removing', () => {
  test('what a person has said takes a reason; what a server has said does not', async () => {
    const context = await workspace()
    const complaint = await suppressions.add(context, { address: 'a@example.com', reason: 'complaint' })
    const bounce = await suppressions.add(context, { address: 'a@example.com', reason: 'hardBounce' })
    await expect(suppressions.remove(context, complaint?.id ?? '', '  ')).rejects.toThrow('Say why')
    await suppressions.remove(context, bounce?.id ?? '', '')
    expect(await suppressions.isSuppressed(context, 'a@example.com', null, 'transactional')).toBe('complaint')
    await suppressions.remove(context, complaint?.id ?? '', 'Asked for it by phone.')
    expect(await suppressions.isSuppressed(context, 'a@example.com', null, 'marketing')).toBeNull()
    await expect(suppressions.remove(context, complaint?.id ?? '', 'again')).rejects.toThrow('There is no suppression')
  })

  test('resubscribing takes back the own unsubscription, never a complaint', async () => {
    const context = await workspace()
    const hash = suppressions.hashOf('a@example.com') as Buffer
    await suppressions.add(context, { address: 'a@example.com', reason: 'unsubscribe' })
    await suppressions.add(context, { address: 'a@example.com', reason: 'unsubscribe', topic: 'news' })
    await suppressions.add(context, { address: 'a@example.com', reason: 'complaint' })
    expect(await suppressions.resubscribe(context, hash, 'news')).toBe(true)
    expect(await suppressions.resubscribe(context, hash, 'news')).toBe(false)
    expect(await suppressions.isSuppressed(context, 'a@example.com', 'news', 'marketing')).toBe('complaint')
  })
})

describe('an import', () => {
  test('holds each address once, and tells what was known', async () => {
    const context = await workspace()
    await suppressions.add(context, { address: 'old@example.com', reason: 'unsubscribe' })
    const list = ['New@example.com', 'new@example.com ', 'old@example.com']
    expect(await suppressions.import(context, list, { reason: 'unsubscribe' })).toEqual({ added: 1, known: 2 })
    expect(await suppressions.isSuppressed(context, 'NEW@example.com', null, 'marketing')).toBe('unsubscribe')
  })

  test('with a line that is no address writes none, and names the line', async () => {
    const context = await workspace()
    await expect(suppressions.import(context, ['a@example.com', 'Ada'])).rejects.toThrow(
      'input.addresses.1: "Ada" is no e-mail address',
    )
    expect(await suppressions.isSuppressed(context, 'a@example.com', null, 'marketing')).toBeNull()
  })

  test('of more than 10,000 is refused', async () => {
    const context = await workspace()
    await expect(suppressions.import(context, Array(10_001).fill('a@example.com'))).rejects.toThrow('in parts')
  })
})

test('an address that is erased is forgotten, and still held; a bounce that comes later does not bring it back', async () => {
  const context = await workspace()
  await suppressions.add(context, {
    address: 'a@example.com',
    reason: 'complaint',
    detail: { diagnostic: 'a@example.com' },
  })
  expect(await suppressions.erase(context, 'A@example.com')).toBe(1)
  await suppressions.add(context, { address: 'a@example.com', reason: 'complaint' })
  const rows = await context.db.prisma.mailSuppression.findMany()
  expect(rows).toEqual([expect.objectContaining({ address: null, detail: {} })])
  expect(await suppressions.isSuppressed(context, 'a@example.com', null, 'marketing')).toBe('complaint')
})
