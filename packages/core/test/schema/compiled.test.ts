import { type GraphQLObjectType, graphql, parse } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Principal } from '../../src/access/principal.ts'
import { CompiledExecution } from '../../src/schema/serve/compiledExecution.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { Asker, countQueries, editor, schemasOf } from './harness.ts'
import { library } from './library.ts'

const database = await testDatabase()
const { db, createWorkspace } = database
const { admin } = schemasOf(library)
let asEditor: Asker
let id: string

const create = (slug: string, title = 'T') => `mutation {
  createPage(input: { slug: "${slug}", title: "${title}", variants: ["a", "b"] }) {
    __typename ... on CreatePageSuccess { data { id variants { nodes { key page { slug } } } } } ... on Error { code }
  }
}`

beforeAll(async () => {
  asEditor = new Asker(admin, db, { workspaceId: await createWorkspace(), principal: editor() })
  for (const slug of ['one', 'two', 'three']) id = (await asEditor.data(create(slug))).createPage.data.id
})

const execution = new CompiledExecution(admin)

async function compiled(source: string, variableValues: Record<string, unknown> = {}, asker = asEditor) {
  const document = parse(source)
  return execution.execute(
    { source, document, errors: [], uses: 1_000 },
    { schema: admin, document, variableValues, contextValue: asker.context() },
  )
}

const interpreted = (source: string, variableValues: Record<string, unknown> = {}) =>
  graphql({ schema: admin, source, variableValues, contextValue: asEditor.context() })

/** What JSON leaves of an answer: compiled ones have plain objects, interpreted ones have no prototype. */
const plain = (answer: unknown) => JSON.parse(JSON.stringify(answer))

describe('compiled execution answers as the interpreter does', () => {
  it.each([
    '{ pages { totalCount nodes { slug status publishedAt variants(first: 1) { totalCount nodes { key page { title } } pageInfo { hasNextPage endCursor } } } } }',
    '{ pages(first: 1, orderBy: { field: TITLE, direction: ASC }) { edges { cursor node { id } } pageInfo { endCursor hasNextPage } } }',
    '{ pages { nodes { a: variants(first: 1) { nodes { key } } b: variants(last: 1) { nodes { key } } } } }',
    'query ($id: ID!) { node(id: $id) { __typename id ... on Page { slug variants { nodes { key } } } } }',
    'query ($id: ID!) { pages(filter: { id: [$id], status: [DRAFT] }) { nodes { slug } } }',
    '{ pages(first: 1000) { nodes { slug } } }',
  ])('%s', async (source) => {
    const variables = source.includes('$id') ? { id } : {}
    expect(plain(await compiled(source, variables))).toEqual(plain(await interpreted(source, variables)))
  })

  it('with as few queries', async () => {
    const source = '{ pages { nodes { slug variants { nodes { key page { slug } } } } } }'
    expect(await countQueries(database, () => compiled(source))).toBe(
      await countQueries(database, () => interpreted(source)),
    )
  })

  it('for mutations too', async () => {
    const { createPage: made } = (await compiled(create('four'))).data as { createPage: object }
    expect(made).toMatchObject({
      __typename: 'CreatePageSuccess',
      data: { variants: { nodes: [{ key: 'a', page: { slug: 'four' } }, { key: 'b' }] } },
    })
    expect(plain(await compiled(create('five', 'Refuse'))).data).toEqual({
      createPage: { __typename: 'ConflictError', code: 'CONFLICT' },
    })
  })
})

describe('who may see a field is asked', () => {
  const source = '{ pages { nodes { id slug variants { nodes { id key } } } } }'
  const document = parse(source)
  const prepared = { source, document, errors: [], uses: 1_000 }
  const askAs = (principal: Principal) => {
    const { workspaceId } = asEditor.requester as { workspaceId: string }
    const contextValue = new Asker(admin, db, { workspaceId, principal }).context()
    return execution.execute(prepared, { schema: admin, document, contextValue })
  }

  it('of everybody by whom a document is executed, whoever came before', async () => {
    const stranger = editor('library:write')
    const seen = plain(await askAs(editor()))
    expect(seen.data.pages.nodes).not.toEqual([])
    const refused = plain(await askAs(stranger))
    expect(refused.data).toBeNull()
    expect(refused.errors[0].message).toContain('library:read')
    expect(plain(await askAs(editor()))).toEqual(seen)
    expect(plain(await askAs(stranger))).toEqual(refused)
  })

  it('with resolvers that the schema keeps', async () => {
    await askAs(editor())
    const answer = await graphql({
      schema: admin,
      source: '{ pages { nodes { id slug } } }',
      contextValue: asEditor.context(),
    })
    expect(answer.errors).toBeUndefined()
    const { id: field, slug } = (admin.getType('Page') as GraphQLObjectType).getFields()
    expect([field?.resolve, slug?.resolve]).toEqual([expect.any(Function), expect.any(Function)])
  })
})
