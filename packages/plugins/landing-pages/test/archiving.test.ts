import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

const { url, signIn } = await servedKernel([tracking, experiments, landingPages])
const editor = await signIn()
const viewer = await signIn({ role: 'viewer' })

interface Page {
  id: string
  url: string
  status: string
  variants: { id: string; key: string; unpublishedChanges: { kind: string; blockId: string | null }[] }[]
}

const fields = 'id url status variants { id key unpublishedChanges { kind blockId } }'
const content = (title: string) => ({
  root: { props: { title: 'Offer' } },
  content: [{ type: 'Hero', props: { id: 'hero', title } }],
})

async function create(...keys: string[]): Promise<Page> {
  const { createPage } = await editor.ask<{ createPage: { data: Page } }>(
    `mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { ${fields} } } } }`,
    { input: { slug: `p-${uuidv7()}`, title: 'P', variants: keys.map((key) => ({ key, content: content(key) })) } },
  )
  return createPage.data
}

async function change(name: string, id: string | undefined, client = editor, more = '') {
  const { answer } = await client.ask<{ answer: { data?: Page; code?: string; message?: string } }>(
    `mutation ($id: ID!) { answer: ${name}(id: $id${more}) { ... on Error { code message }
      ... on ${name[0]?.toUpperCase()}${name.slice(1)}Success { data { ${name.includes('Variant') ? 'id key' : fields} } } } }`,
    { id },
  )
  return answer
}

const visit = async (page: Page) => {
  const response = await fetch(url + new URL(page.url).pathname)
  return { status: response.status, body: await response.text() }
}

describe('an archived page', () => {
  test('comes back as visitors saw it, whatever editors did since', async () => {
    const page = await create('a')
    await change('publishPage', page.id)
    await editor.ask(
      'mutation ($id: ID!, $content: JSON!) { updatePageVariant(id: $id, content: $content) { __typename } }',
      { id: page.variants[0]?.id, content: content('not yet') },
    )
    await change('archivePage', page.id)
    expect((await visit(page)).status).toBe(404)
    const { data } = await change('unarchivePage', page.id)
    expect(data).toMatchObject({
      status: 'ACTIVE',
      variants: [{ unpublishedChanges: [{ kind: 'CHANGED', blockId: 'hero' }] }],
    })
    expect((await visit(page)).body).toContain('<h1>a</h1>')
  })

  test('is a draft again where nobody ever saw it', async () => {
    const page = await create('a')
    await change('archivePage', page.id)
    expect((await change('unarchivePage', page.id)).data?.status).toBe('DRAFT')
    expect(await change('unarchivePage', page.id)).toMatchObject({ code: 'CONFLICT' })
  })

  test('is not brought back by a viewer', async () => {
    const page = await create('a')
    await change('archivePage', page.id)
    expect(await change('unarchivePage', page.id, viewer)).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('the key of a variant', () => {
  test('can be changed, to one that is free', async () => {
    const { variants } = await create('a', 'b')
    const [a] = variants
    expect(await change('renamePageVariant', a?.id, editor, ', key: "short"')).toMatchObject({ data: { key: 'short' } })
    expect(await change('renamePageVariant', a?.id, editor, ', key: "b"')).toMatchObject({ code: 'CONFLICT' })
    expect(await change('renamePageVariant', a?.id, editor, ', key: "Not So"')).toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  test('stays while a rollout shows it', async () => {
    const page = await create('a', 'b')
    await change('publishPage', page.id)
    await editor.ask(
      'mutation ($id: ID!) { startRollout(pageId: $id, input: { variantKey: "b" }) { ... on Error { message } } }',
      { id: page.id },
    )
    expect(await change('renamePageVariant', page.variants[1]?.id, editor, ', key: "c"')).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('rollout'),
    })
    const { pageRollouts } = await editor.ask<{ pageRollouts: { nodes: { page: { id: string } }[] } }>(
      '{ pageRollouts(filter: { status: [RUNNING] }) { nodes { page { id } } } }',
    )
    expect(pageRollouts.nodes).toEqual([{ page: { id: page.id } }])
  })
})
