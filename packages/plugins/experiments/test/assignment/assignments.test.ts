import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { Assignments } from '../../src/assignment/assignments.ts'
import type { ExperimentInput } from '../../src/experimentInput.ts'
import experiments from '../../src/index.ts'

const { kernel, createWorkspace, cutDatabaseOff } = await servedKernel([tracking, experiments])
const service = kernel.service(experiments)

const variants = [
  { key: 'control', name: 'Control' },
  { key: 'bold', name: 'Bold' },
]

/** A workspace of its own, and an experiment that runs in it. */
async function running(input: Partial<ExperimentInput> = {}) {
  const context = kernel.contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
  const start = async (more: Partial<ExperimentInput> = {}) => {
    const draft = await service.create(context, {
      key: 'headline',
      name: 'Headline',
      goal: 'signup',
      variants,
      ...more,
    })
    return service.start(context, draft.id)
  }
  return { context, start, experiment: await start(input) }
}

/** Another process: with a snapshot of its own, and a clock that is turned by hand. */
function otherProcess(context: Awaited<ReturnType<typeof running>>['context']) {
  const time = { ms: 0 }
  return { time, there: new Assignments({ now: () => new Date(time.ms) }, () => context) }
}

test('a change is seen at once in the process that made it, and within a second in others', async () => {
  const { context, start } = await running()
  const { there, time } = otherProcess(context)
  expect(await there.decide(context, 'headline', { id: 'a' })).toMatchObject({ reason: 'assigned' })
  await start({ key: 'another' })
  expect(await service.decide(context, 'another', { id: 'a' })).toMatchObject({ reason: 'assigned' })
  time.ms += 1_001
  expect(await there.decide(context, 'another', { id: 'a' })).toMatchObject({ reason: 'assigned' })
})

test('what everybody decides is asked of the database twice a second, however many ask', async () => {
  const { context } = await running()
  let reads = 0
  const time = { ms: 0 }
  const there = new Assignments({ now: () => new Date(time.ms) }, () => {
    reads++
    return context
  })
  const decide = () => Promise.all(Array.from({ length: 100 }, () => there.decide(context, 'headline', { id: 'a' })))
  await decide()
  time.ms += 499
  await decide()
  expect(reads).toBe(1)
  time.ms += 2_000
  await decide()
  expect(reads).toBe(2)
})

test('two processes decide alike', async () => {
  const { context } = await running({ coverage: 0.5, condition: { country: { $in: ['FR', 'DE'] } } })
  const { there } = otherProcess(context)
  for (let index = 0; index < 200; index++) {
    const subject = { id: `visitor-${index}`, attributes: { country: ['FR', 'DE', 'US'][index % 3] } }
    expect(await there.decide(context, 'headline', subject)).toEqual(await service.decide(context, 'headline', subject))
  }
})

test('the last known experiments answer while the database does not, at once, and new ones when it is back', async () => {
  const { context, start } = await running()
  const { there, time } = otherProcess(context)
  const before = await there.decide(context, 'headline', { id: 'a' })
  const letIn = await cutDatabaseOff()
  try {
    for (let minute = 0; minute < 3; minute++) {
      time.ms += 60_000
      expect(await there.decide(context, 'headline', { id: 'a' })).toEqual(before)
    }
  } finally {
    await letIn()
  }
  await expect
    .poll(() =>
      start({ key: 'another' }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  await expect
    .poll(() =>
      there.decide(context, 'another', { id: 'a' }).then((made) => {
        time.ms += 60_000
        return made?.reason
      }),
    )
    .toBe('assigned')
})

test('a database that says nothing keeps nobody waiting for long', async () => {
  const { context } = await running()
  const time = { ms: 0 }
  let isSilent = false
  const silent = { ...context, db: { query: () => new Promise<never>(() => {}) } } as unknown as typeof context
  const there = new Assignments({ now: () => new Date(time.ms) }, () => (isSilent ? silent : context))
  const before = await there.decide(context, 'headline', { id: 'a' })
  isSilent = true
  time.ms += 60_000
  expect(await there.decide(context, 'headline', { id: 'a' })).toEqual(before)
})

test('what a subject had is remembered from what was counted', async () => {
  const { context, experiment } = await running()
  const subject = uuidv7()
  const bold = experiment.variants.find(({ key }) => key === 'bold')
  await service.expose(context, [
    { experimentId: experiment.id, subject, variantId: bold?.id as string, at: new Date() },
  ])
  const sticky = await service.rememberedOf(context, [experiment.id, uuidv7()], subject)
  expect(sticky).toEqual({ [experiment.id]: bold?.id })
  expect(await service.decide(context, 'headline', { id: subject, sticky })).toMatchObject({
    variantKey: 'bold',
    reason: 'sticky',
  })
  expect(await service.rememberedOf(context, [], subject)).toEqual({})
})

test('a workspace decides by its own experiments only', async () => {
  const mine = await running()
  const theirs = await running({ key: 'theirs' })
  expect(await service.decide(mine.context, 'theirs', { id: 'a' })).toBeUndefined()
  expect(await service.decide(mine.context, theirs.experiment.id, { id: 'a' })).toBeUndefined()
})
