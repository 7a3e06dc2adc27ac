import { sql } from '@espalier/core'
import experiments from '@espalier/experiments'
import { describe, expect, test } from 'vitest'
import { greet, promptDoor, uuid } from './promptDoor.ts'

// What the jobs do is done by hand: time passes when a test says so.
const { open, stub, service, kernel, time } = await promptDoor({ jobs: false })
const day = 24 * 3_600_000
stub.script(() => 'Hello.')

/** A workspace whose prompt has another wording, and a draft of a test between the two. */
async function drafted(input: object = {}) {
  const opened = await open()
  const promptId = (await opened.prompt(greet.name))?.id as string
  const other = await opened.add(promptId, { language: 'EN', template: 'Say hello to {{ who }}.' })
  const treatmentVariantId = other.data?.id as string
  const made = await opened.createTest({ promptId, name: 'Shorter', treatmentVariantId, ...input })
  const id = made.data?.id as string
  return {
    ...opened,
    ...{ id, promptId, treatmentVariantId, made },
    read: () => opened.test(id),
    settle: () => service.tests.settleAll(opened.context),
    active: async () =>
      (await opened.prompt(greet.name))?.variants.nodes.find(
        ({ status, language }) => status === 'ACTIVE' && language === 'EN',
      )?.version,
  }
}

/** The same, running, with subjects whose executions are scored. */
async function running(input: object = {}) {
  const drafts = await drafted(input)
  await drafts.startTest(drafts.id)
  const { context } = drafts
  let come = 0
  return {
    ...drafts,
    /** So many subjects of each arm, with qualities around a mean, so that no test depends on chance. */
    come: async (count: number, qualities: { control: number; treatment: number }) => {
      const done = { control: 0, treatment: 0 }
      while (done.control < count || done.treatment < count) {
        const { variantId, executionId } = await drafts.run({ subject: `s${++come}`, cacheSeconds: 3_600 })
        const arm = variantId === uuid(drafts.treatmentVariantId) ? 'treatment' : 'control'
        if (done[arm] === count) continue
        const value = qualities[arm] + (done[arm] % 2 === 0 ? 0.1 : -0.1)
        done[arm] += 1
        await service.score(context, executionId, { source: 'check', by: 'rules', metric: 'quality', value })
      }
    },
  }
}

describe('an A/B test of a prompt', () => {
  test('ends by itself once enough was scored and the treatment is better, which is then active', async () => {
    const { come, settle, read, active, context, id } = await running()
    expect(await read()).toMatchObject({ status: 'RUNNING', experiment: { status: 'RUNNING' }, pValue: null })
    await come(60, { control: 0.3, treatment: 0.8 })
    expect(await settle()).toMatchObject({ looked: 1, ended: 0 })
    expect(await read()).toMatchObject({
      status: 'RUNNING',
      controlMetrics: { quality: expect.closeTo(0.3) },
      treatmentMetrics: { quality: expect.closeTo(0.8) },
    })
    await come(40, { control: 0.3, treatment: 0.8 })
    await settle()
    const ended = await read()
    expect(ended).toMatchObject({
      ...{ status: 'COMPLETED', reason: 'SIGNIFICANT', winner: { version: 2 } },
      experiment: { status: 'COMPLETED', winner: 'treatment' },
      controlMetrics: { scored: 100, quality: expect.closeTo(0.3) },
      treatmentMetrics: { scored: 100, quality: expect.closeTo(0.8) },
    })
    expect(ended.pValue).toBeLessThan(0.05)
    expect(await active()).toBe(2)
    const audited = await context.db.query<{ resourceId: string }>(sql`
      select "resourceId" from "AuditEntry" where "resourceType" in ('PromptTest', 'PromptVariant') and "after"->>'status' in ('completed', 'active')`)
    expect(audited.map(({ resourceId }) => resourceId)).toContain(id && uuid(id))
    // It has ended: neither counts nor changes any more.
    expect(await settle()).toEqual({ looked: 0, ended: 0, failed: 0 })
  })

  test('keeps the control where the treatment is worse', async () => {
    const { come, settle, read, active } = await running()
    await come(100, { control: 0.8, treatment: 0.3 })
    await settle()
    expect(await read()).toMatchObject({ status: 'COMPLETED', reason: 'SIGNIFICANT', winner: { version: 1 } })
    expect(await active()).toBe(1)
  })

  test('waits for a person where the workspace wants that', async () => {
    const { come, settle, read, active, set } = await running()
    await set({ testWinners: 'wait' })
    await come(100, { control: 0.3, treatment: 0.8 })
    await settle()
    expect(await read()).toMatchObject({ status: 'COMPLETED', winner: { version: 2 } })
    expect(await active()).toBe(1)
  })

  test('finds nobody better where nobody is, and says so after seven days', async () => {
    const { come, settle, read, active } = await running()
    await come(100, { control: 0.5, treatment: 0.5 })
    time.advance(6.9 * day)
    await settle()
    expect(await read()).toMatchObject({ status: 'RUNNING' })
    time.advance(0.1 * day)
    await settle()
    expect(await read()).toMatchObject({
      ...{ status: 'COMPLETED', reason: 'INCONCLUSIVE', winner: null },
      experiment: { status: 'COMPLETED', winner: null },
    })
    expect(await active()).toBe(1)
  })

  test('ends after its days where nothing was scored, and says that', async () => {
    const { run, settle, read } = await running({ maxDays: 1 })
    await run()
    time.advance(day)
    await settle()
    expect(await read()).toMatchObject({ reason: 'TOO_FEW_SCORES', pValue: null, winner: null })
  })

  test('with one look decides at the least sample, or not at all', async () => {
    const { come, settle, read } = await running({ oneLook: true })
    // Six hundredths: too little for a test that may be looked at any time, enough for one look.
    await come(100, { control: 0.5, treatment: 0.56 })
    await settle()
    expect(await read()).toMatchObject({ status: 'COMPLETED', reason: 'SIGNIFICANT', winner: { version: 2 } })
    const other = await running({ oneLook: true })
    await other.come(100, { control: 0.5, treatment: 0.5 })
    await other.settle()
    expect(await other.read()).toMatchObject({ status: 'COMPLETED', reason: 'INCONCLUSIVE' })
  })

  test('gives a subject the same variant each time, by their shares, and counts it once however often it comes', async () => {
    const { run, context } = await running({ controlShare: 0.2 })
    const versions = new Map<string, number>()
    for (let nth = 0; nth < 60; nth++) {
      const subject = `page ${nth % 30}`
      const { version, executionId } = await run({ subject, idempotencyKey: `share ${nth}` })
      expect(version).toBe(versions.get(subject) ?? version)
      versions.set(subject, version)
      await service.score(context, executionId, { source: 'check', by: 'x', metric: 'quality', value: 0.5 })
    }
    expect([...versions.values()].filter((version) => version === 2).length).toBeGreaterThan(15)
    const [{ count } = { count: 0 }] = await context.db.query<{ count: number }>(
      sql`select count(*)::int as "count" from "ExperimentExposure"`,
    )
    expect(count).toBe(30)
  })

  test('counts a score that is corrected as what it is in the end', async () => {
    const { run, context, id } = await running()
    const { executionId } = await run({ subject: 'one' })
    for (const value of [0.2, 0.9, 0.4])
      await service.score(context, executionId, { source: 'check', by: 'x', metric: 'quality', value })
    const [row] = await context.db.query<{ experimentId: string }>(
      sql`select "experimentId" from "PromptTest" where "id" = ${uuid(id)}`,
    )
    const service_ = kernel.service(experiments)
    const results = await service_.results.of(context, await service_.get(context, row?.experimentId as string))
    const arm = results.metrics[0]?.variants.find(({ subjects }) => subjects === 1)
    expect(arm?.mean).toBeCloseTo(0.4)
  })

  test('leaves trials and other languages alone', async () => {
    const { run, context } = await running()
    for (let nth = 0; nth < 10; nth++) {
      await run({ subject: `t${nth}`, idempotencyKey: `t${nth}`, environment: 'test' })
      await run({ subject: `f${nth}`, idempotencyKey: `f${nth}`, language: 'fr' })
    }
    expect(await context.db.query(sql`select 1 from "PromptExecution" where "testId" is not null`)).toEqual([])
  })

  test('is ended by a person, in it or in its experiment', async () => {
    const { id, cancelTest, read, active } = await running()
    expect(await cancelTest(id)).toMatchObject({
      data: { status: 'CANCELED', reason: 'CANCELED', experiment: { status: 'COMPLETED' } },
    })
    expect(await cancelTest(id)).toMatchObject({
      code: 'CONFLICT',
      message: 'The A/B test "Shorter" is canceled: it has ended.',
    })
    expect((await read()).winner).toBeNull()
    expect(await active()).toBe(1)
    const other = await running()
    const { experiment } = await other.read()
    await kernel
      .service(experiments)
      .winners.force(other.context, uuid(experiment?.id as string), 'treatment', 'We like it.')
    await service.tests.settleOf(other.context, uuid(experiment?.id as string))
    expect(await other.read()).toMatchObject({ status: 'COMPLETED', reason: 'DECIDED', winner: { version: 2 } })
    expect(await other.active()).toBe(2)
  })

  test('holds what it compares: nobody activates, rolls back or retires meanwhile, and there is one at a time', async () => {
    const { id, promptId, treatmentVariantId, activate, rollBack, retire, startTest, createTest, add } = await running()
    const third = (await add(promptId, { language: 'EN', template: 'Hi {{ who }}.' })).data?.id as string
    for (const answer of [
      await activate(treatmentVariantId),
      await activate(third),
      await rollBack(promptId, 'EN'),
      await retire(treatmentVariantId),
    ])
      expect(answer).toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('A/B test "Shorter"'),
      })
    expect(await startTest(id)).toMatchObject({
      message: 'The A/B test "Shorter" is running, and only a draft can be started. Make another.',
    })
    const second = await createTest({ promptId, name: 'Another', treatmentVariantId: third })
    expect(await startTest(second.data?.id as string)).toMatchObject({
      message: expect.stringContaining('The A/B test "Shorter" of this prompt runs in "en" already.'),
    })
  })

  test('is refused where its numbers mean nothing', async () => {
    const { promptId, treatmentVariantId, createTest, prompt } = await drafted()
    const test = { promptId, name: 'x', treatmentVariantId }
    const refused = async (input: object) => (await createTest({ ...test, ...input })).issues?.[0]
    expect(await refused({ minSampleSize: 99 })).toMatchObject({
      path: 'input.minSampleSize',
      message: expect.stringContaining('is below 100'),
    })
    expect(await refused({ maxDays: 8 })).toMatchObject({
      path: 'input.maxDays',
      message: expect.stringContaining('is above 7'),
    })
    expect(await refused({ controlShare: 1 })).toMatchObject({ path: 'input.controlShare' })
    expect(await refused({ significanceLevel: 0 })).toMatchObject({ path: 'input.significanceLevel' })
    expect(await refused({ name: ' ' })).toMatchObject({ path: 'input.name' })
    const active = (await prompt(greet.name))?.variants.nodes.find(
      ({ status, language }) => status === 'ACTIVE' && language === 'EN',
    )
    expect(await createTest({ ...test, treatmentVariantId: active?.id })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is the treatment and is active'),
    })
  })

  test('starts once, when two people start it at once', async () => {
    const { id, startTest, context } = await drafted()
    const answers = await Promise.all([startTest(id), startTest(id)])
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'StartPromptTestSuccess'])
    expect(await context.db.query(sql`select 1 from "Experiment"`)).toHaveLength(1)
  })
})
