import { sql } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AiOutcomeUnknownError, AiOutputInvalidError } from '../src/errors.ts'
import { asker, paidFor, say } from './asker.ts'

const { stub, time, workspace } = await asker()

/** Longer than any lease. */
const later = 10 * 60_000

type Space = Awaited<ReturnType<typeof workspace>>

interface Request {
  readonly idempotencyKey: string
  readonly messages: ReturnType<typeof say>
  readonly output?: z.ZodType
}

/**
 * A process that dies while its request is on the way: the answer is held back, the process is never heard of again, and what is
 * left is the row, whose lease runs out.
 */
async function dies(space: Space, request: Request) {
  const before = stub.paid.length
  stub.fail({ kind: 'hang' })
  const { ask } = space.process()
  // Never awaited: nothing that it could still do reaches the database before the test ends.
  ask(request).catch(() => {})
  await expect.poll(() => stub.paid.length).toBe(before + 1)
  expect(await space.call(request.idempotencyKey)).toMatchObject({ status: 'attempted' })
  time.advance(later)
}

/** A process whose answer comes only after its lease has run out, and another has given it up. @returns what it makes of the answer */
async function answeredLate(space: Space, request: Request) {
  stub.fail({ kind: 'hold' })
  const before = stub.paid.length
  const first = space.process().ask(request)
  await expect.poll(() => stub.paid.length).toBe(before + 1)
  time.advance(later)
  await expect(space.ask(request)).rejects.toThrow(AiOutcomeUnknownError)
  stub.release()
  return { first }
}

describe('A call whose process died while it was on the way', () => {
  test('is fetched where the service keeps answers: paid once, and nothing is lost', async () => {
    const space = await workspace({ storesCompletions: true })
    stub.script(() => 'Kept by the service.')
    const request = { idempotencyKey: 'kept', messages: say('Died, and kept?') }
    await dies(space, request)
    const answer = await space.ask(request)
    // 4 tokens in, 5 out.
    expect(answer).toMatchObject({ text: 'Kept by the service.', costMicros: 10 })
    expect(await space.call('kept')).toMatchObject({ status: 'succeeded', attempts: 1 })
    expect((await space.spending())[0]).toEqual({ purpose: '', spent: 10, reserved: 0, calls: 1 })
    expect(paidFor(stub, 'Died, and kept?')).toBe(1)
  })

  test('is unknown where it keeps none, and asked by nobody', async () => {
    const space = await workspace()
    const request = { idempotencyKey: 'gone', messages: say('Died, and gone?') }
    await dies(space, request)
    await expect(space.ask(request)).rejects.toThrow(AiOutcomeUnknownError)
    await expect(space.ask(request)).rejects.toThrow(AiOutcomeUnknownError)
    expect(paidFor(stub, 'Died, and gone?')).toBe(1)
    const { costMicros } = await space.call('gone')
    expect((await space.spending())[0]).toEqual({ purpose: '', spent: costMicros, reserved: 0, calls: 1 })
  })

  test('is unknown as well where the service keeps answers and has none of it', async () => {
    const space = await workspace({ storesCompletions: true, endpoint: 'responses' })
    const request = { idempotencyKey: 'r', messages: say('Died over responses?') }
    await dies(space, request)
    await expect(space.ask(request)).rejects.toThrow(AiOutcomeUnknownError)
  })

  test('stays open while the service cannot be asked about it, and is fetched later', async () => {
    const space = await workspace({ storesCompletions: true })
    const request = { idempotencyKey: 'patient', messages: say('Died, and away?') }
    await dies(space, request)
    await space.context.transaction((tx) =>
      space.ai.setConnection(tx, { baseUrl: stub.baseUrl.replace(/:\d+/, ':1024'), apiKey: 'k' }),
    )
    await expect(space.ask(request)).rejects.toThrow(AiOutcomeUnknownError)
    expect(await space.call('patient')).toMatchObject({ status: 'attempted' })
    await space.context.transaction((tx) => space.ai.setConnection(tx, { baseUrl: stub.baseUrl, apiKey: 'k' }))
    expect(await space.ask(request)).toMatchObject({ text: expect.any(String) })
    expect(paidFor(stub, 'Died, and away?')).toBe(1)
  })

  test('while its repair was on the way is not mistaken for its first answer', async () => {
    const space = await workspace({ storesCompletions: true })
    const request = {
      idempotencyKey: 'repair',
      messages: say('Died in repair?'),
      output: z.object({ name: z.string() }),
    }
    stub.script(() => 'no JSON')
    const before = stub.paid.length
    // The first goes well, the second never arrives.
    stub.script(() => {
      stub.fail({ kind: 'resetBefore' })
      return 'no JSON'
    })
    await expect(space.process().ask(request)).rejects.toThrow(AiOutcomeUnknownError)
    expect(stub.paid.length).toBe(before + 1)
    await space.context.db.query(sql`
      update "AiCall" set "status" = 'attempted', "leaseUntil" = ${time.now()} where "idempotencyKey" = 'repair'`)
    await expect(space.ask(request)).rejects.toThrow(AiOutcomeUnknownError)
    expect(paidFor(stub, 'Died in repair?')).toBe(1)
  })

  test('before anything was set aside for it: that is done once, by whoever goes on', async () => {
    const space = await workspace()
    stub.script(() => 'Asked once.')
    const request = { purpose: 'tests.say', idempotencyKey: 'stalled', messages: say('Stalled?') }
    const { ai, context } = space.process()
    const [stalls, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let steps = 0
    const stalling: typeof context.sqlTransaction = async (work) => {
      steps += 1
      if (steps === 2) {
        stalls.resolve()
        await goesOn.promise
      }
      return context.sqlTransaction(work)
    }
    const first = ai.ask({ ...context, sqlTransaction: stalling }, request)
    await stalls.promise
    time.advance(later)
    stub.fail({ kind: 'hold' })
    const before = stub.paid.length
    const second = space.ask(request)
    await expect.poll(() => stub.paid.length).toBe(before + 1)
    goesOn.resolve()
    await expect.poll(() => steps).toBeGreaterThan(2)
    stub.release()
    for (const answer of await Promise.all([first, second])) expect(answer).toMatchObject({ text: 'Asked once.' })
    expect(paidFor(stub, 'Stalled?')).toBe(1)
    const { costMicros } = await space.call('stalled')
    expect((await space.spending())[0]).toEqual({ purpose: '', spent: costMicros, reserved: 0, calls: 1 })
  })

  test('is not repaired when its answer comes late and does not do: nothing is asked, or paid, a second time', async () => {
    const space = await workspace()
    stub.script(() => 'no JSON')
    const request = {
      idempotencyKey: 'late repair',
      messages: say('Late, and no JSON?'),
      output: z.object({ name: z.string() }),
    }
    const { first } = await answeredLate(space, request)
    await expect(first).rejects.toThrow('It came too late to be repaired.')
    await expect(space.ask(request)).rejects.toThrow(AiOutputInvalidError)
    expect(paidFor(stub, 'Late, and no JSON?')).toBe(1)
    const { costMicros } = await space.call('late repair')
    expect((await space.spending())[0]).toEqual({ purpose: '', spent: costMicros, reserved: 0, calls: 1 })
  })

  test('is settled by whoever asked after all, when its answer comes late', async () => {
    const space = await workspace()
    stub.script(() => 'Late, but here.')
    const request = { idempotencyKey: 'late', messages: say('Late?') }
    const { first } = await answeredLate(space, request)
    expect(await first).toMatchObject({ text: 'Late, but here.' })
    expect(await space.ask(request)).toMatchObject({ text: 'Late, but here.', costMicros: 8 })
    expect((await space.spending())[0]).toEqual({ purpose: '', spent: 8, reserved: 0, calls: 1 })
  })
})

describe('A call whose process died before it left', () => {
  test('is asked by whoever asks next, and what was set aside is set aside once', async () => {
    const space = await workspace()
    stub.script(() => 'First answer.')
    const request = { idempotencyKey: 'planned', messages: say('Died before?') }
    await space.ask(request)
    // As it stood before the request left: reserved, and nothing spent.
    const { costMicros } = await space.call('planned')
    await space.context.db.query(sql`
      update "AiCall" set "status" = 'planned', "response" = null, "leaseUntil" = ${time.now()}, "cacheExpiresAt" = null`)
    await space.context.db.query(sql`
      update "AiSpending" set "spentMicros" = 0, "calls" = 0, "reservedMicros" = ${costMicros}::bigint`)
    stub.script(() => 'Second answer.')
    expect(await space.ask(request)).toMatchObject({ text: 'Second answer.' })
    expect((await space.spending())[0]).toMatchObject({ reserved: 0, calls: 1 })
  })
})

describe('What nobody asks for again', () => {
  test('gets its end from the job, in every workspace', async () => {
    const kept = await workspace({ storesCompletions: true })
    const gone = await workspace()
    stub.script(() => 'Fetched by the job.')
    await dies(kept, { idempotencyKey: 'kept', messages: say('Abandoned?') })
    await dies(gone, { idempotencyKey: 'gone', messages: say('Abandoned?') })
    time.advance(later)
    // Each test host has settings of its own, so each ends what is its own.
    await gone.ai.settlements.endAbandoned({ ...gone.host.system, workspace: (id) => gone.host.workspace(id) })
    expect(await gone.call('gone')).toMatchObject({ status: 'unknown', leaseUntil: null })
    expect((await gone.spending())[0]).toMatchObject({ reserved: 0, calls: 1 })
    expect(await gone.ai.settlements.endAbandoned(gone.host.system)).toBe(0)
  })

  test('is fetched by it where the service keeps answers', async () => {
    const space = await workspace({ storesCompletions: true })
    stub.script(() => ({ json: { name: 'Pear' } }))
    const request = {
      idempotencyKey: 'kept',
      messages: say('Abandoned, and kept?'),
      output: z.object({ name: z.string() }),
    }
    await dies(space, request)
    time.advance(later)
    expect(await space.ai.settlements.endAbandoned(space.host.system)).toBe(1)
    expect(await space.call('kept')).toMatchObject({ status: 'succeeded', response: '{"name":"Pear"}' })
    expect(await space.ask(request)).toMatchObject({ output: { name: 'Pear' } })
    expect(paidFor(stub, 'Abandoned, and kept?')).toBe(1)
  })

  test('is erased after the days that the workspace keeps it, and its figures stay', async () => {
    const space = await workspace({ keepDays: 30 })
    stub.script(() => 'Dear Ada, your pears are ripe.')
    const request = { idempotencyKey: 'old', messages: say('Write to Ada.') }
    const { callId } = await space.ask(request)
    expect(await space.ai.settlements.eraseOld(space.context)).toBe(0)
    time.advance(31 * 24 * 3_600_000)
    await space.ask({ ...request, idempotencyKey: 'new' })
    expect(await space.ai.settlements.eraseOld(space.context)).toBe(1)
    expect(await space.call('old')).toMatchObject({
      id: callId,
      messages: [],
      response: null,
      costMicros: expect.any(Number),
      inputTokens: 4,
    })
    expect(await space.call('new')).toMatchObject({ messages: say('Write to Ada.') })
    await expect(space.ask(request)).rejects.toThrow('was erased')
  })
})
