import { sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { contentOf, improving } from './improving.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, landingPages], { clock: time })
const client = await served.signIn()
const { page, improve, visitors, turn, run, shown, arms, say, act } = improving(served, client)
const day = 86_400_000

/** A page under a loop that asks, with three versions of which "weak" does worse; visitors have come for six days. */
async function asking(limits: object = { variantsPerRun: 1 }, many = 1_500) {
  const { id, uuid } = await page({
    control: contentOf('Pears from the garden'),
    bold: contentOf('Fresh pears tonight!', { button: 'Get my pears', swapped: true }),
    weak: contentOf('Fruit', { button: 'Submit' }),
  })
  const { loop } = await improve(id, 'APPROVE', limits)
  const experimentId = loop.experiment?.id as string
  for (let days = 0; days < 6; days++) {
    await visitors(experimentId, many, (key) => (key === 'bold' ? 0.2 : key === 'weak' ? 0.03 : 0.15))
    time.advance(day)
  }
  return { id, uuid, experimentId }
}

describe('a new version waits for a yes', () => {
  test('and visitors see it once somebody has said it', async () => {
    const { id } = await asking()
    const asked = await turn(id, 'GENERATION')
    expect(asked.status).toBe('APPROVAL')
    expect(asked.candidates.map(({ status }) => status)).toEqual(['APPROVAL'])
    const waiting = asked.steps.find(({ kind }) => kind === 'introduction')
    expect(waiting).toMatchObject({ status: 'waiting', canBeUndone: false })
    expect(await shown(id)).toHaveLength(3)

    expect(await say('approveLoopStep', waiting?.id as string)).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(
        /^“auto-1” is new, recombined from “\w+”; it begins with 5\.0% of the visitors\.$/,
      ),
    })
    expect((await shown(id)).at(-1)).toMatchObject({ key: 'auto-1', status: 'ACTIVE' })
    expect((await arms(id))['auto-1']).toEqual([expect.closeTo(0.05, 2), 0.05])
    expect((await run(asked.id)).status).toBe('DONE')
    expect((await run(asked.id)).candidates[0]).toMatchObject({ status: 'ACCEPTED', variant: { key: 'auto-1' } })
    await expect(say('approveLoopStep', waiting?.id as string)).rejects.toThrow(
      'does not wait for an answer: it is done',
    )
  })

  test('and nobody ever does after a no', async () => {
    const { id } = await asking()
    const asked = await turn(id, 'GENERATION')
    const waiting = asked.steps.find(({ status }) => status === 'waiting')?.id as string
    await expect(say('undoLoopStep', waiting)).rejects.toThrow('Reject it instead')
    expect(await say('rejectLoopStep', waiting)).toMatchObject({ status: 'rejected' })
    expect(await run(asked.id)).toMatchObject({ status: 'DONE', candidates: [{ status: 'REJECTED' }] })
    expect(await shown(id)).toHaveLength(3)
    await expect(say('approveLoopStep', waiting)).rejects.toThrow('it is rejected')
  })

  test('and what waits counts among the variants that the traffic can tell apart', async () => {
    const { id } = await asking({ maxArms: 4, variantsPerRun: 1 })
    await turn(id, 'GENERATION')
    const second = await turn(id, 'GENERATION')
    expect(second.steps.map(({ kind, summary }) => [kind, summary.includes('4 take part')])).toEqual([
      ['support', true],
    ])
  })

  test('and so do those of a turn that is stopped no longer', async () => {
    const { id } = await asking()
    const asked = await turn(id, 'GENERATION')
    expect(await act('stopLoopRun', { id: ['ID!', asked.id] }, 'status')).toEqual({ status: 'CANCELED' })
    expect(await run(asked.id)).toMatchObject({ candidates: [{ status: 'REJECTED' }] })
    const waiting = asked.steps.find(({ kind }) => kind === 'introduction')?.id as string
    await expect(say('approveLoopStep', waiting)).rejects.toThrow('no longer asked for')
  })
})

describe('a variant that does worse', () => {
  test('is switched off and archived after a yes, and comes back when that is undone', async () => {
    const { id } = await asking()
    const asked = await turn(id, 'ANALYSIS')
    const waiting = asked.steps.find(({ kind }) => kind === 'retirement')
    expect(waiting).toMatchObject({ status: 'waiting', variantKey: 'weak', evidence: { reason: 'worse' } })
    expect(Object.keys(await arms(id))).toEqual(['control', 'bold', 'weak'])
    // Asked once, however often it is looked at.
    expect((await turn(id, 'ANALYSIS')).steps.filter(({ kind }) => kind === 'retirement')).toEqual([])

    await say('approveLoopStep', waiting?.id as string)
    expect(Object.keys(await arms(id))).toEqual(['control', 'bold'])
    expect((await shown(id)).map(({ key }) => key)).toEqual(['control', 'bold'])

    await say('undoLoopStep', waiting?.id as string)
    const back = (await shown(id)).at(-1)
    expect(back).toMatchObject({ key: 'auto-1', status: 'ACTIVE' })
    expect(JSON.stringify(back?.published)).toContain('"Submit"')
  })

  test('is asked for no longer once the figures say something else', async () => {
    const { id, experimentId } = await asking({}, 700)
    const asked = await turn(id, 'ANALYSIS')
    const waiting = asked.steps.find(({ kind }) => kind === 'retirement')?.id as string
    await visitors(experimentId, 20_000, (key) => (key === 'weak' ? 0.4 : 0.15))
    time.advance(day)
    await turn(id, 'ANALYSIS')
    expect((await run(asked.id)).status).toBe('DONE')
    await expect(say('approveLoopStep', waiting)).rejects.toThrow('no longer asked for: the figures say something else')
  })
})

test('every step is an entry of the audit trail, with its evidence', async () => {
  const { id } = await asking()
  const { steps } = await turn(id, 'ANALYSIS')
  const entries = await served.kernel.access.system.query<{
    resourceId: string
    after: { evidence: object; kind: string }
  }>(sql`
    select "resourceId", "after" from "AuditEntry" where "workspaceId" = ${client.workspaceId} and "resourceType" = 'PageLoopStep'`)
  for (const step of steps) {
    const { after } =
      entries.find(({ resourceId }) =>
        step.id.includes(Buffer.from(`PageLoopStep:${resourceId}`).toString('base64')),
      ) ?? {}
    expect(after).toMatchObject({ kind: step.kind, evidence: step.evidence })
  }
})

test('who may not write may look, and decides nothing; another workspace does neither', async () => {
  const { id } = await asking()
  const asked = await turn(id, 'GENERATION')
  const stepId = asked.steps.find(({ status }) => status === 'waiting')?.id as string
  const viewer = await served.signIn({ role: 'viewer', workspace: client.workspaceId })
  const theirs = improving(served, viewer)
  expect((await theirs.run(asked.id)).status).toBe('APPROVAL')
  await expect(theirs.say('approveLoopStep', stepId)).rejects.toThrow('pages:write')
  await expect(theirs.improve(id, 'OFF')).rejects.toThrow('pages:write')

  const others = improving(served, await served.signIn())
  await expect(others.say('approveLoopStep', stepId)).rejects.toThrow('step')
  await expect(others.improve(id, 'AUTOMATIC')).rejects.toThrow('page')
  expect(await others.loops.requestDue(others.context(), 'generation')).toBe(0)
})

test('what is due by schedule is asked for once for each time, whoever asks', async () => {
  const fresh = improving(served, await served.signIn())
  const { id } = await fresh.page()
  await fresh.improve(id, 'AUTOMATIC')
  const off = await fresh.page()
  await fresh.improve(off.id, 'AUTOMATIC')
  await fresh.improve(off.id, 'OFF')
  const twice = await Promise.all([1, 2].map(() => fresh.loops.requestDue(fresh.context(), 'analysis')))
  expect(twice.sort()).toEqual([0, 1])
  time.advance(6 * 3_600_000)
  expect(await fresh.loops.requestDue(fresh.context(), 'analysis')).toBe(1)
})
