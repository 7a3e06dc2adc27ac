import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '@espalier/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InterruptedWork, type Orchard } from '../packages/server/test/e2e/interruptedWork.ts'
import { full, report } from './rig/faultTable.ts'

const kills = full ? 50 : 6

/** What a worker has in hand ends with it, once this much time has passed: leases of calls, of mail. Milliseconds. */
const passesMs = 3 * 60_000

interface RunRow {
  readonly id: string
  readonly status: string
  readonly step: string
}

describe(`a worker that is killed at ${kills} random moments, while it generates and sends`, () => {
  const work = new InterruptedWork()
  const random = seededRandom(2026)
  const phases: { generation: string[]; send: string[] } = { generation: [], send: [] }
  let aheadMs = 0
  let undisturbedMs = 0

  beforeAll(() => work.open(random))
  afterAll(() => work.close())

  const orchards = () => [work.stored, work.unstored]
  const openRuns = () =>
    work.query<RunRow>(
      `select "id", "status"::text, "step" from "PageLoopRun" where "status" in ('waiting', 'running')`,
    )

  /** New versions and mail to be sent, where nothing is under way. */
  async function prepare(): Promise<() => Promise<void>> {
    const pages = await Promise.all(orchards().map((orchard) => work.preparePage(orchard)))
    return async () => {
      for (const [index, page] of pages.entries()) if (page) await work.improve(orchards()[index] as Orchard, page)
      await work.fillMail(100)
    }
  }

  test('undisturbed, it takes this long', async () => {
    const begin = await prepare()
    await work.startWorker(aheadMs)
    const began = performance.now()
    await begin()
    await expect.poll(openRuns, { interval: 50 }).toEqual([])
    undisturbedMs = performance.now() - began
    await work.stopWorker()
    console.log(`A generation takes ${Math.round(undisturbedMs)} ms undisturbed.`)
  })

  test('no call is paid twice, no marketing mail comes twice, and nothing is forgotten', async () => {
    const began = performance.now()
    for (let kill = 1; kill <= kills; kill++) {
      aheadMs += passesMs
      const [begin] = await Promise.all([prepare(), work.startWorker(aheadMs)])
      await work.timePasses()
      await begin()
      await delay(random.next() * undisturbedMs)
      await work.kill()
      await notePhases()
      await checkPromises()
    }
    print()
    console.log(`${kills} kills took ${Math.round((performance.now() - began) / 1000)} s.`)
  }, 1_800_000)

  test('in the end every turn has ended, and every message has its state', async () => {
    aheadMs += 20 * 60_000
    await work.startWorker(aheadMs)
    await work.timePasses()
    const open = async () => ({
      runs: await openRuns(),
      mail: await work.query(
        `select "dispatch", count(*) from "MailMessage" where "dispatch" in ('planned', 'claimed', 'attempted', 'unknown') group by 1`,
      ),
    })
    await expect.poll(open, { interval: 250 }).toEqual({ runs: [], mail: [] })
    await work.kill()
    await checkPromises()
    await sayWhatBecameOfCalls()
    await sayWhatBecameOfMail()
    await sayWhatBecameOfVersions()
    const bills = orchards().flatMap(({ bill }) => bill)
    const [marketing, transactional] = [await messages('marketing'), await messages('transactional')]
    const left = timesAccepted()
    const twice = transactional.filter(({ id }) => (left.get(id) ?? 0) > 1).length
    await report({
      fault: 'SIGKILL of a worker while it generates with a model and sends mail',
      seen: 'Nothing; what was under way goes on in the next life',
      measured: `${kills} kills: ${bills.length} calls of a model billed, ${bills.length - new Set(bills.map(({ key }) => key)).size} twice; ${marketing.length} marketing messages, none twice, ${marketing.filter(({ dispatch }) => dispatch === 'lost').length} told as lost; ${transactional.length} transactional, none lost, ${twice} more than once`,
      promise:
        'No call is paid twice, no marketing mail comes twice; a transactional one may, where the worker died before it heard the yes of SES',
    })
  })

  /** At any moment, also between two lives. */
  async function checkPromises(): Promise<void> {
    for (const { id, bill } of orchards()) {
      const keys = bill.map(({ key }) => key)
      expect(keys).not.toContain('')
      expect(new Set(keys).size, 'no call is paid twice').toBe(keys.length)
      const known = await work.query<{ id: string; costMicros: string }>(
        `select "id", "costMicros" from "AiCall" where "workspaceId" = $1 and "status" <> 'failed'`,
        [id],
      )
      const costs = new Map(known.map((call) => [call.id, Number(call.costMicros)]))
      for (const { key, micros } of bill)
        expect(costs.get(key), 'every paid call is in the ledger').toBeGreaterThanOrEqual(micros)
      const [spending] = await work.query<{ counted: string }>(
        `select "spentMicros" + "reservedMicros" as "counted" from "AiSpending" where "workspaceId" = $1 and "purpose" = ''`,
        [id],
      )
      expect(Number(spending?.counted)).toBeGreaterThanOrEqual(bill.reduce((sum, { micros }) => sum + micros, 0))
    }
    const marketing = await messages('marketing')
    const left = timesAccepted()
    for (const { id } of marketing) expect(left.get(id) ?? 0, 'no marketing mail comes twice').toBeLessThanOrEqual(1)
  }

  async function notePhases(): Promise<void> {
    for (const { id } of orchards()) {
      const [run] = await work.query<RunRow & { out: boolean }>(
        `select "status"::text, "step", exists (select 1 from "AiCall" c where c."workspaceId" = r."workspaceId" and c."status" = 'attempted'
            and c."subjectId" = r."id") as "out"
          from "PageLoopRun" r where "workspaceId" = $1 order by "createdAt" desc, "id" desc limit 1`,
        [id],
      )
      const step = run?.step.split(':')[0] ?? ''
      const phase =
        run?.status === 'waiting'
          ? 'not begun'
          : run?.status === 'done'
            ? 'ended'
            : run?.out
              ? 'a call is out'
              : `before "${step}"`
      phases.generation.push(phase)
    }
    const [mail] = await work.query<{ attempted: number; claimed: number; planned: number }>(
      `select count(*) filter (where "dispatch" = 'attempted')::int as "attempted", count(*) filter (where "dispatch" = 'claimed')::int as "claimed",
          count(*) filter (where "dispatch" = 'planned')::int as "planned" from "MailMessage" where "workspaceId" = $1`,
      [work.stored.id],
    )
    const { attempted = 0, claimed = 0, planned = 0 } = mail ?? {}
    phases.send.push(
      attempted > 0
        ? 'messages are out'
        : claimed > 0
          ? 'messages are in hand'
          : planned > 0
            ? 'not begun'
            : 'all sent',
    )
  }

  function print(): void {
    for (const [what, found] of Object.entries(phases)) {
      const counts = Object.entries(Object.groupBy(found, (phase) => phase)).map(
        ([phase, all]) => `${phase}: ${all?.length}`,
      )
      console.log(`Killed during a ${what}: ${counts.join(', ')}.`)
    }
  }

  async function sayWhatBecameOfCalls(): Promise<void> {
    for (const [name, { id, bill }] of Object.entries({ kept: work.stored, 'not kept': work.unstored })) {
      const calls = await work.query<{ id: string; status: string; costMicros: string; attempts: number }>(
        `select "id", "status"::text, "costMicros", "attempts" from "AiCall" where "workspaceId" = $1`,
        [id],
      )
      const paid = new Map(bill.map(({ key, micros }) => [key, micros]))
      const of = (status: string) => calls.filter((call) => call.status === status)
      for (const call of of('succeeded')) expect(Number(call.costMicros)).toBe(paid.get(call.id))
      expect(of('planned').length + of('attempted').length).toBe(0)
      const lost = of('unknown').filter((call) => paid.has(call.id))
      if (name === 'kept') expect(lost, 'an answer that the service keeps is fetched').toEqual([])
      const [spending] = await work.query<{ spent: string; reserved: string }>(
        `select "spentMicros" as "spent", "reservedMicros" as "reserved" from "AiSpending" where "workspaceId" = $1 and "purpose" = ''`,
        [id],
      )
      expect(Number(spending?.reserved)).toBe(0)
      expect(Number(spending?.spent)).toBe(calls.reduce((sum, call) => sum + Number(call.costMicros), 0))
      console.log(
        `Answers ${name}: ${calls.length} calls, ${bill.length} paid, ${of('succeeded').length} answered, ${of('unknown').length} unknown (${lost.length} of them paid), ${of('failed').length} failed; billed ${[...paid.values()].reduce((sum, micros) => sum + micros, 0)}, counted ${spending?.spent} millionths of a dollar.`,
      )
    }
  }

  async function sayWhatBecameOfMail(): Promise<void> {
    const left = timesAccepted()
    const [marketing, transactional] = [await messages('marketing'), await messages('transactional')]
    for (const { id, dispatch } of marketing) {
      expect(['accepted', 'lost']).toContain(dispatch)
      if (dispatch === 'accepted') expect(left.get(id)).toBe(1)
    }
    for (const { id, dispatch, attempts } of transactional) {
      expect(dispatch).toBe('accepted')
      expect(left.get(id) ?? 0, 'nothing that somebody waits for is lost').toBeGreaterThanOrEqual(1)
      expect(left.get(id), 'what came more than once was tried more than once').toBeLessThanOrEqual(attempts)
    }
    const lost = marketing.filter(({ dispatch }) => dispatch === 'lost')
    const twice = transactional.filter(({ id }) => (left.get(id) ?? 0) > 1)
    console.log(
      `Marketing: ${marketing.length} messages, none twice, ${lost.length} told as lost (SES had taken ${lost.filter(({ id }) => left.has(id)).length} of them). Transactional: ${transactional.length} messages, none lost, ${twice.length} more than once.`,
    )
    const outbox = await work.query<{ state: string; count: number }>(
      `select "state"::text, count(*)::int from "MailMessage" where "workspaceId" = $1 group by 1`,
      [work.unstored.id],
    )
    expect(outbox).toEqual([{ state: 'sent', count: expect.any(Number) }])
    console.log(`Outbox: ${outbox[0]?.count} messages, each once.`)
  }

  async function sayWhatBecameOfVersions(): Promise<void> {
    const runs = await work.query<{ status: string; failure: string | null; count: number }>(
      `select "status"::text, "failure", count(*)::int from "PageLoopRun" group by 1, 2`,
    )
    expect(runs).toEqual([{ status: 'done', failure: null, count: expect.any(Number) }])
    const [versions] = await work.query<{
      accepted: number
      variants: number
      made: number
      recombined: number
      arms: number
    }>(`
      select (select count(*)::int from "PageCandidate" where "status" = 'accepted') as "accepted",
        (select count(distinct "variantId")::int from "PageCandidate" where "status" = 'accepted') as "variants",
        (select count(*)::int from "PageVariant" where "key" like 'auto-%') as "made",
        (select count(*)::int from "ExperimentVariant" where "key" like 'auto-%') as "arms",
        (select count(*)::int from "PageCandidate" where "origin" = 'recombined') as "recombined"`)
    expect(versions?.variants).toBe(versions?.accepted)
    expect(versions?.made, 'each accepted version is one variant').toBe(versions?.accepted)
    expect(versions?.arms, 'and one arm').toBe(versions?.accepted)
    console.log(
      `${runs[0]?.count} turns, all done: ${versions?.accepted} versions accepted, each once; ${versions?.recombined} recombined in place of an answer that was lost.`,
    )
  }

  function timesAccepted(): Map<string, number> {
    const times = new Map<string, number>()
    for (const id of work.ses.acceptedIds) times.set(id, (times.get(id) ?? 0) + 1)
    return times
  }

  function messages(kind: 'marketing' | 'transactional') {
    return work.query<{ id: string; dispatch: string; attempts: number }>(
      `select "id", "dispatch"::text, "attempts" from "MailMessage" where "workspaceId" = $1 and "class" = $2`,
      [work.stored.id, kind],
    )
  }
})
