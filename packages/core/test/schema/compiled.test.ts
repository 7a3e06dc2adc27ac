import { type GraphQLObjectType, graphql, parse } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Principal } from '../../src/access/principal.ts'
import { CompiledExecution } from '../../src/schema/serve/compiledExecution.ts'
import type { PreparedDocument } from '../../src/schema/serve/documents.ts'
import { OpenFields } from '../../src/schema/serve/openFields.ts'
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
  const prepared = documents.get(source) ?? { source, document: parse(source), errors: [], uses: 1_000 }
  documents.set(source, prepared)
  const { document } = prepared
  return execution.execute(prepared, { schema: admin, document, variableValues, contextValue: asker.context() })
}

/** As a server keeps them: what is planned once is planned for these. */
const documents = new Map<string, PreparedDocument>()

/** Documents whose relations all lie in their rows: lists and nodes of columns and relations. */
const closed = [
  '{ pages { nodes { id slug inOrder { id key page { slug inOrder { position } } } } pageInfo { endCursor hasNextPage } } }',
  '{ a: pages(first: 1) { totalCount edges { cursor node { inOrder { key } } } } b: drafts(last: 2) { nodes { title inOrder { position page { id } } } } }',
  'query ($id: ID!) { node(id: $id) { __typename id ... on Page { slug again: slug inOrder { key } twice: inOrder { position } } } }',
  'query ($id: ID!) { node(id: $id) { ... on PageVariant { key } } }',
  '{ pages(first: 2) { nodes { slug rivals { key position } } } drafts(first: 1) { nodes { rivals { key } } } }',
]

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
    ...closed,
    '{ pages { nodes { slug inOrder { key } rivals { key } } } }',
    'query ($id: ID!) { node(id: $id) { ... on Page { slug ...Rivals } } } fragment Rivals on Page { rivals { key page { inOrder { key } } } }',
    '{ pages { nodes { slug inOrder @include(if: false) { key } } } drafts { nodes { inOrder { position } } } }',
    '{ pages { nodes { variants { nodes { page { inOrder { key } } } } } } }',
  ])('%s', async (source) => {
    const variables = source.includes('$id') ? { id } : {}
    const expected = plain(await interpreted(source, variables))
    // Once more, by what was planned the first time.
    for (let time = 0; time < 2; time += 1) expect(plain(await compiled(source, variables))).toEqual(expected)
  })

  it.each(['{ pages { nodes { slug variants { nodes { key page { slug } } } } } }', ...closed])(
    'with as few queries: %s',
    async (source) => {
      const variables = source.includes('$id') ? { id } : {}
      expect(await countQueries(database, () => compiled(source, variables))).toBe(
        await countQueries(database, () => interpreted(source, variables)),
      )
    },
  )

  it('when it comes again with other variables, by somebody else, in another workspace', async () => {
    const [, , source = ''] = closed
    const other = new Asker(admin, db, { workspaceId: await createWorkspace(), principal: editor() })
    const otherId = (await other.data(create('elsewhere'))).createPage.data.id
    const slugs = []
    for (const [asker, asked] of [
      [asEditor, id],
      [other, otherId],
      [other, id],
      [asEditor, otherId],
    ] as const)
      slugs.push((await compiled(source, { id: asked }, asker)).data?.node)
    expect(plain(slugs)).toMatchObject([{ slug: 'three' }, { slug: 'elsewhere' }, null, null])
  })

  it('and says for which documents what is read is planned once', () => {
    const fields = new OpenFields(admin)
    const survey = (source: string) => fields.survey(parse(source)).closed
    expect(closed.map(survey)).toEqual(closed.map(() => true))
    const open = [
      // Two conditions on one relation.
      '{ pages { nodes { inOrder { key } rivals { key } } } }',
      // A list with arguments of its own below a row.
      '{ pages { nodes { variants { nodes { key } } } } }',
      // A field that a resolver answers.
      '{ pages { nodes { status } } }',
      '{ pages { nodes { slug @skip(if: false) } } }',
      'mutation { touchPage(id: "x") { ... on TouchPageSuccess { data { slug } } } }',
    ]
    expect(open.map(survey)).toEqual(open.map(() => false))
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
