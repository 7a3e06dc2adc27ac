import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import experiments from '../../src/index.ts'

const { kernel, signIn } = await servedKernel([tracking, experiments])
const service = kernel.service(experiments)

interface Answer {
  __typename: string
  data?: {
    id: string
    key: string
    name: string
    kind: string
    filter: unknown
    cap: number | null
    archivedAt: string | null
  }
  message?: string
  issues?: { path: string; message: string }[]
}

const fields = 'id key name kind filter cap archivedAt'

async function change(client: SignedInClient, mutation: string, variables: object, types: string): Promise<Answer> {
  const success = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Success`
  const given = Object.keys(variables)
    .map((name) => `${name}: $${name}`)
    .join(', ')
  const { answer } = await client.ask<{ answer: Answer }>(
    `mutation (${types}) { answer: ${mutation}(${given}) {
      __typename ... on Error { message } ... on InvalidInputError { issues { path message } } ... on ${success} { data { ${fields} } }
    } }`,
    variables as Record<string, unknown>,
  )
  return answer
}

const create = (client: SignedInClient, input: object) =>
  change(
    client,
    'createExperimentMetric',
    { input: { key: `m-${uuidv7()}`, name: 'Metric', ...input } },
    '$input: CreateExperimentMetricInput!',
  )

const update = (client: SignedInClient, id: string, input: object) =>
  change(client, 'updateExperimentMetric', { id, input }, '$id: ID!, $input: UpdateExperimentMetricInput!')

const contextOf = ({ workspaceId }: SignedInClient) =>
  kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

/** An experiment that is judged by metrics. */
async function judgedBy(client: SignedInClient, ...metricIds: string[]) {
  const context = contextOf(client)
  const experiment = await service.create(context, {
    key: `e-${uuidv7()}`,
    name: 'Headline',
    goals: metricIds.map((id) => ({ metricId: uuidOf(id) })),
    variants: [
      { key: 'a', name: 'A' },
      { key: 'b', name: 'B' },
    ],
  })
  return { context, id: experiment.id }
}

const uuidOf = (globalId: string) => Buffer.from(globalId, 'base64').toString().split(':')[1] as string

describe('a metric', () => {
  test('of each kind is made with what that kind needs', async () => {
    const client = await signIn()
    for (const input of [
      { kind: 'CONVERSION', event: 'signup', windowHours: 48, filter: { path: { $regex: '^/pricing' } } },
      { kind: 'COUNT', event: 'click', cap: 20 },
      { kind: 'VALUE', event: 'order', currency: 'EUR', capPercentile: 0.99 },
      { kind: 'VALUE', event: 'played', property: 'seconds', higherIsBetter: false },
      { kind: 'ENGAGEMENT' },
      { kind: 'RETENTION', retentionFrom: 1, retentionTo: 8 },
    ]) {
      const { data, ...rest } = await create(client, input)
      expect({ ...rest, kind: data?.kind }).toEqual({ __typename: 'CreateExperimentMetricSuccess', kind: input.kind })
    }
    const [above, below] = [
      await create(client, { kind: 'VALUE', event: 'order', currency: 'EUR' }),
      await create(client, { kind: 'COUNT', event: 'order' }),
    ]
    const ratio = await create(client, { kind: 'RATIO', numeratorId: above.data?.id, denominatorId: below.data?.id })
    const { node } = await client.ask<{ node: object }>(
      `{ node(id: "${ratio.data?.id}") { ... on ExperimentMetric { numerator { id } denominator { id } } } }`,
    )
    expect(node).toEqual({ numerator: { id: above.data?.id }, denominator: { id: below.data?.id } })
  })

  test.each([
    [{ kind: 'CONVERSION' }, 'input.event', 'needs it'],
    [{ kind: 'CONVERSION', event: 'signup', cap: 3 }, 'input.cap', 'has no meaning'],
    [{ kind: 'COUNT', event: ' ' }, 'input.event', 'is empty'],
    [{ kind: 'COUNT', event: 'x', cap: -1 }, 'input.cap', 'above 0'],
    [{ kind: 'COUNT', event: 'x', cap: 1, capPercentile: 0.9 }, 'input.capPercentile', 'exclude'],
    [{ kind: 'COUNT', event: 'x', capPercentile: 95 }, 'input.capPercentile', 'such as 0.99'],
    [{ kind: 'COUNT', event: 'x', windowHours: 0 }, 'input.windowHours', 'from 1 hour'],
    [{ kind: 'VALUE', event: 'x' }, 'input.property', 'or currency'],
    [{ kind: 'VALUE', event: 'x', property: 'p', currency: 'EUR' }, 'input.property', 'not both'],
    [{ kind: 'VALUE', event: 'x', currency: 'EURO' }, 'input.currency', 'ISO 4217'],
    [{ kind: 'RETENTION', retentionFrom: 3, retentionTo: 3 }, 'input.retentionTo', 'after retentionFrom'],
    [{ kind: 'ENGAGEMENT', event: 'x' }, 'input.event', 'has no meaning'],
    [{ kind: 'COUNT', event: 'x', filter: { plan: { $like: 'a' } } }, 'input.filter.plan.$like', 'no operator'],
    [{ kind: 'COUNT', event: 'x', key: 'Not a key' }, 'input.key', 'lower-case'],
  ])('%j is refused at %s: %s', async (input, path, message) => {
    const client = await signIn()
    const answer = await create(client, input)
    expect(answer.__typename).toBe('InvalidInputError')
    expect(answer.issues?.map((issue) => issue.path)).toEqual([path])
    expect(answer.issues?.[0]?.message).toContain(message)
    expect(await client.ask('{ experimentMetrics { totalCount } }')).toEqual({ experimentMetrics: { totalCount: 0 } })
  })

  test('a ratio is made of two metrics that are none, and have no percentile', async () => {
    const client = await signIn()
    const count = await create(client, { kind: 'COUNT', event: 'order' })
    const capped = await create(client, { kind: 'COUNT', event: 'order', capPercentile: 0.9 })
    const ratio = await create(client, { kind: 'RATIO', numeratorId: count.data?.id, denominatorId: count.data?.id })
    const of = (numeratorId?: string, denominatorId?: string) =>
      create(client, { kind: 'RATIO', numeratorId, denominatorId })
    expect((await of(ratio.data?.id, count.data?.id)).issues).toMatchObject([{ path: 'input.numeratorId' }])
    expect((await of(count.data?.id, capped.data?.id)).issues).toMatchObject([{ path: 'input.denominatorId' }])
    expect((await of(count.data?.id)).issues).toMatchObject([{ path: 'input.denominatorId' }])
  })

  test('has a key of its own in the workspace, also of two who take it at once', async () => {
    const client = await signIn()
    const input = { key: 'taken', kind: 'COUNT', event: 'x' }
    const answers = await Promise.all([create(client, input), create(client, input)])
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'ConflictError',
      'CreateExperimentMetricSuccess',
    ])
    expect((await create(await signIn(), input)).__typename).toBe('CreateExperimentMetricSuccess')
  })

  test('can be changed until a started experiment is judged by it; then only what people call it', async () => {
    const client = await signIn()
    const { data } = await create(client, { kind: 'COUNT', event: 'order', filter: { path: '/a' } })
    const id = data?.id ?? ''
    const { context, id: experimentId } = await judgedBy(client, id)
    expect((await update(client, id, { cap: 5, filter: null })).data).toMatchObject({ cap: 5, filter: null })
    expect((await update(client, id, { cap: -5 })).issues).toMatchObject([{ path: 'input.cap' }])
    expect((await update(client, id, { currency: 'EUR' })).issues).toMatchObject([{ path: 'input.currency' }])
    await service.start(context, experimentId)
    expect(await update(client, id, { cap: 6, event: 'orders' })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/"Headline", which has started: its event, cap cannot change.*Make a new metric/),
    })
    expect((await update(client, id, { name: 'Orders', description: 'All of them', cap: 5 })).data).toMatchObject({
      name: 'Orders',
      cap: 5,
    })
  })

  test('that is part of a ratio is in use as the ratio is', async () => {
    const client = await signIn()
    const count = await create(client, { kind: 'COUNT', event: 'order' })
    const ratio = await create(client, { kind: 'RATIO', numeratorId: count.data?.id, denominatorId: count.data?.id })
    const { context, id } = await judgedBy(client, ratio.data?.id ?? '')
    await service.start(context, id)
    expect((await update(client, count.data?.id ?? '', { cap: 6 })).__typename).toBe('ConflictError')
    for (const metric of [count, ratio]) {
      const { node } = await client.ask<{ node: object }>(
        `{ node(id: "${metric.data?.id}") { ... on ExperimentMetric { experiments { totalCount nodes { name } } } } }`,
      )
      expect(node).toEqual({ experiments: { totalCount: 1, nodes: [{ name: 'Headline' }] } })
    }
  })

  test('is put away and taken back', async () => {
    const client = await signIn()
    const { data } = await create(client, { kind: 'COUNT', event: 'order' })
    const id = data?.id ?? ''
    const archive = (mutation: string) => change(client, mutation, { id }, '$id: ID!')
    expect((await archive('archiveExperimentMetric')).data?.archivedAt).not.toBeNull()
    expect((await archive('restoreExperimentMetric')).data?.archivedAt).toBeNull()
  })

  test('belongs to its workspace; a viewer sees it only', async () => {
    const owner = await signIn()
    const { data } = await create(owner, { kind: 'COUNT', event: 'order' })
    const id = data?.id ?? ''
    const stranger = await signIn()
    expect(await stranger.ask(`{ node(id: "${id}") { id } }`)).toEqual({ node: null })
    expect((await update(stranger, id, { name: 'Mine' })).__typename).toBe('NotFoundError')
    const viewer = await signIn({ role: 'viewer', workspace: owner.workspaceId })
    expect(await viewer.ask(`{ experimentMetric(key: "${data?.key}") { id } }`)).toEqual({ experimentMetric: { id } })
    expect((await update(viewer, id, { name: 'Mine' })).__typename).toBe('ForbiddenError')
  })
})

test('where only an event is named, its plain conversion is found or made, once', async () => {
  const client = await signIn()
  const context = contextOf(client)
  const { data: filtered } = await create(client, {
    key: 'sign-up',
    kind: 'CONVERSION',
    event: 'Sign up!',
    filter: { path: '/a' },
  })
  const made = await Promise.all([1, 2, 3].map(() => service.metrics.ensureFor(context, 'Sign up!')))
  expect(new Set(made.map(({ id }) => id)).size).toBe(1)
  expect(made[0]).toMatchObject({ key: 'sign-up-2', kind: 'conversion', event: 'Sign up!', filter: null })
  expect(filtered?.id).not.toBe(made[0]?.id)
  expect((await service.metrics.ensureFor(context, '日本')).key).toBe('goal')
})
