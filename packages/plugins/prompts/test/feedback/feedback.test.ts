import ai from '@espalier/ai'
import { sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { eraseOldFeedback } from '../../src/feedback/jobs.ts'
import prompts from '../../src/index.ts'

const { kernel, signIn, createWorkspace } = await servedKernel([tracking, experiments, ai, prompts])
const { feedback } = kernel.service(prompts)
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

const record = `mutation ($input: RecordFeedbackInput!) { recordFeedback(input: $input) {
  ... on RecordFeedbackSuccess { data { id outcome impact applied expiresAt confidence predicted notesFr } }
  ... on InvalidInputError { code issues { path message } } ... on Error { code message } } }`
const settle = `mutation ($id: ID!, $input: SettleFeedbackInput!) { settleFeedback(id: $id, input: $input) {
  ... on SettleFeedbackSuccess { data { id outcome impact actual notesEn notesFr } }
  ... on InvalidInputError { code issues { path message } } ... on Error { code message } } }`
const prediction = { actionType: 'LEAD_CONVERSION', predicted: { outcome: 'positive' }, confidence: 0.8 }

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
type Any = any

describe('feedback', () => {
  it('is a prediction, then what came of it, then what was learned', async () => {
    const { ask, workspaceId } = await signIn()
    const { recordFeedback } = await ask<Any>(record, { input: { ...prediction, notesFr: 'Prometteur' } })
    expect(recordFeedback.data).toMatchObject({
      outcome: null,
      applied: false,
      notesFr: 'Prometteur',
    })
    const { id } = recordFeedback.data
    const said = { outcome: 'NEGATIVE', impact: -40, actual: { reason: 'price' }, notesEn: 'Too dear' }
    expect((await ask<Any>(settle, { id, input: said })).settleFeedback.data).toMatchObject({
      outcome: 'NEGATIVE',
      impact: -40,
      actual: { reason: 'price' },
      notesEn: 'Too dear',
      notesFr: 'Prometteur',
    })
    // The same again changes nothing; another outcome is refused.
    expect((await ask<Any>(settle, { id, input: { outcome: 'NEGATIVE', impact: 3 } })).settleFeedback.data.impact).toBe(
      -40,
    )
    expect((await ask<Any>(settle, { id, input: { outcome: 'POSITIVE' } })).settleFeedback).toMatchObject({
      code: 'CONFLICT',
    })

    const [pending, ...others] = await feedback.pending(contextOf(workspaceId))
    expect([pending?.impact, others]).toEqual([-40, []])
    await feedback.markApplied(contextOf(workspaceId), [pending?.id as string], 0.25)
    await feedback.markApplied(contextOf(workspaceId), [pending?.id as string], 0.9)
    expect(await feedback.pending(contextOf(workspaceId))).toEqual([])
    const { feedback: list } = await ask<Any>(
      '{ feedback(filter: { applied: true }) { totalCount nodes { learningImpact } } }',
    )
    expect(list).toEqual({ totalCount: 1, nodes: [{ learningImpact: 0.25 }] })
  })

  it('is kept for a year of the calendar, whatever the time zone of the database', async () => {
    const context = contextOf(await createWorkspace())
    const leapDay = Object.create(context, { clock: { value: new ManualTime(new Date('2028-02-29T23:30:00Z')) } })
    const id = await feedback.record(leapDay, { actionType: 'user_action', outcome: 'positive' })
    const [row] = await context.db.query(sql`select "expiresAt" from "Feedback" where "id" = ${id}`)
    expect(row).toEqual({ expiresAt: new Date('2029-02-28T23:30:00Z') })
  })

  it.each([
    [{ impact: 101 }, 'input.impact', 'from -100 to 100'],
    [{ confidence: 1.01 }, 'input.confidence', 'From 0 to 1'],
    [{ predicted: null }, 'input.predicted', 'give at least one'],
    [{ predicted: { outcome: 'splendid' } }, 'input.predicted', 'positive, negative, neutral'],
    [{ predicted: 'positive' }, 'input.predicted', 'record'],
    [{ predicted: null, outcome: 'POSITIVE' }, 'input.confidence', 'belongs to a prediction'],
    [{ subjectType: 'Lead' }, 'input.subjectId', 'or neither'],
    [{ executionId: btoa(`PromptExecution:${uuidv7()}`) }, 'input.executionId', 'There is no execution'],
    [{ context: { text: 'x'.repeat(20_000) } }, 'input.context', '16 KiB'],
  ])('refuses %j', async (wrong, path, message) => {
    const { ask } = await signIn()
    const { recordFeedback } = await ask<Any>(record, { input: { ...prediction, ...wrong } })
    expect(recordFeedback.code).toBe('INVALID_INPUT')
    const issue = recordFeedback.issues.find((issue: Any) => issue.path === path)
    expect(issue?.message).toContain(message)
  })

  it('belongs to its workspace, and to who may', async () => {
    const { ask, workspaceId } = await signIn()
    const { recordFeedback } = await ask<Any>(record, { input: prediction })
    const { id } = recordFeedback.data
    const stranger = await signIn()
    expect((await stranger.ask<Any>(settle, { id, input: { outcome: 'POSITIVE' } })).settleFeedback.code).toBe(
      'NOT_FOUND',
    )
    expect((await stranger.ask<Any>('{ feedback { totalCount } }')).feedback.totalCount).toBe(0)
    const viewer = await signIn({ role: 'viewer', workspace: workspaceId })
    expect((await viewer.ask<Any>(record, { input: prediction })).recordFeedback.code).toBe('FORBIDDEN')
    // Its notes may be about persons.
    expect((await viewer.answer('{ feedback { totalCount } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    const editor = await signIn({ role: 'editor', workspace: workspaceId })
    expect((await editor.ask<Any>('{ feedback { totalCount } }')).feedback.totalCount).toBe(1)
  })

  it('that is a year old is erased by a job in batches, and nothing younger', async () => {
    const context = contextOf(await createWorkspace())
    const now = new ManualTime(new Date('2030-01-01T00:00:00Z'))
    await context.db.query(sql`
      insert into "Feedback" ("actionType", "id", "createdAt", "expiresAt")
      select 'user_action', gen_random_uuid(), now(), ${now.now()}::timestamptz + make_interval(secs => n - 12000)
      from generate_series(1, 12001) as n`)
    const result = (await eraseOldFeedback.run(
      {},
      Object.create(context, { clock: { value: now } }) as never,
      undefined,
      {} as never,
    )) as { erased: number }
    // Due at this very instant is due.
    expect(result.erased).toBe(12_000)
    const [{ left } = { left: 0 }] = await context.db.query<{ left: number }>(
      sql`select count(*)::int as "left" from "Feedback"`,
    )
    expect(left).toBe(1)
  })
})

describe('how well confidence fits with what came', () => {
  const ask = `query ($actionType: FeedbackActionType) { feedbackCalibration(actionType: $actionType) {
    predictions brierScore calibrationError notesEn notesFr bins { from to predictions meanConfidence cameTrue lower upper } } }`

  async function predictions(
    workspaceId: string,
    rows: readonly [confidence: number, outcome: string, predicted?: object][],
  ) {
    for (const [confidence, outcome, predicted = { outcome: 'positive' }] of rows)
      await feedback.record(contextOf(workspaceId), {
        actionType: 'user_action',
        predicted: predicted as Record<string, unknown>,
        confidence,
        outcome: outcome as 'positive',
      })
  }

  it('is Brier’s score and a reliability diagram', async () => {
    const client = await signIn()
    // Brier: (0.8-1)² + (0.8-0)² + (0.3-0)² + (1-1)² = 0.04 + 0.64 + 0.09 + 0 = 0.77; / 4 = 0.1925.
    await predictions(client.workspaceId, [
      [0.8, 'positive'],
      [0.8, 'neutral'],
      [0.3, 'negative', {}],
      [1, 'negative', { outcome: 'negative' }],
    ])
    const { feedbackCalibration: found } = await client.ask<Any>(ask)
    expect(found.predictions).toBe(4)
    expect(found.brierScore).toBeCloseTo(0.1925, 10)
    // Bins: 0.3 → |0.3 - 0| · 1, 0.8 → |0.8 - 0.5| · 2, 1 → 0; / 4.
    expect(found.calibrationError).toBeCloseTo(0.225, 10)
    expect(found.bins.map((bin: Any) => [bin.from, bin.predictions, bin.cameTrue])).toEqual([
      [0.3, 1, 0],
      [0.8, 2, 0.5],
      [0.9, 1, 1],
    ])
    expect(found.notesEn).toContain('too few')
    expect(found.notesFr).toContain('trop peu')
    expect((await client.ask<Any>(ask, { actionType: 'EMAIL_RESPONSE' })).feedbackCalibration).toMatchObject({
      predictions: 0,
      brierScore: null,
      bins: [],
      notesEn: expect.stringMatching(/^0 settled predictions /),
      notesFr: expect.stringMatching(/^0 prédiction réglée /),
    })
  })

  it('is said in words only where enough came: too sure, too modest, or fitting', async () => {
    const verdict = async (confidence: number, positives: number) => {
      const client = await signIn()
      const outcomes = Array.from({ length: 30 }, (_, at) => (at < positives ? 'positive' : 'negative'))
      await predictions(
        client.workspaceId,
        outcomes.map((outcome) => [confidence, outcome]),
      )
      return (await client.ask<Any>(ask)).feedbackCalibration
    }
    const sure = await verdict(0.95, 15)
    expect(sure.notesEn).toMatch(/^Predictions are too sure: 95% sure on average, and 50% came true/)
    expect(sure.notesFr).toMatch(/^Les prédictions sont trop sûres/)
    expect((await verdict(0.2, 15)).notesEn).toContain('too modest')
    expect((await verdict(0.55, 15)).notesEn).toContain('fits with what came')
  })
})
