import { definePlugin, sql } from '@espalier/core'
import { createKernel } from '@espalier/core/server'
import { servedKernel } from '@espalier/core/testing'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { furnish } from '../src/demo/furnish.ts'
import { installedPlugins } from '../src/plugins.ts'

const installed = await installedPlugins()
const strange = definePlugin({
  name: 'strange',
  examples: [
    { title: { en: 'A <b>bold</b> one', fr: 'Un <b>gras</b>' }, document: '{ workspace { name } }' },
    { title: { en: 'Of what is not there', fr: 'De ce qui n’est pas là' }, document: '{ nothing }' },
    { title: { en: 'For the web app', fr: 'Pour l’application' }, schema: 'admin', document: '{ plugins { name } }' },
  ],
})
const { kernel, url } = await servedKernel([...installed, strange], { furnish })
const examples = kernel.examples('public').filter(({ plugin }) => plugin !== 'strange')

/** The demo's workspace, as somebody who sets the product up gets it. @returns a key that may everything there */
async function demoKey(): Promise<string> {
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://espalier.test' },
    body: JSON.stringify({
      query: 'mutation ($input: SetUpInput!) { setUp(input: $input) { __typename } }',
      variables: {
        input: {
          ...{ token: kernel.firstRun.token, name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' },
          ...{ workspaceName: 'Orchard', locale: 'en', timeZone: 'Europe/Paris', demo: true },
        },
      },
    }),
  })
  const [demo] = await kernel.access.system.query<{ id: string }>(
    sql`select "id" from "Workspace" where "slug" = 'demo'`,
  )
  const scopes = [...kernel.access.permissions.declared.keys()]
  const { key } = await kernel.access.createApiKey(demo?.id as string, { name: 'Examples', scopes })
  return key
}

const key = await demoKey()

async function run(
  document: string,
  variables: unknown,
): Promise<{ data?: Record<string, unknown>; errors?: unknown }> {
  const response = await fetch(`${url}/graphql/public`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ query: document, variables }),
  })
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return (await response.json()) as object
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += Buffer.from(part.value).toString()
    const first = /^data: (\{.*\})$/m.exec(text)?.[1]
    if (!first) continue
    await reader.cancel()
    return JSON.parse(first) as object
  }
  throw new Error(`The stream ended without a result: ${text}`)
}

describe('An example of a plugin', () => {
  it('is there for every plugin of the product, two to five of each, none left out for the schema', () => {
    for (const { name, definition } of installed.filter(({ name }) => name !== 'demo')) {
      const shown = examples.filter(({ plugin }) => plugin === name)
      expect([name, shown.length]).toEqual([name, definition.examples?.length])
      expect(shown.length).toBeGreaterThanOrEqual(2)
      expect(shown.length).toBeLessThanOrEqual(5)
    }
  })

  it.each(examples.map((example) => [example.key, example] as const))('%s runs on the demo', async (_key, example) => {
    const { data, errors } = await run(example.document, example.variables)
    expect(errors).toBeUndefined()
    expect(data).toBeTruthy()
    // Errors of mutations are data.
    for (const value of Object.values(data ?? {})) expect(value).not.toMatchObject({ code: expect.any(String) })
  })

  it('is about something: the demo has traffic, pages and an experiment', async () => {
    const document = (title: string) => examples.find((one) => one.title.en.startsWith(title))?.document as string
    await expect
      .poll(async () => (await run(document('The latest events'), { count: 2 })).data, {
        timeout: 90_000,
        interval: 500,
      })
      .toMatchObject({ trackingEvents: { nodes: [{ name: expect.any(String) }, {}] } })
    expect((await run(document('Running'), {})).data).toMatchObject({
      experiments: { nodes: [{ variants: [{}, {}] }] },
    })
    expect((await run(document('Pages that'), { days: 28 })).data).toMatchObject({
      pages: { nodes: expect.arrayContaining([expect.objectContaining({ slug: expect.any(String) })]) },
    })
  }, 120_000)
})

describe('GraphiQL', () => {
  const page = async (path: string, language = 'en') => {
    const response = await fetch(url + path, { headers: { accept: 'text/html', 'accept-language': language } })
    const html = await response.text()
    const panel = /<nav id="examples".*?<\/nav>/s.exec(html)?.[0] ?? ''
    return { html, panel }
  }

  it('lists the examples of a schema by plugin, in the language of the browser', async () => {
    const { panel } = await page('/graphql/public')
    expect(panel).toContain('<h3>Traffic</h3>')
    expect(panel).toContain('href="?example=tracking-1">Visitors and conversions, by channel</a>')
    expect(panel).not.toContain('For the web app')
    expect(panel).not.toContain('Of what is not there')
    expect(panel).toContain('A &#60;b&#62;bold&#60;/b&#62; one')
    expect((await page('/graphql/public', 'fr')).panel).toContain('Visiteurs et conversions, par canal')
    expect((await page('/graphql')).panel).toContain('For the web app')
  })

  it('opens the one that the address names, with its variables', async () => {
    const { html, panel } = await page('/graphql/public?example=tracking-2')
    expect(panel).toContain('href="?example=tracking-2" aria-current="page"')
    expect(html).toContain('query PageviewsByDay')
    expect(html).toContain(String.raw`\"timeZone\": \"Europe/Paris\"`)
    expect((await page('/graphql/public?example=nothing')).html).not.toContain('query PageviewsByDay')
  })

  it('has none of a plugin that is switched off', async () => {
    const nowhere = 'postgres://nobody@127.0.0.1:1/none'
    const smaller = await createKernel({
      plugins: installed,
      pluginsOff: ['operations', 'mail'],
      database: { appUrl: nowhere, systemUrl: nowhere, prisma: PrismaClient as never },
      datamodel: getDatamodel(),
      secret: 'only the types are read, nothing is sealed',
      publicUrl: 'http://127.0.0.1',
      log: pino({ level: 'silent' }),
    })
    const left = new Set(smaller.examples('public').map(({ plugin }) => plugin))
    await smaller.stop()
    expect(left.has('mail')).toBe(false)
    expect(left.has('tracking')).toBe(true)
  })
})
