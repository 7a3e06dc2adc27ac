import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { type Browser, chromium } from 'playwright-core'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExperimentInput } from '../src/experimentInput.ts'
import experiments from '../src/index.ts'

await import('../build.mjs' as string)
await import('../../tracking/build.mjs' as string)
const { kernel, url, createWorkspace } = await servedKernel([tracking, experiments])
const service = kernel.service(experiments)

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const person = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

const variants = [
  { key: 'control', name: 'Control', value: 'Welcome' },
  { key: 'bold', name: 'Bold', value: 'Grow faster' },
]

/** A workspace with a site of others, and experiments in it. */
async function shop() {
  const context = kernel.contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
  const site = await kernel.service(tracking).sites.ensure(context, 'Shop')
  const draft = (input: Partial<ExperimentInput> = {}) =>
    service.create(context, {
      ...{ key: 'headline', name: 'Headline', goal: 'signup', variants, inBrowsers: true },
      ...input,
    })
  const start = async (input: Partial<ExperimentInput> = {}) => service.start(context, (await draft(input)).id)
  const script = (headers = {}) => fetch(`${url}/experiments/${site.key}.js`, { headers })
  const exposed = () =>
    context.db.query<{ experiment: string; variant: string; subject: string; device: string }>(sql`
      select e."key" as "experiment", v."key" as "variant", x."subject", x."device"
      from "ExperimentExposure" x join "Experiment" e on e."id" = x."experimentId" join "ExperimentVariant" v on v."id" = x."variantId"
      order by 1`)
  return { context, site, draft, start, script, exposed }
}

describe('the script for pages of others', () => {
  test('fits into 4,500 bytes, gzipped', async () => {
    const script = await readFile(new URL('../dist/experiments.js', import.meta.url))
    const bytes = gzipSync(script, { level: 9 }).length
    console.log(`experiments.js: ${bytes.toLocaleString('en')} bytes gzipped`)
    expect(bytes).toBeLessThanOrEqual(4_500)
  })

  test('holds what somebody made public and runs, or has won, and nothing else', async () => {
    const { context, draft, start, script } = await shop()
    const holdout = await start({
      key: 'quarter-holdout',
      kind: 'holdout',
      inBrowsers: false,
      variants: [
        { key: 'general', name: 'General' },
        { key: 'held-back', name: 'Held back' },
      ],
    })
    await start({ key: 'shown', holdoutId: holdout.id, forced: [{ subject: 'ada@example.com', variant: 'bold' }] })
    await start({ key: 'inner-one', inBrowsers: false })
    await draft({ key: 'planned-one' })
    await service.complete(context, (await start({ key: 'won' })).id, 'bold')
    await service.complete(context, (await start({ key: 'given-up' })).id, null)
    const body = await (await script()).text()
    for (const there of ['"shown"', '"won"', '"quarter-holdout"']) expect(body).toContain(there)
    for (const absent of ['inner-one', 'planned-one', 'given-up', 'ada@example.com']) expect(body).not.toContain(absent)
  })

  test('is kept for a minute by its own browser, and asked for by its ETag', async () => {
    const { start, script } = await shop()
    await start()
    const first = await script()
    expect(first.headers.get('cache-control')).toBe('private, max-age=60')
    const etag = first.headers.get('etag') as string
    expect((await script({ 'if-none-match': etag })).status).toBe(304)
    await start({ key: 'another' })
    expect((await script({ 'if-none-match': etag })).status).toBe(200)
  })

  test('is not there for a site that is not', async () => {
    expect((await fetch(`${url}/experiments/nobody.js`)).status).toBe(404)
  })
})

describe.skipIf(!existsSync(executablePath))('in a browser, on a page of another origin', () => {
  let browser: Browser
  let server: Server
  let address: string
  let html = ''

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<!doctype html><title>A shop</title>${html}`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://localhost:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  interface Page {
    espalier: {
      variant(key: string, attributes?: object): string | null
      value(key: string, attributes?: object): unknown
      track(name: string, properties: object): void
      consent(given: boolean): void
      visitor(): string | undefined
      identify(visitorId: string): void
    }
  }

  /** A visitor with a browser of their own. */
  async function visit({ key }: { key: string }, attributes = '') {
    html = `<script defer src="${url}/t.js" data-site="${key}" ${attributes}></script><script defer src="${url}/experiments/${key}.js"></script>`
    const context = await browser.newContext({ userAgent: person })
    const page = await context.newPage()
    await page.goto(address)
    return { page, context }
  }

  test('1,000 subjects get what the server gives them', async () => {
    const { context, site, start } = await shop()
    const namespace = (from: number, to: number) => ({ name: 'home', from, to })
    const holdout = await start({
      key: 'quarter',
      kind: 'holdout',
      variants: [
        { key: 'general', name: 'General', weight: 9 },
        { key: 'held-back', name: 'Held back', weight: 1 },
      ],
    })
    const three = [...variants, { key: 'calm', name: 'Calm', weight: 3 }]
    await start({ key: 'all', variants: three })
    await start({ key: 'some', coverage: 0.4, condition: { country: { $in: ['FR', 'DE'] }, visits: { $gte: 3 } } })
    await start({
      key: 'desktop',
      condition: { device: 'desktop', plan: { $regex: '^pro' } },
      namespace: namespace(0, 0.5),
    })
    await start({ key: 'other-half', holdoutId: holdout.id, namespace: namespace(0.5, 1), variants: three })
    const keys = ['all', 'some', 'desktop', 'other-half']
    const subjects = Array.from({ length: 1_000 }, (_, index) => ({
      id: uuidv7(),
      attributes: {
        country: ['FR', 'DE', 'US'][index % 3],
        visits: index % 7,
        plan: ['pro', 'pro-team', 'free'][index % 5],
      },
    }))
    const { page } = await visit(site)
    const there = await page.evaluate(
      ({ subjects, keys }) =>
        subjects.map(({ id, attributes }) => {
          localStorage['espalier.visitor'] = id
          delete localStorage['espalier.variants']
          return keys.map((key) => (window as unknown as Page).espalier.variant(key, attributes))
        }),
      { subjects, keys },
    )
    const snapshot = await service.assignments.snapshot(context)
    const here = subjects.map(({ id, attributes }) =>
      keys.map(
        (key) =>
          snapshot.decide(key, { id, attributes: { ...attributes, device: 'desktop' } }, Date.now())?.variantKey ??
          null,
      ),
    )
    expect(there).toEqual(here)
    // Neither all nor none of them.
    for (const column of [1, 2, 3]) expect(new Set(here.map((row) => row[column] === null)).size).toBe(2)
  })

  test('who is shown a variant is counted once, and keeps nothing but the tracker’s visitor and the variant', async () => {
    const { context: workspace, site, start, exposed } = await shop()
    const { id } = await start()
    const { page, context } = await visit(site)
    const [variant, value] = await page.evaluate(() => {
      const { espalier } = window as unknown as Page
      return [espalier.variant('headline'), espalier.value('headline')]
    })
    const subject = (await page.evaluate(() => (window as unknown as Page).espalier.visitor())) as string
    expect(variant).toBe((await service.decide(workspace, 'headline', { id: subject }))?.variantKey)
    expect(value).toBe(variants.find(({ key }) => key === variant)?.value)
    await expect.poll(exposed).toEqual([{ experiment: 'headline', variant, subject, device: 'desktop' }])
    await page.reload()
    expect(await page.evaluate(() => (window as unknown as Page).espalier.variant('headline'))).toBe(variant)

    expect(await context.cookies()).toEqual([])
    const kept = await page.evaluate(() =>
      Object.keys(localStorage).filter((key) => !key.startsWith('espalier.batch.')),
    )
    expect(kept.sort()).toEqual(['espalier.variants', 'espalier.visitor'])
    expect(await page.evaluate(() => JSON.parse(localStorage['espalier.variants']))).toEqual({
      [id]: expect.any(String),
    })
  })

  test('whom the site knows gets the same variant on every device, and is one subject', async () => {
    const { context: workspace, site, start, exposed } = await shop()
    await start()
    const user = uuidv7()
    const given = (await service.decide(workspace, 'headline', { id: user }))?.variantKey
    for (const device of [1, 2]) {
      const { page } = await visit(site)
      // Whatever this browser was shown before.
      const first = await page.evaluate(() => (window as unknown as Page).espalier.variant('headline'))
      expect(['control', 'bold']).toContain(first)
      const then = await page.evaluate((id) => {
        const { espalier } = window as unknown as Page
        espalier.identify(id)
        return espalier.variant('headline')
      }, user)
      expect(then).toBe(given)
      await expect.poll(async () => (await exposed()).map(({ subject }) => subject)).toContain(user)
      await expect.poll(exposed).toHaveLength(device + 1)
    }
  })

  test('whoever claims another variant than the hash gives is not counted', async () => {
    const { context: workspace, site, start, exposed } = await shop()
    await start()
    await start({ key: 'honest' })
    const { page } = await visit(site)
    const subject = (await page.evaluate(() => (window as unknown as Page).espalier.visitor())) as string
    const given = (await service.decide(workspace, 'headline', { id: subject }))?.variantKey
    await page.evaluate(
      (variant) => {
        const { espalier } = window as unknown as Page
        espalier.track('experiment_viewed', { experiment: 'headline', variant })
        espalier.variant('honest')
      },
      given === 'bold' ? 'control' : 'bold',
    )
    await expect.poll(async () => (await exposed()).map(({ experiment }) => experiment)).toEqual(['honest'])
  })

  test('a link shows a variant to whoever has it, and nobody is counted', async () => {
    const { site, start, exposed } = await shop()
    await start()
    await start({ key: 'honest' })
    const { page } = await visit(site)
    for (const variant of ['control', 'bold']) {
      await page.goto(`${address}/?espalier-variant=headline:${variant}`)
      expect(await page.evaluate(() => (window as unknown as Page).espalier.variant('headline'))).toBe(variant)
    }
    await page.evaluate(() => (window as unknown as Page).espalier.variant('honest'))
    await expect.poll(async () => (await exposed()).map(({ experiment }) => experiment)).toEqual(['honest'])
  })

  test('who has not consented, or is not to be recognized, takes part in nothing', async () => {
    const { site, start } = await shop()
    await start()
    for (const attributes of ['data-consent="required"', 'data-cookieless']) {
      const { page } = await visit(site, attributes)
      expect(await page.evaluate(() => (window as unknown as Page).espalier.variant('headline'))).toBeNull()
      expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([])
    }
    const { page } = await visit(site, 'data-consent="required"')
    const [before, after, kept] = await page.evaluate(() => {
      const { espalier } = window as unknown as Page
      espalier.consent(true)
      const given = espalier.variant('headline')
      espalier.consent(false)
      return [given, espalier.variant('headline'), Object.keys(localStorage)] as const
    })
    expect(['control', 'bold']).toContain(before)
    expect([after, kept]).toEqual([null, ['espalier.consent']])
  })
})
