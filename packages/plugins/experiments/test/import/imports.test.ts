import { definePlugin, whenPublic } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { GrowthBook } from '@growthbook/growthbook'
import { describe, expect, test } from 'vitest'
import experiments from '../../src/index.ts'
import {
  experimentRef,
  factMetric,
  factTables,
  restExperiment,
  restFeature,
  restMetric,
  restPhase,
} from './growthbookFile.ts'

/** Workspaces in which what hears of events has a defect. */
const defective = new Set<string>()
const hearing = definePlugin({
  name: 'hearing',
  onPublic: whenPublic(
    ({ workspaceId }) => {
      if (defective.has(workspaceId)) throw new Error('a defect')
      return false
    },
    async () => {},
  ),
})
const { kernel, url, signIn, createWorkspace, cutDatabaseOff } = await servedKernel([tracking, experiments, hearing])
const service = kernel.service(experiments)

const shown = `id status fileName start counts { planned made known included impossible failed }
  items(first: 100) { totalCount nodes { kind sourceId name key outcome keepsAssignment notes targetId } }`

interface Shown {
  id: string
  status: string
  counts: Record<string, number>
  items: { totalCount: number; nodes: Item[] }
}

interface Item {
  kind: string
  sourceId: string
  key: string | null
  outcome: string
  keepsAssignment: boolean | null
  notes: string[]
  targetId: string | null
}

/** An editor who imports over GraphQL, and what came of it once the job is done. */
async function importer(given?: string) {
  const workspace = given ?? (await createWorkspace())
  const { ask } = await signIn({ role: 'editor', workspace })
  const prepare = async (file: unknown, goal = 'signup') => {
    const { answer } = await ask<{ answer: { data: Shown; message?: string } }>(
      `mutation ($file: JSON!, $goal: String!) { answer: prepareExperimentImport(export: $file, goal: $goal) {
        ... on Error { message } ... on PrepareExperimentImportSuccess { data { ${shown} } } } }`,
      { file, goal },
    )
    return answer
  }
  const read = async (id: string) =>
    (await ask<{ experimentImport: Shown }>(`query ($id: ID!) { experimentImport(id: $id) { ${shown} } }`, { id }))
      .experimentImport
  const run = async (id: string, start = false) => {
    const { answer } = await ask<{ answer: { message?: string } }>(
      `mutation ($id: ID!, $start: Boolean!) { answer: runExperimentImport(id: $id, start: $start) {
        ... on Error { message } ... on RunExperimentImportSuccess { data { id } } } }`,
      { id, start },
    )
    if (answer.message) return { ...(await read(id)), message: answer.message }
    await expect.poll(async () => (await read(id)).status).toBe('DONE')
    return { ...(await read(id)), message: undefined }
  }
  const importAll = async (file: unknown, start = false) => run((await prepare(file)).data.id, start)
  const context = kernel.contexts.workspace(workspace, { type: 'system', name: 'test' })
  const all = async () => {
    const rows = await context.db.prisma.experiment.findMany({
      include: { variants: true, goals: true },
      orderBy: { key: 'asc' },
    })
    return rows
  }
  return { workspace, ask, prepare, run, importAll, context, all }
}

const item = (shown: Shown, sourceId: string) => shown.items.nodes.find((each) => each.sourceId === sourceId)

describe('a file of GrowthBook', () => {
  test('is looked at first, and nothing is made', async () => {
    const { prepare, all } = await importer()
    const { data } = await prepare({
      experiments: [restExperiment('exp_1')],
      metrics: [restMetric('met_1', 'binomial')],
    })
    expect(data).toMatchObject({ status: 'READY', counts: { planned: 2, made: 0 } })
    expect(item(data, 'exp_1')).toMatchObject({ kind: 'EXPERIMENT', key: 'track-exp-1', keepsAssignment: true })
    expect(item(data, 'exp_1')?.notes.join(' ')).toMatch(/"track-exp-1" here.*instead of "track-exp_1"/)
    expect(await all()).toEqual([])
  })

  test('becomes experiments with their metrics; everybody keeps the variant that the SDK gives them', async () => {
    const { importAll, context, all, workspace } = await importer()
    const phase = {
      seed: 'seed-of-it',
      coverage: 0.6,
      targetingCondition: '{"country": "FR"}',
      namespace: { namespaceId: 'home', range: [0.1, 0.8] },
    }
    const experiment = restExperiment(
      'exp_1',
      {
        hashVersion: 1,
        settings: {
          goals: [{ metricId: 'met_1' }, { metricId: 'met_lost' }],
          secondaryMetrics: [{ metricId: 'fact_1' }],
          guardrails: [{ metricId: 'fact_ratio' }],
        },
      },
      phase,
    )
    const done = await importAll(
      [
        { experiments: [experiment] },
        { features: [restFeature('checkout-button', [experimentRef('exp_1')])] },
        { metrics: [restMetric('met_1', 'binomial', { mixpanel: { eventName: 'Signed up', conditions: [] } })] },
        { factTables },
        {
          factMetrics: [
            factMetric('fact_1', 'mean', {}),
            factMetric(
              'fact_ratio',
              'ratio',
              { column: 'amount', aggregation: 'sum' },
              { denominator: { factTableId: 'ftb_visits', column: '$$count' } },
            ),
            factMetric('fact_q', 'quantile', { column: 'ms' }),
          ],
        },
      ],
      true,
    )
    expect(done.counts).toMatchObject({ made: 6, included: 1, impossible: 1, failed: 0 })
    expect(item(done, 'exp_1')?.notes.join(' ')).toMatch(/metric "met_lost" could not be carried over/)
    const [made] = await all()
    expect(made).toMatchObject({
      key: 'checkout-button',
      status: 'running',
      seed: 'seed-of-it',
      hashVersion: 1,
      coverage: 0.6,
    })
    const read = await service.get(context, made?.id as string)
    expect(read.goals.map(({ role, metric }) => [role, metric.kind, metric.event])).toEqual([
      ['goal', 'conversion', 'Signed up'],
      ['secondary', 'count', 'purchase'],
      ['guardrail', 'ratio', null],
    ])

    // Asked over OFREP, as an OpenFeature client does, beside the SDK with what GrowthBook hands it.
    const { key } = await kernel.access.createApiKey(workspace, { name: 'Flags', scopes: ['experiments:evaluate'] })
    const growthbook = new GrowthBook({
      features: {
        'checkout-button': {
          defaultValue: false,
          rules: [
            {
              ...{ key: 'track-exp_1', seed: 'seed-of-it', hashAttribute: 'id', hashVersion: 1, coverage: 0.6 },
              ...{ variations: [false, true], weights: [0.5, 0.5], namespace: ['home', 0.1, 0.8] },
              condition: { country: 'FR' },
            },
          ],
        },
      },
    })
    const people = Array.from({ length: 300 }, (_, index) => ({
      id: `user-${index}`,
      country: index % 4 ? 'FR' : 'DE',
    }))
    const ours = await Promise.all(
      people.map(async ({ id, country }) => {
        const response = await fetch(`${url}/ofrep/v1/evaluate/flags/checkout-button`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ context: { targetingKey: id, country } }),
        })
        return ((await response.json()) as { value: unknown }).value
      }),
    )
    const theirs = people.map((attributes) => {
      growthbook.setAttributes(attributes)
      return growthbook.evalFeature('checkout-button').value as unknown
    })
    expect(ours).toEqual(theirs)
    expect(new Set(theirs)).toEqual(new Set([true, false]))

    // What clients report is believed where the same hash agrees.
    const recorder = await kernel.access.createApiKey(workspace, { name: 'Server', scopes: ['experiments:record'] })
    const report = async (variant: (index: number) => string) => {
      const exposures = people.flatMap(({ id }, index) =>
        ours[index] === true ? [{ experiment: 'checkout-button', subject: id, variant: variant(index) }] : [],
      )
      const response = await fetch(`${url}/graphql/public`, {
        method: 'POST',
        headers: { authorization: `Bearer ${recorder.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          query: `mutation ($exposures: [ExposureInput!]!) { answer: recordExposures(exposures: $exposures) {
            ... on Error { message } ... on RecordExposuresSuccess { data { recorded ignored { code } } } } }`,
          variables: { exposures: exposures.slice(0, 20) },
        }),
      })
      return ((await response.json()) as { data: { answer: { data: object } } }).data.answer.data
    }
    expect(await report(() => '0')).toMatchObject({ recorded: 0 })
    expect(await report(() => '1')).toMatchObject({ recorded: 20, ignored: [] })
  })

  test('keeps what was decided: drafts, what ran, what was stopped with its winner and its dates, what was archived', async () => {
    const { importAll, all, context } = await importer()
    const dates = { dateStarted: '2026-02-01T00:00:00.000Z', dateEnded: '2026-03-01T00:00:00.000Z' }
    const stopped = (id: string, resultSummary: object, more = {}) =>
      restExperiment(id, { status: 'stopped', resultSummary, ...more }, dates)
    const result = {
      status: 'won',
      winner: 'var_1',
      conclusions: 'Bold sells.',
      releasedVariationId: 'var_1',
      excludeFromPayload: false,
    }
    const done = await importAll({
      experiments: [
        restExperiment('draft', { status: 'draft' }),
        restExperiment('running'),
        stopped('won', result),
        stopped('cleaned', { ...result, excludeFromPayload: true }),
        stopped('old', result, { archived: true }),
        restExperiment('forgotten', { status: 'draft', archived: true }),
        restExperiment('bandit', { status: 'draft', type: 'multi-armed-bandit' }),
      ],
    })
    expect(done.counts).toMatchObject({ made: 7, failed: 0, impossible: 0 })
    const rows = await all()
    expect(rows.map(({ key, status, winner }) => [key, status, winner])).toEqual([
      ['track-bandit', 'draft', null],
      ['track-cleaned', 'completed', null],
      ['track-draft', 'draft', null],
      ['track-forgotten', 'archived', null],
      ['track-old', 'archived', '1'],
      ['track-running', 'draft', null],
      ['track-won', 'completed', '1'],
    ])
    const won = rows.find(({ key }) => key === 'track-won')
    expect(won?.startedAt?.toISOString()).toBe(dates.dateStarted)
    expect(won?.completedAt?.toISOString()).toBe(dates.dateEnded)
    expect(won?.hypothesis).toBe('It sells.\n\nGrowthBook: won (Bold). Bold sells.')
    expect(rows.find(({ key }) => key === 'track-bandit')?.kind).toBe('bandit')
    expect((await service.decide(context, 'track-won', { id: 'anybody' }))?.variantKey).toBe('1')
    // What ended long ago is no news: it was not started and ended just now.
    const decisions = await context.db.prisma.experimentDecision.findMany({
      where: { experimentId: won?.id as string },
    })
    expect(decisions.map(({ kind }) => kind)).toEqual(['stop'])
  })

  test('twice makes nothing twice, and leaves what was changed here as it is', async () => {
    const { importAll, all, context } = await importer()
    const file = {
      experiments: [restExperiment('exp_1'), restExperiment('exp_1')],
      metrics: [restMetric('met_1', 'count')],
    }
    await importAll(file)
    const [made] = await all()
    await service.update(context, made?.id as string, { key: 'another-key', name: 'Renamed here' })
    const again = await importAll({
      experiments: [...file.experiments, restExperiment('exp_2')],
      metrics: file.metrics,
    })
    expect(again.counts).toMatchObject({ made: 1, known: 2 })
    expect(item(again, 'exp_1')).toMatchObject({ outcome: 'KNOWN', targetId: made?.id })
    expect((await all()).map(({ name }) => name)).toEqual(['Renamed here', 'Experiment exp_2'])
  })

  test('starts on a later import what it made as a draft', async () => {
    const { importAll, all } = await importer()
    const file = { experiments: [restExperiment('exp_1')] }
    await importAll(file)
    expect((await all()).map(({ status }) => status)).toEqual(['draft'])
    const again = await importAll(file, true)
    expect(again.counts).toMatchObject({ known: 1, made: 0 })
    expect((await all()).map(({ status }) => status)).toEqual(['running'])
  })

  test('one bad thing does not stop the others, and nothing is half written', async () => {
    const { prepare, run, all, context } = await importer()
    const experiments = [
      restExperiment('exp_good'),
      { ...restExperiment('exp_broken'), variations: 'none' },
      restExperiment('exp_group', {}, { savedGroupTargeting: [{ matchType: 'any', savedGroups: ['grp_1'] }] }),
      restExperiment('exp_regex', {}, { targetingCondition: '{"url": {"$regex": "(?=x)"}}' }),
      restExperiment('exp_after', {}, { prerequisites: [{ id: 'other', condition: '{"value": true}' }] }),
      restExperiment('exp_one', { variations: [] }),
      restExperiment('exp_taken', { trackingKey: 'taken' }),
      restExperiment('exp_late', { trackingKey: 'late' }),
    ]
    const of = {
      name: 'Theirs',
      goal: 'signup',
      variants: [
        { key: 'a', name: 'A' },
        { key: 'b', name: 'B' },
      ],
    }
    await service.create(context, { ...of, key: 'taken' })
    const { data } = await prepare({ experiments })
    expect(data.counts).toMatchObject({ planned: 2, impossible: 6 })
    const why = Object.fromEntries(data.items.nodes.map(({ sourceId, notes }) => [sourceId, notes.join(' ')]))
    expect(why.exp_broken).toMatch(/^variations: /)
    expect(why.exp_group).toMatch(/saved group "grp_1", which is not in the file/)
    expect(why.exp_regex).toMatch(/condition cannot be carried over: url\.\$regex/)
    expect(why.exp_after).toMatch(/prerequisite/)
    expect(why.exp_one).toMatch(/fewer than 2 variants/)
    expect(why.exp_taken).toMatch(/key "taken" belongs to something here/)
    // Somebody takes a key between looking and making.
    await service.create(context, { ...of, key: 'late' })
    const metricsBefore = await context.db.prisma.experimentMetric.count()
    const done = await run(data.id)
    expect(done.counts).toMatchObject({ made: 1, failed: 1, impossible: 6 })
    expect(item(done, 'exp_late')?.notes.at(-1)).toMatch(/key "late" belongs to another experiment/)
    expect((await all()).map(({ key }) => key)).toEqual(['late', 'taken', 'track-exp-good'])
    expect(await context.db.prisma.experimentMetric.count()).toBe(metricsBefore)
    expect(await context.db.prisma.experimentOrigin.count()).toBe(1)
  })

  test('a part of a namespace that is taken leaves a draft, and says so', async () => {
    const { importAll, all } = await importer()
    const namespace = { namespaceId: 'home', range: [0, 0.5] }
    const done = await importAll(
      { experiments: [restExperiment('first', {}, { namespace }), restExperiment('second', {}, { namespace })] },
      true,
    )
    expect((await all()).map(({ status }) => status)).toEqual(['running', 'draft'])
    expect(item(done, 'second')?.notes.at(-1)).toMatch(/takes 0 to 0.5 of the namespace "home"/)
  })

  test('ends where one of its experiments cannot be started for a reason of ours: that one is left as a draft, and says so', async () => {
    const { importAll, all, workspace } = await importer()
    defective.add(workspace)
    const done = await importAll({ experiments: [restExperiment('exp_1')] }, true)
    expect(done).toMatchObject({ status: 'DONE', counts: { made: 0, failed: 1 } })
    expect(item(done, 'exp_1')?.notes.at(-1)).toMatch(/here as a draft, but could not be started/)
    expect((await all()).map(({ status }) => status)).toEqual(['draft'])
  })

  test('of another workspace is nobody’s business, and is imported there anew', async () => {
    const mine = await importer()
    const theirs = await importer()
    const file = { experiments: [restExperiment('exp_1')] }
    const { data } = await mine.prepare(file)
    const { experimentImport } = await theirs.ask<{ experimentImport: null }>(
      `query ($id: ID!) { experimentImport(id: $id) { id } }`,
      { id: data.id },
    )
    expect(experimentImport).toBeNull()
    await mine.run(data.id)
    expect((await theirs.importAll(file)).counts).toMatchObject({ made: 1, known: 0 })
    expect((await mine.all()).length).toBe(1)
  })

  test('goes on where it was broken off', async () => {
    const { prepare, context, all } = await importer()
    const { data } = await prepare({
      experiments: Array.from({ length: 6 }, (_, index) => restExperiment(`exp-${index}`)),
    })
    const id = Buffer.from(data.id, 'base64').toString().split(':')[1] as string
    await service.imports.begin(context, id, false)
    const controller = new AbortController()
    const broken = service.imports.run(context, id, {
      signal: controller.signal,
      onItem: (done) => done === 2 && controller.abort(),
    })
    await expect(broken).rejects.toThrow(/abort/i)
    expect((await all()).length).toBe(2)
    const letIn = await cutDatabaseOff()
    await expect(service.imports.run(context, id)).rejects.toThrow()
    await letIn()
    await expect
      .poll(() => service.imports.run(context, id).catch(() => undefined))
      .toMatchObject({ made: 6, failed: 0 })
    expect((await all()).length).toBe(6)
  })
})

describe('who may import, and what', () => {
  test('editors; viewers are refused', async () => {
    const { workspace, prepare } = await importer()
    const { data } = await prepare({ experiments: [restExperiment('exp_1')] })
    const viewer = await signIn({ role: 'viewer', workspace })
    const refused = await viewer.ask<{ runExperimentImport: object }>(
      `mutation ($id: ID!) { runExperimentImport(id: $id) { __typename ... on Error { code } } }`,
      { id: data.id },
    )
    expect(refused.runExperimentImport).toMatchObject({ code: 'FORBIDDEN' })
  })

  test.each([
    [{}, /holds no experiments, features or metrics of GrowthBook/],
    [[1, null, 'x'], /holds no experiments/],
    [{ experiments: [] }, /holds no experiments/],
  ])('%j is refused', async (file, message) => {
    const { prepare } = await importer()
    expect((await prepare(file)).message).toMatch(message)
  })

  test('an import is begun once', async () => {
    const { prepare, run } = await importer()
    const { data } = await prepare({ experiments: [restExperiment('exp_1')] })
    await run(data.id)
    expect((await run(data.id)).message).toMatch(/was begun already/)
  })

  test('a file that is too large for GraphQL goes over HTTP; one that is no JSON is refused with its place', async () => {
    const { workspace, context } = await importer()
    const { key } = await kernel.access.createApiKey(workspace, { name: 'CI', scopes: ['experiments:write'] })
    const upload = (body: string, authorization = `Bearer ${key}`) =>
      fetch(`${url}/experiments/import/growthbook?name=big.json&goal=signup`, {
        method: 'POST',
        headers: { authorization },
        body,
      })
    const phases = [restPhase({ name: 'x'.repeat(2_000) })]
    const many = Array.from({ length: 1_000 }, (_, index) => restExperiment(`exp-${index}`, { phases }))
    const body = JSON.stringify({ experiments: many })
    expect(body.length).toBeGreaterThan(2 * 1024 * 1024)
    const response = await upload(body)
    expect(response.status).toBe(201)
    const { id } = (await response.json()) as { id: string }
    expect(await service.imports.counts(context, id)).toMatchObject({ planned: 1_000 })
    const broken = await upload('{"experiments": [')
    expect(broken.status).toBe(400)
    expect(JSON.stringify(await broken.json())).toMatch(/is no JSON/)
    expect((await upload(body, 'Bearer esp_wrong')).status).toBe(401)
  })
})
