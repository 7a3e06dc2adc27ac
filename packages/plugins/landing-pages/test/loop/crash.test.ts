import ai from '@espalier/ai'
import { stubModelServer } from '@espalier/ai/testing'
import { sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import prompts from '@espalier/prompts'
import tracking from '@espalier/tracking'
import { afterAll, expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { improvePages } from '../../src/loop/jobs.ts'
import { improving } from './improving.ts'
import { useModel, withHeadline } from './modelWriting.ts'

/** Every step of a turn is torn down once, at the last moment before it is written: after everything that it changes. */
const tearing = `
  create sequence torn;
  grant select on torn to public;
  create function tear() returns trigger language plpgsql security definer as $$
  begin
    if nextval('public.torn') % 2 = 1 then raise exception 'The process dies here'; end if;
    return new;
  end $$;
  create trigger tear before update on "PageLoopRun" for each row
    when (old."step" is distinct from new."step") execute function tear();`

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, ai, prompts, landingPages], { clock: time, tables: tearing })
const client = await served.signIn()
const stub = await stubModelServer()
afterAll(() => stub.close())
const world = improving(served, client)
const { page, improve, visitors, shown, arms } = world

/** As pages improve on a machine that dies all the time. */
async function ended(runId: string) {
  await expect
    .poll(
      async () => {
        await world.context().enqueue(improvePages, {})
        return (await world.run(runId)).status
      },
      { timeout: 60_000, interval: 250 },
    )
    .toMatch(/^(DONE|APPROVAL|FAILED)$/)
  return world.run(runId)
}

async function grown(mode = 'AUTOMATIC') {
  const { id } = await page()
  const { loop } = await improve(id, mode, { variantsPerRun: 2 })
  for (let days = 0; days < 4; days++) {
    await visitors(loop.experiment?.id as string, 1_000, (key) => (key === 'bold' ? 0.2 : 0.1))
    time.advance(86_400_000)
  }
  return id
}

const ask = async (id: string, kind: string) =>
  (await world.act('improvePageNow', { pageId: ['ID!', id], kind: ['PageLoopRunKind!', kind] })).id

test('a generation that is torn down at every step makes each variant once, and pays for each call once', async () => {
  await useModel(served, client, stub)
  stub.script((request) => withHeadline(request, `Pears by dinner, take ${'I'.repeat(stub.paid.length + 1)}`))
  const id = await grown()
  const { status, candidates, steps } = await ended(await ask(id, 'GENERATION'))
  expect(status).toBe('DONE')
  expect(candidates.map(({ status, variant }) => [status, variant?.key])).toEqual([
    ['ACCEPTED', 'auto-1'],
    ['ACCEPTED', 'auto-2'],
  ])
  expect(stub.paid).toHaveLength(2)
  expect((await shown(id)).map(({ key }) => key)).toEqual(['control', 'bold', 'auto-1', 'auto-2'])
  expect(Object.keys(await arms(id))).toEqual(['control', 'bold', 'auto-1', 'auto-2'])
  expect(steps.map(({ kind }) => kind)).toEqual([
    ...['support', 'brief'],
    ...['candidate', 'introduction'],
    ...['candidate', 'introduction'],
  ])
  const [torn] = await served.kernel.access.system.query<{ value: string }>(sql`select last_value as "value" from torn`)
  // Six steps, each torn down once and taken once.
  expect(Number(torn?.value)).toBe(12)
}, 120_000)

test('an analysis that is torn down at every step measures once', async () => {
  const id = await grown()
  const { status, steps } = await ended(await ask(id, 'ANALYSIS'))
  expect({ status, kinds: steps.map(({ kind }) => kind) }).toEqual({
    status: 'DONE',
    kinds: ['measurement', 'patterns'],
  })
  const { node } = await client.ask<{ node: { analyses: { nodes: object[] } } }>(
    'query($id: ID!) { node(id: $id) { ... on Page { analyses { nodes { id } } } } }',
    { id },
  )
  expect(node.analyses.nodes).toHaveLength(2)
}, 120_000)
