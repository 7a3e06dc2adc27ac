import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

const { url, signIn } = await servedKernel([tracking, experiments, landingPages])

const content = (title: string) => ({
  root: { props: { title: 'Offer' } },
  content: [{ type: 'Hero', props: { id: 'hero', title } }],
})

interface Page {
  id: string
  version: number
  variants: { id: string; version: number; content: unknown }[]
}

const pageFields = 'id version variants { id version content }'
const refusal = '... on Error { __typename code message } ... on ConflictError { saved { by at version } }'

async function createPage(client: SignedInClient): Promise<Page> {
  const { createPage } = await client.ask<{ createPage: { data: Page } }>(
    `mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { ${pageFields} } } } }`,
    { input: { slug: `p-${uuidv7()}`, title: 'Spring', variants: [{ key: 'a', content: content('First') }] } },
  )
  return createPage.data
}

async function write(client: SignedInClient, id: string | undefined, title: string, expectedVersion?: number) {
  const { answer } = await client.ask<{ answer: { data?: { version: number }; saved?: unknown; message?: string } }>(
    `mutation ($id: ID!, $content: JSON!, $expectedVersion: Int) {
      answer: updatePageVariant(id: $id, content: $content, expectedVersion: $expectedVersion) {
        ... on UpdatePageVariantSuccess { data { version } } ${refusal}
      }
    }`,
    { id, content: content(title), expectedVersion },
  )
  return answer
}

/** The events of a subscription, as text, until the test ends. */
async function listen(client: SignedInClient, query: string, variables: object): Promise<() => string> {
  const leave = new AbortController()
  const stream = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...client.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
    signal: leave.signal,
  })
  let heard = ''
  const reading = (async () => {
    for await (const chunk of stream.body as ReadableStream<Uint8Array>) heard += new TextDecoder().decode(chunk)
  })().catch(() => {})
  stops.push(async () => {
    leave.abort()
    await reading
  })
  return () => heard
}

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

describe('two people who edit one variant', () => {
  test('lose nothing: the second is told who saved, when, and which version to read', async () => {
    const ada = await signIn()
    const ben = await signIn({ role: 'editor', workspace: ada.workspaceId })
    const [variant] = (await createPage(ada)).variants
    expect(await write(ada, variant?.id, 'By Ada', variant?.version)).toMatchObject({ data: { version: 2 } })
    const refused = await write(ben, variant?.id, 'By Ben', variant?.version)
    expect(refused).toMatchObject({
      __typename: 'ConflictError',
      code: 'CONFLICT',
      saved: { by: expect.stringContaining('@example.com'), at: expect.any(String), version: 2 },
    })
    expect(refused.message).toContain('saved the variant "a" of the page "Spring" meanwhile')
    expect(await write(ben, variant?.id, 'By both', 2)).toMatchObject({ data: { version: 3 } })
  })

  test('are refused also when they save in the same moment', async () => {
    const ada = await signIn()
    const [variant] = (await createPage(ada)).variants
    const answers = await Promise.all(['A', 'B', 'C', 'D'].map((title) => write(ada, variant?.id, title, 1)))
    expect(answers.filter(({ data }) => data?.version === 2)).toHaveLength(1)
    expect(answers.filter(({ saved }) => saved)).toHaveLength(3)
  })

  test('are not in each other’s way with what is there already', async () => {
    const ada = await signIn()
    const [variant] = (await createPage(ada)).variants
    expect(await write(ada, variant?.id, 'First', 1)).toMatchObject({ data: { version: 1 } })
  })

  test('may still overwrite one another, where they do not ask', async () => {
    const ada = await signIn()
    const [variant] = (await createPage(ada)).variants
    await write(ada, variant?.id, 'One')
    expect(await write(ada, variant?.id, 'Two')).toMatchObject({ data: { version: 3 } })
  })
})

test('a page’s own fields have a version of their own', async () => {
  const ada = await signIn()
  const page = await createPage(ada)
  const rename = (title: string, expectedVersion: number) =>
    ada.ask<{ updatePage: object }>(
      `mutation ($id: ID!, $title: String!, $expectedVersion: Int) {
        updatePage(id: $id, input: { title: $title }, expectedVersion: $expectedVersion) {
          ... on UpdatePageSuccess { data { ${pageFields} } } ${refusal}
        }
      }`,
      { id: page.id, title, expectedVersion },
    )
  await write(ada, page.variants[0]?.id, 'Second', 1)
  expect(await rename('Summer', 1)).toMatchObject({ updatePage: { data: { version: 2, variants: [{ version: 2 }] } } })
  expect(await rename('Autumn', 1)).toMatchObject({ updatePage: { code: 'CONFLICT', saved: { version: 2 } } })
})

describe('whoever has a page open', () => {
  test('hears of every save, and not of those in other workspaces', async () => {
    const ada = await signIn()
    const stranger = await signIn()
    const page = await createPage(ada)
    const other = await createPage(stranger)
    const heard = await listen(
      ada,
      'subscription ($id: ID!) { pageChanged(id: $id) { version variants { version } } }',
      { id: page.id },
    )
    await expect.poll(heard).toContain('{"version":1,"variants":[{"version":1}]}')
    await write(ada, page.variants[0]?.id, 'Second', 1)
    await expect.poll(heard).toContain('{"version":1,"variants":[{"version":2}]}')
    await write(stranger, other.variants[0]?.id, 'Elsewhere', 1)
    await write(ada, page.variants[0]?.id, 'Third', 2)
    await expect.poll(heard).toContain('{"version":1,"variants":[{"version":3}]}')
  })
})

test('lists hear what was saved of their kind, by its id', async () => {
  const ada = await signIn()
  const stranger = await signIn()
  const page = await createPage(ada)
  const query = 'subscription ($types: [String!]!) { changes(types: $types) { everything resources { type id } } }'
  const variants = await listen(ada, query, { types: ['PageVariant'] })
  const images = await listen(ada, query, { types: ['Image'] })
  const theirs = await listen(stranger, query, { types: ['PageVariant'] })
  await expect
    .poll(async () => {
      await write(ada, page.variants[0]?.id, uuidv7())
      return variants()
    })
    .toContain(`{"type":"PageVariant","id":"${page.variants[0]?.id}"}`)
  expect(images()).not.toContain('PageVariant')
  expect(theirs()).not.toContain('PageVariant')
})

test('search finds every word, in the title or the address, whatever its case', async () => {
  const ada = await signIn()
  await createPage(ada)
  const find = async (search: string) => {
    const { pages } = await ada.ask<{ pages: { totalCount: number } }>(
      'query ($search: String) { pages(filter: { search: $search }) { totalCount } }',
      { search },
    )
    return pages.totalCount
  }
  expect(await find('sPRi')).toBe(1)
  expect(await find('p- spring')).toBe(1)
  expect(await find('summer')).toBe(0)
  expect(await find('%')).toBe(0)
  expect(await find(' ')).toBe(1)
})
