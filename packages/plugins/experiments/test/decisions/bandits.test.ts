import { sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import { replay } from '../../src/decisions/replay.ts'
import experiments from '../../src/index.ts'
import { experimentDoor } from '../life/experimentDoor.ts'
import { populate } from './populate.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const { kernel, signIn } = await servedKernel([tracking, experiments], { clock: time })
const service = kernel.service(experiments)
// The jobs of this kernel would come between what the tests do by hand.
await kernel.jobs.stopWork()
const hour = 3_600_000

/** What the job does every hour. */
const updateDue = () => service.bandits.updateDue(kernel.contexts.system('test'))

async function running(input: object = {}) {
  const client = await signIn()
  const door = experimentDoor(client)
  const id = (await door.create({ kind: 'BANDIT', bandit: { maxStep: 0.2, minSubjects: 100, floor: 0.05 }, ...input }))
    .data?.id as string
  await door.act('startExperiment', { id })
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  return {
    ...door,
    id,
    context,
    come: (count: number, rates: Record<string, number>) => populate(service, context, door.uuid(id), { count, rates }),
    shares: async () => {
      const { phases } = await door.read(id)
      return Object.fromEntries(phases[0]?.weights.map(({ variant, share }) => [variant.key, share]) ?? [])
    },
  }
}

describe('a bandit', () => {
  test('moves its weights to what earns more, one step at a time, each in a phase of its own', async () => {
    const { id, come, read, shares } = await running()
    await come(600, { control: 0.1, bold: 0.3 })
    time.advance(6 * hour)
    expect(await updateDue()).toMatchObject({ updated: 1, moved: 1, failed: 0 })
    expect(await shares()).toEqual({ control: 0.3, bold: 0.7 })
    await come(600, { control: 0.1, bold: 0.3 })
    time.advance(6 * hour)
    await updateDue()
    time.advance(6 * hour)
    await updateDue()
    // Never below its floor: what is no longer shown is no longer learned of.
    expect(await shares()).toEqual({ control: 0.05, bold: 0.95 })
    const { phases, decisions } = await read(id)
    expect(phases.map(({ reason }) => reason)).toEqual(['BANDIT', 'BANDIT', 'BANDIT', 'STARTED'])
    expect(decisions[0]).toMatchObject({ kind: 'WEIGHTS', phase: 4, replayAgrees: true, actor: { kind: 'SYSTEM' } })
    expect(decisions[0]?.reason).toContain('Chances to be the best')
  })

  test('takes a variant in beside its weights as if it had been there from the start, and learns of it', async () => {
    const { id, act, come, shares } = await running()
    await come(600, { control: 0.1, bold: 0.3 })
    await act('updateBanditNow', { id })
    await act('changeRunningExperiment', { id, input: { add: [{ key: 'plain', name: 'Plain' }] } })
    expect(await shares()).toEqual({ control: 0.2, bold: 0.4667, plain: 0.3333 })
    await come(900, { control: 0.1, bold: 0.3, plain: 0.1 })
    await act('updateBanditNow', { id })
    const { bold = 0, plain = 1 } = await shares()
    expect([bold > 0.4667, plain < 0.3333]).toEqual([true, true])
  })

  test('keeps a newcomer under its ceiling until that is lifted, and writes down that it was', async () => {
    const { id, act, come, shares, read } = await running()
    await come(600, { control: 0.1, bold: 0.1 })
    await act('changeRunningExperiment', {
      id,
      input: { add: [{ key: 'fresh', name: 'Fresh', weight: 0.1, ceiling: 0.05 }] },
    })
    await come(3_000, { control: 0.1, bold: 0.1, fresh: 0.4 })
    await act('updateBanditNow', { id })
    expect((await shares()).fresh).toBeLessThanOrEqual(0.05)
    const lifted = { weights: [{ variant: 'fresh', weight: 0.1, ceiling: 0.4 }] }
    await act('changeRunningExperiment', { id, input: lifted })
    expect((await read(id)).decisions[0]?.reason).toContain('The largest shares are now “Fresh” 40%.')
    await act('updateBanditNow', { id })
    expect((await shares()).fresh).toBeGreaterThan(0.05)
    const refused = { weights: [{ variant: 'fresh', weight: 0.1, ceiling: 0 }] }
    expect(await act('changeRunningExperiment', { id, input: refused })).toMatchObject({
      message: expect.stringContaining('not above 0'),
    })
  })

  test('is updated when its cadence has passed, and not before', async () => {
    const { id, come, read } = await running({ bandit: { cadenceHours: 12 } })
    await come(600, { control: 0.1, bold: 0.3 })
    const updatesAfter = async (hours: number) => {
      time.advance(hours * hour)
      await updateDue()
      return (await read(id)).decisions.filter(({ kind }) => kind === 'WEIGHTS').length
    }
    expect([await updatesAfter(11), await updatesAfter(1), await updatesAfter(11), await updatesAfter(1)]).toEqual([
      ...[0, 1, 1, 2],
    ])
  })

  test('catches up once after a downtime, whatever it missed', async () => {
    const { id, come, read } = await running()
    await come(600, { control: 0.1, bold: 0.3 })
    time.advance(100 * hour)
    await updateDue()
    await updateDue()
    expect((await read(id)).phases).toHaveLength(2)
  })

  test('is updated by one of two processes that do so at once', async () => {
    const { id, come, read } = await running()
    await come(600, { control: 0.1, bold: 0.3 })
    time.advance(6 * hour)
    await Promise.all([updateDue(), updateDue(), updateDue()])
    const { phases, decisions } = await read(id)
    expect(phases).toHaveLength(2)
    expect(decisions.filter(({ kind }) => kind === 'WEIGHTS')).toHaveLength(1)
  })

  test('that is killed in the middle of an update has changed nothing, and is updated the next time', async () => {
    const { id, come, read, context, uuid } = await running()
    await come(600, { control: 0.1, bold: 0.3 })
    time.advance(6 * hour)
    const dying = context.transaction(async (tx) => {
      await service.bandits.updateNow(tx, uuid(id))
      throw new Error('killed')
    })
    await expect(dying).rejects.toThrow('killed')
    expect(await read(id)).toMatchObject({ phase: 1, phases: [{ number: 1, endedAt: null }] })
    await updateDue()
    expect((await read(id)).phases).toHaveLength(2)
  })

  test('can be updated now; one that waits for subjects says so and stays as it is', async () => {
    const { id, act, come, read } = await running()
    await come(60, { control: 0.1, bold: 0.3 })
    expect(await act('updateBanditNow', { id })).toMatchObject({ data: { phase: 1 } })
    expect((await read(id)).decisions[0]).toMatchObject({
      ...{ kind: 'WEIGHTS', replayAgrees: true },
      reason:
        '“Control” was seen by 30 of 100 subjects that weights wait for. “Bold” was seen by 30 of 100 subjects that weights wait for. The weights stay as they are.',
    })
    await come(600, { control: 0.1, bold: 0.3 })
    expect(await act('updateBanditNow', { id })).toMatchObject({ data: { phase: 2 } })
  })

  test('writes down a floor that is changed alone, which moves nobody and begins no phase', async () => {
    const { id, act, read } = await running()
    const input = { weights: [{ variant: 'bold', weight: 1, floor: 0.2 }], why: 'It is new.' }
    expect(await act('changeRunningExperiment', { id, input })).toMatchObject({ data: { phase: 1 } })
    expect((await read(id)).decisions[0]).toMatchObject({
      kind: 'CHANGE',
      reason: 'The least shares are now “Bold” 20%. It is new.',
    })
    await act('changeRunningExperiment', { id, input })
    expect((await read(id)).decisions.map(({ kind }) => kind)).toEqual(['CHANGE', 'START'])
  })

  test('keeps its subjects’ variants countable: none of them counts twice over phases', async () => {
    const { id, act, come, context, uuid } = await running()
    await come(600, { control: 0.1, bold: 0.3 })
    await act('updateBanditNow', { id })
    await come(600, { control: 0.1, bold: 0.3 })
    const [counted] = await context.db.query<{ subjects: number; phases: number }>(sql`
      select sum("subjects")::int as "subjects", count(distinct "phase")::int as "phases" from "ExperimentTotal"
      where "experimentId" = ${uuid(id)} and "dimension" = '' and "metricId" = '00000000-0000-0000-0000-000000000000'`)
    expect(counted).toEqual({ subjects: 1200, phases: 2 })
  })

  test('is no test: the weights of one stay, and a paused bandit learns nothing', async () => {
    const { id, act } = await running({ kind: 'TEST', bandit: undefined })
    expect(await act('updateBanditNow', { id })).toMatchObject({
      message: expect.stringContaining('is a test: its weights stay'),
    })
    const paused = await running()
    await paused.act('pauseExperiment', { id: paused.id })
    expect(await paused.act('updateBanditNow', { id: paused.id })).toMatchObject({
      message: expect.stringContaining('Only one that runs learns'),
    })
  })
})

test('every decision that was stored here can be computed again, and one whose inputs were changed disagrees', async () => {
  const stored = await kernel.database.system.query<{ kind: string; inputs: never; outputs: never }>(
    sql`select "kind", "inputs", "outputs" from "ExperimentDecision" where "kind" = 'weights' and "inputs" ? 'bandit'`,
  )
  expect(stored.length).toBeGreaterThan(5)
  expect(new Set(stored.map((decision) => replay(decision)?.agrees))).toEqual(new Set([true]))
  const moved = stored.find(({ outputs }) => (outputs as { changed: boolean }).changed) as (typeof stored)[number]
  const inputs = structuredClone(moved.inputs) as { bandit: { config: { floor: number } } }
  inputs.bandit.config.floor = 0.4
  expect(replay({ ...moved, inputs: inputs as never })?.agrees).toBe(false)
})
