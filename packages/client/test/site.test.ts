import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitorOf } from '../src/index.ts'

await import('../../plugins/experiments/build.mjs' as string)
await import('../../plugins/tracking/build.mjs' as string)
const { kernel, url, createWorkspace } = await servedKernel([tracking, experiments])

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const person = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** As much of a site as is called in these pages. */
interface OnPage {
  site: {
    track(name: string, properties?: object): void
    goal(goal: string, options?: { value?: string }): void
    identify(userId: string, traits?: object): Promise<void>
    reset(): Promise<void>
    variant(experiment: string): Promise<string | null>
    value(experiment: string, fallback: unknown): Promise<unknown>
    consent(given: boolean): Promise<void>
    visitor(): Promise<string | undefined>
  }
}

describe.skipIf(!existsSync(executablePath))('a site, on a page of another origin', () => {
  let browser: Browser
  let server: Server
  let address: string
  let html = ''

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [`${import.meta.dirname}/../src/site/index.ts`],
      bundle: true,
      format: 'iife',
      globalName: 'espalierSite',
      write: false,
    })
    server = createServer((request, response) => {
      const isScript = request.url === '/site.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(isScript ? outputFiles[0]?.text : html)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://localhost:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  /** A workspace with a site, an experiment in browsers, and one for those on the plan "pro". */
  async function shop() {
    const workspace = kernel.contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
    const { key } = await kernel.service(tracking).sites.ensure(workspace, 'Shop')
    const service = kernel.service(experiments)
    const variants = [
      { key: 'control', name: 'Control', value: 'Welcome' },
      { key: 'bold', name: 'Bold', value: 'Grow' },
    ]
    for (const [name, condition] of Object.entries({ headline: {}, 'pro-offer': { plan: 'pro' } })) {
      const draft = { key: name, name, goal: 'signup', variants, inBrowsers: true, condition }
      const { id } = await service.create(workspace, draft as never)
      await service.start(workspace, id)
    }
    const log = () =>
      workspace.db.query<{ name: string; goal: string | null; visitorId: string; properties: unknown; value: unknown }>(
        sql`select "name", "goal", "visitorId", "properties" from "TrackingEvent" where "name" <> 'engagement' order by "id"`,
      )
    const given = async (id: string) => (await service.decide(workspace, 'headline', { id }))?.variantKey
    return { workspace, key, log, given, names: async () => (await log()).map(({ name, goal }) => goal ?? name) }
  }

  /** A page that makes its site at once. */
  async function visit(key: string, options: object = {}, before?: (page: Page) => Promise<unknown>) {
    html = `<!doctype html><title>A shop</title><script src="/site.js"></script><script>
      site = espalierSite.createSite(${JSON.stringify({ url, site: key, ...options })})</script>`
    const page = await (await browser.newContext({ userAgent: person })).newPage()
    await before?.(page)
    // A script that hangs keeps a page from its load event, and from nothing else.
    await page.goto(address, { waitUntil: 'domcontentloaded' })
    return page
  }

  test('counts views, events and goals in their order, also what is called before the scripts are there', async () => {
    const { key, names, log } = await shop()
    const page = await visit(key)
    await page.evaluate(async () => {
      const { site } = window as unknown as OnPage
      site.track('plan-chosen', { plan: 'pro' })
      site.goal('order', { value: '1999 EUR' })
      // From when the tracker is there on, it sees where the application goes.
      await site.visitor()
      history.pushState(null, '', '/thanks')
    })
    await expect.poll(async () => (await names()).sort()).toEqual(['order', 'pageview', 'pageview', 'plan-chosen'])
    expect((await log()).find(({ name }) => name === 'plan-chosen')?.properties).toEqual({ plan: 'pro' })
  })

  test('gives the variant of the visitor; of a user the same on two devices, with their traits', async () => {
    const { key, given } = await shop()
    const user = await visitorOf(key, 'user-1')
    for (const _device of [1, 2]) {
      const page = await visit(key)
      const [first, visitor] = await page.evaluate(async () => {
        const { site } = window as unknown as OnPage
        return [await site.variant('headline'), await site.visitor()] as const
      })
      expect(first).toBe(await given(visitor as string))
      const [variant, value, offer, other, gone] = await page.evaluate(async () => {
        const { site } = window as unknown as OnPage
        void site.identify('user-1', { plan: 'pro' })
        const shown = [
          await site.variant('headline'),
          await site.value('headline', '-'),
          await site.variant('pro-offer'),
        ]
        const there = await site.visitor()
        await site.reset()
        return [...shown, there, await site.variant('pro-offer')] as const
      })
      expect(variant).toBe(await given(user))
      expect(value).toBe(variant === 'bold' ? 'Grow' : 'Welcome')
      expect(['control', 'bold']).toContain(offer)
      expect([other, gone]).toEqual([user, null])
    }
  })

  test('made twice in a page, or beside the tag of the tracker, counts once', async () => {
    const { key, names } = await shop()
    const page = await visit(key)
    await page.evaluate(
      async ({ url, key }) => {
        const { site, espalierSite } = window as unknown as OnPage & {
          espalierSite: { createSite(o: object): OnPage['site'] }
        }
        espalierSite.createSite({ url, site: key }).track('of-the-second')
        await site.visitor()
      },
      { url, key },
    )
    html = `<!doctype html><title>A shop</title><script defer src="${url}/t.js" data-site="${key}"></script><script src="/site.js"></script>
      <script>site = espalierSite.createSite({ url: '${url}', site: '${key}' }); site.track('beside-the-tag')</script>`
    await page.goto(`${address}/tag`)
    await expect
      .poll(async () => (await names()).sort())
      .toEqual(['beside-the-tag', 'of-the-second', 'pageview', 'pageview'])
  })

  test('a page that was rendered for somebody counts them from its first view on', async () => {
    const { key, log } = await shop()
    const visitor = await visitorOf(key, 'user-1')
    await visit(key, { visitor })
    await expect.poll(async () => (await log())[0]?.visitorId).toBe(visitor)
  })

  test('waits for consent, and keeps nothing before it', async () => {
    const { key, names } = await shop()
    const page = await visit(key, { consent: 'required' })
    const before = await page.evaluate(async () => {
      const { site } = window as unknown as OnPage
      site.track('early')
      await site.identify('user-1')
      return [await site.variant('headline'), await site.visitor(), Object.keys(localStorage)] as const
    })
    expect(before).toEqual([null, undefined, []])
    const after = await page.evaluate(async () => {
      const { site } = window as unknown as OnPage
      await site.consent(true)
      return site.visitor()
    })
    expect(after).toBe(await visitorOf(key, 'user-1'))
    await expect.poll(names).toEqual(['pageview'])
  })

  test('whose scripts are blocked breaks nothing', async () => {
    const { key } = await shop()
    const page = await visit(key, { patienceMs: 100 }, (page) => page.route(`${url}/**`, (route) => route.abort()))
    const answers = await page.evaluate(async () => {
      const { site } = window as unknown as OnPage
      site.track('x')
      await site.identify('user-1')
      return [await site.variant('headline'), await site.value('headline', 'fallback'), (await site.visitor()) ?? null]
    })
    expect(answers).toEqual([null, 'fallback', null])
  })

  test('that does not come waits no longer than it may', async () => {
    const { key } = await shop()
    const page = await visit(key, { patienceMs: 100 }, (page) => page.route(`${url}/**`, () => {}))
    expect(await page.evaluate(() => (window as unknown as OnPage).site.variant('headline'))).toBeNull()
  })

  test('gives variants for as long as the page is open, however little it waits for the scripts', async () => {
    const { key, given } = await shop()
    const page = await visit(key, { patienceMs: 0 })
    const [visitor, variant, value] = await page.evaluate(async () => {
      const { site } = window as unknown as OnPage
      return [await site.visitor(), await site.variant('headline'), await site.value('headline', '-')] as const
    })
    expect(variant).toBe(await given(visitor as string))
    expect(value).toBe(variant === 'bold' ? 'Grow' : 'Welcome')
  })

  test('counts nobody as exposed for whom the variant came too late', async () => {
    const { key, names } = await shop()
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
    const page = await visit(key, { patienceMs: 0 }, (page) =>
      page.route(`${url}/experiments/**`, async (route) => {
        await answered
        await route.continue()
      }),
    )
    expect(await page.evaluate(() => (window as unknown as OnPage).site.variant('headline'))).toBeNull()
    answer()
    await page.evaluate(async () => {
      const { site } = window as unknown as OnPage
      await site.visitor()
      site.track('after')
    })
    await expect.poll(names).toContain('after')
    expect(await names()).not.toContain('experiment_viewed')
  })

  test('asks again for scripts that could not be loaded, and waits for no tag that has failed', async () => {
    const { key, names } = await shop()
    const blocked = (page: Page) => page.route(`${url}/**`, (route) => route.abort())
    const page = await visit(key, {}, blocked)
    expect(await page.evaluate(async () => (await (window as unknown as OnPage).site.visitor()) ?? null)).toBeNull()
    await page.unroute(`${url}/**`)
    const again = ({ url, key }: { url: string; key: string }) => {
      const { espalierSite } = window as unknown as { espalierSite: { createSite(o: object): OnPage['site'] } }
      const site = espalierSite.createSite({ url, site: key })
      site.track('again')
      return site.visitor().then((visitor) => visitor ?? null)
    }
    expect(await page.evaluate(again, { url, key })).not.toBeNull()
    await expect.poll(names).toContain('again')

    html = `<!doctype html><title>A shop</title><script src="${url}/t.js" data-site="${key}"></script><script src="/site.js"></script>`
    const tagged = await (await browser.newContext({ userAgent: person })).newPage()
    await blocked(tagged)
    await tagged.goto(`${address}/tag`)
    expect(await tagged.evaluate(again, { url, key })).toBeNull()
  })
})
