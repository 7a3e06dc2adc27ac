import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { definePlugin, when } from '@espalier/core'
import { breachesOfConvention } from '@espalier/core/server'
import { testApp } from '@espalier/core/testing'
import {
  type DefinitionNode,
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { ApproveEntryDocument, EntriesDocument, ShownDocument } from '../admin/documents.ts'
import guestbook, { entryShown } from '../src/index.ts'

/** What another plugin makes of the event: it keeps what it heard. */
class Applause {
  readonly heard: { workspaceId: string; entryId: string }[] = []
}

const applause = definePlugin({
  name: 'applause',
  requires: [guestbook],
  setup: () => new Applause(),
  on: [
    when(entryShown, async ({ payload }, ctx, { heard }: Applause) => {
      heard.push({ workspaceId: ctx.workspaceId, entryId: payload.entryId })
    }),
  ],
})

// The guestbook comes along: applause requires it.
const app = await testApp({
  plugins: [applause],
  tables: await readFile(join(import.meta.dirname, '../migration.sql'), 'utf8'),
})

let visitors = 0
/** The address of a new visitor, as the proxy in front of the server says it. */
const newAddress = () => `192.0.2.${++visitors}`

/** A workspace, its people, and what visitors of its site do. */
async function open() {
  const workspace = await app.newWorkspace()
  const [viewer, editor, visitor] = [
    await workspace.as('viewer'),
    await workspace.as('editor'),
    await app.as('anonymous'),
  ]
  return {
    workspace,
    viewer,
    editor,
    sign: (body: unknown, address = newAddress()) =>
      visitor.fetch(`/guestbook/${workspace.slug}`, {
        method: 'POST',
        headers: { 'x-forwarded-for': address },
        body: JSON.stringify(body),
      }),
    entries: async () => (await viewer.ask(EntriesDocument, { count: true })).guestbookEntries,
    /** The one entry that there is. */
    entryId: async () => (await viewer.ask(EntriesDocument)).guestbookEntries.nodes[0]?.id as string,
  }
}

const tooManyLinks = { name: 'Bot', text: 'https://a.example https://b.example' }

describe('a guestbook', () => {
  test('shows what a visitor writes, once the job has screened it', async () => {
    const { sign, entries } = await open()
    expect((await sign({ name: ' Ada ', text: 'Lovely pears.' })).status).toBe(202)
    expect(await entries()).toMatchObject({ totalCount: 1, nodes: [{ status: 'WAITING' }] })
    await app.quiet()
    expect(await entries()).toMatchObject({ nodes: [{ name: 'Ada', text: 'Lovely pears.', status: 'SHOWN' }] })
  })

  test('holds back what has too many links, until somebody approves it', async () => {
    const { sign, entries, entryId, editor, viewer } = await open()
    await sign(tooManyLinks)
    await app.quiet()
    expect(await entries()).toMatchObject({ nodes: [{ status: 'HELD' }] })
    const { guestbookEntries } = await viewer.ask(EntriesDocument, { filter: { status: ['SHOWN'] }, count: true })
    expect(guestbookEntries).toMatchObject({ totalCount: 0, nodes: [] })
    const id = await entryId()
    expect(await editor.mutate(ApproveEntryDocument, { id })).toEqual({
      __typename: 'GuestbookEntry',
      id,
      status: 'SHOWN',
    })
    expect(await editor.refused(ApproveEntryDocument, { id })).toMatchObject({ code: 'CONFLICT' })
  })

  test('asks the settings of the workspace how many links are too many', async () => {
    const { workspace, sign, entries } = await open()
    await workspace.set(guestbook, { maxLinks: 0 })
    await sign({ name: 'Ada', text: 'https://a.example' })
    await app.quiet()
    expect(await entries()).toMatchObject({ nodes: [{ status: 'HELD' }] })
  })

  test('says which field of a signature is wrong, and keeps nothing', async () => {
    const { sign, entries } = await open()
    const refused = await sign({ name: 'Ada', text: '' })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { code: 'INVALID_INPUT', issues: [{ path: 'input.text' }] } })
    expect((await entries()).totalCount).toBe(0)
  })

  test('takes five signatures a minute from one address', async () => {
    const { sign } = await open()
    const address = newAddress()
    const statuses: number[] = []
    for (let signature = 1; signature <= 6; signature++)
      statuses.push((await sign({ name: 'Ada', text: `Hello, ${signature}` }, address)).status)
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
  })

  test('tells other plugins what is shown', async () => {
    const { workspace, sign } = await open()
    const { entryId } = (await (await sign({ name: 'Ada', text: 'Hello' })).json()) as { entryId: string }
    await app.quiet()
    expect(app.service(applause).heard).toContainEqual({ workspaceId: workspace.id, entryId })
  })

  test('tells whoever watches how many are shown, at once and when that changes', async () => {
    const { viewer, sign } = await open()
    const shown = await viewer.watch(ShownDocument)
    expect((await shown.next()).value).toEqual({ guestbookShown: 0 })
    await sign({ name: 'Ada', text: 'Hello' })
    await app.quiet()
    expect((await shown.next()).value).toEqual({ guestbookShown: 1 })
    await shown.return()
  })

  test('belongs to one workspace: another sees nothing of it, and cannot approve in it', async () => {
    const ours = await open()
    const theirs = await open()
    await ours.sign({ name: 'Ada', text: 'Hello' })
    await app.quiet()
    const id = await ours.entryId()
    expect((await theirs.entries()).totalCount).toBe(0)
    expect(await theirs.editor.refused(ApproveEntryDocument, { id })).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('lets viewers read and only editors approve', async () => {
    const { viewer, sign, entryId } = await open()
    await sign(tooManyLinks)
    await app.quiet()
    expect(await viewer.refused(ApproveEntryDocument, { id: await entryId() })).toMatchObject({ code: 'FORBIDDEN' })
  })

  test('keeps the conventions of the API', () => {
    expect(breachesOfConvention(app.kernel.schemas.admin)).toEqual([])
  })

  // A plugin in packages/plugins needs none of this: its types are part of docs/schema.
  test('adds to the schema what its pages are typed against', async () => {
    await expect(ownPartOf(app.kernel.schemas.admin)).toMatchFileSnapshot('../admin/schema.graphql')
  })
})

/** What this plugin adds to the schema, as an extension of the product's. */
function ownPartOf(schema: GraphQLSchema): string {
  const parts = parse(printSchema(lexicographicSortSchema(schema))).definitions.flatMap(
    (definition): DefinitionNode[] => {
      if (!('name' in definition) || !definition.name) return []
      if (
        definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
        /^(Query|Mutation|Subscription)$/.test(definition.name.value)
      ) {
        const fields = definition.fields?.filter(({ name }) => /guestbook/i.test(name.value)) ?? []
        return [{ kind: Kind.OBJECT_TYPE_EXTENSION, name: definition.name, fields }]
      }
      return definition.name.value.includes('Guestbook') ? [definition] : []
    },
  )
  return `${parts.map(print).join('\n\n')}\n`
}
