import { sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import experiments from '../../src/index.ts'
import { followSchedules } from '../../src/life/schedule.ts'
import { experimentDoor } from '../life/experimentDoor.ts'
import { populate } from './populate.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const { kernel, signIn } = await servedKernel([tracking, experiments], { clock: time })
const service = kernel.service(experiments)
// The jobs of this kernel would come between what the tests do by hand.
await kernel.jobs.stopWork()
const day = 24 * 3_600_000

/** What the job does every ten minutes. */
const lookAtAll = () => service.verdicts.determineAll(kernel.contexts.system('test'))

/** A running experiment in a workspace of its own, and subjects for it. */
async function running(input: object = {}) {
  const client = await signIn()
  const door = experimentDoor(client)
  const rules = { minExposures: 200, minConversions: 10, minDays: 2, maxDays: 30 }
  const id = (await door.create({ rules, ...input })).data?.id as string
  await door.act('startExperiment', { id })
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  return {
    ...door,
    id,
    client,
    context,
    come: (count: number, rates: Record<string, number>, name?: string) =>
      populate(service, context, door.uuid(id), { count, rates, ...(name ? { name } : {}) }),
    verdict: async () => (await door.read(id)).verdict,
    given: async () => (await service.assign(context, door.uuid(id), uuidv7()))?.variantKey,
  }
}

describe('a winner', () => {
  test('is determined from what was counted, then applied; every step is kept with its reason and can be computed again', async () => {
    const { id, act, read, come, verdict, given } = await running()
    await come(800, { control: 0.05, bold: 0.25 })
    expect(await verdict()).toMatchObject({
      ...{ state: 'COLLECTING', variant: null, reachedAt: null },
      reason: 'It has run for 0 of 2 days.',
    })
    expect(await act('applyWinner', { id })).toMatchObject({ message: expect.stringContaining('no verdict yet') })
    time.advance(2 * day)
    expect(await act('determineWinner', { id })).toMatchObject({ data: { status: 'RUNNING', winner: null } })
    const reached = await verdict()
    expect(reached).toMatchObject({ state: 'WINNER', variant: 'bold', phase: 1, reachedAt: time.now().toISOString() })
    expect(reached?.reason).toMatch(
      /^“Bold” is better than the control at “signup” by \+4\d\d(\.\d)?% \(p < 0\.0001; below 0\.05 is asked for\)\.$/,
    )
    expect(await act('applyWinner', { id })).toMatchObject({ data: { status: 'COMPLETED', winner: 'bold' } })
    expect(await given()).toBe('bold')
    const { decisions } = await read(id)
    expect(decisions.map(({ kind, replayAgrees }) => [kind, replayAgrees])).toEqual([
      ['WINNER', null],
      ['VERDICT', true],
      ['START', null],
    ])
    expect(decisions[0]?.reason).toContain('The verdict was applied: everyone gets “Bold”.')
    expect(decisions[1]?.inputs).toMatchObject({ evidence: { runningDays: 2, goal: { metric: 'signup' } } })
  })

  test('stays what it is, whatever comes after, until a phase asks a new question', async () => {
    const { id, act, come, verdict, read } = await running()
    await come(800, { control: 0.05, bold: 0.25 })
    time.advance(2 * day)
    await act('determineWinner', { id })
    const reached = await verdict()
    await come(800, { control: 0.5, bold: 0.05 })
    await lookAtAll()
    await act('determineWinner', { id })
    expect(await verdict()).toEqual(reached)
    await act('changeRunningExperiment', { id, input: { coverage: 1, stopsAt: '2027-01-01T00:00:00Z' } })
    expect(await verdict()).toEqual(reached)

    await act('changeRunningExperiment', { id, input: { weights: [{ variant: 'bold', weight: 3 }] } })
    expect(await verdict()).toMatchObject({ state: 'COLLECTING', phase: 2, reachedAt: null })
    expect((await read(id)).decisions[0]?.reason).toContain('the verdict before is set aside')
  })

  test('that was applied can be taken back: it runs again in a new phase, and everyone has the variant of before', async () => {
    const { id, act, read, come, context, uuid } = await running()
    const visitors = Array.from({ length: 40 }, () => uuidv7())
    const given = () =>
      Promise.all(visitors.map(async (visitor) => (await service.assign(context, uuid(id), visitor))?.variantKey))
    const before = await given()
    await come(800, { control: 0.05, bold: 0.25 })
    time.advance(2 * day)
    await act('determineWinner', { id })
    await act('applyWinner', { id })
    expect(await act('applyWinner', { id })).toMatchObject({ __typename: 'ConflictError' })
    expect(await act('revertWinner', { id, why: 'It broke the checkout.' })).toMatchObject({
      data: { status: 'RUNNING', winner: null, phase: 2 },
    })
    expect(await given()).toEqual(before)
    const { phases, decisions, verdict } = await read(id)
    expect(phases.map(({ reason }) => reason)).toEqual(['REVERTED', 'STARTED'])
    expect(decisions[0]).toMatchObject({ kind: 'REVERT', reason: expect.stringContaining('It broke the checkout.') })
    expect(verdict?.state).toBe('COLLECTING')
  })

  test('can still be applied after the experiment has stopped without one', async () => {
    const { id, act, come, given, read } = await running({ stopsAt: new Date(time.now().getTime() + 3 * day) })
    await come(800, { control: 0.05, bold: 0.25 })
    time.advance(3 * day)
    await followSchedules(kernel.contexts.system('test'), service)
    expect(await read(id)).toMatchObject({ status: 'COMPLETED', winner: null, verdict: { state: 'WINNER' } })
    expect(await given()).toBeUndefined()
    expect(await act('applyWinner', { id })).toMatchObject({ data: { status: 'COMPLETED', winner: 'bold' } })
    expect(await given()).toBe('bold')
    expect(await act('forceWinner', { id, variant: 'control', why: 'No.' })).toMatchObject({
      message: expect.stringContaining('everyone gets "bold" already'),
    })
  })

  test('can be forced against the verdict, by somebody who says why', async () => {
    const { id, act, read, given } = await running()
    expect(await act('forceWinner', { id, variant: 'bold', why: '  ' })).toMatchObject({ issues: [{ path: 'why' }] })
    expect(await act('forceWinner', { id, variant: 'nobody', why: 'x' })).toMatchObject({
      issues: [{ path: 'variant', message: expect.stringContaining('control, bold') }],
    })
    expect(await act('forceWinner', { id, variant: 'bold', why: 'The campaign starts tomorrow.' })).toMatchObject({
      data: { status: 'COMPLETED', winner: 'bold' },
    })
    expect(await given()).toBe('bold')
    expect((await read(id)).decisions[0]).toMatchObject({
      ...{ kind: 'WINNER', actor: { kind: 'USER' } },
      reason: '“Bold” was declared the winner, whatever the verdict: everyone gets it. The campaign starts tomorrow.',
    })
  })

  test('is applied by itself where the rules say so; where the others lost, that is the control', async () => {
    const rules = { minExposures: 200, minConversions: 10, minDays: 2, autoApply: true }
    const won = await running({ rules })
    const lost = await running({ rules })
    await won.come(800, { control: 0.05, bold: 0.25 })
    await lost.come(800, { control: 0.25, bold: 0.05 })
    time.advance(2 * day)
    await lookAtAll()
    expect(await won.read(won.id)).toMatchObject({ status: 'COMPLETED', winner: 'bold', verdict: { state: 'WINNER' } })
    expect(await lost.read(lost.id)).toMatchObject({
      status: 'COMPLETED',
      winner: 'control',
      verdict: { state: 'LOSER' },
    })
    expect((await won.read(won.id)).decisions.map(({ kind, actor }) => [kind, actor.kind])).toEqual([
      ['WINNER', 'SYSTEM'],
      ['VERDICT', 'SYSTEM'],
      ['START', 'USER'],
    ])
  })
})

describe('looking', () => {
  test('by job writes down only what is new, and once, however many processes look', async () => {
    const { id, read, come } = await running()
    await come(800, { control: 0.05, bold: 0.25 })
    await lookAtAll()
    expect((await read(id)).decisions.map(({ kind }) => kind)).toEqual(['START'])
    time.advance(2 * day)
    const outcomes = await Promise.all([lookAtAll(), lookAtAll(), lookAtAll()])
    expect(outcomes.reduce((sum, { reached }) => sum + reached, 0)).toBe(1)
    expect((await read(id)).decisions.map(({ kind }) => kind)).toEqual(['VERDICT', 'START'])
  })

  test('keeps the best evidence: chance that takes it back later does not', async () => {
    const { id, act, come, context, uuid } = await running({ rules: { minExposures: 100_000 } })
    const kept = async () => {
      const [look] = await context.db.query<{ pValue: number; lower: number; upper: number }>(
        sql`select "pValue", "lower", "upper" from "ExperimentLook" where "experimentId" = ${uuid(id)}`,
      )
      return look as { pValue: number; lower: number; upper: number }
    }
    await come(600, { control: 0.1, bold: 0.2 })
    await act('determineWinner', { id })
    const first = await kept()
    expect(first.pValue).toBeLessThan(0.5)
    await come(600, { control: 0.2, bold: 0.1 })
    await act('determineWinner', { id })
    const second = await kept()
    expect(second.pValue).toBe(first.pValue)
    expect(second.lower).toBeGreaterThanOrEqual(first.lower)
    expect(second.upper).toBeLessThanOrEqual(first.upper)
    expect(second.upper - second.lower).toBeLessThan(first.upper - first.lower)
  })

  test('sees a split that is broken, says so once, and decides nothing', async () => {
    const { id, read, come, context, uuid, verdict } = await running()
    await come(800, { control: 0.05, bold: 0.25 })
    // Half of those who met the control were never recorded.
    await context.db.query(sql`
      update "ExperimentTotal" set "subjects" = "subjects" / 2
      where "experimentId" = ${uuid(id)} and "metricId" = '00000000-0000-0000-0000-000000000000'
        and "variantId" = (select "id" from "ExperimentVariant" where "experimentId" = ${uuid(id)} and "key" = 'control')`)
    time.advance(2 * day)
    await lookAtAll()
    await lookAtAll()
    expect(await verdict()).toMatchObject({
      state: 'UNHEALTHY',
      reason: expect.stringContaining('did not get their shares'),
    })
    expect((await read(id)).decisions.map(({ kind }) => kind)).toEqual(['VERDICT', 'START'])
  })

  test('ends inconclusive when its time is up, and what was paused is not counted as time', async () => {
    const { id, act, come, verdict } = await running({
      rules: { minExposures: 200, minConversions: 10, minDays: 1, maxDays: 10 },
    })
    await come(600, { control: 0.1, bold: 0.1 })
    time.advance(6 * day)
    await act('pauseExperiment', { id })
    time.advance(100 * day)
    await act('resumeExperiment', { id })
    time.advance(3 * day)
    await lookAtAll()
    expect(await verdict()).toMatchObject({ state: 'COLLECTING', reachedAt: null })
    time.advance(day)
    await lookAtAll()
    expect(await verdict()).toMatchObject({ state: 'INCONCLUSIVE', variant: null })
    expect((await verdict())?.reason).toMatch(/^Nothing was decided in 10 days\./)
    expect(await act('applyWinner', { id })).toMatchObject({ message: expect.stringContaining('is inconclusive') })
  })

  test('is not for holdouts, where nobody wins', async () => {
    const variants = [
      { key: 'general', name: 'General', weight: 9 },
      { key: 'held-back', name: 'Held back', weight: 1 },
    ]
    const { id, act, verdict } = await running({ kind: 'HOLDOUT', variants })
    expect(await verdict()).toBeNull()
    expect(await act('determineWinner', { id })).toMatchObject({ message: expect.stringContaining('is a holdout') })
    expect(await lookAtAll()).toMatchObject({ failed: 0 })
  })
})
