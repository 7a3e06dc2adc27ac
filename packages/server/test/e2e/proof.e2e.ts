import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { alwaysValid, compareProportions, proportionEstimate, wilsonInterval } from '@espalier/experiments/statistics'
import pg from 'pg'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, signIn, type Watcher } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const visitors = 30

interface VariantResult {
  variant: { key: string }
  exposures: number
  sum: number
  mean: number | null
  interval: Interval | null
  comparison: {
    difference: number
    differenceInterval: Interval
    relativeLift: number | null
    fixed: { pValue: number | null }
    sequential: { pValue: number | null; interval: Interval | null }
    significant: boolean
  } | null
}

interface Interval {
  lower: number
  upper: number
}

interface Results {
  exposures: number
  confidence: number
  goal: { sum: number; variants: VariantResult[] }
  metrics: { metric: { key: string }; role: string; sum: number }[]
}

const results = `results {
  exposures confidence
  metrics { metric { key } role sum }
  goal {
    sum
    variants {
      variant { key } exposures sum mean interval { lower upper }
      comparison {
        difference differenceInterval { lower upper } relativeLift significant
        fixed { pValue } sequential { pValue interval { lower upper } }
      }
    }
  }
}`

describe.skipIf(!hasChromium)('a page that is served, tracked, experimented on and watched live', () => {
  let folder: string
  let product: Product
  let browser: Browser
  let userAgent: string
  let api: ApiClient
  let live: Watcher<{ experimentUpdated: { results: Results } }>
  let metrics: Watcher<{ metricsUpdated: { pageviews: number; visitors: number; clicks: number; conversions: number } }>
  let experimentId: string
  const seen = { control: 0, result: 0 }
  const converted = { control: 0, result: 0 }
  let clicks = 0
  const returning: { context: BrowserContext; headline: string }[] = []

  beforeAll(async () => {
    folder = await newDataFolder()
    product = await startProduct({ dataFolder: folder })
    ;({ browser, userAgent } = await launchBrowser())
    api = await signIn(product)
    const { experiment } = await api.ask<{ experiment: { id: string } }>('{ experiment(key: "headline") { id } }')
    experimentId = experiment.id
    live = api.watch(`subscription ($id: ID!) { experimentUpdated(id: $id) { ${results} } }`, { id: experimentId })
    metrics = api.watch('subscription { metricsUpdated { pageviews visitors clicks conversions } }')
    await live.until(({ experimentUpdated }) => experimentUpdated.results.exposures === 0)
  })

  afterAll(async () => {
    await live?.close()
    await metrics?.close()
    await browser?.close()
    await product?.stop()
    await removeDataFolder(folder)
  })

  test('30 people visit, some click, some convert, and each sees the same variant over reloads', async () => {
    const people = Array.from({ length: visitors }, (_, index) => index)
    await atOnce(3, people, async (index) => {
      const context = await browser.newContext({ userAgent })
      const page = await context.newPage()
      /** Does it, and waits until the collector has acknowledged what the tracker made of it. */
      const reported = async (act: () => Promise<unknown>) => {
        const acknowledged = page.waitForResponse((response) => response.url().endsWith('/collect') && response.ok())
        await act()
        await acknowledged
      }
      await reported(() => page.goto(`${product.url}/p/demo/welcome`))
      const headline = await page.locator('h1').innerText()
      const variant = variantOf(headline)
      seen[variant]++
      if (index % 3 === 0) {
        await reported(() => page.getByRole('link', { name: 'See how it works' }).click())
        clicks++
      }
      if (index % 5 === 0) {
        await reported(() => page.getByRole('link', { name: 'Sign up' }).click())
        converted[variant]++
      }
      for (let reload = 0; reload < 2; reload++) {
        await reported(() => page.reload())
        expect(await page.locator('h1').innerText()).toBe(headline)
      }
      await page.close()
      if (index % 6 === 0) returning.push({ context, headline })
      else await context.close()
    })
    expect(seen.control + seen.result).toBe(visitors)
    expect(Math.min(seen.control, seen.result), 'both variants were shown').toBeGreaterThan(0)
  })

  test('those who come back in a new tab see the same variant again', async () => {
    expect(returning).toHaveLength(visitors / 6)
    await atOnce(3, returning, async ({ context, headline }) => {
      const page = await context.newPage()
      const acknowledged = page.waitForResponse((response) => response.url().endsWith('/collect') && response.ok())
      await page.goto(`${product.url}/p/demo/welcome`)
      expect(await page.locator('h1').innerText()).toBe(headline)
      await acknowledged
      await context.close()
    })
  })

  test('a bot’s visits count nothing, and the experiment has noticed them', async () => {
    /** Without attention: pages of before that are just closing still tell for how long they were looked at. */
    const counted = async () => {
      const { metrics, ...others } = await counts(api)
      return { ...others, metrics: metrics.filter(({ metric }) => metric.key !== 'attention') }
    }
    const before = await counted()
    const context = await browser.newContext({
      userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    })
    const page = await context.newPage()
    for (let visit = 0; visit < 3; visit++) {
      await page.goto(`${product.url}/p/demo/welcome`, { waitUntil: 'networkidle' })
      await page.getByRole('link', { name: 'Sign up' }).click()
    }
    await context.close()
    expect(await counted()).toEqual(before)
    const bots = async () =>
      (
        await api.ask<{ experiment: { health: { bots: number } } }>(
          '{ experiment(key: "headline") { health { bots } } }',
        )
      ).experiment.health.bots
    await expect.poll(bots).toBe(3)
  })

  test('the subscription, GraphQL and the database agree exactly with what people did', async () => {
    const expected = [
      { key: 'control', exposures: seen.control, conversions: converted.control },
      { key: 'result', exposures: seen.result, conversions: converted.result },
    ]
    const shown = await live.until(({ experimentUpdated }) => {
      const { exposures, goal } = experimentUpdated.results
      return exposures === visitors && goal.sum === converted.control + converted.result
    })
    expect(shown.experimentUpdated.results.goal.variants.map(brief)).toEqual(expected)

    const asked = await counts(api)
    expect(asked.goal.variants.map(brief)).toEqual(expected)

    expect(asked.metrics).toEqual([
      { metric: { key: 'signup' }, role: 'GOAL', sum: converted.control + converted.result },
      { metric: { key: 'clicks' }, role: 'SECONDARY', sum: clicks },
      { metric: { key: 'attention' }, role: 'GUARDRAIL', sum: expect.any(Number) },
    ])

    const stored = await inDatabase(product, experimentId)
    expect(stored).toEqual(expected)

    const pageviews = visitors * 3 + returning.length
    const totals = await metrics.until(({ metricsUpdated }) => metricsUpdated.pageviews === pageviews)
    expect(totals.metricsUpdated).toEqual({
      pageviews,
      visitors,
      clicks,
      conversions: converted.control + converted.result,
    })
  })

  test('the statistics are those of the pure functions on these counts', async () => {
    const { goal, confidence } = await counts(api)
    const [control, treatment] = goal.variants as [VariantResult, VariantResult]
    const proportion = ({ exposures, sum }: VariantResult) => ({ exposures, conversions: sum })
    const estimate = ({ exposures, sum }: VariantResult) => proportionEstimate({ subjects: exposures, sum })
    const expected = compareProportions(proportion(control), proportion(treatment), confidence)
    const sequential = alwaysValid(estimate(control), estimate(treatment), { confidence })
    expect(control.comparison).toBeNull()
    expect(treatment.comparison).toEqual({
      difference: expected.difference,
      differenceInterval: expected.differenceInterval,
      relativeLift: expected.relativeLift,
      // No size was planned, so a test of one look is not shown.
      fixed: { pValue: null },
      sequential: { pValue: sequential.pValue, interval: sequential.interval },
      significant: sequential.pValue !== null && sequential.pValue < 1 - confidence,
    })
    for (const result of [control, treatment]) {
      expect(result.mean).toBe(result.sum / result.exposures)
      expect(result.interval).toEqual(wilsonInterval(proportion(result), confidence))
    }
  })

  test('a visit moves the subscription within a second of its acknowledgement', async () => {
    const context = await browser.newContext({ userAgent })
    const page = await context.newPage()
    const total = visitors + 1
    const reported = page.waitForResponse((response) => response.url().endsWith('/collect') && response.ok())
    await page.goto(`${product.url}/p/demo/welcome`)
    await reported
    const acknowledged = performance.now()
    await live.until(({ experimentUpdated }) => experimentUpdated.results.exposures === total)
    const arrival = live.arrivals.find(({ result }) => result.experimentUpdated.results.exposures === total)
    console.log(
      `The subscription showed it ${Math.round((arrival?.at ?? 0) - acknowledged)} ms after the acknowledgement.`,
    )
    await context.close()
  })

  const counts = async (client: ApiClient): Promise<Results> =>
    (await client.ask<{ experiment: { results: Results } }>(`{ experiment(key: "headline") { ${results} } }`))
      .experiment.results
})

/** Works on every item, on so many at a time. */
async function atOnce<Item>(count: number, items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values()
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (const item of waiting) await work(item)
    }),
  )
}

function variantOf(headline: string): 'control' | 'result' {
  return headline.startsWith('Twice') ? 'result' : 'control'
}

function brief({ variant, exposures, sum }: VariantResult) {
  return { key: variant.key, exposures, conversions: sum }
}

/** Counts the rows themselves, as the owner of the database, beside every cache and rollup. */
async function inDatabase(product: Product, experimentId: string) {
  const { port, password } = JSON.parse(
    await readFile(join(product.dataFolder, 'postgres/data/connection.json'), 'utf8'),
  )
  const owner = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'espalier' })
  await owner.connect()
  const id = Buffer.from(experimentId, 'base64').toString().split(':')[1]
  const { rows } = await owner.query(
    `select v."key", count(*)::int as "exposures", count(s."value")::int as "conversions"
     from "ExperimentExposure" e join "ExperimentVariant" v on v."id" = e."variantId"
     left join "ExperimentSubjectValue" s on s."experimentId" = e."experimentId" and s."subject" = e."subject"
       and s."metricId" = (select "metricId" from "ExperimentGoal" where "experimentId" = $1 and "role" = 'goal')
     where e."experimentId" = $1 group by v."key", v."position" order by v."position"`,
    [id],
  )
  await owner.end()
  return rows
}
