import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

const { url, signIn } = await servedKernel([tracking, experiments, landingPages])

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
const content = (title: string) => ({
  root: { props: { title } },
  content: [{ type: 'Hero', props: { id: 'h', title } }],
})

/** A mutation's answer, whatever it is; its arguments are declared with their types. */
async function act(
  client: SignedInClient,
  field: string,
  args: Record<string, readonly [type: string, value: unknown]>,
) {
  const declared = Object.entries(args).map(([name, [type]]) => `$${name}: ${type}`)
  const passed = Object.keys(args).map((name) => `${name}: $${name}`)
  const success = `${field[0]?.toUpperCase()}${field.slice(1)}Success`
  const { answer } = await client.ask<{ answer: { __typename: string; message?: string; data?: { id: string } } }>(
    `mutation(${declared.join(', ')}) { answer: ${field}(${passed.join(', ')}) {
      __typename ... on Error { message } ... on ${success} { data { id } } } }`,
    Object.fromEntries(Object.entries(args).map(([name, [, value]]) => [name, value])),
  )
  return answer
}

/** A public page whose two variants a running experiment shares out. */
async function underExperiment() {
  const client = await signIn()
  const variants = ['First', 'Second'].map((title) => ({ key: title.toLowerCase(), name: title }))
  const experiment = (
    await act(client, 'createExperiment', {
      input: ['CreateExperimentInput!', { key: `e-${uuidv7()}`, name: 'E', goal: 'signup', variants }],
    })
  ).data?.id
  const slug = `p-${uuidv7()}`
  const page = (
    await act(client, 'createPage', {
      input: [
        'CreatePageInput!',
        {
          ...{ slug, title: 'Offer', experimentId: experiment },
          variants: ['First', 'Second'].map((title) => ({ key: title.toLowerCase(), content: content(title) })),
        },
      ],
    })
  ).data?.id
  await act(client, 'publishPage', { id: ['ID!', page] })
  await act(client, 'startExperiment', { id: ['ID!', experiment] })
  const { page: found } = await client.ask<{ page: { url: string; variants: { id: string; key: string }[] } }>(
    'query($slug: String!) { page(slug: $slug) { url variants { id key } } }',
    { slug },
  )
  return {
    page,
    change: (field: string, more: Record<string, readonly [string, unknown]> = {}) =>
      act(client, field, { id: ['ID!', experiment], ...more }),
    roll: () =>
      act(client, 'startRollout', { pageId: ['ID!', page], input: ['StartRolloutInput!', { variantKey: 'second' }] }),
    archive: (key: string) =>
      act(client, 'archivePageVariant', { id: ['ID!', found.variants.find((variant) => variant.key === key)?.id] }),
    publish: () => act(client, 'publishPage', { id: ['ID!', page] }),
    /** What 30 visitors see. */
    shown: async () => {
      const seen = new Set<string | undefined>()
      for (let visitor = 0; visitor < 30; visitor++) {
        const response = await fetch(url + new URL(found.url).pathname, {
          headers: { 'user-agent': chrome, cookie: `espalier_visitor=${uuidv7()}` },
        })
        seen.add(/<h1>(.*?)<\/h1>/.exec(await response.text())?.[1])
      }
      return [...seen].sort()
    },
  }
}

describe('a page whose experiment', () => {
  test('is paused shows everyone its first variant, until it goes on', async () => {
    const { change, shown } = await underExperiment()
    expect(await shown()).toEqual(['First', 'Second'])
    await change('pauseExperiment')
    expect(await shown()).toEqual(['First'])
    await change('resumeExperiment')
    expect(await shown()).toEqual(['First', 'Second'])
  })

  test('is paused has no rollout beside it, which it would fight when it goes on', async () => {
    const { change, roll } = await underExperiment()
    await change('pauseExperiment')
    expect(await roll()).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('Complete it first'),
    })
    await change('completeExperiment')
    expect(await roll()).toMatchObject({ __typename: 'StartRolloutSuccess' })
  })

  test('was archived goes on showing everyone the winner', async () => {
    const { change, shown } = await underExperiment()
    await change('completeExperiment', { winner: ['String', 'second'] })
    await change('archiveExperiment')
    expect(await shown()).toEqual(['Second'])
  })

  test('keeps the variants that somebody is shown, and only those', async () => {
    const { change, archive } = await underExperiment()
    expect(await archive('second')).toMatchObject({ __typename: 'ConflictError' })
    await change('pauseExperiment')
    expect(await archive('second')).toMatchObject({ __typename: 'ConflictError' })
    await change('completeExperiment', { winner: ['String', 'second'] })
    expect(await archive('second')).toMatchObject({ __typename: 'ConflictError' })
    expect(await archive('first')).toMatchObject({ __typename: 'ArchivePageVariantSuccess' })
  })

  test('got a variant that the page has no content for shows the first in its place, and is not published like that', async () => {
    const { change, shown, publish } = await underExperiment()
    await change('changeRunningExperiment', {
      input: ['ChangeRunningExperimentInput!', { add: [{ key: 'third', name: 'Third', weight: 8 }] }],
    })
    expect(await shown()).toContain('First')
    expect(await publish()).toMatchObject({ __typename: 'ConflictError', message: expect.stringContaining('third') })
    await change('changeRunningExperiment', { input: ['ChangeRunningExperimentInput!', { retire: ['third'] }] })
    expect(await publish()).toMatchObject({ __typename: 'PublishPageSuccess' })
  })
})
