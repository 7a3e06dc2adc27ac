import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvent, defineJob, definePlugin, get, post, sql, when } from '../../src/index.ts'
import { createKernel, type KernelOptions } from '../../src/plugin/createKernel.ts'
import { servedKernel, testDatabase } from '../../src/testing/index.ts'

const { urls } = await testDatabase()

const kernelOf = (options: Pick<KernelOptions, 'plugins'> & Partial<KernelOptions>) =>
  createKernel({
    database: { appUrl: urls.app, systemUrl: urls.system, prisma: PrismaClient as never },
    datamodel: getDatamodel(),
    secret: 'a secret of the tests, long enough to be one',
    publicUrl: 'http://espalier.test',
    log: pino({ level: 'silent' }),
    ...options,
  })

describe('the life of plugins', () => {
  test('services are made and started in order, and stopped in reverse', async () => {
    const diary: string[] = []
    const living = (name: string) => ({
      name,
      setup: () => {
        diary.push(`set up ${name}`)
        return name
      },
      start: () => void diary.push(`start ${name}`),
      stop: () => void diary.push(`stop ${name}`),
    })
    const ground = definePlugin(living('ground'))
    const house = definePlugin({
      ...living('house'),
      requires: [ground],
      setup: ({ use }) => {
        diary.push(`set up house on ${use(ground)}`)
        return 'house'
      },
    })
    const kernel = await kernelOf({ plugins: [house, ground] })
    expect(kernel.service(house)).toBe('house')
    await kernel.start({ work: false })
    await kernel.stop()
    expect(diary).toEqual([
      'set up ground',
      'set up house on ground',
      'start ground',
      'start house',
      'stop house',
      'stop ground',
    ])
  })

  test('a plugin finds what it works better with, or that it is not there', async () => {
    const ai = definePlugin({ name: 'ai', setup: () => 'a model' })
    const pages = definePlugin({ name: 'pages', optional: [ai], setup: ({ find }) => find(ai) ?? 'no model' })
    expect((await kernelOf({ plugins: [pages, ai] })).service(pages)).toBe('a model')
    expect((await kernelOf({ plugins: [pages, ai], pluginsOff: ['ai'] })).service(pages)).toBe('no model')
  })

  test('when one fails to start, those before it are stopped, and one line says which and why', async () => {
    const diary: string[] = []
    const sound = definePlugin({
      name: 'sound',
      start: () => void diary.push('start'),
      stop: () => void diary.push('stop'),
    })
    const broken = definePlugin({
      name: 'broken',
      requires: [sound],
      start: async () => {
        throw new Error('the disk is full')
      },
    })
    const kernel = await kernelOf({ plugins: [sound, broken] })
    await expect(kernel.start({ work: false })).rejects.toMatchObject({
      code: 'PLUGIN_START_FAILED',
      message: 'Plugin "broken" failed to start: the disk is full',
    })
    expect(diary).toEqual(['start', 'stop'])
  })

  test('one that fails to stop does not keep the others from stopping', async () => {
    const diary: string[] = []
    const sound = definePlugin({ name: 'sound', stop: () => void diary.push('stop sound') })
    const broken = definePlugin({
      name: 'broken',
      requires: [sound],
      stop: () => {
        throw new Error('it hangs')
      },
    })
    const kernel = await kernelOf({ plugins: [sound, broken] })
    await kernel.start({ work: false })
    await kernel.stop()
    expect(diary).toEqual(['stop sound'])
  })

  test('a setup that fails stops the start', async () => {
    const broken = definePlugin({
      name: 'broken',
      setup: (): string => {
        throw new Error('no licence')
      },
    })
    await expect(kernelOf({ plugins: [broken] })).rejects.toMatchObject({
      code: 'PLUGIN_SETUP_FAILED',
      message: 'Plugin "broken" failed in its setup: no licence',
    })
  })

  test('a setting without a default stops the start: a new workspace would be invalid', async () => {
    const strict = definePlugin({ name: 'strict', settings: z.object({ limit: z.number() }) })
    await expect(kernelOf({ plugins: [strict] })).rejects.toMatchObject({
      code: 'PLUGIN_DEFECT',
      message: expect.stringContaining('"limit"'),
    })
  })

  test('settings that take a permission which nobody declares stop the start', async () => {
    const strict = definePlugin({ name: 'strict', settings: z.object({}), settingsPermission: 'strict:spend' })
    await expect(kernelOf({ plugins: [strict] })).rejects.toMatchObject({
      code: 'PLUGIN_DEFECT',
      message: expect.stringContaining('"strict:spend"'),
    })
  })

  test('a job that two plugins define stops the start', async () => {
    const job = defineJob({ name: 'one.count', input: z.object({}), run: async () => {} })
    const one = definePlugin({ name: 'one', jobs: [job] })
    const two = definePlugin({ name: 'two', jobs: [{ ...job }] })
    await expect(kernelOf({ plugins: [one, two] })).rejects.toMatchObject({ code: expect.any(String) })
  })
})

describe('nothing is global', () => {
  test('two kernels with different plugins live in one process', async () => {
    const counter = definePlugin({ name: 'counter', setup: () => ({ count: 0 }) })
    const first = await kernelOf({ plugins: [counter] })
    const second = await kernelOf({ plugins: [counter] })
    first.service(counter).count++
    expect([first.service(counter).count, second.service(counter).count]).toEqual([1, 0])
    await first.stop()
    await expect(second.database.system.query(sql`select 1 as "one"`)).resolves.toEqual([{ one: 1 }])
    await second.stop()
  })
})

const greeted = defineEvent({ name: 'greeter.greeted', payload: z.object({ name: z.string() }) })

const greeter = definePlugin({
  name: 'greeter',
  permissions: { 'greeter:read': 'Be greeted' },
  settings: z.object({ greeting: z.string().max(20).default('Hello'), loud: z.boolean().default(false) }),
  setup: ({ settings }) => ({ settings }),
  schema: [
    (builder, { settings }) =>
      builder.queryField('greeting', (t) =>
        t.string({
          description: 'A greeting.',
          authScopes: { permission: 'greeter:read' },
          resolve: async (_root, _args, ctx) => (await settings(ctx)).greeting,
        }),
      ),
  ],
  routes: [
    get('/greet/:name', { access: 'anonymous' }, (_request, { params }) => new Response(`Hello ${params.name}`)),
    post('/greet/:workspace/:name', { access: 'anonymous' }, async (_request, { params, inWorkspace }) => {
      await inWorkspace(params.workspace ?? '').publish(greeted, { name: params.name ?? '' })
      return new Response(null, { status: 202 })
    }),
  ],
})

const listener = definePlugin({
  name: 'listener',
  requires: [greeter],
  setup: () => ({ heard: new Map<string, (name: string) => void>() }),
  on: [
    when(greeted, async ({ payload }, ctx, { heard }: { heard: Map<string, (name: string) => void> }) =>
      heard.get(ctx.workspaceId)?.(payload.name),
    ),
  ],
})

describe('a plugin’s parts reach their users', () => {
  const served = servedKernel([greeter, listener])

  test('a route answers', async () => {
    const { url } = await served
    expect(await (await fetch(`${url}/greet/Ada`)).text()).toBe('Hello Ada')
  })

  test('an event that one publishes is handled by the other, in its workspace', async () => {
    const { url, kernel, createWorkspace } = await served
    const workspaceId = await createWorkspace()
    const heard = new Promise((resolve) => kernel.service(listener).heard.set(workspaceId, resolve))
    await fetch(`${url}/greet/${workspaceId}/Grace`, { method: 'POST' })
    expect(await heard).toBe('Grace')
  })

  test('settings have defaults, are changed by those who may, and belong to the workspace', async () => {
    const { signIn } = await served
    const owner = await signIn()
    const neighbor = await signIn()
    expect(await owner.ask('{ greeting }')).toEqual({ greeting: 'Hello' })
    await owner.ask(
      'mutation { updatePluginSettings(plugin: "greeter", value: { greeting: "Bonjour" }) { __typename } }',
    )
    const { plugins } = await owner.ask<{ plugins: { name: string; settings: unknown }[] }>(
      '{ plugins { name settings } }',
    )
    expect(plugins).toContainEqual({ name: 'listener', settings: null })
    await expect.poll(() => owner.ask('{ greeting }')).toEqual({ greeting: 'Bonjour' })
    expect(await neighbor.ask('{ greeting }')).toEqual({ greeting: 'Hello' })
  })

  test.each([
    ['{ greeting: 7 }', 'value.greeting'],
    ['{ greeting: "far too long to be a greeting" }', 'value.greeting'],
    ['{ volume: 11 }', 'value.volume'],
    ['"loud"', 'value'],
  ])('the settings %s are refused, and nothing is written', async (value, path) => {
    const { signIn } = await served
    const owner = await signIn()
    const { updatePluginSettings } = await owner.ask<{
      updatePluginSettings: { issues: { path: string; message: string }[] }
    }>(
      `mutation { updatePluginSettings(plugin: "greeter", value: ${value}) { ... on InvalidInputError { issues { path message } } } }`,
    )
    expect(updatePluginSettings.issues.map((issue) => issue.path)).toEqual([path])
    expect(await owner.ask('{ greeting }')).toEqual({ greeting: 'Hello' })
  })

  test('settings of a plugin that does not exist, or has none, are not found', async () => {
    const { signIn } = await served
    const owner = await signIn()
    for (const plugin of ['nobody', 'listener'])
      expect(
        await owner.ask(`mutation { updatePluginSettings(plugin: "${plugin}", value: {}) { __typename } }`),
      ).toEqual({ updatePluginSettings: { __typename: 'NotFoundError' } })
  })

  test('a viewer may not change settings', async () => {
    const { signIn } = await served
    const viewer = await signIn({ role: 'viewer' })
    expect(await viewer.ask('mutation { updatePluginSettings(plugin: "greeter", value: {}) { __typename } }')).toEqual({
      updatePluginSettings: { __typename: 'ForbiddenError' },
    })
  })

  test('two people who save different settings at once lose nothing', async () => {
    const { signIn } = await served
    const owner = await signIn()
    const save = (value: string) =>
      owner.ask(`mutation { updatePluginSettings(plugin: "greeter", value: ${value}) { __typename } }`)
    await Promise.all([save('{ greeting: "Salut" }'), save('{ loud: true }')])
    await expect
      .poll(
        async () =>
          (await owner.ask<{ plugins: { settings: unknown }[] }>('{ plugins { settings } }')).plugins[0]?.settings,
      )
      .toEqual({ greeting: 'Salut', loud: true })
  })
})

describe('a plugin that is switched off', () => {
  const served = servedKernel([greeter, listener], { pluginsOff: ['listener'] })

  test('leaves the rest at work', async () => {
    const { url, kernel } = await served
    expect(kernel.plugins.map(({ name }) => name)).toEqual(['greeter'])
    expect((await fetch(`${url}/greet/Ada`)).status).toBe(200)
  })

  test('takes its types and routes along', async () => {
    const without = await kernelOf({ plugins: [greeter, listener], pluginsOff: ['greeter', 'listener'] })
    expect(without.schemas.admin.getQueryType()?.getFields()).not.toHaveProperty('greeting')
    expect(without.routes).toEqual([])
    await without.stop()
  })
})
