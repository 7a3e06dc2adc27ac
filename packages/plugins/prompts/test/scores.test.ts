import { sql } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import type { PromptScoreInput } from '../src/index.ts'
import { judgeExecution } from '../src/scores/judge.ts'
import { globalId, promptDoor } from './promptDoor.ts'

const { open, stub, service } = await promptDoor()
const soon = { timeout: 60_000 }

/** A workspace with one execution, and what is said about it. */
async function executed(request: object = {}) {
  const opened = await open()
  stub.script(() => 'Hello.')
  const { executionId, variantId } = await opened.run(request)
  const score = (input: Partial<PromptScoreInput>) =>
    service.score(opened.context, executionId, { source: 'check', by: 'length', metric: 'quality', value: 1, ...input })
  return {
    ...opened,
    ...{ executionId, variantId, score },
    means: async () => {
      const { quality, accuracy, consistency, completeness, rating } = (await opened.execution(executionId)) ?? {}
      return { quality, accuracy, consistency, completeness, rating }
    },
    variant: async () => {
      const [row] = await opened.context.db.query<{ score: number | null; count: number }>(sql`
        select "score", "qualityCount" as "count" from "PromptVariant" where "id" = ${variantId}`)
      return row
    },
  }
}

describe('scores', () => {
  test('are kept with their source, and a mean over kinds of sources, so that five checks do not outvote a person', async () => {
    const { score, means, client, executionId } = await executed()
    for (const [by, value] of Object.entries({ a: 1, b: 1, c: 1, d: 1, e: 0.5 })) await score({ by, value })
    await score({ source: 'person', by: 'Ada', value: 0.1, note: 'Too long.' })
    await score({ source: 'judge', by: 'judge', metric: 'accuracy', value: 0.7 })
    const { quality, ...rest } = await means()
    expect(quality).toBeCloseTo((0.9 + 0.1) / 2)
    expect(rest).toEqual({ accuracy: 0.7, consistency: null, completeness: null, rating: null })
    const { node } = await client.ask<{ node: { scores: { totalCount: number; nodes: unknown[] } } }>(
      `query($id: ID!) { node(id: $id) { ... on PromptExecution { scores(first: 50, filter: { source: [PERSON] }) {
        totalCount nodes { source by metric value note } } } } }`,
      { id: globalId('PromptExecution', executionId) },
    )
    expect(node.scores).toEqual({
      totalCount: 1,
      nodes: [{ source: 'PERSON', by: 'Ada', metric: 'QUALITY', value: 0.1, note: 'Too long.' }],
    })
  })

  test('of one source replace what it said before, and move the variant’s score by as much', async () => {
    const { score, means, variant } = await executed()
    expect(await variant()).toEqual({ score: null, count: 0 })
    await score({ value: 1 })
    // As if ten executions of 0.5 had come before it.
    expect(await variant()).toEqual({ score: 6 / 11, count: 1 })
    await score({ value: 0.2 })
    expect((await means()).quality).toBeCloseTo(0.2)
    const after = await variant()
    expect(after?.count).toBe(1)
    expect(after?.score).toBeCloseTo(5.2 / 11)
  })

  test('of ten people at once add up as if they had come one after another', async () => {
    const { context, executionId, means, variant } = await executed()
    await Promise.all(
      Array.from({ length: 10 }, (_, nth) =>
        service.score(context, executionId, { source: 'person', by: `p${nth}`, metric: 'quality', value: nth / 9 }),
      ),
    )
    expect((await means()).quality).toBeCloseTo(0.5)
    expect(await variant()).toEqual({ score: expect.closeTo(0.5), count: 1 })
  })

  test('of what was only tried out do not move the variant’s', async () => {
    const { score, means, variant } = await executed({ environment: 'test' })
    await score({ value: 1 })
    expect((await means()).quality).toBe(1)
    expect(await variant()).toEqual({ score: null, count: 0 })
  })

  test('by people are ratings, which count as quality unless they gave one', async () => {
    const { rate, executionId, means, score, context } = await executed()
    expect(await rate(globalId('PromptExecution', executionId), 5)).toMatchObject({ data: { rating: 5, quality: 1 } })
    expect(await rate(globalId('PromptExecution', executionId), 2, 'On second thoughts')).toMatchObject({
      data: { rating: 2, quality: 0.25 },
    })
    const [rated] = await context.db.query<{ by: string }>(sql`select "by" from "PromptScore"`)
    await score({ source: 'person', by: rated?.by as string, value: 0.9 })
    expect((await means()).quality).toBeCloseTo(0.9)
    expect((await means()).rating).toBe(2)
    expect(await rate(globalId('PromptExecution', executionId), 6)).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('rating: is 6, and goes from 1 to 5'),
    })
  })

  test.each([
    [{ value: 1.1 }, 'input.value: of "quality" goes from 0 to 1'],
    [{ value: Number.NaN }, 'input.value'],
    [{ metric: 'beauty' as 'quality' }, 'input.metric: is no metric; they are "quality"'],
    [{ source: 'gut' as 'check' }, 'input.source: is no source; they are "check"'],
    [{ by: '' }, 'input.by: has to be of 1 to 200 characters'],
  ])('refuse %o', async (input, message) => {
    const { score } = await executed()
    await expect(score(input)).rejects.toThrow(message)
  })

  test('are refused for what has not ended, what there is not, and what is another workspace’s', async () => {
    const { score, context, executionId } = await executed()
    const other = await open()
    const input = { source: 'check', by: 'x', metric: 'quality', value: 1 } as const
    await expect(service.score(other.context, executionId, input)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await context.db.query(sql`update "PromptExecution" set "finishedAt" = null`)
    await expect(score({})).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe('the judge', () => {
  const verdict = { quality: 0.8, accuracy: 1, completeness: 0.6, consistency: 0.9, reason: 'Short and warm.' }

  test('scores the share of the executions that the workspace asks for, with its reason, and is judged by nobody', async () => {
    const { set, run, context, execution } = await open()
    await set({ judgeShare: 1 })
    stub.script(({ schema }) => (schema ? { json: verdict } : 'Good day, Ada.'))
    const { executionId } = await run({ variables: { who: 'the judged one' } })
    const { reason, ...scores } = verdict
    await expect.poll(() => execution(executionId), soon).toMatchObject(scores)
    const [judging] = stub.paid.filter(
      ({ schema, messages }) => schema && JSON.stringify(messages).includes('the judged one'),
    )
    expect(judging?.messages[1]?.content).toContain('It answered:\n<data>Good day, Ada.</data>')
    const rows = await context.db.query<{ by: string; note: string }>(
      sql`select distinct "source", "by", "note" from "PromptScore"`,
    )
    const [judge] = await context.db.query<{ id: string }>(sql`
      select v."id" from "PromptVariant" v join "Prompt" p on p."id" = v."promptId" where p."name" = 'prompts.judge' and v."language" = 'en'`)
    expect(rows).toEqual([{ source: 'judge', by: judge?.id, note: reason }])
    await expect
      .poll(() => context.db.query(sql`select count(*)::int as "count" from "PromptExecution"`), soon)
      .toEqual([{ count: 2 }])
  })

  test('asks nothing where the share is 0, as it is by default', async () => {
    const { run, context, client } = await open()
    stub.script(() => 'Unjudged.')
    await run({ variables: { who: 'x' } })
    const { jobs } = await client.ask<{ jobs: { nodes: { type: string }[] } }>('{ jobs(first: 50) { nodes { type } } }')
    expect(jobs.nodes.map(({ type }) => type)).not.toContain('prompts.judge-execution')
    expect(await context.db.query(sql`select 1 from "PromptScore"`)).toEqual([])
  })

  test('says why it did not, where asking again would not help: that is no failed job', async () => {
    const { context, run } = await open()
    stub.script(() => 'Dear.')
    const { executionId } = await run({ variables: { who: 'the unjudged one' } })
    stub.script(() => ({ refusal: 'No judging.' }))
    const outcome = await judgeExecution.run({ executionId }, context as never, service, {
      signal: new AbortController().signal,
    } as never)
    expect(outcome).toEqual({ skipped: 'AI_REFUSED' })
  })

  test('judges French in French', async () => {
    const { run, context } = await open()
    stub.script(({ schema }) => (schema ? { json: verdict } : 'Bonjour Zoé.'))
    const { executionId } = await run({ language: 'fr', variables: { who: 'Zoé la jugée' } })
    await service.judge.judge(context, executionId)
    await service.judge.judge(context, executionId)
    const judging = stub.paid.filter(
      ({ schema, messages }) => schema && JSON.stringify(messages).includes('Zoé la jugée'),
    )
    expect(judging).toHaveLength(1)
    expect(judging[0]?.messages[0]?.content).toContain('Vous évaluez la réponse d’un modèle de langage.')
  })
})
