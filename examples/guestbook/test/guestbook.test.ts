import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { definePlugin, sql, when } from '@espalier/core'
import { breachesOfConvention } from '@espalier/core/server'
import { servedKernel } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
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

const { kernel, url, signIn } = await servedKernel([guestbook, applause], {
  tables: await readFile(join(import.meta.dirname, '../migration.sql'), 'utf8'),
})

interface Answer {
  guestbookEntries: { totalCount: number; nodes: { id: string; name: string; text: string; status: string }[] }
}

const list = '{ guestbookEntries { totalCount nodes { id name text status } } }'
const approve = `mutation ($id: ID!) { approveGuestbookEntry(id: $id) {
  ... on ApproveGuestbookEntrySuccess { data { status } }
  ... on Error { code message }
} }`

/** How long to wait for what happens in the background; it takes milliseconds, on a machine that has time. */
const soon = { timeout: 15_000 }

let visitors = 0
/** The address of a new visitor, as the proxy in front of the server says it. */
const newAddress = () => `192.0.2.${++visitors}`

/** A workspace, somebody in it, and what visitors of its site do. */
async function open(options: Parameters<typeof signIn>[0] = {}) {
  const client = await signIn(options)
  const [workspace] = await kernel.contexts
    .workspace(client.workspaceId, { type: 'system', name: 'test' })
    .db.query<{ slug: string }>(sql`select "slug" from "Workspace"`)
  return {
    ...client,
    sign: (body: unknown, address = newAddress()) =>
      fetch(`${url}/guestbook/${workspace?.slug}`, {
        method: 'POST',
        headers: { 'x-forwarded-for': address },
        body: JSON.stringify(body),
      }),
    entries: async () => (await client.ask<Answer>(list)).guestbookEntries,
  }
}

describe('a guestbook', () => {
  test('shows what a visitor writes, once the job has screened it', async () => {
    const { sign, entries } = await open()
    expect((await sign({ name: ' Ada ', text: 'Lovely pears.' })).status).toBe(202)
    await expect
      .poll(entries, soon)
      .toMatchObject({ totalCount: 1, nodes: [{ name: 'Ada', text: 'Lovely pears.', status: 'SHOWN' }] })
  })

  test('holds back what has too many links, until somebody approves it', async () => {
    const { sign, entries, ask } = await open()
    await sign({ name: 'Bot', text: 'https://a.example https://b.example' })
    await expect.poll(entries, soon).toMatchObject({ nodes: [{ status: 'HELD' }] })
    expect(await ask('{ guestbookEntries(filter: { status: [SHOWN] }) { totalCount nodes { id } } }')).toEqual({
      guestbookEntries: { totalCount: 0, nodes: [] },
    })
    const id = (await entries()).nodes[0]?.id
    expect(await ask(approve, { id })).toEqual({ approveGuestbookEntry: { data: { status: 'SHOWN' } } })
    expect(await ask(approve, { id })).toMatchObject({ approveGuestbookEntry: { code: 'CONFLICT' } })
  })

  test('asks the settings of the workspace how many links are too many', async () => {
    const { sign, entries, ask } = await open()
    await ask(`mutation { updatePluginSettings(plugin: "guestbook", value: { maxLinks: 0 }) { __typename } }`)
    await sign({ name: 'Ada', text: 'https://a.example' })
    await expect.poll(entries, soon).toMatchObject({ nodes: [{ status: 'HELD' }] })
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
    const { sign, workspaceId } = await open()
    const { entryId } = (await (await sign({ name: 'Ada', text: 'Hello' })).json()) as { entryId: string }
    await expect.poll(() => kernel.service(applause).heard, soon).toContainEqual({ workspaceId, entryId })
  })

  test('tells whoever watches how many are shown, at once and when that changes', async () => {
    const { sign, headers } = await open()
    const leave = new AbortController()
    const stream = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { guestbookShown }' }),
      signal: leave.signal,
    })
    let heard = ''
    const reading = (async () => {
      for await (const chunk of stream.body as ReadableStream<Uint8Array>) heard += new TextDecoder().decode(chunk)
    })().catch(() => {})
    await expect.poll(() => heard, soon).toContain('{"guestbookShown":0}')
    await sign({ name: 'Ada', text: 'Hello' })
    await expect.poll(() => heard, soon).toContain('{"guestbookShown":1}')
    leave.abort()
    await reading
  })

  test('belongs to one workspace: another sees nothing of it, and cannot approve in it', async () => {
    const ours = await open()
    const theirs = await open()
    await ours.sign({ name: 'Ada', text: 'Hello' })
    await expect.poll(ours.entries, soon).toMatchObject({ totalCount: 1 })
    const id = (await ours.entries()).nodes[0]?.id
    expect((await theirs.entries()).totalCount).toBe(0)
    expect(await theirs.ask(approve, { id })).toMatchObject({ approveGuestbookEntry: { code: 'NOT_FOUND' } })
  })

  test('lets viewers read and only editors approve', async () => {
    const { workspaceId, sign, entries } = await open()
    await sign({ name: 'Bot', text: 'https://a.example https://b.example' })
    await expect.poll(entries, soon).toMatchObject({ nodes: [{ status: 'HELD' }] })
    const viewer = await signIn({ role: 'viewer', workspace: workspaceId })
    const seen = await viewer.ask<Answer>(list)
    const id = seen.guestbookEntries.nodes[0]?.id
    expect(await viewer.ask(approve, { id })).toMatchObject({ approveGuestbookEntry: { code: 'FORBIDDEN' } })
  })

  test('keeps the conventions of the API', () => {
    expect(breachesOfConvention(kernel.schemas.admin)).toEqual([])
  })
})
