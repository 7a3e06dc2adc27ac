import { seededRandom } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import { instantOf, isEventId, newEventId, newVisitorId } from '../src/eventId.ts'
import { readVisitor } from '../src/visitor.ts'

const options = { isBot: false, respectDoNotTrack: true, secure: true, random: seededRandom(1) }
const visit = (headers: Record<string, string> = {}, more: Partial<typeof options> = {}) =>
  readVisitor(new Request('https://example.com/', { headers }), { ...options, ...more })

describe('a visitor', () => {
  test('gets a random id in a cookie that scripts cannot read, and keeps it', async () => {
    const first = await visit()
    expect(first).toMatchObject({ counted: true, isBot: false, kept: true })
    expect(first.setCookie).toBe(
      `espalier_visitor=${first.visitorId}; Path=/; Max-Age=34128000; HttpOnly; SameSite=Lax; Secure`,
    )
    const second = await visit({ cookie: `theme=dark; espalier_visitor=${first.visitorId}; x=1` })
    expect(second).toEqual({ visitorId: first.visitorId, counted: true, isBot: false, kept: true })
    expect((await visit()).visitorId).not.toBe(first.visitorId)
  })

  test('gets a new id where the cookie holds something else', async () => {
    for (const value of ['', 'x', "1' or 1=1", '../../etc'])
      expect((await visit({ cookie: `espalier_visitor=${value}` })).setCookie).toContain('espalier_visitor=')
  })

  test.each([['dnt'], ['sec-gpc']])('who sends %s is neither counted nor marked', async (header) => {
    const { setCookie, counted } = await visit({ [header]: '1' })
    expect({ setCookie, counted }).toEqual({ setCookie: undefined, counted: false })
    expect((await visit({ [header]: '1' }, { respectDoNotTrack: false })).counted).toBe(true)
  })

  test('that is a bot is neither counted nor marked', async () => {
    expect(await visit({}, { isBot: true })).toMatchObject({ counted: false, isBot: true })
    expect((await visit({}, { isBot: true })).setCookie).toBeUndefined()
  })
})

describe('ids', () => {
  test('of events are UUIDv7 and hold their instant', () => {
    const at = new Date('2026-11-21T08:00:00.123Z')
    for (let count = 0; count < 200; count++) {
      const id = newEventId(at, options.random)
      expect(isEventId(id), id).toBe(true)
      expect(instantOf(id)).toEqual(at)
    }
  })

  test('of visitors are UUIDv4', () => {
    for (let count = 0; count < 200; count++)
      expect(newVisitorId(options.random)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
  })

  test.each([['d94ad5a5-7d4b-4c26-9a27-f7b9f8fb0f4e'], ['019aa5e8-0000-7000-c000-000000000000'], ['x'], ['']])(
    '%s is no event id',
    (id) => {
      expect(isEventId(id)).toBe(false)
    },
  )
})
