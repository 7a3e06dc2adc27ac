import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

const { url, kernel, signIn } = await servedKernel([tracking, experiments, landingPages])

const content = (title: string, blocks: object[] = []) => ({
  root: { props: { title: 'Offer' } },
  content: [{ type: 'Hero', props: { id: 'hero', title } }, ...blocks],
})

interface Variant {
  id: string
  key: string
  status: string
  hasUnpublishedChanges: boolean
  createdByType: string
  parent: { key: string } | null
  revisions: { nodes: Revision[] }
}

interface Revision {
  id: string
  number: number
  content: unknown
  changes: { kind: string; blockId: string | null }[]
  authorType: string
  restoredFrom: number | null
  publishedAt: string | null
  isPublished: boolean
}

const variantFields = `id key status hasUnpublishedChanges createdByType parent { key }
  revisions { nodes { id number content changes { kind blockId } authorType restoredFrom publishedAt isPublished } }`

async function createPage(client: SignedInClient, variants: object[] = [{ key: 'a', content: content('First') }]) {
  const { createPage } = await client.ask<{ createPage: { data: { id: string; slug: string; url: string } } }>(
    'mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id slug url } } } }',
    { input: { slug: `p-${uuidv7()}`, title: 'P', variants } },
  )
  return createPage.data
}

async function variantsOf(client: SignedInClient, slug: string): Promise<Variant[]> {
  const { page } = await client.ask<{ page: { allVariants: { nodes: Variant[] } } }>(
    `query ($slug: String!) { page(slug: $slug) { allVariants(orderBy: { field: CREATED_AT, direction: ASC }) { nodes { ${variantFields} } } } }`,
    { slug },
  )
  return page.allVariants.nodes
}

const firstOf = async (client: SignedInClient, slug: string) => (await variantsOf(client, slug))[0] as Variant

interface Answer {
  __typename: string
  message?: string
}

async function act(client: SignedInClient, field: string, variables: string, values: object): Promise<Answer> {
  const { answer } = await client.ask<{ answer: Answer }>(
    `mutation ${variables} { answer: ${field} { __typename ... on Error { message } } }`,
    values as Record<string, unknown>,
  )
  return answer
}

const publish = (client: SignedInClient, id: string) => act(client, 'publishPage(id: $id)', '($id: ID!)', { id })
const write = (client: SignedInClient, id: string, content: object) =>
  act(client, 'updatePageVariant(id: $id, content: $content)', '($id: ID!, $content: JSON!)', { id, content })
const restore = (client: SignedInClient, id: string | undefined) =>
  act(client, 'restorePageVariant(revisionId: $id)', '($id: ID!)', { id })
const rollBack = (client: SignedInClient, id: string | undefined) =>
  act(client, 'rollBackPageVariant(revisionId: $id)', '($id: ID!)', { id })

const headline = async (address: string) => {
  const response = await fetch(url + new URL(address).pathname, {
    headers: { 'user-agent': 'Mozilla/5.0 Chrome/141.0' },
  })
  return /<h1>(.*?)<\/h1>/.exec(await response.text())?.[1] ?? response.status
}

describe('the history of a variant', () => {
  test('holds who wrote what, and what changed', async () => {
    const client = await signIn()
    const { slug } = await createPage(client)
    const { id } = await firstOf(client, slug)
    await write(client, id, content('Second', [{ type: 'Text', props: { id: 't', text: 'T' } }]))
    await write(client, id, content('Second', [{ type: 'Text', props: { id: 't', text: 'T' } }]))
    await write(client, id, { ...content('Second'), root: { props: { title: 'Other' } } })
    const { revisions } = await firstOf(client, slug)
    expect(revisions.nodes.map(({ number, changes, authorType }) => ({ number, changes, authorType }))).toEqual([
      {
        number: 3,
        changes: [
          { kind: 'SETTINGS', blockId: null },
          { kind: 'REMOVED', blockId: 't' },
        ],
        authorType: 'USER',
      },
      {
        number: 2,
        changes: [
          { kind: 'CHANGED', blockId: 'hero' },
          { kind: 'ADDED', blockId: 't' },
        ],
        authorType: 'USER',
      },
      { number: 1, changes: [], authorType: 'USER' },
    ])
  })

  test('says what visitors see, and comes back for editors', async () => {
    const client = await signIn()
    const page = await createPage(client)
    await publish(client, page.id)
    const { id } = await firstOf(client, page.slug)
    await write(client, id, content('Second'))
    const before = await firstOf(client, page.slug)
    expect(before.hasUnpublishedChanges).toBe(true)
    expect(before.revisions.nodes.map(({ isPublished }) => isPublished)).toEqual([false, true])
    expect((await restore(client, before.revisions.nodes[1]?.id)).__typename).toBe('RestorePageVariantSuccess')
    const after = await firstOf(client, page.slug)
    expect(after.hasUnpublishedChanges).toBe(false)
    expect(after.revisions.nodes[0]).toMatchObject({ number: 3, restoredFrom: 1, content: content('First') })
  })

  test('any revision that visitors saw is back at once; one that they did not see is refused', async () => {
    const client = await signIn()
    const page = await createPage(client)
    const { id } = await firstOf(client, page.slug)
    await publish(client, page.id)
    await write(client, id, content('Second'))
    await write(client, id, content('Third'))
    await publish(client, page.id)
    expect(await headline(page.url)).toBe('Third')
    const [third, second, first] = (await firstOf(client, page.slug)).revisions.nodes
    expect(await rollBack(client, second?.id)).toMatchObject({ __typename: 'ConflictError' })
    expect((await rollBack(client, first?.id)).__typename).toBe('RollBackPageVariantSuccess')
    expect(await headline(page.url)).toBe('First')
    expect(await firstOf(client, page.slug)).toMatchObject({ hasUnpublishedChanges: true, status: 'ACTIVE' })
    expect((await rollBack(client, third?.id)).__typename).toBe('RollBackPageVariantSuccess')
    expect(await headline(page.url)).toBe('Third')
  })

  test('belongs to the workspace, and to those who may write', async () => {
    const client = await signIn()
    const page = await createPage(client)
    await publish(client, page.id)
    const { id, revisions } = await firstOf(client, page.slug)
    const [revision] = revisions.nodes
    const stranger = await signIn()
    expect((await restore(stranger, revision?.id)).__typename).toBe('NotFoundError')
    expect((await rollBack(stranger, revision?.id)).__typename).toBe('NotFoundError')
    expect((await write(stranger, id, content('Mine'))).__typename).toBe('NotFoundError')
    const viewer = await signIn({ role: 'viewer', workspace: client.workspaceId })
    expect((await restore(viewer, revision?.id)).__typename).toBe('ForbiddenError')
  })

  test('two who write at once are both in it', async () => {
    const client = await signIn()
    const { slug } = await createPage(client)
    const { id } = await firstOf(client, slug)
    await Promise.all(['Second', 'Third', 'Fourth'].map((title) => write(client, id, content(title))))
    expect((await firstOf(client, slug)).revisions.nodes.map(({ number }) => number)).toEqual([4, 3, 2, 1])
  })
})

describe('variants', () => {
  test('are added as drafts derived from another, and shown once published', async () => {
    const client = await signIn()
    const page = await createPage(client)
    await publish(client, page.id)
    const { id } = await firstOf(client, page.slug)
    const add = (key: string) =>
      act(client, 'addPageVariant(pageId: $id, input: $input)', '($id: ID!, $input: PageVariantInput!)', {
        id: page.id,
        input: { key, content: content('Bold'), parentVariantId: id },
      })
    expect((await add('bold')).__typename).toBe('AddPageVariantSuccess')
    expect((await add('bold')).__typename).toBe('ConflictError')
    const [, added] = await variantsOf(client, page.slug)
    expect(added).toMatchObject({ key: 'bold', status: 'DRAFT', parent: { key: 'a' }, createdByType: 'USER' })
    await publish(client, page.id)
    expect((await variantsOf(client, page.slug)).map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE'])
  })

  test('made by the installation say so', async () => {
    const client = await signIn()
    const page = await createPage(client)
    const system = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'generator' })
    const { id, pageId } = await system.db.prisma.pageVariant.findFirstOrThrow({ where: { page: { slug: page.slug } } })
    await kernel
      .service(landingPages)
      .variants.add(system, pageId, { key: 'made', content: content('Made'), parentVariantId: id })
    expect((await variantsOf(client, page.slug))[1]).toMatchObject({ createdByType: 'SYSTEM', parent: { key: 'a' } })
  })

  test('that are archived are gone for visitors, keep their history, and come back with it', async () => {
    const client = await signIn()
    const page = await createPage(client, [
      { key: 'a', content: content('First') },
      { key: 'b', content: content('Second') },
    ])
    await publish(client, page.id)
    const [first, second] = (await variantsOf(client, page.slug)) as [Variant, Variant]
    const archive = (id: string) => act(client, 'archivePageVariant(id: $id)', '($id: ID!)', { id })
    expect((await archive(first.id)).__typename).toBe('ArchivePageVariantSuccess')
    expect(await headline(page.url)).toBe('Second')
    expect(await archive(second.id)).toMatchObject({ __typename: 'ConflictError' })
    expect((await write(client, first.id, content('Ghost'))).__typename).toBe('ConflictError')
    expect((await restore(client, first.revisions.nodes[0]?.id)).__typename).toBe('RestorePageVariantSuccess')
    expect((await variantsOf(client, page.slug)).map(({ status }) => status)).toEqual(['DRAFT', 'ACTIVE'])
    await publish(client, page.id)
    expect(await headline(page.url)).toBe('First')
  })

  test('that a running experiment shows are not archived', async () => {
    const client = await signIn()
    const { createExperiment } = await client.ask<{ createExperiment: { data: { id: string } } }>(
      `mutation { createExperiment(input: { key: "e", name: "E", goal: "g",
        variants: [{ key: "a", name: "A" }, { key: "b", name: "B" }] }) { ... on CreateExperimentSuccess { data { id } } } }`,
    )
    const page = await createPage(
      client,
      ['a', 'b'].map((key) => ({ key, content: content(key) })),
    )
    await act(client, 'updatePage(id: $id, input: $input)', '($id: ID!, $input: UpdatePageInput!)', {
      id: page.id,
      input: { experimentId: createExperiment.data.id },
    })
    await publish(client, page.id)
    const [, second] = await variantsOf(client, page.slug)
    expect(await act(client, 'archivePageVariant(id: $id)', '($id: ID!)', { id: second?.id })).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringContaining('experiment "E"'),
    })
  })
})

test('the kinds of blocks are told with the schema of their props', async () => {
  const { pageBlocks } = await (await signIn()).ask<{
    pageBlocks: { type: string; props: { properties: object }; nests: boolean; hasSlots: boolean }[]
  }>('{ pageBlocks { type description props nests hasSlots } }')
  expect(pageBlocks.map(({ type }) => type)).toEqual(kernel.service(landingPages).catalog.types)
  expect(pageBlocks.find(({ type }) => type === 'Hero')).toMatchObject({
    props: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
    nests: false,
  })
  expect(pageBlocks.find(({ type }) => type === 'Columns')?.hasSlots).toBe(true)
})
