import { graphql, parse } from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import { beforeAll, describe, expect, it } from 'vitest'
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

async function compiled(source: string, variables: Record<string, unknown> = {}) {
  const query = compileQuery(admin, parse(source))
  if (!isCompiledQuery(query)) throw new Error(JSON.stringify(query))
  return query.query({}, asEditor.context(), variables)
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
