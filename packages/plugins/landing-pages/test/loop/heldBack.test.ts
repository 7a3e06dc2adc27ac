import { definePlugin, when } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import landingPages, { conversionRecord, loopProblem } from '../../src/index.ts'
import { uuidOf } from '../browsers.ts'
import { improving } from './improving.ts'

/** What the loop told others, page after page. */
const told: { name: string; pageId: string; summaryFr: string; code?: string; variantKey?: string }[] = []
const listener = definePlugin({
  name: 'listener',
  requires: [landingPages],
  on: [
    when(loopProblem, async ({ payload }) => void told.push({ name: 'problem', ...payload })),
    when(conversionRecord, async ({ payload }) => void told.push({ name: 'record', ...payload })),
  ],
})

const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
const served = await servedKernel([tracking, experiments, landingPages, listener], { clock: time })
const client = await served.signIn()
const world = improving(served, client)
const { page, improve, visitors, turn, arms, context } = world
const service = served.kernel.service(experiments)
const day = 86_400_000
const toldOf = (uuid: string, name: string) => told.filter((event) => event.pageId === uuid && event.name === name)

/** A page whose new version has earned more of the visitors: the next analysis gives it that, unless something speaks against it. */
async function earning() {
  const { id, uuid } = await page()
  const { loop } = await improve(id, 'AUTOMATIC', { variantsPerRun: 1, minDetectableLift: 2, horizonDays: 180 })
  const experimentId = loop.experiment?.id as string
  await visitors(experimentId, 400, (key) => (key === 'bold' ? 0.2 : 0.1))
  time.advance(day)
  await turn(id, 'GENERATION')
  await visitors(experimentId, 5_000, (key) => (key === 'auto-1' ? 0.3 : 0.12))
  time.advance(day)
  return { id, uuid, experimentId: uuidOf(experimentId) }
}

async function loopOf(id: string) {
  const { node } = await client.ask<{ node: { loop: { problem: string | null; record: object | null } } }>(
    'query($id: ID!) { node(id: $id) { ... on Page { loop { problem record { variantKey rate lower upper } } } } }',
    { id },
  )
  return node.loop
}

describe('while its figures cannot be believed the loop changes nothing', () => {
  test.each<[string, string, (own: Awaited<ReturnType<typeof earning>>) => Promise<unknown>]>([
    [
      'the shares are off',
      'SAMPLE_RATIO',
      async ({ experimentId }) => {
        // Of those that get "control" every other never arrives.
        const exposures = []
        for (let index = 0; index < 4_000; index++) {
          const subject = uuidv7()
          const decision = await service.decide(context(), experimentId, { id: subject })
          if (decision?.variantKey === 'control' && index % 2 === 0) continue
          for (const [id, variantId] of Object.entries(decision?.exposures ?? {}))
            exposures.push({ experimentId: id, variantId, subject })
        }
        await service.expose(context(), exposures)
      },
    ],
    [
      'more crawlers than visitors come',
      'BOTS',
      async ({ experimentId }) => {
        for (let index = 0; index < 6_000; index++) service.noteExcluded(context(), experimentId, 'bot')
        await expect
          .poll(
            async () => (await service.results.health(context(), await service.get(context(), experimentId))).bots,
            { timeout: 60_000 },
          )
          .toBe(6_000)
      },
    ],
    [
      'visitors come to be known late',
      'INGESTION_LAG',
      async ({ experimentId }) => {
        const at = new Date(time.now().getTime() - 2 * 3_600_000)
        const exposures = []
        for (let index = 0; index < 1_000; index++) {
          const subject = uuidv7()
          const decision = await service.decide(context(), experimentId, { id: subject })
          for (const [id, variantId] of Object.entries(decision?.exposures ?? {}))
            exposures.push({ experimentId: id, variantId, subject, at })
        }
        await service.expose(context(), exposures)
      },
    ],
  ])('where %s', async (_what, code, spoil) => {
    const own = await earning()
    await spoil(own)
    const before = await arms(own.id)
    const { status, steps } = await turn(own.id, 'ANALYSIS')
    expect({ status, kinds: steps.map(({ kind }) => kind) }).toEqual({
      status: 'DONE',
      kinds: ['measurement', 'problem'],
    })
    expect(steps[1]).toMatchObject({ evidence: { code }, canBeUndone: false })
    expect(await arms(own.id)).toEqual(before)
    expect((await loopOf(own.id)).problem).toBe(code)
    // Said aloud once, as long as it stays so.
    await turn(own.id, 'ANALYSIS')
    await expect.poll(() => toldOf(own.uuid, 'problem').map((event) => event.code)).toEqual([code])
    expect(toldOf(own.uuid, 'problem')[0]?.summaryFr).toMatch(/variantes|robots|retard/)
  })
})

describe('a new version that converts', () => {
  /** Visits as trackers report them, of visitors who get what the experiment gives them. */
  async function visits(
    { uuid, experimentId }: Awaited<ReturnType<typeof earning>>,
    metricsOf: (key: string) => { lcpMs?: number; engagedMs?: number } | undefined,
  ) {
    const tracker = served.kernel.service(tracking)
    const site = await tracker.sites.ensure(context(), 'Landing pages')
    const at = time.now().getTime()
    const events = []
    for (let index = 0; index < 3_000; index++) {
      const visitorId = uuidv7()
      const decision = await service.decide(context(), experimentId, { id: visitorId })
      const metrics = metricsOf(decision?.variantKey ?? 'control')
      const base = { siteId: site.id, pageId: uuid, visitorId, experiments: decision?.exposures ?? {} }
      events.push({ ...base, name: 'pageview', at: new Date(at - 3_000) })
      if (metrics) events.push({ ...base, name: 'metrics', metrics, at: new Date(at - 2_000) })
    }
    await tracker.record(context(), events)
    // Visits are over after half an hour.
    time.advance(3_600_000)
  }

  test('and is as fast as the original gets more of the visitors', async () => {
    const own = await earning()
    await visits(own, () => ({ lcpMs: 1_500, engagedMs: 30_000 }))
    expect((await turn(own.id, 'ANALYSIS')).steps.find(({ kind }) => kind === 'promotion')).toMatchObject({
      variantKey: 'auto-1',
      evidence: { from: 0.05, to: 0.15, objections: [] },
    })
  })

  test('and has turned slow goes no further, which is said once', async () => {
    const own = await earning()
    await visits(own, (key) => ({ lcpMs: key === 'auto-1' ? 5_000 : 1_500, engagedMs: 30_000 }))
    const { steps } = await turn(own.id, 'ANALYSIS')
    expect(steps.map(({ kind }) => kind)).toEqual(['measurement', 'patterns', 'brake'])
    expect(steps.at(-1)).toMatchObject({
      variantKey: 'auto-1',
      canBeUndone: false,
      summary: expect.stringMatching(
        /^“auto-1” stays at 5\.0% of the visitors: Largest Contentful Paint has turned from good to poor: 5,\d+ ms/,
      ),
    })
    expect((await arms(own.id))['auto-1']?.[1]).toBe(0.05)
    expect((await turn(own.id, 'ANALYSIS')).steps.map(({ kind }) => kind)).toEqual(['measurement', 'patterns'])
  })

  test('and sends more visitors away goes no further', async () => {
    const own = await earning()
    await visits(own, (key) => (key === 'auto-1' ? undefined : { engagedMs: 30_000 }))
    const { steps } = await turn(own.id, 'ANALYSIS')
    expect(steps.find(({ kind }) => kind === 'brake')?.summary).toMatch(/^“auto-1” stays at 5\.0%.*bounce/)
    expect(steps.filter(({ kind }) => kind === 'promotion')).toEqual([])
  })
})

test('a record is told once it is one: not the first figures, and not what may be luck', async () => {
  const { id, uuid } = await page()
  const { loop } = await improve(id, 'AUTOMATIC')
  const experimentId = loop.experiment?.id as string
  await visitors(experimentId, 1_000, (key) => (key === 'bold' ? 0.12 : 0.1))
  time.advance(day)
  expect((await turn(id, 'ANALYSIS')).steps.map(({ kind }) => kind)).not.toContain('record')
  const first = (await loopOf(id)).record as { rate: number }
  expect(first.rate).toBeGreaterThan(0.05)
  await visitors(experimentId, 3_000, (key) => (key === 'bold' ? 0.3 : 0.1))
  time.advance(day)
  const { steps } = await turn(id, 'ANALYSIS')
  const record = steps.find(({ kind }) => kind === 'record')
  expect(record).toMatchObject({
    variantKey: 'bold',
    summary: expect.stringMatching(/^“bold” sets a record: it converts 2/),
  })
  expect(record?.evidence.now.lower).toBeGreaterThan(first.rate)
  await turn(id, 'ANALYSIS')
  await expect.poll(() => toldOf(uuid, 'record').map(({ variantKey }) => variantKey)).toEqual(['bold'])
})

test('whoever watches a page is told of each step of its loop, and of what people say to it', async () => {
  const { id } = await page()
  await improve(id, 'APPROVE', { variantsPerRun: 1, minDetectableLift: 2, horizonDays: 180 })
  const leave = new AbortController()
  const stream = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    headers: { ...client.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query:
        'subscription ($id: ID!) { pageLoopChanged(pageId: $id) { loop { mode } loopRuns { nodes { status } } loopSteps { nodes { kind status } } } }',
      variables: { id },
    }),
    signal: leave.signal,
  })
  let heard = ''
  const reading = (async () => {
    for await (const chunk of stream.body as ReadableStream<Uint8Array>) heard += new TextDecoder().decode(chunk)
  })().catch(() => {})
  await expect.poll(() => heard).toContain('"mode":"APPROVE"')
  await turn(id, 'ANALYSIS')
  await expect.poll(() => heard).toContain('"kind":"measurement"')
  await expect.poll(() => heard.slice(heard.lastIndexOf('data:'))).toContain('"status":"DONE"')
  await improve(id, 'OFF')
  await expect.poll(() => heard).toContain('"mode":"OFF"')
  leave.abort()
  await reading

  const stranger = await served.signIn()
  const refused = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    headers: { ...stranger.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription ($id: ID!) { pageLoopChanged(pageId: $id) { id } }',
      variables: { id },
    }),
  })
  expect(await refused.text()).toContain('"errors"')
})
