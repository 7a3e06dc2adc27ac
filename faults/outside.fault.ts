import type { StubFault } from '@espalier/ai/testing'
import { seededRandom } from '@espalier/core'
import type { SesEmail, SesFault } from '@espalier/mail/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asker, say } from '../packages/plugins/ai/test/asker.ts'
import { InterruptedWork, type Orchard } from '../packages/server/test/e2e/interruptedWork.ts'
import { full, report } from './rig/faultTable.ts'

const rounds = full ? 6 : 2

/** What somebody who pauses a minute lets pass: circuit breakers close, leases end. Milliseconds. */
const passesMs = 3 * 60_000

/** Messages a second that SES takes, whatever it says that it takes. */
const sesTakes = 25

const { stub, time, workspace } = await asker()

describe('a model service that is asked for much, by two processes', () => {
  const questions = full ? 600 : 120
  /** Dollars: for about two thirds of the questions. */
  const monthlyBudget = questions / 9
  const random = seededRandom(7)
  const faults = Array.from({ length: questions * 5 }, () => modelFault(random))

  test('is paid once for each question, waits as it is told, and the budget holds', async () => {
    const space = await workspace({
      model: 'dear',
      // A dollar for a thousand tokens.
      prices: { dear: { input: 1_000, output: 1_000 } },
      maxOutputTokens: 120,
      timeoutSeconds: 1,
      cacheSeconds: 0,
      monthlyBudget,
    })
    const processes = [space, space.process()]
    stub.script(() => ({ json: { pear: 'p'.repeat(300) } }))
    stub.fail(...faults)
    const releasing = setInterval(() => stub.release(), 5)
    const ask = async (process: (typeof processes)[number], key: string) => {
      for (let attempt = 1; ; attempt++) {
        try {
          const { output } = await process.ask({ idempotencyKey: key, messages: say(key), output: pear })
          return output.pear.length === 300 ? 'answered' : 'answered wrongly'
        } catch (error) {
          const { code, retryAfterSeconds } = error as { code: string; retryAfterSeconds?: number | null }
          // As a job does: later, under the same key.
          if (code !== 'AI_UNAVAILABLE' || attempt === 8) return code
          time.advance({ seconds: retryAfterSeconds ?? 30 })
        }
      }
    }
    const outcomes = new Map<string, string[]>()
    const keys = Array.from({ length: questions }, (_, number) => `Question ${number}`)
    const waiting = [...keys]
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        for (let key = waiting.shift(); key; key = waiting.shift()) {
          // Every fourth by both at once.
          const asking = index % 4 === 0 ? processes : [processes[index % 2] as (typeof processes)[number]]
          outcomes.set(key, await Promise.all(asking.map((process) => ask(process, key))))
        }
      }),
    )
    clearInterval(releasing)
    stub.release()

    const calls = await space.calls()
    const paid = Map.groupBy(stub.paid, ({ callId, idempotencyKey }) => callOf(callId ?? idempotencyKey ?? ''))
    for (const { id, repaired, status, costMicros } of calls) {
      const times = paid.get(id)?.length ?? 0
      // An answer that fits no schema is asked to be mended, once.
      expect(times, 'paid once').toBeLessThanOrEqual(repaired ? 2 : 1)
      if (times > 0) expect(costMicros, `${status}, and paid`).toBeGreaterThan(0)
    }
    expect(
      [...paid.keys()].filter((key) => !calls.some(({ id }) => id === key)),
      'each is in the ledger',
    ).toEqual([])
    const [all] = await space.spending()
    expect(all?.reserved).toBe(0)
    expect(all?.spent).toBe(calls.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0))
    expect(all?.spent).toBeLessThanOrEqual(monthlyBudget * 1_000_000)
    const count = (outcome: string) => [...outcomes.values()].flat().filter((found) => found === outcome).length
    expect(count('AI_BUDGET_EXCEEDED'), 'the budget was reached').toBeGreaterThan(0)
    expect(count('answered wrongly')).toBe(0)
    expect(processes.flatMap(({ waits }) => waits).some((milliseconds) => milliseconds >= 7_000)).toBe(true)

    // What is answered is answered, whatever the service does by now.
    const asked = stub.requests.length
    for (const [key, [outcome]] of outcomes) if (outcome === 'answered') expect(await ask(space, key)).toBe('answered')
    expect(stub.requests.length).toBe(asked)

    const used = Map.groupBy(faults.slice(0, asked), nameOf)
    for (const name of new Set(wrong.map(nameOf))) expect(used.get(name)?.length ?? 0, name).toBeGreaterThan(0)
    const told = [...new Set([...outcomes.values()].flat())].sort().map((outcome) => `${count(outcome)} ${outcome}`)
    await report({
      fault: 'The model service slow, wrong, rate-limited, two processes',
      seen: 'calls with their error in the admin; jobs ask again later',
      measured: `${questions} questions, ${asked} requests, ${stub.paid.length} paid: 0 twice; ${told.join(', ')}; ${((all?.spent ?? 0) / 1e6).toFixed(2)} of ${monthlyBudget.toFixed(2)} dollars, ledger and bill agree`,
      promise: 'Nothing paid twice, no budget overdrawn',
    })
  })
})

describe('services that others run, when they are slow, wrong, or have had enough', () => {
  const work = new InterruptedWork()
  const random = seededRandom(42)
  const sesFaults = new Map<SesFault | 'none', number>()
  let aheadMs = 0

  beforeAll(() => work.open(random, { faults: () => modelFault(random), timeoutSeconds: 4 }))
  afterAll(() => work.close())

  const orchards = () => [work.stored, work.unstored]
  const openRuns = () =>
    work.query<{ id: string }>(`select "id" from "PageLoopRun" where "status" in ('waiting', 'running')`)

  test('every turn ends, every message has its state, and nothing waits for ever', { timeout: 900_000 }, async () => {
    work.ses.fault = throttled(random, sesFaults)
    for (let round = 0; round < rounds; round++) {
      aheadMs += passesMs
      const pages = await Promise.all(orchards().map((orchard) => work.preparePage(orchard)))
      await work.startWorker(aheadMs)
      await work.timePasses()
      for (const [index, page] of pages.entries()) if (page) await work.improve(orchards()[index] as Orchard, page)
      await work.fillMail(60)
      await expect.poll(openRuns, { interval: 100 }).toEqual([])
      await work.stopWorker()
    }
    // In peace again, everything comes to its end.
    work.ses.fault = () => undefined
    for (let minutes = 0; minutes < 4; minutes++) {
      aheadMs += 30 * 60_000
      await work.startWorker(aheadMs)
      await work.timePasses()
      const settled = await expect
        .poll(unsettled, { timeout: 30_000, interval: 250 })
        .toEqual([])
        .then(() => true)
        .catch(() => false)
      await work.stopWorker()
      if (settled) break
    }
    expect(await unsettled()).toEqual([])
    expect(await openRuns()).toEqual([])
  })

  test('the model: nothing is paid twice, no budget is overdrawn, and nothing unchecked is published', async () => {
    const counted: string[] = []
    for (const { id, bill, stub } of orchards()) {
      const keys = bill.map(({ key }) => key)
      expect(new Set(keys).size, 'no call is paid twice').toBe(keys.length)
      const calls = await work.query<{ id: string; status: string; costMicros: string; reservedMicros: string }>(
        `select "id", "status"::text, "costMicros" from "AiCall" where "workspaceId" = $1`,
        [id],
      )
      const paid = new Map<string, number>()
      for (const { key, micros } of bill) paid.set(callOf(key), (paid.get(callOf(key)) ?? 0) + micros)
      for (const call of calls.filter(({ status }) => status === 'succeeded'))
        expect(Number(call.costMicros)).toBe(paid.get(call.id))
      const costs = new Map(calls.map((call) => [call.id, Number(call.costMicros)]))
      for (const [key, micros] of paid)
        expect(costs.get(key), 'what was paid is in the ledger').toBeGreaterThanOrEqual(micros)
      const [spending] = await work.query<{ spent: string; reserved: string }>(
        `select "spentMicros" as "spent", "reservedMicros" as "reserved" from "AiSpending" where "workspaceId" = $1 and "purpose" = ''`,
        [id],
      )
      expect(spending).toEqual({
        spent: String(calls.reduce((sum, call) => sum + Number(call.costMicros), 0)),
        reserved: '0',
      })
      const of = (status: string) => calls.filter((call) => call.status === status).length
      expect(of('planned') + of('attempted')).toBe(0)
      counted.push(
        `${stub.requests.length} requests for ${calls.length} calls, ${bill.length} paid (${of('succeeded')} answered, ${of('failed')} failed, ${of('unknown')} unknown)`,
      )
    }
    const runs = await work.query<{ status: string; count: number }>(
      `select "status"::text, count(*)::int from "PageLoopRun" group by 1`,
    )
    expect(runs, 'turns end, by recombining where no model answers').toEqual([
      { status: 'done', count: expect.any(Number) },
    ])
    const [versions] = await work.query<Record<'accepted' | 'made' | 'unchecked' | 'recombined', number>>(`
      select (select count(*)::int from "PageCandidate" where "status" = 'accepted') as "accepted",
        (select count(*)::int from "PageVariant" where "key" like 'auto-%') as "made",
        (select count(*)::int from "PageVariant" v where v."key" like 'auto-%' and not exists (
          select from "PageCandidate" c where c."workspaceId" = v."workspaceId" and c."variantId" = v."id" and c."status" = 'accepted')) as "unchecked",
        (select count(*)::int from "PageCandidate" where "origin" = 'recombined') as "recombined"`)
    expect(versions).toMatchObject({ unchecked: 0, made: versions?.accepted })
    await report({
      fault: 'Versions of pages are made while the model service is slow, wrong, rate-limited',
      seen: `${versions?.recombined} versions made without a model; the call and its error in the admin`,
      measured: `${counted.join('; ')}: 0 paid twice, ledger and bill agree, 0 of ${versions?.made} published versions unchecked, ${runs[0]?.count} of ${runs[0]?.count} turns ended`,
      promise: 'Nothing paid twice, no budget overdrawn, nothing unchecked published',
    })
  })

  test('SES: marketing mail never twice, transactional mail never lost, and the rate comes down', async () => {
    const times = new Map<string, number>()
    for (const id of work.ses.acceptedIds) times.set(id, (times.get(id) ?? 0) + 1)
    const messages = (kind: 'marketing' | 'transactional') =>
      work.query<{ id: string; dispatch: string; attempts: number }>(
        `select "id", "dispatch"::text, "attempts" from "MailMessage" where "workspaceId" = $1 and "class" = $2`,
        [work.stored.id, kind],
      )
    const [marketing, transactional] = [await messages('marketing'), await messages('transactional')]
    for (const { id, dispatch } of marketing) {
      expect(times.get(id) ?? 0).toBeLessThanOrEqual(1)
      expect(['accepted', 'lost']).toContain(dispatch)
      if (dispatch === 'accepted') expect(times.get(id)).toBe(1)
    }
    for (const { id, attempts } of transactional) {
      expect(times.get(id) ?? 0, 'nothing that somebody waits for is lost').toBeGreaterThanOrEqual(1)
      expect(times.get(id), 'what came more than once was tried more than once').toBeLessThanOrEqual(attempts)
    }
    const [rate] = await work.query<{ share: number; problem: string | null }>(
      `select "share", "problem" from "MailRate" where "workspaceId" = $1`,
      [work.stored.id],
    )
    const throttledTimes = sesFaults.get('tooFast') ?? 0
    expect(throttledTimes).toBeGreaterThan(0)
    // A sender that does not slow down is refused for each message above the rate, over and over.
    expect(throttledTimes).toBeLessThan(work.ses.accepted.length)
    expect(rate).toBeDefined()
    const lost = marketing.filter(({ dispatch }) => dispatch === 'lost')
    const twice = transactional.filter(({ id }) => (times.get(id) ?? 0) > 1)
    await report({
      fault: 'SES throttles, breaks, loses its answers, one process',
      seen: `${lost.length} of ${marketing.length} marketing mails shown as lost (their answer was), ${twice.length} of ${transactional.length} transactional ones came twice: the documented window`,
      measured: `${work.ses.asked.length} calls, ${throttledTimes} refused as too fast: marketing 0 twice, transactional 0 lost, the queue is empty`,
      promise: 'Marketing never twice, transactional never lost',
    })
  })

  function unsettled() {
    return work.query<{ dispatch: string; count: number }>(
      `select "dispatch"::text, count(*)::int from "MailMessage" where "dispatch" in ('planned', 'claimed', 'attempted', 'unknown') group by 1`,
    )
  }
})

/** An answer that fits no schema is asked to be mended: another request of the same call. */
function callOf(key: string): string {
  return key.replace(/-repair$/, '')
}

interface Drawn {
  next(): number
}

/** Half of the requests go well, if slowly; of the others each goes wrong in one of the ways in which services do. */
function modelFault(random: Drawn): StubFault {
  return random.next() < 0.5 ? { kind: 'hold' } : (wrong[Math.floor(random.next() * wrong.length)] as StubFault)
}

function nameOf(fault: StubFault): string {
  return fault.kind === 'status' ? `status ${fault.status}` : fault.kind
}

const pear = z.object({ pear: z.string() })

const wrong: readonly StubFault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, retryAfter: '7' },
  { kind: 'status', status: 429 },
  { kind: 'resetBefore' },
  { kind: 'resetAfter' },
  { kind: 'malformed' },
  { kind: 'hang' },
  // An answer without one, and one that fits no schema.
  { kind: 'bent', bend: (body) => ({ ...body, choices: [] }) },
  {
    kind: 'bent',
    bend: (body) => ({
      ...body,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: '{"headline": 7}', refusal: null },
        },
      ],
    }),
  },
]

/** Refuses what comes faster than it takes, as SES does; now and then loses its answer, or the request. */
function throttled(random: Drawn, drawn: Map<SesFault | 'none', number>): (email: SesEmail) => SesFault | undefined {
  let taken: number[] = []
  return () => {
    const now = performance.now()
    taken = taken.filter((at) => now - at < 1_000)
    const chance = random.next()
    const fault: SesFault | undefined =
      taken.length >= sesTakes
        ? 'tooFast'
        : chance < 0.04
          ? 'acceptThenReset'
          : chance < 0.08
            ? 'acceptThen503'
            : chance < 0.12
              ? 'unavailable'
              : chance < 0.15
                ? 'reset'
                : undefined
    drawn.set(fault ?? 'none', (drawn.get(fault ?? 'none') ?? 0) + 1)
    if (fault !== 'tooFast') taken.push(now)
    return fault
  }
}
