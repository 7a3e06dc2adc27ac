import ai from '@espalier/ai'
import { stubModelServer } from '@espalier/ai/testing'
import { sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import prompts from '@espalier/prompts'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { improvePages } from '../../src/loop/jobs.ts'
import { giveLeaseBack, holdLease, takeLease } from '../../src/loop/lease.ts'
import { improving } from './improving.ts'
import { useModel, withHeadline } from './modelWriting.ts'

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, ai, prompts, landingPages], { clock: time })
const stub = await stubModelServer()
afterAll(() => stub.close())

test('of many jobs that come at once one works, in each workspace', async () => {
  const [one, other] = await Promise.all([served.signIn(), served.signIn()])
  const contextOf = (workspaceId: string) =>
    served.kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const [mine, theirs] = [contextOf(one.workspaceId), contextOf(other.workspaceId)]
  const tokens = await Promise.all(Array.from({ length: 12 }, () => takeLease(mine, uuidv7())))
  expect(tokens.filter((token) => token !== undefined)).toEqual([1])
  expect(await takeLease(theirs, 'theirs')).toBe(1)
  expect(await giveLeaseBack(mine, 1)).toBe(true)
  expect(await takeLease(mine, 'next')).toBe(2)
  // The next attempt of a job takes over what it held itself; the one before may write no more.
  expect(await takeLease(mine, 'next')).toBe(3)
  await expect(mine.sqlTransaction((tx) => holdLease(tx, 2))).rejects.toThrow('Another job works on the loops')
  // One that has said nothing for a quarter of an hour is believed dead.
  expect(await takeLease(mine, 'third')).toBeUndefined()
  time.advance(15 * 60_000)
  expect(await takeLease(mine, 'third')).toBe(4)
})

test('turns of two pages that are asked for at once are taken one after the other, whatever the number of jobs', async () => {
  const client = await served.signIn()
  const world = improving(served, client)
  const pages = await Promise.all([1, 2, 3].map(() => world.page()))
  for (const { id } of pages) await world.improve(id, 'AUTOMATIC')
  const asked = await Promise.all(
    pages.map(({ id }) => world.act('improvePageNow', { pageId: ['ID!', id], kind: ['PageLoopRunKind!', 'ANALYSIS'] })),
  )
  await Promise.all(Array.from({ length: 8 }, () => world.context().enqueue(improvePages, {})))
  for (const { id } of asked) expect((await world.ended(id)).status).toBe('DONE')
  const steps = await world.context().db.query<{ runId: string; at: Date }>(sql`
    select "runId" from "PageLoopStep" order by "id"`)
  // No turn begins before the one before it has ended.
  const inOrder = steps.map(({ runId }) => runId)
  expect(new Set(inOrder).size).toBe(3)
  expect(inOrder).toEqual([...new Set(inOrder)].flatMap((id) => inOrder.filter((other) => other === id)))
  await expect(
    world.act('improvePageNow', { pageId: ['ID!', pages[0]?.id], kind: ['PageLoopRunKind!', 'ANALYSIS'] }),
  ).resolves.toBeTruthy()
})

test('a job that was thought dead while a model wrote writes nothing any more, and the other pays for nothing twice', async () => {
  const client = await served.signIn()
  const world = improving(served, client)
  await useModel(served, client, stub)
  stub.script((request) => withHeadline(request, 'Pears by dinner'))
  const { id } = await world.page()
  const { loop } = await world.improve(id, 'AUTOMATIC', { variantsPerRun: 1 })
  for (let days = 0; days < 4; days++) {
    await world.visitors(loop.experiment?.id as string, 1_000, (key) => (key === 'bold' ? 0.2 : 0.1))
    time.advance(86_400_000)
  }
  const tokenOf = async () =>
    (await world.context().db.query<{ token: number }>(sql`select "token" from "PageLoopLease"`))[0]?.token
  stub.fail({ kind: 'hold' })
  const before = stub.paid.length
  const run = await world.act('improvePageNow', { pageId: ['ID!', id], kind: ['PageLoopRunKind!', 'GENERATION'] })
  await expect.poll(() => stub.paid.length).toBe(before + 1)
  // Its process sleeps: another job takes over, while the answer is still under way.
  time.advance(16 * 60_000)
  const second = world.loops.runner.work(world.context(), { jobId: uuidv7(), signal: new AbortController().signal })
  await expect.poll(tokenOf).toBe(2)
  stub.release()
  await second.catch(() => {})
  const { status, candidates } = await world.ended(run.id)
  expect(status).toBe('DONE')
  expect(stub.paid.length).toBe(before + 1)
  expect(candidates).toHaveLength(1)
  expect(candidates[0]).toMatchObject({ status: 'ACCEPTED', variant: { key: 'auto-1' } })
  expect((await world.shown(id)).map(({ key }) => key)).toEqual(['control', 'bold', 'auto-1'])
})
