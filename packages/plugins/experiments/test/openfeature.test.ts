import { readFile } from 'node:fs/promises'
import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk'
import { OpenFeature as OpenFeatureWeb, ProviderEvents as WebEvents } from '@openfeature/web-sdk'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, describe, expect, test } from 'vitest'
import experiments from '../src/index.ts'

const { kernel, url, createWorkspace, cutDatabaseOff } = await servedKernel([tracking, experiments])
const service = kernel.service(experiments)
const page = await readFile(new URL('../../../../docs/switching.md', import.meta.url), 'utf8')

afterEach(async () => {
  OpenFeature.clearHooks()
  await OpenFeature.clearProviders()
  await OpenFeatureWeb.clearProviders()
})

/** A workspace with a running experiment, and a key for it. */
async function running(scopes = ['experiments:evaluate', 'experiments:record']) {
  const workspaceId = await createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const { key } = await kernel.access.createApiKey(workspaceId, { name: 'Flags', scopes })
  const start = async (flag: string) => {
    const variants = [
      { key: 'control', name: 'Control', value: 'Pay now' },
      { key: 'bold', name: 'Bold', value: 'Buy!' },
    ]
    const { id } = await service.create(context, { key: flag, name: flag, goal: 'signup', variants })
    return service.start(context, id)
  }
  return { context, key, start, experiment: await start('checkout-title') }
}

/** Runs the code of a block of the page as it stands there, but for the address and the key. */
async function runBlock(name: string, key: string, names: Record<string, unknown>): Promise<{ title: string }> {
  const code = new RegExp(`\`\`\`ts ${name}\n([^]*?)\`\`\``).exec(page)?.[1]
  if (!code) throw new Error(`docs/switching.md has no block "ts ${name}".`)
  const runnable = code
    .replaceAll(/^import .*$/gm, '')
    .replaceAll('https://your-espalier', url)
    .replaceAll('esp_…', key)
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<{ title: string }>
  return new AsyncFunction(...Object.keys(names), `${runnable}\nreturn { title }`)(...Object.values(names))
}

describe('what docs/switching.md shows', () => {
  test('in a service: the value of the variant, and its exposure counted once', async () => {
    const { key, context, experiment } = await running()
    const exposed = () => context.db.prisma.experimentExposure.findMany({ where: { experimentId: experiment.id } })
    for (let time = 0; time < 2; time++) {
      const { title } = await runBlock('server', key, { OFREPProvider, OpenFeature })
      const ours = await service.decide(context, 'checkout-title', { id: 'user-4711' })
      expect(title).toBe(ours?.value)
      expect(await exposed()).toMatchObject([{ subject: 'user-4711', variantId: ours?.variantId }])
    }
  })

  test('in a page', async () => {
    const { key, context } = await running(['experiments:evaluate'])
    const { title } = await runBlock('web', key, { OFREPWebProvider, OpenFeature: OpenFeatureWeb })
    expect(title).toBe((await service.decide(context, 'checkout-title', { id: 'user-4711' }))?.value)
  })
})

describe('OpenFeature’s clients', () => {
  /** One that polls, as pages do. */
  async function pollingClient(key: string, baseUrl = url) {
    const domain = uuidv7()
    const headers: [string, string][] = [['Authorization', `Bearer ${key}`]]
    await OpenFeatureWeb.setContext(domain, { targetingKey: 'visitor-1' })
    const provider = new OFREPWebProvider({ baseUrl, headers, pollInterval: 100, cacheMode: 'disabled' })
    const heard: string[] = []
    const client = OpenFeatureWeb.getClient(domain)
    for (const event of Object.values(WebEvents)) client.addHandler(event, () => heard.push(event))
    await OpenFeatureWeb.setProviderAndWait(domain, provider).catch(() => undefined)
    return { client, heard }
  }

  test('in a page hears of a flag that starts while it is open', async () => {
    const { key, start } = await running(['experiments:evaluate'])
    const { client, heard } = await pollingClient(key)
    expect(heard).toContain(WebEvents.Ready)
    expect(client.getStringDetails('later', 'mine')).toMatchObject({ value: 'mine', errorCode: 'FLAG_NOT_FOUND' })
    await start('later')
    await expect.poll(() => client.getStringValue('later', 'mine')).not.toBe('mine')
    expect(heard).toContain(WebEvents.ConfigurationChanged)
  })

  test('in a page keeps what it has while the database is away', async () => {
    const { key } = await running(['experiments:evaluate'])
    const { client, heard } = await pollingClient(key)
    const before = client.getStringValue('checkout-title', 'mine')
    const letIn = await cutDatabaseOff()
    try {
      await expect.poll(() => heard).toContain(WebEvents.Stale)
      expect(client.getStringValue('checkout-title', 'mine')).toBe(before)
    } finally {
      await letIn()
    }
  })

  test('begin with the defaults in the code where nothing answers, or the key is wrong', async () => {
    const { client, heard } = await pollingClient('esp_any', 'http://127.0.0.1:1')
    expect(client.getBooleanValue('checkout-title', true)).toBe(true)
    expect(heard).toContain(WebEvents.Error)
    const wrong = await pollingClient('esp_wrong')
    expect(wrong.client.getNumberValue('checkout-title', 7)).toBe(7)
    expect(wrong.heard).toContain(WebEvents.Error)

    const headers: [string, string][] = [['Authorization', 'Bearer esp_wrong']]
    await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: url, headers }))
    const server = OpenFeature.getClient()
    const ready: string[] = []
    server.addHandler(ProviderEvents.Ready, () => ready.push('ready'))
    expect(await server.getStringDetails('checkout-title', 'mine', { targetingKey: 'a' })).toMatchObject({
      value: 'mine',
      reason: 'ERROR',
    })
    await expect.poll(() => ready).toEqual(['ready'])
  })

  test('get the default in the code for a value of another type', async () => {
    const { key } = await running(['experiments:evaluate'])
    const { client } = await pollingClient(key)
    expect(client.getNumberDetails('checkout-title', 7)).toMatchObject({ value: 7, errorCode: 'TYPE_MISMATCH' })
  })
})
