import { getDatamodel } from '@espalier/prisma'
import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import type { Builder } from '../../src/schema/builder.ts'
import { buildSchemas } from '../../src/schema/buildSchemas.ts'
import { workspaceNode } from '../../src/schema/nodes.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { Asker, editor, schemasOf } from './harness.ts'
import { library } from './library.ts'

/** A type that only the admin schema has. */
const notes = definePlugin({
  name: 'notes',
  permissions: { 'notes:read': 'Read' },
  schema: [
    (builder: Builder) => {
      workspaceNode(builder, 'Experiment', {
        description: 'An experiment.',
        authScopes: { permission: 'notes:read' },
        fields: (t) => ({ name: t.exposeString('name', { description: 'Its name.' }) }),
      })
    },
  ],
})

const { db, createWorkspace } = await testDatabase()
const { admin } = schemasOf(library)

const createPage = `mutation ($input: CreatePageInput!) {
  createPage(input: $input) {
    __typename
    ... on CreatePageSuccess { data { id slug variants { nodes { key } } } }
    ... on Error { message code }
    ... on InvalidInputError { issues { path code message } }
  }
}`

let workspaceId: string
let asEditor: Asker

beforeAll(async () => {
  workspaceId = await createWorkspace()
  asEditor = new Asker(admin, db, { workspaceId, principal: editor() })
})

const slugs = async () =>
  (await db.workspace(workspaceId).query(sql`select "slug" from "Page" order by "slug"`)).map((row) => row.slug)
const trail = () =>
  db
    .workspace(workspaceId)
    .query(
      sql`select "action", "resourceType", "resourceId", "actorName", "ipAddress", "after" from "AuditEntry" order by "id"`,
    )

describe('a mutation', () => {
  it('answers with its data, relations included', async () => {
    const { createPage: result } = await asEditor.data(createPage, {
      input: { slug: 'home', title: 'Home', variants: ['a', 'b'] },
    })
    expect(result).toMatchObject({
      __typename: 'CreatePageSuccess',
      data: { slug: 'home', variants: { nodes: [{ key: 'a' }, { key: 'b' }] } },
    })
  })

  it('is in the audit trail with who, what and from where', async () => {
    const entries = await trail()
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({
      action: 'createPage',
      resourceType: 'Page',
      actorName: 'Ada',
      ipAddress: '192.0.2.7',
      after: { slug: 'home' },
    })
  })

  it.each([
    ['thrown', 'Refuse', 'The title is refused, after the page was written.'],
    ['returned', 'Return', 'The title is refused, by a returned error.'],
  ])('that ends in a %s typed error has written nothing, its audit entry included', async (_how, title, message) => {
    const before = await trail()
    const { createPage: result } = await asEditor.data(createPage, { input: { slug: 'refused', title } })
    expect(result).toEqual({ __typename: 'ConflictError', message, code: 'CONFLICT' })
    expect(await slugs()).toEqual(['home'])
    expect(await trail()).toEqual(before)
  })

  it('that breaks has written nothing, and the error is no part of its union', async () => {
    const { data, errors } = await asEditor.ask(createPage, { input: { slug: 'broken', title: 'Break' } })
    expect(data).toBeNull()
    expect(errors?.[0]?.originalError?.message).toBe('Broken pipe at 10.0.0.7.')
    expect(await slugs()).toEqual(['home'])
  })

  it('names the field, the rule and the value of every input that cannot be', async () => {
    const { createPage: result } = await asEditor.data(createPage, { input: { slug: 'Not A Slug', title: '' } })
    expect(result.__typename).toBe('InvalidInputError')
    expect(result.issues).toEqual([
      {
        path: 'input.slug',
        code: 'INVALID_FORMAT',
        message: 'Use lower-case letters and hyphens. Given: "Not A Slug"',
      },
      {
        path: 'input.title',
        code: 'TOO_SMALL',
        message: 'Too small: expected string to have >=1 characters. Given: ""',
      },
    ])
  })

  it('refuses text that cannot be stored, and JSON without a bottom, by its path', async () => {
    for (const title of ['a\0b', 'a\ud800b']) {
      const { createPage: result } = await asEditor.data(createPage, { input: { slug: 'text', title } })
      expect(result.issues).toMatchObject([{ path: 'input.title', code: 'UNSTORABLE_TEXT' }])
    }
    const read = await asEditor.ask('{ pages(filter: { title: { contains: "\\u0000" } }) { nodes { id } } }')
    expect(read.errors?.[0]?.extensions).toEqual({ code: 'INVALID_INPUT' })
  })

  it('turns a taken unique value into a conflict', async () => {
    const { createPage: result } = await asEditor.data(createPage, { input: { slug: 'home', title: 'Again' } })
    expect(result).toMatchObject({
      __typename: 'ConflictError',
      message: 'There is such a Page already. Choose another value.',
    })
  })

  it('turns a row that is gone into a conflict', async () => {
    const gone = Buffer.from('Page:01960000-0000-7000-8000-00000000dead').toString('base64')
    const { touchPage } = await asEditor.data(
      'mutation ($id: ID!) { touchPage(id: $id) { ... on Error { code message } } }',
      { id: gone },
    )
    expect(touchPage).toEqual({
      code: 'CONFLICT',
      message: 'The Page was deleted or changed meanwhile. Read it again.',
    })
  })

  it('may answer with a plain value', async () => {
    const { countPages } = await asEditor.data('mutation { countPages { ... on CountPagesSuccess { data } } }')
    expect(countPages).toEqual({ data: 1 })
  })

  it('that says nothing about what it changed is in the audit trail all the same', async () => {
    expect((await trail()).at(-1)).toMatchObject({ action: 'countPages', resourceType: null })
  })

  it('commits before the next one of the same document starts', async () => {
    const answer = await asEditor.data(`mutation {
      one: createPage(input: { slug: "one", title: "One" }) { __typename }
      two: createPage(input: { slug: "two", title: "Refuse" }) { __typename }
      count: countPages { ... on CountPagesSuccess { data } }
    }`)
    expect(answer).toEqual({
      one: { __typename: 'CreatePageSuccess' },
      two: { __typename: 'ConflictError' },
      count: { data: 2 },
    })
  })
})

describe('who may', () => {
  it('is refused as a typed error that names the permission, before the input is looked at', async () => {
    const viewer = new Asker(admin, db, { workspaceId, principal: editor('library:read') })
    const { createPage: result } = await viewer.data(createPage, { input: { slug: 'Not A Slug', title: '' } })
    expect(result).toEqual({
      __typename: 'ForbiddenError',
      code: 'FORBIDDEN',
      message:
        'Mutation.createPage takes the permission "library:write", which Ada (editor) does not have. Ask an admin of the workspace for a role that has it.',
    })
  })

  it('is asked to sign in, or to choose a workspace', async () => {
    const anonymous = await new Asker(admin, db, undefined).ask('{ pages { totalCount } }')
    expect(anonymous.errors?.[0]).toMatchObject({
      message: expect.stringContaining('Nobody is signed in'),
      extensions: { code: 'UNAUTHENTICATED' },
    })
    const homeless = await new Asker(admin, db, { user: { id: 'u', name: 'Ada', email: 'a@example.org' } }).ask(
      '{ pages { totalCount } }',
    )
    expect(homeless.errors?.[0]?.message).toContain('No workspace is chosen')
  })

  it('needs no workspace where a mutation belongs to none', async () => {
    const ada = new Asker(admin, db, { user: { id: 'u', name: 'Ada', email: 'a@example.org' } })
    expect(await ada.data('mutation { greet { ... on GreetSuccess { data } } }')).toEqual({
      greet: { data: 'Hello Ada' },
    })
  })

  it('cannot reach another workspace by an id', async () => {
    const foreign = new Asker(admin, db, { workspaceId: await createWorkspace(), principal: editor() })
    const { createPage: made } = await foreign.data(createPage, { input: { slug: 'secret', title: 'Secret' } })
    const theirs = made.data.id
    const missing = Buffer.from('Page:01960000-0000-7000-8000-00000000dead').toString('base64')
    const rename =
      'mutation ($id: ID!) { renamePage(id: $id, title: "Mine") { __typename ... on NotFoundError { resourceType } } }'
    for (const id of [theirs, missing]) {
      expect(await asEditor.data('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null })
      expect(await asEditor.data('query ($id: ID!) { nodes(ids: [$id]) { id } }', { id })).toEqual({ nodes: [null] })
      expect(await asEditor.data('query ($id: ID!) { pages(filter: { id: [$id] }) { totalCount } }', { id })).toEqual({
        pages: { totalCount: 0 },
      })
      expect(await asEditor.data(rename, { id })).toEqual({
        renamePage: { __typename: 'NotFoundError', resourceType: 'Page' },
      })
    }
    expect(await foreign.data('query ($id: ID!) { node(id: $id) { ... on Page { title } } }', { id: theirs })).toEqual({
      node: { title: 'Secret' },
    })
  })

  it('cannot read through the public schema what is only in the admin’s', async () => {
    const { public: open, admin: whole } = schemasOf(library, notes)
    const { id } = await db
      .workspace(workspaceId)
      .prisma.experiment.create({ data: { key: 'e', name: 'E', seed: 's' } })
    const globalId = Buffer.from(`Experiment:${id}`).toString('base64')
    const principal = editor('library:read', 'notes:read')
    const node = 'query ($id: ID!) { node(id: $id) { __typename } nodes(ids: [$id]) { __typename } }'
    expect(await new Asker(whole, db, { workspaceId, principal }).data(node, { id: globalId })).toEqual({
      node: { __typename: 'Experiment' },
      nodes: [{ __typename: 'Experiment' }],
    })
    expect(await new Asker(open, db, { workspaceId, principal }).data(node, { id: globalId })).toEqual({
      node: null,
      nodes: [null],
    })
  })

  it('needs the permission of the type to read by id', async () => {
    const { createPage: made } = await asEditor.data(createPage, { input: { slug: 'guarded', title: 'Guarded' } })
    const stranger = new Asker(admin, db, { workspaceId, principal: editor('other:read') })
    const { data, errors } = await stranger.ask('query ($id: ID!) { node(id: $id) { ... on Page { title } } }', {
      id: made.data.id,
    })
    expect(data).toEqual({ node: null })
    expect(errors?.[0]?.message).toContain('Page.title takes the permission "library:read"')
  })

  it('is told what is wrong with an id that was never given out', async () => {
    const rename =
      'mutation ($id: ID!) { renamePage(id: $id, title: "Mine") { ... on InvalidInputError { issues { code } } } }'
    for (const id of [
      'nonsense',
      Buffer.from('Page:1; drop table').toString('base64'),
      Buffer.from('PageVariant:01960000-0000-7000-8000-00000000dead').toString('base64'),
    ]) {
      expect(await asEditor.data(rename, { id }), id).toEqual({ renamePage: { issues: [{ code: 'INVALID_ID' }] } })
    }
    const read = await asEditor.ask('{ node(id: "nonsense") { id } }')
    expect(read.errors?.[0]?.extensions).toEqual({ code: 'INVALID_INPUT' })
  })
})

describe('a mutation whose audit entry cannot be written', () => {
  it('has not happened', async () => {
    const schemas = buildSchemas({
      plugins: [library],
      services: new Map(),
      datamodel: getDatamodel(),
      recordAudit: () => Promise.reject(new Error('The trail is full.')),
    })
    const unrecorded = new Asker(schemas.admin, db, { workspaceId, principal: editor() })
    const before = await slugs()
    const { errors } = await unrecorded.ask(createPage, { input: { slug: 'unrecorded', title: 'T' } })
    expect(errors?.[0]?.originalError?.message).toBe('The trail is full.')
    expect(await slugs()).toEqual(before)
  })
})
