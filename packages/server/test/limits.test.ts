import { servedKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { installedPlugins } from '../src/plugins.ts'
import { environment } from '../src/settings.ts'

const plugins = await installedPlugins()

const { kernel, signIn } = await servedKernel(plugins, {
  resources: { eventRetentionDays: 90 },
  serving: { rateLimits: { apiKey: { points: 250, seconds: 60 } } },
})

interface Limit {
  key: string
  plugin: string
  title: string
  about: string
  of: string | null
  known: boolean
  most: number | null
  used: number | null
  unit: string
  per: string | null
  origin: string
  originName: string | null
}
const query = '{ limits { key plugin title about of known most used unit per origin originName } }'
const saveSettings = `mutation ($plugin: String!, $value: JSON!) {
  updatePluginSettings(plugin: $plugin, value: $value) { ... on UpdatePluginSettingsSuccess { data { name } } } }`

async function limitsOf(who: { ask<Result>(query: string): Promise<Result> }): Promise<Limit[]> {
  return (await who.ask<{ limits: Limit[] }>(query)).limits
}

test('every limit can be read, and says where it is changed', async () => {
  const limits = await limitsOf(await signIn())
  expect(limits.filter(({ known }) => !known)).toEqual([])
  expect(new Set(limits.map(({ plugin }) => plugin))).toEqual(
    new Set(['core', 'tracking', 'ai', 'landing-pages', 'mail', 'operations']),
  )
  for (const { key, plugin, origin, originName } of limits) {
    expect(key.startsWith(`${plugin}.`), key).toBe(true)
    const settings = plugins.find(({ name }) => name === plugin)?.definition.settings?.shape ?? {}
    if (origin === 'SETTING') expect(Object.keys(settings), key).toContain(originName)
    else if (origin === 'ENVIRONMENT') expect(Object.keys(environment.shape), key).toContain(originName)
    else expect(originName).toBeNull()
  }
  expect(new Set(limits.map(({ key, of }) => `${key} ${of}`)).size).toBe(limits.length)
})

test('a limit has the value that holds: of the server, of the environment, of the workspace', async () => {
  const owner = await signIn()
  await owner.ask(saveSettings, { plugin: 'ai', value: { monthlyBudget: 25, purposeBudgets: { 'prompts.judge': 5 } } })
  const limits = await limitsOf(owner)
  const find = (key: string, of: string | null = null) => limits.find((limit) => limit.key === key && limit.of === of)
  expect(find('core.requests-by-key')).toMatchObject({ most: 250, per: 'MINUTE', origin: 'FIXED' })
  expect(find('tracking.retention')).toMatchObject({ most: 90, unit: 'DAYS', origin: 'ENVIRONMENT' })
  expect(find('ai.monthly-budget')).toMatchObject({ most: 25_000_000, used: 0, unit: 'MICROS', per: 'MONTH' })
  expect(find('ai.purpose-budgets', 'prompts.judge')).toMatchObject({ most: 5_000_000, used: 0 })
  expect(find('landing-pages.submission-retention')).toMatchObject({
    most: null,
    originName: 'submissionRetentionDays',
  })
  expect(find('landing-pages.images')).toMatchObject({ most: null, used: 0, unit: 'BYTES' })
  const others = await limitsOf(await signIn())
  expect(others.find(({ key }) => key === 'ai.monthly-budget')).toMatchObject({ most: null })
})

test('who may not see what models cost is not shown their budget', async () => {
  const viewer = await signIn({ role: 'viewer' })
  const keys = (await limitsOf(viewer)).map(({ key }) => key)
  expect(keys).toContain('ai.output-tokens')
  expect(keys).not.toContain('ai.monthly-budget')
})

test('one that cannot be read keeps none of the others', async () => {
  kernel.limits.add([
    {
      ...{ key: 'core.broken', title: { en: 'Broken', fr: 'Cassée' }, about: { en: '', fr: '' } },
      ...{ unit: 'count', from: { kind: 'fixed' } },
      read: () => Promise.reject(new Error('nobody knows')),
    },
  ])
  const limits = await limitsOf(await signIn())
  expect(limits.find(({ key }) => key === 'core.broken')).toMatchObject({ known: false, most: null, used: null })
  expect(limits.find(({ key }) => key === 'tracking.requests')).toMatchObject({ known: true, most: 3_000 })
})
