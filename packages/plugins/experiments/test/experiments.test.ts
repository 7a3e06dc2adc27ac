import { sql } from '@espalier/core'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import tracking, { type TrackedEvent, unknownSource } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { type Assignment, Assignments } from '../src/assignment/assignments.ts'
import { Counting } from '../src/counting/counting.ts'
import experiments from '../src/index.ts'

const { kernel, signIn } = await servedKernel([tracking, experiments])

const two = '[{ key: "control", name: "Control" }, { key: "bold", name: "Bold" }]'

/** Makes an experiment over GraphQL. @returns its id, or whatever was answered instead */
async function create(
  client: SignedInClient,
  input = `key: "k-${uuidv7()}", name: "Headline", goal: "signup", variants: ${two}`,
) {
  const { createExperiment } = await client.ask<{ createExperiment: Answer }>(
    `mutation { createExperiment(input: { ${input} }) { ${answer('createExperiment')} } }`,
  )
  return createExperiment
}

async function change(client: SignedInClient, field: string) {
  const data = await client.ask<Record<string, Answer>>(
    `mutation { answer: ${field} { ${answer(field.split('(')[0] ?? '')} } }`,
  )
  return data.answer as Answer
}

interface Answer {
  __typename: string
  data?: {
    id: string
    status: string
    winner: string | null
    key: string
    variants: { id: string; key: string; weight: number }[]
  }
  message?: string
  issues?: { path: string; message: string }[]
}

const answer = (mutation: string) => `__typename
  ... on Error { message }
  ... on InvalidInputError { issues { path message } }
  ... on ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Success { data { id status winner key variants { id key weight } } }`

const uuidOf = (globalId: string) => Buffer.from(globalId, 'base64').toString().split(':')[1] as string

describe('the life of an experiment', () => {
  test('a draft, then running, then completed with a winner', async () => {
    const client = await signIn()
    const { data } = await create(client)
    expect(data).toMatchObject({
      status: 'DRAFT',
      winner: null,
      variants: [
        { key: 'control', weight: 1 },
        { key: 'bold', weight: 1 },
      ],
    })
    expect((await change(client, `startExperiment(id: "${data?.id}")`)).data?.status).toBe('RUNNING')
    expect((await change(client, `completeExperiment(id: "${data?.id}", winner: "bold")`)).data).toMatchObject({
      status: 'COMPLETED',
      winner: 'bold',
    })
  })

  test('a draft can be changed, variants and all', async () => {
    const client = await signIn()
    const { data } = await create(client)
    const changed = await change(
      client,
      `updateExperiment(id: "${data?.id}", input: { name: "New", variants: [{ key: "a", name: "A", weight: 3 }, { key: "b", name: "B" }] })`,
    )
    expect(changed.data?.variants.map(({ key, weight }) => [key, weight])).toEqual([
      ['a', 3],
      ['b', 1],
    ])
  })

  test('what runs can no longer be changed, nor started again; what is a draft cannot be completed', async () => {
    const client = await signIn()
    const { data } = await create(client)
    expect(await change(client, `completeExperiment(id: "${data?.id}")`)).toMatchObject({
      __typename: 'ConflictError',
      message: 'The experiment "Headline" is draft. Only one that runs can be completed.',
    })
    await change(client, `startExperiment(id: "${data?.id}")`)
    expect((await change(client, `updateExperiment(id: "${data?.id}", input: { name: "New" })`)).__typename).toBe(
      'ConflictError',
    )
    expect((await change(client, `startExperiment(id: "${data?.id}")`)).__typename).toBe('ConflictError')
  })

  test('of two people who start it at once, one is refused', async () => {
    const client = await signIn()
    const { data } = await create(client)
    const answers = await Promise.all([1, 2].map(() => change(client, `startExperiment(id: "${data?.id}")`)))
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'StartExperimentSuccess'])
  })

  test('a winner must be one of its variants', async () => {
    const client = await signIn()
    const { data } = await create(client)
    await change(client, `startExperiment(id: "${data?.id}")`)
    expect(await change(client, `completeExperiment(id: "${data?.id}", winner: "nobody")`)).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('control, bold'),
    })
  })

  test.each([
    [`key: "Not a key", name: "N", goal: "g", variants: ${two}`, 'input.key'],
    [`key: "k", name: "  ", goal: "g", variants: ${two}`, 'input.name'],
    [`key: "k", name: "N", goal: "", variants: ${two}`, 'input.goal'],
    ['key: "k", name: "N", goal: "g", variants: [{ key: "a", name: "A" }]', 'input.variants'],
    ['key: "k", name: "N", goal: "g", variants: [{ key: "a", name: "A" }, { key: "a", name: "B" }]', 'input.variants'],
    [
      'key: "k", name: "N", goal: "g", variants: [{ key: "a", name: "A", weight: -1 }, { key: "b", name: "B" }]',
      'input.variants.0.weight',
    ],
    [
      'key: "k", name: "N", goal: "g", variants: [{ key: "a", name: "A", weight: 0 }, { key: "b", name: "B", weight: 0 }]',
      'input.variants',
    ],
  ])('{ %s } is refused and names %s', async (input, path) => {
    const client = await signIn()
    const { __typename, issues } = await create(client, input)
    expect(__typename).toBe('InvalidInputError')
    expect(issues?.map((issue) => issue.path)).toEqual([path])
    expect(await client.ask('{ experiments { totalCount } }')).toEqual({ experiments: { totalCount: 0 } })
  })

  test('a key belongs to one experiment of a workspace', async () => {
    const client = await signIn()
    const input = `key: "taken", name: "N", goal: "g", variants: ${two}`
    const answers = await Promise.all([create(client, input), create(client, input)])
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'CreateExperimentSuccess'])
    expect((await create(await signIn(), input)).__typename).toBe('CreateExperimentSuccess')
  })

  test('another workspace neither sees nor starts it; a viewer sees it only', async () => {
    const owner = await signIn()
    const { data } = await create(owner)
    const stranger = await signIn()
    expect(await stranger.ask(`{ node(id: "${data?.id}") { id } }`)).toEqual({ node: null })
    expect((await change(stranger, `startExperiment(id: "${data?.id}")`)).__typename).toBe('NotFoundError')
    const viewer = await signIn({ role: 'viewer', workspace: owner.workspaceId })
    expect(await viewer.ask(`{ node(id: "${data?.id}") { id } }`)).toEqual({ node: { id: data?.id } })
    expect((await change(viewer, `startExperiment(id: "${data?.id}")`)).__typename).toBe('ForbiddenError')
  })

  test('each change is in the audit trail', async () => {
    const client = await signIn()
    const { data } = await create(client)
    await change(client, `startExperiment(id: "${data?.id}")`)
    const { auditEntries } = await client.ask<{ auditEntries: { edges: { node: { action: string } }[] } }>(
      '{ auditEntries(first: 10) { edges { node { action } } } }',
    )
    expect(auditEntries.edges.map(({ node }) => node.action)).toEqual(
      expect.arrayContaining(['startExperiment', 'createExperiment']),
    )
  })
})

describe('counting', () => {
  /** A running experiment, a site, and a way to report what visitors do on it. */
  async function running(client: SignedInClient) {
    const { data } = await create(client)
    const id = uuidOf(data?.id ?? '')
    await change(client, `startExperiment(id: "${data?.id}")`)
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    const service = kernel.service(experiments)
    const site = await kernel.service(tracking).sites.ensure(context, 'Test')
    const assigned = async (visitorId: string) => (await service.assign(context, id, visitorId)) as Assignment
    const report = async (visitorId: string, name: string, more: object = {}) =>
      kernel.service(tracking).record(context, [{ siteId: site.id, visitorId, name, ...more }])
    const see = async (visitorId: string, more: object = {}) =>
      report(visitorId, 'pageview', { experiments: { [id]: (await assigned(visitorId)).variantId }, ...more })
    const results = async () => {
      const { results } = (
        await client.ask<{ node: { results: { exposures: number; goal: { sum: number } } } }>(
          `{ node(id: "${data?.id}") { ... on Experiment { results { exposures goal { sum } } } } }`,
        )
      ).node
      return { exposures: results.exposures, conversions: results.goal.sum }
    }
    return { id, key: data?.key ?? '', globalId: data?.id, context, assigned, report, see, results }
  }

  /** Counts as another process does, which knows what it has read once: its clock stands still. */
  const anotherProcess = () =>
    new Counting({
      tracking: kernel.service(tracking),
      attributionDays: async () => 30,
      workspace: (id) => kernel.contexts.workspace(id, { type: 'system', name: 'test' }),
      clock: { now: () => new Date(0) },
    })

  test('a visitor is exposed once and converts once, however often both happen', async () => {
    const { see, report, results } = await running(await signIn())
    const visitor = uuidv7()
    await Promise.all([see(visitor), see(visitor), see(visitor)])
    await Promise.all([report(visitor, 'signup'), report(visitor, 'conversion', { goal: 'signup' })])
    expect(await results()).toEqual({ exposures: 1, conversions: 1 })
  })

  test('a conversion before the exposure does not count; one after it does', async () => {
    const { see, report, results } = await running(await signIn())
    const visitor = uuidv7()
    const noon = new Date()
    await see(visitor, { at: noon })
    await report(visitor, 'signup', { at: new Date(noon.getTime() - 1_000) })
    expect(await results()).toEqual({ exposures: 1, conversions: 0 })
    await report(visitor, 'signup', { at: new Date(noon.getTime() + 1_000) })
    expect(await results()).toEqual({ exposures: 1, conversions: 1 })
  })

  test('of conversions that arrive together, the first after the exposure counts, whatever came before', async () => {
    const { see, context, results } = await running(await signIn())
    const visitorId = uuidv7()
    const noon = Date.now()
    await see(visitorId, { at: new Date(noon) })
    const site = await kernel.service(tracking).sites.ensure(context, 'Test')
    const signup = (at: number) => ({ siteId: site.id, visitorId, name: 'signup', at: new Date(at) })
    await kernel.service(tracking).record(context, [signup(noon - 1_000), signup(noon + 1_000)])
    expect(await results()).toEqual({ exposures: 1, conversions: 1 })
  })

  test('a conversion counts within 30 days of the exposure, or as many as the workspace says', async () => {
    const day = 24 * 3600_000
    const { see, report, results, context } = await running(await signIn())
    const [late, early] = [uuidv7(), uuidv7()]
    const now = Date.now()
    await see(late, { at: new Date(now - 30 * day) })
    await see(early, { at: new Date(now - 30 * day + 60_000) })
    await report(late, 'signup', { at: new Date(now) })
    expect(await results()).toEqual({ exposures: 2, conversions: 0 })
    await report(early, 'signup', { at: new Date(now) })
    expect(await results()).toEqual({ exposures: 2, conversions: 1 })

    await context.transaction((tx) => kernel.settings.update(tx, 'experiments', { attributionDays: 60 }))
    await report(late, 'signup', { at: new Date(now) })
    expect(await results()).toEqual({ exposures: 2, conversions: 2 })
  })

  test('a conversion without an exposure, or to another goal, does not count', async () => {
    const { see, report, results } = await running(await signIn())
    await report(uuidv7(), 'signup')
    const visitor = uuidv7()
    await see(visitor)
    await report(visitor, 'conversion', { goal: 'newsletter' })
    expect(await results()).toEqual({ exposures: 1, conversions: 0 })
  })

  test('a visitor who claims another variant than the assigned one is not counted', async () => {
    const { key, assigned, report, results } = await running(await signIn())
    const view = (visitorId: string, variant: string) =>
      report(visitorId, 'experiment_viewed', { properties: { experiment: key, variant } })
    const visitor = uuidv7()
    const given = await assigned(visitor)
    await view(visitor, given.variantKey === 'bold' ? 'control' : 'bold')
    expect(await results()).toEqual({ exposures: 0, conversions: 0 })
    await view(visitor, given.variantKey)
    expect(await results()).toEqual({ exposures: 1, conversions: 0 })
  })

  test('after completion nothing counts any more, and everyone gets the winner', async () => {
    const client = await signIn()
    const { id, globalId, context, see, results } = await running(client)
    await see(uuidv7())
    await change(client, `completeExperiment(id: "${globalId}", winner: "bold")`)
    const { variantKey, running: runs } = (await kernel.service(experiments).assign(context, id, uuidv7())) ?? {}
    expect([variantKey, runs]).toEqual(['bold', false])
    await see(uuidv7())
    expect(await results()).toEqual({ exposures: 1, conversions: 0 })
  })

  test('the counts are those of the rows, under many visitors at once', async () => {
    const client = await signIn()
    const { id, context, see, report, results } = await running(client)
    const visitors = Array.from({ length: 300 }, () => uuidv7())
    await Promise.all(visitors.flatMap((visitor) => [see(visitor), see(visitor)]))
    await Promise.all(
      visitors.slice(0, 120).flatMap((visitor) => [report(visitor, 'signup'), report(visitor, 'signup')]),
    )
    expect(await results()).toEqual({ exposures: 300, conversions: 120 })
    const [rows] = await context.db.query(sql`
      select (select count(*)::int from "ExperimentExposure" where "experimentId" = ${id}) as "exposures",
        (select sum("value")::int from "ExperimentSubjectValue" where "experimentId" = ${id}) as "conversions"`)
    expect(rows).toEqual({ exposures: 300, conversions: 120 })
  })

  test('what another process has just started counts here at once', async () => {
    const client = await signIn()
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    const here = anotherProcess()
    const event = (experiments: TrackedEvent['experiments'], visitorId: string) =>
      ({ ...unknownSource, id: uuidv7(), name: 'pageview', at: new Date(), visitorId, experiments }) as TrackedEvent
    await context.sqlTransaction((tx) => here.count(tx, [event(null, uuidv7())]))
    const { id, assigned, results } = await running(client)
    const visitorId = uuidv7()
    const { variantId } = await assigned(visitorId)
    await context.sqlTransaction((tx) => here.count(tx, [event({ [id]: variantId }, visitorId)]))
    expect(await results()).toEqual({ exposures: 1, conversions: 0 })
  })

  test('what another process has just ended does not count here any more', async () => {
    const client = await signIn()
    const { id, context, assigned, results } = await running(client)
    const here = anotherProcess()
    const see = async (visitorId: string) => {
      const { variantId } = await assigned(visitorId)
      await here.expose(context, [{ experimentId: id, subject: visitorId, variantId }])
    }
    const [before, after] = [uuidv7(), uuidv7()]
    const { variantId } = await assigned(after)
    await see(before)
    await kernel.service(experiments).complete(context, id, null)
    expect(await here.expose(context, [{ experimentId: id, subject: after, variantId }])).toEqual(['not-running'])
    expect(await results()).toEqual({ exposures: 1, conversions: 0 })
  })

  test('an assignment does not come from a snapshot of long ago', async () => {
    const client = await signIn()
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    let now = 0
    const here = new Assignments({ now: () => new Date(now) }, () => context)
    await here.assign(context, uuidv7(), uuidv7())
    const { id } = await running(client)
    now += 60_000
    expect(await here.assign(context, id, uuidv7())).toMatchObject({ running: true })
  })

  test('events of one workspace never count in another’s experiment', async () => {
    const mine = await running(await signIn())
    const theirs = await running(await signIn())
    const visitor = uuidv7()
    await theirs.report(visitor, 'pageview', { experiments: { [mine.id]: (await mine.assigned(visitor)).variantId } })
    expect(await mine.results()).toEqual({ exposures: 0, conversions: 0 })
  })
})
