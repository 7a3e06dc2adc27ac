import { servedKernel } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
import { installedPlugins } from '../src/plugins.ts'

const plugins = await installedPlugins()

const { signIn } = await servedKernel(plugins)

describe.each(plugins.map(({ name, definition }) => ({ name, definition })))('the plugin $name', ({ definition }) => {
  const { words, settings, permissions = {} } = definition

  test('says in both languages what it, each setting and each permission is', () => {
    if (!settings && Object.keys(permissions).length === 0) return
    expect(Object.keys(words?.settings ?? {}).sort()).toEqual(Object.keys(settings?.shape ?? {}).sort())
    expect(Object.keys(words?.permissions ?? {}).sort()).toEqual(Object.keys(permissions).sort())
  })
})

test('settings, plugins and permissions come in the language of whoever asks', async () => {
  const owner = await signIn()
  await owner.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
  interface Answer {
    plugins: {
      name: string
      title: string
      settingsSchema: { properties: Record<string, { title: string; description: string; 'x-unit'?: string }> }
    }[]
    permissions: { name: string; description: string }[]
  }
  const { plugins: found, permissions } = await owner.ask<Answer>(
    '{ plugins { name title settingsSchema } permissions { name description } }',
  )
  const experiments = found.find(({ name }) => name === 'experiments')
  expect(experiments?.title).toBe('Expériences')
  expect(experiments?.settingsSchema.properties.confidence).toMatchObject({ title: 'Confiance', 'x-unit': 'share' })
  expect(permissions.find(({ name }) => name === 'pages:read')?.description).toBe('Voir les pages, brouillons compris')
  expect(permissions.filter(({ description }) => /^(See|Change|Read|Create|Set) /.test(description))).toEqual([])
})
