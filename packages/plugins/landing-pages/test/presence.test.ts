import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { afterEach, expect, test } from 'vitest'
import landingPages from '../src/index.ts'
import { type PageEditor, whoIsHere } from '../src/presence/presence.ts'

const { url, kernel, signIn } = await servedKernel([tracking, experiments, landingPages])

/** A clock and a ticker that tests turn. */
const time = { at: Date.parse('2026-11-21T12:00:00Z'), now: () => new Date(time.at) }
const tickers = new Set<() => void>()
const every = (_ms: number, work: () => void) => {
  tickers.add(work)
  return () => void tickers.delete(work)
}

const leaving: AbortController[] = []
afterEach(() => {
  for (const one of leaving.splice(0)) one.abort()
})

/** Opens the editor of a page. @returns who is seen there, the latest last, and what closes it */
function open(name: string, pageId = 'page', sessionId = name) {
  const leave = new AbortController()
  leaving.push(leave)
  const seen: string[][] = []
  const me: PageEditor = { sessionId, name, variantKey: 'a' }
  const parts = { live: kernel.live, clock: time, workspaceId: 'w', pageId, me, every, signal: leave.signal }
  const reading = (async () => {
    for await (const editors of whoIsHere(parts)) seen.push(editors.map(({ name }) => name))
  })()
  return {
    seen: () => seen.at(-1),
    leave: async () => {
      leave.abort()
      await reading
    },
  }
}

test('people see who else has the page open, as they come and go', async () => {
  const ada = open('Ada')
  await expect.poll(ada.seen).toEqual([])
  const bo = open('Bo')
  await expect.poll(bo.seen).toEqual(['Ada'])
  await expect.poll(ada.seen).toEqual(['Bo'])
  const elsewhere = open('Cy', 'another page')
  await expect.poll(elsewhere.seen).toEqual([])
  await bo.leave()
  await expect.poll(ada.seen).toEqual([])
})

test('who has fallen silent is gone after a while', async () => {
  const ada = open('Ada', 'silence')
  const bo = open('Bo', 'silence')
  await expect.poll(ada.seen).toEqual(['Bo'])
  // Bo's process dies: no goodbye, and no word any more.
  const [adaSays] = tickers
  tickers.clear()
  time.at += 30_000
  adaSays?.()
  await expect.poll(ada.seen).toEqual([])
  expect(bo.seen()).toEqual(['Ada'])
})

test('over the API: those who may change pages see each other, with the variant that they look at', async () => {
  const ada = await signIn()
  const { createPage } = await ada.ask<{ createPage: { data: { id: string } } }>(
    `mutation { createPage(input: { slug: "p", title: "P", variants: [{ key: "a", content: {
      root: { props: { title: "T" } }, content: [] } }] }) { ... on CreatePageSuccess { data { id } } } }`,
  )
  const listen = async (client: typeof ada, variantKey: string) => {
    const leave = new AbortController()
    leaving.push(leave)
    const stream = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...client.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query:
          'subscription ($id: ID!, $key: String) { pageEditors(pageId: $id, variantKey: $key) { name variantKey } }',
        variables: { id: createPage.data.id, key: variantKey },
      }),
      signal: leave.signal,
    })
    const heard = { text: '' }
    void (async () => {
      for await (const chunk of stream.body as ReadableStream<Uint8Array>) heard.text += new TextDecoder().decode(chunk)
    })().catch(() => {})
    return () => heard.text
  }
  const one = await listen(ada, 'a')
  await expect.poll(one).toContain('"pageEditors":[]')
  await listen(ada, 'b')
  await expect.poll(one).toContain('"variantKey":"b"')
})
