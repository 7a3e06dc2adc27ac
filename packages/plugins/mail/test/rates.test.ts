import { ManualTime, testDatabase, testHost } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { problem } from '../src/errors.ts'
import { Rates } from '../src/sending/rates.ts'
import type { Transport } from '../src/transports/transport.ts'

const { db, createWorkspace } = await testDatabase()
const time = new ManualTime()
const host = testHost(db, { settings: z.object({}), clock: time })
const rates = new Rates()
const signal = new AbortController().signal

/** An account that answers what a test says, and counts how often it was asked. */
function account(answer: { perSecond: number; perDay?: number; sentLast24h?: number }) {
  const transport = {
    name: 'ses',
    account: 'ses/eu-west-1',
    priceMicros: 0,
    rateLastsSeconds: 300,
    mostCalls: 10,
    asked: 0,
    rate: async () => {
      transport.asked += 1
      return { perSecond: answer.perSecond, perDay: answer.perDay ?? null, sentLast24h: answer.sentLast24h ?? 0 }
    },
    deliver: async () => ({ kind: 'refused', problem: problem('SENDER_MISSING') }),
    close: () => {},
  } satisfies Transport & { asked: number }
  return transport
}

test('workers that reserve at the same time get places one after another, at the account’s rate', async () => {
  const context = host.workspace(await createWorkspace())
  const transport = account({ perSecond: 14 })
  expect(await rates.refresh(context, transport, signal)).toBe(true)
  const slots: { at: number; granted: number }[] = []
  for (let sent = 0; sent < 140; ) {
    const round = await Promise.all([0, 1, 2, 3].map(() => rates.reserve(context, transport.account, 50)))
    for (const { at, granted } of round) if (granted > 0) slots.push({ at: at.getTime(), granted })
    sent = slots.reduce((sum, { granted }) => sum + granted, 0)
    time.advance(500)
  }
  slots.sort((a, b) => a.at - b.at)
  for (const [index, { at, granted }] of slots.entries()) {
    const next = slots[index + 1]
    if (next) expect(next.at - at).toBeGreaterThanOrEqual((granted / 14) * 1_000)
  }
  // Nothing is wasted either: 14 a second from the first to the last.
  const first = slots[0] as { at: number }
  const last = slots.at(-1) as { at: number; granted: number }
  expect((last.at - first.at) / 1_000).toBeCloseTo(
    (slots.reduce((sum, { granted }) => sum + granted, 0) - last.granted) / 14,
    1,
  )
})

test('a place further ahead than two seconds is not given; it says when to come back', async () => {
  const context = host.workspace(await createWorkspace())
  const transport = account({ perSecond: 0.2 })
  await rates.refresh(context, transport, signal)
  expect(await rates.reserve(context, transport.account, 50)).toEqual({ granted: 1, at: time.now(), perSecond: 0.2 })
  const later = new Date(time.now().getTime() + 5_000)
  expect(await rates.reserve(context, transport.account, 50)).toEqual({ granted: 0, at: later, perSecond: 0.2 })
})

test('no more is reserved than the day still allows', async () => {
  const context = host.workspace(await createWorkspace())
  const transport = account({ perSecond: 100, perDay: 200, sentLast24h: 170 })
  await rates.refresh(context, transport, signal)
  expect(await rates.reserve(context, transport.account, 50)).toMatchObject({ granted: 30 })
  expect(await rates.reserve(context, transport.account, 50)).toMatchObject({ granted: 0 })
})

test('the account is asked every five minutes, and not while it is held', async () => {
  const context = host.workspace(await createWorkspace())
  const transport = account({ perSecond: 10 })
  await rates.refresh(context, transport, signal)
  await rates.refresh(context, transport, signal)
  expect(transport.asked).toBe(1)
  time.advance(5 * 60_000)
  await rates.refresh(context, transport, signal)
  expect(transport.asked).toBe(2)
  await rates.hold(context, transport.account, problem('DAILY_QUOTA', 'AWS SES', 'Daily message quota exceeded.'), 600)
  expect(await rates.refresh(context, transport, signal)).toBe(false)
  expect(await rates.reserve(context, transport.account, 1)).toMatchObject({ granted: 0 })
  time.advance(10 * 60_000)
  expect(await rates.refresh(context, transport, signal)).toBe(true)
  expect(await rates.reserve(context, transport.account, 1)).toMatchObject({ granted: 1 })
})

test('the rate of one workspace is not that of another', async () => {
  const transport = account({ perSecond: 1 })
  const [ours, theirs] = [host.workspace(await createWorkspace()), host.workspace(await createWorkspace())]
  for (const context of [ours, theirs]) await rates.refresh(context, transport, signal)
  for (let n = 0; n < 3; n += 1) await rates.reserve(ours, transport.account, 1)
  expect(await rates.reserve(ours, transport.account, 1)).toMatchObject({ granted: 0 })
  expect(await rates.reserve(theirs, transport.account, 1)).toMatchObject({ granted: 1 })
})
