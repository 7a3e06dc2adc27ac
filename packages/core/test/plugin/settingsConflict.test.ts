import { expect, test } from 'vitest'
import { z } from 'zod'
import { definePlugin } from '../../src/index.ts'
import { servedKernel } from '../../src/testing/index.ts'

const greeter = definePlugin({
  name: 'greeter',
  settings: z.object({ greeting: z.string().default('Hello'), loud: z.boolean().default(false) }),
})
const { signIn } = await servedKernel([greeter])
type Client = Awaited<ReturnType<typeof signIn>>

const failure = '... on Error { code message } ... on ConflictError { saved { by at version } }'
const read = async (client: Client) =>
  (
    await client.ask<{ plugins: { settings: object; settingsVersion: number }[] }>(
      '{ plugins { settings settingsVersion } }',
    )
  ).plugins[0]
const save = async (client: Client, value: object, expectedVersion?: number) =>
  (
    await client.ask<{ updatePluginSettings: { code?: string; saved?: object; data?: object } }>(
      `mutation ($value: JSON!, $expectedVersion: Int) { updatePluginSettings(plugin: "greeter", value: $value, expectedVersion: $expectedVersion) {
         ... on UpdatePluginSettingsSuccess { data { settings settingsVersion } } ${failure} } }`,
      { value, expectedVersion },
    )
  ).updatePluginSettings

test('of two people who save settings that they read at the same time, the second is told who was first', async () => {
  const first = await signIn({ role: 'editor' })
  const second = await signIn({ role: 'editor', workspace: first.workspaceId })
  expect(await read(first)).toMatchObject({ settingsVersion: 0 })
  expect(await save(first, { greeting: 'Hi' }, 0)).toMatchObject({ data: { settingsVersion: 1 } })
  expect(await save(second, { loud: true }, 0)).toMatchObject({
    code: 'CONFLICT',
    saved: { by: expect.any(String), at: expect.any(String), version: 1 },
  })
  expect(await save(second, { loud: true }, 1)).toMatchObject({
    data: { settingsVersion: 2, settings: { greeting: 'Hi', loud: true } },
  })
  expect(await save(first, { greeting: 'Hey' })).toMatchObject({ data: { settingsVersion: 3 } })
})

test('of two who rename the workspace, too', async () => {
  const first = await signIn()
  const second = await signIn({ role: 'admin', workspace: first.workspaceId })
  const rename = async (client: Client, name: string, expectedVersion: number) =>
    (
      await client.ask<{ updateWorkspace: object }>(
        `mutation ($name: String!, $expectedVersion: Int) { updateWorkspace(input: { name: $name }, expectedVersion: $expectedVersion) {
           ... on UpdateWorkspaceSuccess { data { name version } } ${failure} } }`,
        { name, expectedVersion },
      )
    ).updateWorkspace
  expect(await rename(first, 'Orchard', 1)).toEqual({ data: { name: 'Orchard', version: 2 } })
  expect(await rename(second, 'Vineyard', 1)).toMatchObject({ code: 'CONFLICT', saved: { version: 2 } })
  expect(await rename(second, 'Vineyard', 2)).toEqual({ data: { name: 'Vineyard', version: 3 } })
})
