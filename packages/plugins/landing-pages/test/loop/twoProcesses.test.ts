import ai from '@espalier/ai'
import { stubModelServer } from '@espalier/ai/testing'
import { sql } from '@espalier/core'
import { ManualTime, servedKernel, testDatabase } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import { PrismaClient } from '@espalier/prisma'
import prompts from '@espalier/prompts'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { improvePages } from '../../src/loop/jobs.ts'
import { improving } from './improving.ts'
import { useModel, withHeadline } from './modelWriting.ts'

/** Two whole servers on one database, as behind a load balancer: both take jobs. */
const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const { urls } = await testDatabase()
const database = { appUrl: urls.app, systemUrl: urls.system, prisma: PrismaClient as never, poolSize: 4 }
const plugins = [tracking, experiments, ai, prompts, landingPages]
const one = await servedKernel(plugins, { clock: time, database })
const other = await servedKernel(plugins, { clock: time, database })
const stub = await stubModelServer()
afterAll(() => stub.close())

test('two servers on one database take the turns of a workspace one after the other, and pay for each version once', async () => {
  const client = await one.signIn()
  const world = improving(one, client)
  await useModel(one, client, stub)
  stub.script((request) => withHeadline(request, `Pears by dinner, take ${'I'.repeat(stub.paid.length + 1)}`))
  const pages = []
  for (let index = 0; index < 3; index++) {
    const { id } = await world.page()
    const { loop } = await world.improve(id, 'AUTOMATIC', { variantsPerRun: 2, minDetectableLift: 2, horizonDays: 180 })
    await world.visitors(loop.experiment?.id as string, 400, () => 0.15)
    pages.push(id)
  }
  time.advance(86_400_000)
  const asked = await Promise.all(
    pages.map((id) => world.act('improvePageNow', { pageId: ['ID!', id], kind: ['PageLoopRunKind!', 'GENERATION'] })),
  )
  const contexts = [one, other].map(({ kernel }) =>
    kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' }),
  )
  // Both are asked many times over, by the queue and past it.
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const server = [one, other][index % 2] as typeof one
      const context = contexts[index % 2] as (typeof contexts)[number]
      await context.enqueue(improvePages, {})
      const { runner } = server.kernel.service(landingPages).loops
      return runner.work(context, { jobId: uuidv7(), signal: new AbortController().signal })
    }),
  )
  expect(outcomes.some(({ busy }) => busy)).toBe(true)
  for (const { id } of asked) {
    const { status, candidates } = await world.ended(id)
    expect(status).toBe('DONE')
    expect(candidates.map(({ number, status }) => [number, status])).toEqual([
      [1, 'ACCEPTED'],
      [2, 'ACCEPTED'],
    ])
  }
  expect(stub.paid).toHaveLength(6)
  for (const id of pages)
    expect((await world.shown(id)).map(({ key }) => key)).toEqual(['control', 'bold', 'auto-1', 'auto-2'])
  // No turn begins before the one before it has ended.
  const steps = await world.context().db.query<{ runId: string }>(sql`
    select "runId" from "PageLoopStep" order by "id"`)
  const order = steps.map(({ runId }) => runId).filter((runId, index, all) => runId !== all[index - 1])
  expect(order).toHaveLength(3)
}, 120_000)
