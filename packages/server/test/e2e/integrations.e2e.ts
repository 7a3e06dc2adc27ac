import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, signIn } from './apiClient.ts'
import { hasChromium, launchBrowser, newDataFolder, type Product, removeDataFolder, startProduct } from './product.ts'

const examples = join(import.meta.dirname, '../../../../examples')
const bin = join(examples, '../node_modules/.bin')

/** What integrators copy: each example does against the running product what its README says. */
describe.skipIf(!hasChromium)('the examples of integrations', () => {
  let product: Product
  let api: ApiClient
  let browser: Browser
  let userAgent: string
  /** Public key of the site, and its id. */
  let site: { id: string; key: string }
  const started: ChildProcess[] = []
  const servers: Server[] = []

  beforeAll(async () => {
    product = await startProduct({
      dataFolder: await newDataFolder(),
      env: { ESPALIER_WEBHOOK_ALLOW: '127.0.0.1/32' },
    })
    api = await signIn(product)
    ;({ browser, userAgent } = await launchBrowser())
    site = dataOf(
      await api.ask(
        'mutation { made: createTrackingSite(input: { name: "Pears" }) { ... on CreateTrackingSiteSuccess { data { id key } } } }',
      ),
    )
    await run('pear-headline', true, ['Pears, delivered', 'The best pears there are'])
    await run('greeting', false, ['Hello', 'Good to see you'])
  })

  afterAll(async () => {
    for (const child of started) child.kill('SIGTERM')
    for (const server of servers) server.close()
    await browser?.close()
    await product?.stop()
    await removeDataFolder(product.dataFolder)
  })

  const dataOf = <Data>(answer: unknown) => (answer as { made: { data: Data } }).made.data

  /** An experiment that runs. */
  async function run(key: string, inBrowsers: boolean, [control, bold]: [string, string]) {
    const { id } = dataOf<{ id: string }>(
      await api.ask(
        'mutation ($input: CreateExperimentInput!) { made: createExperiment(input: $input) { ... on CreateExperimentSuccess { data { id } } ... on Error { message } } }',
        {
          input: {
            ...{ key, name: key, goal: 'signup', inBrowsers },
            variants: [
              { key: 'control', name: 'Control', value: control },
              { key: 'bold', name: 'Bold', value: bold },
            ],
          },
        },
      ),
    )
    await api.ask('mutation ($id: ID!) { startExperiment(id: $id) { __typename } }', { id })
  }

  const apiKey = async (...scopes: string[]) =>
    dataOf<{ key: string }>(
      await api.ask(
        'mutation ($scopes: [String!]!) { made: createApiKey(input: { name: "Example", scopes: $scopes }) { ... on CreateApiKeySuccess { data { key } } } }',
        { scopes },
      ),
    ).key

  /** What visitors of a page did, by name or goal: also in which experiment the log says that they were. */
  const events = async (path: string) => {
    const { trackingEvents } = await api.ask<{
      trackingEvents: { nodes: { name: string; goal: string | null; url: string; visitorId: string }[] }
    }>(`{ trackingEvents(first: 100) { nodes { name goal url visitorId } } }`)
    return trackingEvents.nodes.filter(({ url, name }) => url.startsWith(path) && name !== 'engagement')
  }
  const namesOf = async (path: string) => (await events(path)).map(({ name, goal }) => goal ?? name).sort()
  const exposures = async (key: string) =>
    (
      await api.ask<{ experiment: { results: { exposures: number } } }>(
        'query ($key: String!) { experiment(key: $key) { results { exposures } } }',
        { key },
      )
    ).experiment.results.exposures

  /** Serves files of a folder as a web server does. @returns its address */
  async function serve(folder: string, change: (text: string) => string = (text) => text) {
    const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
    const server = createServer(async (request, response) => {
      const path = request.url?.split('?')[0] === '/' ? '/index.html' : (request.url as string)
      const text = await readFile(join(folder, path), 'utf8').catch(() => undefined)
      if (text === undefined) return response.writeHead(404).end()
      response.setHeader('content-type', types[extname(path)] ?? 'text/plain')
      return response.end(change(text))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    return `http://localhost:${(server.address() as AddressInfo).port}`
  }

  /** A program that is run to its end. @throws with what it said */
  async function finish(program: string, args: string[], cwd: string, env: Record<string, string> = {}) {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`)
  }

  /** A program that goes on. @returns what it has printed; resolves when that matches */
  async function start(program: string, args: string[], cwd: string, env: Record<string, string>, ready: RegExp) {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } })
    started.push(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    await expect.poll(() => said, { timeout: 60_000 }).toMatch(ready)
    return () => said
  }

  const visit = async (address: string) => {
    const page = await (await browser.newContext({ userAgent })).newPage()
    await page.goto(address)
    return page
  }

  test('a plain page counts its visit and a conversion, and shows a variant', async () => {
    const address = await serve(join(examples, 'html'), (html) =>
      html.replaceAll('http://127.0.0.1:4000', product.url).replaceAll('YOUR_SITE_KEY', site.key),
    )
    const before = await exposures('pear-headline')
    const page = await visit(address)
    expect(['Pears, delivered', 'The best pears there are']).toContain(await page.textContent('h1'))
    await page.click('button')
    await page.click('h1')
    await expect.poll(() => namesOf(address)).toEqual(['experiment_viewed', 'headline-clicked', 'pageview', 'signup'])
    expect(await exposures('pear-headline')).toBe(before + 1)
  })

  test('a React application shows a variant, the same for a user on two devices, and counts typed events', async () => {
    const built = await mkdtemp(join(tmpdir(), 'espalier-react-'))
    const folder = join(examples, 'react')
    await finish(join(bin, 'tsc'), ['-p', folder], folder)
    await finish(join(bin, 'vite'), ['build', '--outDir', built, '--logLevel', 'warn'], folder, {
      VITE_ESPALIER_URL: product.url,
      VITE_ESPALIER_SITE: site.key,
    })
    const address = await serve(built)
    const shown: (string | null)[] = []
    for (const _device of [1, 2]) {
      const page = await visit(address)
      await page.click('text=Choose Pro')
      await page.click('text=Sign up')
      await page.click('text=Sign in')
      await page.waitForSelector('text=user-4711')
      // What is shown then is what the page's own script gives the user.
      const variant = await page.evaluate(() =>
        (window as unknown as { espalier: { variant(key: string): string } }).espalier.variant('pear-headline'),
      )
      await page.waitForSelector(variant === 'bold' ? 'text=The best pears' : 'text=Pears, delivered')
      shown.push(variant)
    }
    expect(shown[0]).toBe(shown[1])
    await expect
      .poll(async () => (await namesOf(address)).filter((name) => name !== 'experiment_viewed'))
      .toEqual(['pageview', 'pageview', 'plan-chosen', 'plan-chosen', 'signup', 'signup'])
    await rm(built, { recursive: true })
  })

  test('a Node service evaluates a flag, makes something once, follows what happens and verifies webhooks', async () => {
    const folder = join(examples, 'node-service')
    await finish(join(bin, 'graphql-codegen'), ['--config', 'codegen.ts'], folder)
    const key = await apiKey(
      'experiments:evaluate',
      'experiments:record',
      'experiments:write',
      'experiments:read',
      'tracking:read',
    )
    // Any free port would do, but the address of the webhook is told before the service starts.
    const reserved = createServer()
    await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve))
    const { port } = reserved.address() as AddressInfo
    await new Promise((resolve) => reserved.close(resolve))
    const { endpoint, secret } = dataOf<{ endpoint: { id: string }; secret: string }>(
      await api.ask(
        'mutation ($url: String!) { made: createWebhookEndpoint(input: { url: $url }) { ... on CreateWebhookEndpointSuccess { data { endpoint { id } secret } } ... on Error { message } } }',
        { url: `http://127.0.0.1:${port}/webhooks` },
      ),
    )
    const env = { ESPALIER_URL: product.url, ESPALIER_KEY: key, WEBHOOK_SECRET: secret, PORT: String(port) }
    const said = await start(process.execPath, ['src/main.ts'], folder, env, /Pear shop/)
    const service = `http://127.0.0.1:${port}`
    const ask = async (path: string, body?: object) => {
      const response = await fetch(service + path, body ? { method: 'POST', body: JSON.stringify(body) } : {})
      return { status: response.status, answer: await response.json() }
    }

    const { answer: greeting } = await ask('/greeting?customer=user-4711&country=FR')
    expect(['Hello', 'Good to see you']).toContain(greeting)
    expect((await ask('/greeting?customer=user-4711&country=FR')).answer).toBe(greeting)
    await expect.poll(() => exposures('greeting')).toBe(1)

    const first = await ask('/campaigns', { id: 'spring', name: 'Spring' })
    expect(first).toEqual({ status: 200, answer: { id: expect.any(String), key: 'campaign-spring' } })
    expect(await ask('/campaigns', { id: 'spring', name: 'Spring' })).toEqual(first)
    expect(await ask('/campaigns', { id: 'autumn', name: '' })).toEqual({
      status: 400,
      answer: expect.stringContaining('input.name'),
    })

    await expect.poll(async () => (await ask('/pageviews')).answer).toEqual(expect.any(Number))
    const views = (await ask('/pageviews')).answer
    const visitorId = crypto.randomUUID()
    await fetch(`${product.url}/collect`, {
      method: 'POST',
      headers: { 'user-agent': userAgent },
      body: JSON.stringify({
        site: site.key,
        visitorId,
        events: [{ name: 'pageview', url: 'https://pears.example/', id: newId() }],
      }),
    })
    await expect.poll(async () => (await ask('/pageviews')).answer).toBe(views + 1)

    await api.ask('mutation ($id: ID!) { testWebhookEndpoint(id: $id) { __typename } }', { id: endpoint.id })
    await expect.poll(said).toContain('webhook: ')
    const forged = await fetch(`${service}/webhooks`, {
      method: 'POST',
      headers: {
        'webhook-id': 'm',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': 'v1,AAAA',
      },
      body: '{}',
    })
    expect(forged.status).toBe(401)
  })

  test('a Next.js application decides on the server, without flicker, and counts in the browser', {
    timeout: 300_000,
  }, async () => {
    const folder = join(examples, 'nextjs')
    // Not "npm ci": it refuses a lock file that lacks the optional packages of some other platform.
    await finish('npm', ['install', '--no-save', '--prefer-offline', '--no-audit', '--no-fund'], folder)
    await finish(join(folder, 'node_modules/.bin/next'), ['build'], folder, { NEXT_TELEMETRY_DISABLED: '1' })
    const env = {
      NEXT_TELEMETRY_DISABLED: '1',
      ESPALIER_URL: product.url,
      ESPALIER_KEY: await apiKey('experiments:evaluate'),
      ESPALIER_SITE: site.key,
    }
    const said = await start(
      join(folder, 'node_modules/.bin/next'),
      ['start', '-p', '0'],
      folder,
      env,
      /localhost:\d+[\s\S]*Ready/,
    )
    const address = /http:\/\/localhost:\d+/.exec(said())?.[0] as string

    const before = await exposures('pear-headline')
    const page = await (await browser.newContext({ userAgent })).newPage()
    const html = await (await page.goto(address))?.text()
    const headline = await page.textContent('h1')
    // It came with the page: no script has changed it.
    expect(html).toContain(`<h1>${headline}</h1>`)
    expect(['Pears, delivered', 'The best pears there are']).toContain(headline)
    await page.click('button')
    await expect.poll(() => namesOf(address)).toEqual(['experiment_viewed', 'pageview', 'signup'])
    const [cookie] = await page.context().cookies()
    expect(new Set((await events(address)).map(({ visitorId }) => visitorId))).toEqual(new Set([cookie?.value]))
    expect(await exposures('pear-headline')).toBe(before + 1)
    await page.reload()
    expect(await page.textContent('h1')).toBe(headline)
  })
})

/** A UUIDv7 of now. */
function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}
