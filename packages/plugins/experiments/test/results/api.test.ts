import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { expect, test } from 'vitest'
import experiments from '../../src/index.ts'

const { kernel, signIn } = await servedKernel([tracking, experiments])

/** 40 subjects meet an experiment on two devices, every fourth converts; three of them are recorded elsewhere than assigned. */
async function seenByForty() {
  const client = await signIn()
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  const service = kernel.service(experiments)
  const clicks = await service.metrics.create(context, { key: 'clicks', name: 'Clicks', kind: 'count', event: 'click' })
  const draft = await service.create(context, {
    key: 'headline',
    name: 'Headline',
    goal: 'signup',
    goals: [{ metricId: clicks.id, role: 'secondary' }],
    variants: [
      { key: 'control', name: 'Control' },
      { key: 'bold', name: 'Bold' },
    ],
  })
  const { id, variants } = await service.start(context, draft.id)
  const subjects = Array.from({ length: 40 }, (_, index) => `subject-${index}`)
  const exposed = await Promise.all(
    subjects.map(async (subject, index) => {
      const decision = await service.decide(context, id, { id: subject })
      const other = variants.find((variant) => variant.id !== decision?.variantId)?.id
      const variantId = (index < 3 ? other : decision?.variantId) as string
      return { experimentId: id, subject, variantId, device: index % 2 ? 'mobile' : 'desktop' }
    }),
  )
  await service.expose(context, exposed)
  await service.measure(
    context,
    subjects.flatMap((subject, index) => [
      { subject, name: 'click' },
      { subject, name: 'click' },
      ...(index % 4 === 0 ? [{ subject, name: 'signup' }] : []),
    ]),
  )
  service.noteExcluded(context, id, 'bot')
  const counts = (test: (index: number) => boolean) =>
    variants.map((variant) => exposed.filter(({ variantId }, index) => variantId === variant.id && test(index)).length)
  return { client, counts }
}

test('results, their course, their slices and their health are what was counted', async () => {
  const { client, counts } = await seenByForty()
  const ask = () =>
    client.ask<{ experiment: Answer }>(
      `{ experiment(key: "headline") {
        results {
          exposures confidence plannedReached variants { variant { key } exposures }
          goal { metric { event } role sum variants { exposures sum mean interval { lower upper } chanceToBeBest
            comparison { difference significant better fixed { pValue } sequential { pValue interval { lower } } chanceToWin expectedLoss } } }
          metrics { role sum variants { mean } }
        }
        series { day variants { variant { key } exposures sum mean exposuresOfDay sumOfDay relativeLift } }
        slices(by: DEVICE) { omitted slices { value exposures variants { exposures sum } } }
        health { bots late crossovers unexpected causes { variant { key } predicted recorded moved } imbalances { value } sampleRatio { alarm } }
      } }`,
    )
  await expect.poll(async () => (await ask()).experiment.health.bots).toBe(1)
  const { results, series, slices, health } = (await ask()).experiment
  const all = counts(() => true)
  const converted = counts((index) => index % 4 === 0)
  expect(results).toMatchObject({
    exposures: 40,
    plannedReached: false,
    variants: [
      { variant: { key: 'control' }, exposures: all[0] },
      { variant: { key: 'bold' }, exposures: all[1] },
    ],
    goal: { metric: { event: 'signup' }, role: 'GOAL', sum: 10 },
    metrics: [
      { role: 'GOAL', sum: 10 },
      { role: 'SECONDARY', sum: 80, variants: [{ mean: 2 }, { mean: 2 }] },
    ],
  })
  const [control, bold] = results.goal.variants
  expect([control, bold].map((variant) => [variant?.exposures, variant?.sum])).toEqual([
    [all[0], converted[0]],
    [all[1], converted[1]],
  ])
  expect(control?.comparison).toBeNull()
  expect(bold?.comparison).toMatchObject({ significant: false, fixed: { pValue: null } })
  expect((control?.chanceToBeBest as number) + (bold?.chanceToBeBest as number)).toBeCloseTo(1, 9)
  expect(bold?.comparison?.chanceToWin).toBeCloseTo(bold?.chanceToBeBest as number, 9)
  expect(series).toMatchObject([
    { variants: all.map((exposures, index) => ({ exposures, sum: converted[index], exposuresOfDay: exposures })) },
  ])
  const onMobile = counts((index) => index % 2 === 1)
  expect(slices).toMatchObject({ omitted: 0 })
  expect(slices.slices.map(({ value, exposures }) => [value, exposures])).toEqual([
    ['desktop', 20],
    ['mobile', 20],
  ])
  expect(slices.slices[1]?.variants.map(({ exposures }) => exposures)).toEqual(onMobile)
  expect(health).toMatchObject({ late: 0, unexpected: 0, imbalances: [], sampleRatio: { alarm: false } })
  expect(health.causes.reduce((sum, { moved }) => sum + moved, 0)).toBe(0)
  expect(health.causes.map(({ recorded }) => recorded)).toEqual(all)
  expect(health.causes.map(({ recorded, predicted, moved }) => recorded - predicted - moved)).toEqual([0, 0])
})

test('a metric that the experiment is not judged by is not found', async () => {
  const { client } = await seenByForty()
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  const other = await kernel
    .service(experiments)
    .metrics.create(context, { key: 'other', name: 'Other', kind: 'engagement' })
  const metricId = Buffer.from(`ExperimentMetric:${other.id}`).toString('base64')
  const asked = client.ask(`{ experiment(key: "headline") { series(metricId: "${metricId}") { day } } }`)
  await expect(asked).rejects.toThrow(/metric/)
})

interface Answer {
  results: {
    goal: {
      variants: {
        exposures: number
        sum: number
        chanceToBeBest: number | null
        comparison: { chanceToWin: number | null } | null
      }[]
    }
  }
  series: object[]
  slices: { slices: { value: string | null; exposures: number; variants: { exposures: number }[] }[] }
  health: { bots: number; causes: { recorded: number; predicted: number; moved: number }[] }
}

test('a list of experiments says the same of each as they do one by one', async () => {
  const { client } = await seenByForty()
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  const service = kernel.service(experiments)
  const variants = ['control', 'bold'].map((key) => ({ key, name: key }))
  const other = await service.create(context, { key: 'other', name: 'Other', goal: 'signup', variants })
  await service.start(context, other.id)
  await service.create(context, { key: 'draft', name: 'Draft', goal: 'signup', variants })
  const fields = `key verdict { state reason phase reachedAt }
    results { exposures goal { variants { sum mean chanceToBeBest comparison { relativeLift chanceToWin } } } sampleRatio { alarm } }`
  const { experiments: list } = await client.ask<{ experiments: { nodes: { key: string; verdict: object | null }[] } }>(
    `{ experiments { nodes { ${fields} runningDays } } }`,
  )
  expect(list.nodes.map(({ key }) => key)).toEqual(['draft', 'other', 'headline'])
  for (const { key, ...listed } of list.nodes) {
    const { experiment } = await client.ask<{ experiment: object }>(
      `query ($key: String!) { experiment(key: $key) { ${fields} } }`,
      { key },
    )
    expect(experiment).toEqual({ key, ...listed, runningDays: undefined })
  }
  expect(list.nodes[0]).toMatchObject({ verdict: null, runningDays: 0, results: { exposures: 0 } })
  expect(list.nodes[1]).toMatchObject({ verdict: { state: 'COLLECTING' }, results: { exposures: 0 } })
  expect(list.nodes[2]).toMatchObject({ verdict: { state: 'COLLECTING' }, results: { exposures: 40 } })
})
