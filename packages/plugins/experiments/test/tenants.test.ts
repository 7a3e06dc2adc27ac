import { seededRandom } from '@espalier/core'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import experiments from '../src/index.ts'

const { kernel, url, signIn } = await servedKernel([tracking, experiments])

const variants = '[{ key: "control", name: "Control" }, { key: "bold", name: "Bold" }]'

async function make(client: SignedInClient, input: string): Promise<string> {
  const { made } = await client.ask<{ made: { data: { id: string } } }>(
    `mutation { made: createExperiment(input: { name: "X", variants: ${variants}, ${input} }) { ... on CreateExperimentSuccess { data { id } } } }`,
  )
  return made.data.id
}

async function twoWorkspaces() {
  const [mine, theirs] = [await signIn(), await signIn()]
  const { made } = await theirs.ask<{ made: { data: { id: string } } }>(
    `mutation { made: createExperimentMetric(input: { key: "orders", name: "Orders", kind: COUNT, event: "order" }) { ... on CreateExperimentMetricSuccess { data { id } } } }`,
  )
  const experimentId = await make(theirs, 'key: "headline", goal: "signup"')
  await theirs.ask(`mutation { startExperiment(id: "${experimentId}") { __typename } }`)
  const { held } = await theirs.ask<{ held: { data: { id: string } } }>(
    `mutation { held: createExperiment(input: { key: "hold", name: "Hold", kind: HOLDOUT, goal: "signup", variants: [{ key: "general", name: "General", weight: 9 }, { key: "held-back", name: "Held back", weight: 1 }] }) { ... on CreateExperimentSuccess { data { id } } } }`,
  )
  return { mine, theirs, metricId: made.data.id, experimentId, holdoutId: held.data.id }
}

describe('what belongs to another workspace', () => {
  test('cannot be taken into an experiment of one’s own: no metric, no holdout', async () => {
    const { mine, metricId, holdoutId } = await twoWorkspaces()
    const create = (input: string) =>
      mine.ask<{ answer: { __typename: string } }>(
        `mutation { answer: createExperiment(input: { key: "a", name: "A", variants: ${variants}, ${input} }) { __typename } }`,
      )
    for (const input of [
      `goals: ["${metricId}"]`,
      `goal: "x", guardrails: ["${metricId}"]`,
      `goal: "x", holdoutId: "${holdoutId}"`,
    ]) {
      const { answer } = await create(input)
      expect(answer.__typename, input).toMatch(/^(NotFound|InvalidInput)Error$/)
    }
  })

  test('is not there for any mutation', async () => {
    const { mine, theirs, experimentId, metricId } = await twoWorkspaces()
    const id = `id: "${experimentId}"`
    for (const field of [
      `updateExperiment(${id}, input: { name: "Mine now" })`,
      `changeRunningExperiment(${id}, input: { coverage: 1 })`,
      `startExperiment(${id})`,
      `pauseExperiment(${id})`,
      `resumeExperiment(${id})`,
      `completeExperiment(${id})`,
      `archiveExperiment(${id})`,
      `unarchiveExperiment(${id})`,
      `duplicateExperiment(${id}, key: "copy")`,
      `determineWinner(${id})`,
      `applyWinner(${id})`,
      `forceWinner(${id}, variant: "bold", why: "mine")`,
      `revertWinner(${id})`,
      `updateBanditNow(${id})`,
      `archiveExperimentMetric(id: "${metricId}")`,
      `updateExperimentMetric(id: "${metricId}", input: { name: "Mine" })`,
    ]) {
      const { answer } = await mine.ask<{ answer: { __typename: string } }>(
        `mutation { answer: ${field} { __typename } }`,
      )
      expect(answer.__typename, field).toBe('NotFoundError')
    }
    const { node } = await theirs.ask<{ node: { status: string; name: string } }>(
      `{ node(id: "${experimentId}") { ... on Experiment { status name } } }`,
    )
    expect(node).toEqual({ status: 'RUNNING', name: 'X' })
  })

  test('is not seen, nor counted', async () => {
    const { mine, theirs, experimentId, metricId } = await twoWorkspaces()
    const seen = await mine.ask(
      `{ node(id: "${experimentId}") { id } experiment(key: "headline") { id } experiments(first: 10) { edges { node { id } } }
        metric: node(id: "${metricId}") { id } experimentMetric(key: "orders") { id } }`,
    )
    expect(seen).toEqual({
      node: null,
      experiment: null,
      experiments: { edges: [] },
      metric: null,
      experimentMetric: null,
    })
    await mine.ask(
      `mutation { recordExposures(exposures: [{ experiment: "headline", subject: "ann", variant: "bold" }, { experiment: "headline", subject: "ann", variant: "control" }]) { __typename } }`,
    )
    const { node } = await theirs.ask<{ node: { results: { exposures: number } } }>(
      `{ node(id: "${experimentId}") { ... on Experiment { results { exposures } } } }`,
    )
    expect(node.results.exposures).toBe(0)
  })

  test('is no flag of one’s own', async () => {
    const { mine } = await twoWorkspaces()
    const { key } = await kernel.access.createApiKey(mine.workspaceId, {
      name: 'Flags',
      scopes: ['experiments:evaluate'],
    })
    const ask = (path: string) =>
      fetch(`${url}/ofrep/v1/evaluate/flags${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{"context":{"targetingKey":"ann"}}',
      })
    expect((await ask('/headline')).status).toBe(404)
    expect(await (await ask('')).json()).toEqual({ flags: [] })
  })
})

test('a thousand odd requests to the flags are answered, and none with a fault of the server', async () => {
  const client = await signIn()
  const running = await make(client, 'key: "constructor", goal: "signup"')
  await client.ask(`mutation { startExperiment(id: "${running}") { __typename } }`)
  const { key } = await kernel.access.createApiKey(client.workspaceId, {
    name: 'Flags',
    scopes: ['experiments:evaluate'],
  })
  const random = seededRandom(11)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)] as Item
  const values = [
    'null',
    '1e999',
    '-0',
    '"\\u0000"',
    '"é"',
    '[]',
    '{}',
    'true',
    '[[[[[[]]]]]]',
    '{"__proto__":{"a":1}}',
    '"x"',
  ]
  const body = () =>
    pick([
      () =>
        `{"context":{"targetingKey":${pick(values)},"${pick(['country', '__proto__', 'constructor', ''])}":${pick(values)}}}`,
      () => `{"context":${pick(values)}}`,
      () => pick(values),
      () => '{"context":{"targetingKey":"a"',
      () => '\u0000\ufffe',
      () => `{"context":{"targetingKey":"${'k'.repeat(Math.floor(random.next() * 2_000))}"}}`,
      () => '['.repeat(5_000),
    ])()
  const statuses = new Set<number>()
  for (let round = 0; round < 50; round++)
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const path = pick(['', '/constructor', '/__proto__', '/headline', '/%00', '/%zz', `/${'a'.repeat(300)}`])
        const response = await fetch(`${url}/ofrep/v1/evaluate/flags${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: body(),
        })
        statuses.add(response.status)
        await response.arrayBuffer()
      }),
    )
  expect([...statuses].filter((status) => status >= 500)).toEqual([])
  expect(statuses).toContain(200)
  expect(statuses).toContain(400)
})
