import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import landingPages from '../../src/index.ts'
import { experimentPages } from '../browsers.ts'
import { contentOf, improving } from './improving.ts'

/** What people do to a page that improves itself, while its loop is at work. */
const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, landingPages], { clock: time })
const client = await served.signIn()
const world = improving(served, client)
const { page, improve, visitors, turn, run, shown, arms, say, act } = world
const { experiment } = experimentPages(client)
const day = 86_400_000
/** So that few visitors are enough for a new version. */
const easy = { variantsPerRun: 1, minDetectableLift: 2, horizonDays: 180 }

/** A page with two versions to whom some visitors have come. */
async function grown(mode: string, many = 400, limits: object = easy) {
  const { id } = await page()
  const { loop } = await improve(id, mode, limits)
  const experimentId = loop.experiment?.id as string
  await visitors(experimentId, many, (key) => (key === 'bold' ? 0.2 : 0.1))
  time.advance(day)
  return { id, experimentId, holdoutId: loop.holdback?.id as string }
}

async function problemOf(id: string) {
  const { node } = await client.ask<{ node: { loop: { problem: string | null } } }>(
    'query($id: ID!) { node(id: $id) { ... on Page { loop { problem } } } }',
    { id },
  )
  return node.loop.problem
}

const update = (id: string, input: object) => act('updatePage', { id: ['ID!', id], input: ['UpdatePageInput!', input] })

test('turned off, it asks for nothing any more: what waited is withdrawn', async () => {
  const { id } = await grown('APPROVE')
  const asked = await turn(id, 'GENERATION')
  const waiting = asked.steps.find(({ status }) => status === 'waiting')?.id as string
  await improve(id, 'OFF')
  expect(await run(asked.id)).toMatchObject({ status: 'CANCELED', candidates: [{ status: 'REJECTED' }] })
  await expect(say('approveLoopStep', waiting)).rejects.toThrow('no longer asked for')
  expect(await shown(id)).toHaveLength(2)
})

test('an experiment that was taken off the page is told, nothing is added to it, and it comes back with the loop', async () => {
  const { id, experimentId } = await grown('AUTOMATIC')
  await update(id, { experimentId: null })
  expect((await turn(id, 'ANALYSIS')).steps.at(-1)).toMatchObject({
    kind: 'problem',
    summary: expect.stringContaining('does not show the variants of the experiment'),
  })
  expect(await problemOf(id)).toBe('EXPERIMENT_STOPPED')
  expect((await turn(id, 'GENERATION')).steps.map(({ kind }) => kind)).toEqual(['support'])
  expect((await improve(id, 'AUTOMATIC')).loop.experiment?.id).toBe(experimentId)
  await turn(id, 'ANALYSIS')
  expect(await problemOf(id)).toBeNull()
})

test('an experiment that somebody paused or ended is told; turned on anew, it begins another under the same hold-back', async () => {
  const { id, experimentId, holdoutId } = await grown('AUTOMATIC')
  await act('pauseExperiment', { id: ['ID!', experimentId] })
  expect((await turn(id, 'ANALYSIS')).steps.at(-1)?.summary).toMatch(
    /is paused, so the page learns nothing\. Resume it/,
  )
  await act('resumeExperiment', { id: ['ID!', experimentId] })
  await act('completeExperiment', { id: ['ID!', experimentId], winner: ['String', 'bold'] })
  expect((await turn(id, 'ANALYSIS')).steps.at(-1)?.summary).toMatch(
    /is completed.*Turn the improvement of the page on/,
  )
  const again = await improve(id, 'AUTOMATIC')
  expect(again.loop.experiment?.id).not.toBe(experimentId)
  expect(again.loop.holdback?.id).toBe(holdoutId)

  // A hold-back that was ended holds nobody back.
  await act('completeExperiment', { id: ['ID!', again.loop.experiment?.id], winner: ['String', null] })
  await act('completeExperiment', { id: ['ID!', holdoutId], winner: ['String', null] })
  const third = await improve(id, 'AUTOMATIC')
  expect(third.loop.holdback?.id).not.toBe(holdoutId)
})

test('for another goal it begins anew, and so does what it is held against', async () => {
  const { id, experimentId, holdoutId } = await grown('AUTOMATIC')
  await expect(improve(id, 'AUTOMATIC', easy, 'signup')).rejects.toThrow('works for the goal "order"')
  await act('completeExperiment', { id: ['ID!', experimentId], winner: ['String', null] })
  const { loop } = await improve(id, 'AUTOMATIC', easy, 'signup')
  expect(loop).toMatchObject({ goal: 'signup', experiment: { status: 'RUNNING' } })
  expect(loop.holdback?.id).not.toBe(holdoutId)
})

test('an archived page gets no new version, whoever says yes', async () => {
  const { id } = await grown('APPROVE')
  const asked = await turn(id, 'GENERATION')
  const waiting = asked.steps.find(({ status }) => status === 'waiting')?.id as string
  await act('archivePage', { id: ['ID!', id] })
  await expect(say('approveLoopStep', waiting)).rejects.toThrow('is not public')
  expect((await turn(id, 'ANALYSIS')).steps.at(-1)?.evidence.code).toBe('PAGE_NOT_PUBLIC')
  expect((await turn(id, 'GENERATION')).steps.at(-1)?.summary).toContain('not public')
})

test('a version that waited while the small print changed is not shown as it was', async () => {
  const { id } = await grown('APPROVE')
  const asked = await turn(id, 'GENERATION')
  const waiting = asked.steps.find(({ status }) => status === 'waiting')?.id as string
  const { node } = await client.ask<{ node: { variants: { id: string; published: object }[] } }>(
    'query($id: ID!) { node(id: $id) { ... on Page { variants { id published } } } }',
    { id },
  )
  for (const variant of node.variants)
    await act('updatePageVariant', {
      id: ['ID!', variant.id],
      content: ['JSON!', JSON.parse(JSON.stringify(variant.published).replace('include VAT', 'do not include VAT'))],
    })
  await act('publishPage', { id: ['ID!', id] })
  await expect(say('approveLoopStep', waiting)).rejects.toThrow('The footer is not as it was')
  expect(await shown(id)).toHaveLength(2)
  expect(await say('rejectLoopStep', waiting)).toMatchObject({ status: 'rejected' })
})

test('a page that has as many variants as it may gets no more, and says that', async () => {
  const variants = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`v-${index}`, contentOf(`Pears ${'I'.repeat(index + 1)}`)]),
  )
  const { id } = await page(variants)
  // Floors that would take more than there is make room for one another.
  const { loop } = await improve(id, 'AUTOMATIC', { ...easy, floor: 0.1, newArmShare: 0.01 })
  expect(loop.experiment?.variants).toHaveLength(20)
  await visitors(loop.experiment?.id as string, 300, () => 0.2)
  time.advance(day)
  expect((await turn(id, 'GENERATION')).steps.map(({ summary }) => summary)).toEqual([
    'The page has 20 variants, as many as a page may have. Archive one that nobody needs.',
  ])
  expect((await turn(id, 'ANALYSIS')).status).toBe('DONE')
})

test('what a step said of a share is not undone, nor done, once somebody has said otherwise', async () => {
  const { id, experimentId } = await grown('APPROVE')
  const asked = await turn(id, 'GENERATION')
  await say('approveLoopStep', asked.steps.find(({ status }) => status === 'waiting')?.id as string)
  await visitors(experimentId, 6_000, (key) => (key === 'auto-1' ? 0.3 : 0.12))
  time.advance(day)
  const promotion = (await turn(id, 'ANALYSIS')).steps.find(({ kind }) => kind === 'promotion')
  expect(promotion).toMatchObject({ status: 'waiting', evidence: { from: 0.05, to: 0.15 } })
  const byHand = (ceiling: number) =>
    act('changeRunningExperiment', {
      id: ['ID!', experimentId],
      input: ['ChangeRunningExperimentInput!', { weights: [{ variant: 'auto-1', weight: 0.4, ceiling }] }],
    })
  await byHand(0.6)
  await expect(say('approveLoopStep', promotion?.id as string)).rejects.toThrow('up to 60.0% of the visitors now')
  await byHand(0.05)
  await say('approveLoopStep', promotion?.id as string)
  expect((await arms(id))['auto-1']?.[1]).toBe(0.15)
  await byHand(0.6)
  await expect(say('undoLoopStep', promotion?.id as string)).rejects.toThrow('has changed since')
  expect((await arms(id))['auto-1']?.[1]).toBe(0.6)
})

test('what waited for a person is done by itself once the loop may, and asked for no longer', async () => {
  const { id, experimentId } = await grown('APPROVE')
  const asked = await turn(id, 'GENERATION')
  await say('approveLoopStep', asked.steps.find(({ status }) => status === 'waiting')?.id as string)
  await visitors(experimentId, 6_000, (key) => (key === 'auto-1' ? 0.3 : 0.12))
  time.advance(day)
  const first = await turn(id, 'ANALYSIS')
  const waiting = first.steps.find(({ kind }) => kind === 'promotion')?.id as string
  await improve(id, 'AUTOMATIC')
  expect((await turn(id, 'ANALYSIS')).steps.find(({ kind }) => kind === 'promotion')).toMatchObject({ status: 'done' })
  expect((await run(first.id)).status).toBe('DONE')
  await expect(say('approveLoopStep', waiting)).rejects.toThrow('no longer asked for')
})

test('with its last new version gone the original stays, and the next one begins another experiment', async () => {
  const { id, experimentId, holdoutId } = await grown('AUTOMATIC')
  await act('changeRunningExperiment', {
    id: ['ID!', experimentId],
    input: ['ChangeRunningExperimentInput!', { add: [{ key: 'x', name: 'X' }], retire: ['bold'] }],
  })
  await act('changeRunningExperiment', {
    id: ['ID!', experimentId],
    input: ['ChangeRunningExperimentInput!', { add: [{ key: 'y', name: 'Y' }], retire: ['x'] }],
  })
  const { steps } = await turn(id, 'GENERATION')
  const introduction = steps.find(({ kind }) => kind === 'introduction')?.id as string
  await act('changeRunningExperiment', {
    id: ['ID!', experimentId],
    input: ['ChangeRunningExperimentInput!', { retire: ['y'] }],
  })
  await say('undoLoopStep', introduction)
  const { loop } = await improve(id, 'AUTOMATIC')
  expect((await shown(id)).map(({ key }) => key)).toEqual(['control', 'bold'])
  expect(loop.experiment?.id).not.toBe(experimentId)
  expect(loop.holdback?.id).toBe(holdoutId)
})

describe('the experiment that a page has when it begins', () => {
  const begun = async (input: object) => {
    const { id, ...made } = await experiment({ goal: 'order', ...input })
    const { id: pageId } = await page(undefined, { experimentId: id })
    return { id, pageId, ...made }
  }
  const holdout = () =>
    experiment({
      kind: 'HOLDOUT',
      goal: 'order',
      variants: [
        { key: 'general', name: 'G', weight: 0.9 },
        { key: 'held-back', name: 'H', weight: 0.1 },
      ],
    })

  test('is gone on with where it is a bandit under a hold-back', async () => {
    const { id: holdoutId } = await holdout()
    const { id, pageId } = await begun({ kind: 'BANDIT', holdoutId })
    const { loop } = await improve(pageId, 'AUTOMATIC')
    expect(loop).toMatchObject({ goal: 'order', experiment: { id }, holdback: { id: holdoutId } })
  })

  test('gets a hold-back and is started where it is the draft of a bandit', async () => {
    const variants = ['control', 'bold'].map((key) => ({ key, name: key }))
    const input = { key: 'draft-of-a-bandit', name: 'E', kind: 'BANDIT', goal: 'order', variants }
    const { id } = await act('createExperiment', { input: ['CreateExperimentInput!', input] })
    const { id: pageId } = await page(undefined, { experimentId: id })
    const { loop } = await improve(pageId, 'APPROVE')
    expect(loop).toMatchObject({ goal: 'order', experiment: { id, status: 'RUNNING' } })
    expect(loop.holdback).not.toBeNull()
  })

  test.each([
    ['asks another question', { kind: 'TEST' }, 'is a test that has not ended'],
    ['has no hold-back', { kind: 'BANDIT' }, 'runs without a hold-back'],
  ])('is left alone where it %s', async (_what, input, words) => {
    const { pageId } = await begun(input)
    await expect(improve(pageId, 'AUTOMATIC')).rejects.toThrow(words)
  })

  test('is left alone where another page shows it, too, or its control is not first here', async () => {
    const { id: holdoutId } = await holdout()
    const { id, pageId } = await begun({ kind: 'BANDIT', holdoutId })
    await page(undefined, { experimentId: id })
    await expect(improve(pageId, 'AUTOMATIC')).rejects.toThrow('The page "Pears" shows the bandit "E", too')
    const other = await begun({ kind: 'BANDIT', holdoutId })
    const turned = await page({ bold: contentOf('B'), control: contentOf('C') }, { experimentId: other.id })
    await update(other.pageId, { experimentId: null })
    await expect(improve(turned.id, 'AUTOMATIC')).rejects.toThrow('"control" is the control of the bandit')
  })
})
