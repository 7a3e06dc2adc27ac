import { describe, expect, test } from 'vitest'
import { AiBudgetExceededError, AiPriceUnknownError } from '../src/errors.ts'
import { asker, paidFor, say } from './asker.ts'

const { stub, time, workspace } = await asker()

/** A dollar for a thousand tokens, and answers of 100: each costs at least ten cents. */
const dear = { model: 'dear', prices: { dear: { input: 1_000, output: 1_000 } }, maxOutputTokens: 100, cacheSeconds: 0 }
const hundredTokens = 'p'.repeat(400)

const told = ({ host }: { host: { published: { event: string; payload: unknown }[] } }) =>
  host.published.map(({ event, payload }) => ({ event, ...(payload as object) }))

describe('A budget', () => {
  test('is never overspent, however many ask at once; who was refused may ask again next month', async () => {
    const space = await workspace({ ...dear, monthlyBudget: 3 })
    const { ask, spending, calls } = space
    stub.script(() => hundredTokens)
    const asking = (number: number) =>
      ask({ idempotencyKey: `k${number}`, messages: say(`Question ${number} of fifty`) })
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, number) => asking(number)))
    const refused = outcomes.flatMap((outcome, number) =>
      outcome.status === 'rejected' ? [{ number, error: outcome.reason }] : [],
    )
    const [all] = await spending()
    expect(refused.length).toBeGreaterThan(20)
    expect(refused.every(({ error }) => error instanceof AiBudgetExceededError)).toBe(true)
    expect(all?.spent).toBeLessThanOrEqual(3_000_000)
    expect(all).toMatchObject({ reserved: 0, calls: 50 - refused.length })
    // What the service was paid is what the ledger says.
    expect(paidFor(stub, 'of fifty')).toBe(50 - refused.length)
    const cost = (await calls()).reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0)
    expect(cost).toBe(all?.spent)
    time.advance(30 * 24 * 3_600_000)
    const [{ number } = { number: 0 }] = refused
    expect(await asking(number)).toMatchObject({ text: hundredTokens })
  })

  test('warns at 80 %, once, and stops at 100 % with what is spent, needed, and the way out', async () => {
    const space = await workspace({ ...dear, monthlyBudget: 1 })
    const { ask } = space
    stub.script(() => hundredTokens)
    let asked = 0
    const failure = await (async () => {
      for (;;) await ask({ idempotencyKey: `k${asked++}`, messages: say('?') })
    })().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AiBudgetExceededError)
    expect((failure as Error).message).toMatch(
      /^The budget for all purposes in 2026-12 is 1\.00 US dollars; 0\.\d\d are spent or set aside, and this request may cost up to 0\.1\d\. Raise it/,
    )
    await expect(ask({ idempotencyKey: 'more', messages: say('?') })).rejects.toThrow(AiBudgetExceededError)
    expect(told(space)).toEqual([
      {
        event: 'ai.budget-warned',
        month: '2026-12',
        purpose: '',
        limitMicros: 1_000_000,
        spentMicros: expect.any(Number),
      },
      {
        event: 'ai.budget-reached',
        month: '2026-12',
        purpose: '',
        limitMicros: 1_000_000,
        spentMicros: expect.any(Number),
      },
    ])
    expect((told(space)[0] as unknown as { spentMicros: number }).spentMicros).toBeGreaterThanOrEqual(800_000)
  })

  test('that is raised lets the same keys through, and warns again', async () => {
    const space = await workspace({ ...dear, monthlyBudget: 0.2 })
    const { ask, set } = space
    stub.script(() => hundredTokens)
    await ask({ idempotencyKey: '1', messages: say('?') })
    await expect(ask({ idempotencyKey: '2', messages: say('?') })).rejects.toThrow(AiBudgetExceededError)
    Object.assign(set, { monthlyBudget: 1 })
    for (const key of ['2', '3', '4', '5', '6', '7', '8']) await ask({ idempotencyKey: key, messages: say('?') })
    expect(told(space).map(({ event }) => event)).toEqual(['ai.budget-reached', 'ai.budget-warned'])
  })

  test('that does not suffice for one large request says so once, however many small ones pass after it', async () => {
    const space = await workspace({ ...dear, monthlyBudget: 1 })
    stub.script(() => 'p')
    for (let round = 0; round < 3; round++) {
      const large = { idempotencyKey: `large ${round}`, parameters: { maxOutputTokens: 2_000 } }
      await expect(space.ask(large)).rejects.toThrow(AiBudgetExceededError)
      await space.ask({ idempotencyKey: `small ${round}`, messages: say('?') })
    }
    expect(told(space).map(({ event }) => event)).toEqual(['ai.budget-reached'])
  })

  test('of one purpose stops that one alone, and gives back what it had set aside of the other', async () => {
    const { ask, spending } = await workspace({ ...dear, monthlyBudget: 10, purposeBudgets: { small: 0.05 } })
    stub.script(() => hundredTokens)
    await expect(ask({ idempotencyKey: '1', purpose: 'small' })).rejects.toMatchObject({ budget: { purpose: 'small' } })
    await ask({ idempotencyKey: '2', purpose: 'other' })
    const rows = await spending()
    expect(rows.map(({ purpose, reserved, calls }) => [purpose, reserved, calls])).toEqual([
      ['', 0, 1],
      ['other', 0, 1],
      ['small', 0, 0],
    ])
  })

  test('of nothing lets only what is free through', async () => {
    const { ask } = await workspace({ monthlyBudget: 0, model: 'local', prices: { local: { input: 0, output: 0 } } })
    expect(await ask({ idempotencyKey: 'free' })).toMatchObject({ costMicros: 0 })
    await expect(ask({ idempotencyKey: 'paid', parameters: { model: 'gpt-4.1' } })).rejects.toThrow(
      AiBudgetExceededError,
    )
  })

  test('wants to know what a model costs; without one, any model may be asked', async () => {
    const { ask, set } = await workspace({ monthlyBudget: 5, model: 'unheard-of' })
    await expect(ask({ idempotencyKey: '1' })).rejects.toThrow(AiPriceUnknownError)
    await expect(ask({ idempotencyKey: '1' })).rejects.toThrow('"unheard-of" has no price')
    Object.assign(set, { monthlyBudget: null })
    expect(await ask({ idempotencyKey: '1' })).toMatchObject({ costMicros: null })
  })

  test('counts in the month in which it was set aside', async () => {
    const { ask, context } = await workspace(dear)
    stub.script(() => hundredTokens)
    stub.fail({ kind: 'hold' })
    const before = stub.paid.length
    const asking = ask({ idempotencyKey: 'new year', messages: say('?') })
    await expect.poll(() => stub.paid.length).toBe(before + 1)
    time.advance(40 * 24 * 3_600_000)
    stub.release()
    await asking
    const rows = await context.db.query<{ month: string; spent: number; reserved: number }>({
      text: `select to_char("month", 'YYYY-MM') as "month", "spentMicros"::int as "spent", "reservedMicros"::int as "reserved"
        from "AiSpending" where "purpose" = ''`,
      values: [],
    })
    expect(rows).toEqual([{ month: '2026-12', spent: 101_000, reserved: 0 }])
  })
})
