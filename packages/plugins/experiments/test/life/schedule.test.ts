import { sql } from '@espalier/core'
import { ManualTime, type SignedInClient, servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import experiments from '../../src/index.ts'
import { followSchedules } from '../../src/life/schedule.ts'
import { experimentDoor } from './experimentDoor.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const { kernel, signIn } = await servedKernel([tracking, experiments], { clock: time })
const service = kernel.service(experiments)
// The job of this kernel would come between what the tests do by hand.
await kernel.jobs.stopWork()
const hour = 3_600_000
const inHours = (hours: number) => new Date(time.now().getTime() + hours * hour).toISOString()

/** What the job does every minute. */
const follow = () => followSchedules(kernel.contexts.system('test'), service)

async function draft(client: SignedInClient, input: object) {
  const door = experimentDoor(client)
  return { ...door, id: (await door.create(input)).data?.id as string }
}

describe('an experiment with a schedule', () => {
  test('starts when its time has come and stops when it is over, by the system, and says so', async () => {
    const { id, read } = await draft(await signIn(), { startsAt: inHours(1), stopsAt: inHours(3) })
    await follow()
    expect((await read(id)).status).toBe('DRAFT')
    time.advance(hour)
    await follow()
    expect(await read(id)).toMatchObject({ status: 'RUNNING', phase: 1, startedAt: time.now().toISOString() })
    time.advance(2 * hour)
    await follow()
    const { status, winner, decisions } = await read(id)
    expect([status, winner]).toEqual(['COMPLETED', null])
    expect(decisions.map(({ kind, actor, reason }) => [kind, actor.kind, reason])).toEqual([
      ['STOP', 'SYSTEM', 'Its time was up, so it stopped by itself.'],
      ['VERDICT', 'SYSTEM', expect.stringContaining('“Control” was seen by 0 of 1,000 subjects.')],
      ['START', 'SYSTEM', 'Its time had come, so it started by itself.'],
    ])
  })

  test('starts once, however many processes look at the same time', async () => {
    const { id, read } = await draft(await signIn(), { startsAt: inHours(-1) })
    const outcomes = await Promise.all([follow(), follow(), follow()])
    expect(outcomes.map(({ started }) => started).sort()).toEqual([0, 0, 1])
    expect((await read(id)).decisions.map(({ kind }) => kind)).toEqual(['START'])
  })

  test('catches up after a downtime; one whose end has passed too is not begun, and says why', async () => {
    const client = await signIn()
    const late = await draft(client, { startsAt: inHours(1), stopsAt: inHours(48) })
    const missed = await draft(client, { startsAt: inHours(1), stopsAt: inHours(2) })
    time.advance(24 * hour)
    expect(await follow()).toMatchObject({ started: 1, refused: 1, failed: 0 })
    expect((await late.read(late.id)).status).toBe('RUNNING')
    const { status, startsAt, decisions } = await missed.read(missed.id)
    expect([status, startsAt]).toEqual(['DRAFT', null])
    expect(decisions[0]?.reason).toContain('could not start by itself: The experiment "Headline" was to stop at')
    // It is not tried again, and a person may start it after all.
    expect(await follow()).toMatchObject({ started: 0, refused: 0 })
    await missed.act('updateExperiment', { id: missed.id, input: { stopsAt: null } })
    expect(await missed.act('startExperiment', { id: missed.id })).toMatchObject({ data: { status: 'RUNNING' } })
  })

  test('that is paused stops all the same', async () => {
    const { id, act, read } = await draft(await signIn(), { stopsAt: inHours(1) })
    await act('startExperiment', { id })
    await act('pauseExperiment', { id })
    time.advance(hour)
    await follow()
    expect((await read(id)).status).toBe('COMPLETED')
  })

  test('that cannot be followed holds up no other, and leaves nothing half done', async () => {
    const [first, second] = await Promise.all([signIn(), signIn()])
    const broken = await draft(first, { startsAt: inHours(0) })
    const sound = await draft(second, { startsAt: inHours(0) })
    // No weights, no shares: the transaction fails after it has changed the status.
    const { db } = kernel.contexts.workspace(first.workspaceId, { type: 'system', name: 'test' })
    await db.query(sql`update "ExperimentVariant" set "weight" = 0 where "experimentId" = ${broken.uuid(broken.id)}`)
    expect(await follow()).toMatchObject({ started: 1, failed: 1 })
    expect(await broken.read(broken.id)).toMatchObject({ status: 'DRAFT', phase: 0, decisions: [], phases: [] })
    expect((await sound.read(sound.id)).status).toBe('RUNNING')
    await db.query(sql`update "ExperimentVariant" set "weight" = 1 where "experimentId" = ${broken.uuid(broken.id)}`)
    expect(await follow()).toMatchObject({ started: 1, failed: 0 })
  })
})
