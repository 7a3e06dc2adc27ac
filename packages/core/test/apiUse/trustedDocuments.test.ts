import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { both, definePlugin } from '../../src/index.ts'
import { operationHash } from '../../src/schema/serve/persistedOperations.ts'
import { servedKernel } from '../../src/testing/index.ts'
import { brokenDocumentsCheck } from '../../src/trustedDocuments/brokenDocumentsCheck.ts'
import { registerDocumentsText } from '../../src/trustedDocuments/registerDocuments.ts'
import { TrustedDocuments } from '../../src/trustedDocuments/trustedDocuments.ts'

const orchard = definePlugin({
  name: 'orchard',
  permissions: { 'orchard:read': 'See trees' },
  schema: [
    (builder) => {
      const read = { authScopes: { permission: 'orchard:read' }, subGraphs: both } as const
      builder.queryField('trees', (t) => t.int({ description: 'How many.', ...read, resolve: () => 3 }))
      builder.queryField('pears', (t) => t.int({ description: 'How many.', ...read, resolve: () => 7 }))
    },
  ],
})
const { kernel, url, signIn } = await servedKernel([orchard])
const trees = 'query Trees { trees }'

const register = `mutation ($input: RegisterTrustedDocumentsInput!) { registerTrustedDocuments(input: $input) {
  __typename
  ... on RegisterTrustedDocumentsSuccess { data { added documents { id hash name problems } } }
  ... on InvalidInputError { issues { path code message } }
  ... on Error { code } } }`

interface Registered {
  registerTrustedDocuments: { __typename: string; data: { added: number; documents: { id: string; hash: string }[] } }
}

async function workspace() {
  const owner = await signIn()
  const make = async (documentsOnly: boolean) => {
    const { id, key } = await kernel.access.createApiKey(owner.workspaceId, {
      name: 'Shop',
      scopes: ['orchard:read'],
      documentsOnly,
    })
    return { id, ask: asker(key) }
  }
  const trust = (texts: readonly string[], schema = 'PUBLIC') =>
    owner.ask<Registered>(register, { input: { schema, documents: texts.map((text) => ({ text })) } })
  return { owner, make, trust }
}

function asker(key: string) {
  return async (body: object, path = '/graphql/public', accept = 'application/json') => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, accept },
      body: JSON.stringify(body),
    })
    const { data, errors } = (await response.json()) as {
      data?: unknown
      errors?: { extensions: { code: string } }[]
    }
    return { status: response.status, data, code: errors?.[0]?.extensions.code }
  }
}

describe('A trusted document', () => {
  it('is named by its hash, on the schema and in the workspace that registered it, and nowhere else', async () => {
    const { make, trust } = await workspace()
    const { ask } = await make(false)
    const { registerTrustedDocuments } = await trust([trees])
    const [document] = registerTrustedDocuments.data.documents
    expect(document).toMatchObject({ hash: operationHash(trees), name: 'Trees', problems: [] })
    const documentId = `sha256:${document?.hash}`
    expect(await ask({ documentId })).toMatchObject({ data: { trees: 3 } })
    expect(await ask({ documentId }, '/graphql/public', 'application/graphql-response+json')).toMatchObject({
      data: { trees: 3 },
    })
    expect((await ask({ documentId }, '/graphql')).code).toBe('PERSISTED_QUERY_NOT_FOUND')
    const stranger = await (await workspace()).make(false)
    expect((await stranger.ask({ documentId })).code).toBe('PERSISTED_QUERY_NOT_FOUND')
  })

  it('is named beside a query that is null; one that is no text is refused as that', async () => {
    const { make, trust } = await workspace()
    await trust([trees])
    const extensions = { persistedQuery: { version: 1, sha256Hash: operationHash(trees) } }
    for (const { ask } of [await make(false), await make(true)])
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        expect(await ask({ query: null, extensions }, '/graphql/public', accept)).toMatchObject({ data: { trees: 3 } })
        for (const query of [7, {}, [trees], { body: trees }])
          expect(await ask({ query, extensions }, '/graphql/public', accept)).toMatchObject({
            status: 400,
            code: 'BAD_REQUEST',
          })
      }
    // Neither a text nor a hash.
    const { ask } = await make(true)
    expect(await ask({ query: null })).toMatchObject({ status: 403, code: 'OPERATION_NOT_REGISTERED' })
  })

  it('is registered once, and all of a call or none', async () => {
    const { owner, trust } = await workspace()
    expect((await trust([trees, trees])).registerTrustedDocuments.data).toMatchObject({ added: 1 })
    expect((await trust([trees])).registerTrustedDocuments.data).toMatchObject({ added: 0 })
    const refused = await owner.ask(register, {
      input: {
        schema: 'PUBLIC',
        documents: [
          { text: 'query Pears { pears }' },
          { text: 'query Apples { apples }' },
          { text: '{ trees', hash: 'sha256:00' },
          { text: 'query Read { __schema { types { name } } }' },
          { text: 'fragment F on Query { trees }' },
        ],
      },
    })
    expect(refused).toMatchObject({
      registerTrustedDocuments: {
        __typename: 'InvalidInputError',
        issues: [
          { path: 'input.documents.1.text', message: expect.stringContaining('Apples') },
          { path: 'input.documents.2.hash' },
          { path: 'input.documents.2.text', message: expect.stringContaining('Syntax Error') },
          { path: 'input.documents.3.text', message: expect.stringContaining('__schema') },
          { path: 'input.documents.3.text', message: expect.stringContaining('types') },
          { path: 'input.documents.4.text', message: expect.stringContaining('only fragments') },
        ],
      },
    })
    expect(await owner.ask('{ trustedDocuments { totalCount } }')).toEqual({ trustedDocuments: { totalCount: 1 } })
  })

  it('is unknown once it is removed', async () => {
    const { owner, make, trust } = await workspace()
    const { ask } = await make(true)
    const [document] = (await trust([trees])).registerTrustedDocuments.data.documents
    const documentId = `sha256:${document?.hash}`
    expect((await ask({ documentId })).data).toEqual({ trees: 3 })
    await owner.ask('mutation ($id: ID!) { removeTrustedDocument(id: $id) { __typename } }', { id: document?.id })
    expect(await ask({ documentId })).toMatchObject({ status: 403, code: 'OPERATION_NOT_REGISTERED' })
  })

  it('of another workspace can neither be read nor removed, and takes an admin', async () => {
    const { owner, trust } = await workspace()
    const [document] = (await trust([trees])).registerTrustedDocuments.data.documents
    const other = await signIn()
    expect(await other.ask('query ($id: ID!) { node(id: $id) { id } }', { id: document?.id })).toEqual({ node: null })
    const remove = 'mutation ($id: ID!) { removeTrustedDocument(id: $id) { ... on Error { code } } }'
    expect(await other.ask(remove, { id: document?.id })).toEqual({ removeTrustedDocument: { code: 'NOT_FOUND' } })
    const editor = await signIn({ role: 'editor', workspace: owner.workspaceId })
    expect((await editor.answer('{ trustedDocuments { totalCount } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  it('that a later schema refuses is found', async () => {
    const { trust } = await workspace()
    await trust([trees, 'query Both { trees pears }'])
    const before = await kernel.trustedDocuments.broken(kernel.database.system)
    const tomorrow = buildSchema('type Query { trees: Int }')
    let validations = 0
    let turns = 0
    const turnsBefore: number[] = []
    const later = new TrustedDocuments(
      () => {
        validations += 1
        turnsBefore.push(turns)
        setImmediate(() => {
          turns += 1
        })
        return { admin: tomorrow, public: tomorrow }
      },
      () => {
        throw new Error('It asks no workspace.')
      },
    )
    const broken = (await later.broken(kernel.database.system)).filter(
      ({ hash }) => hash === operationHash('query Both { trees pears }'),
    )
    expect(before).toEqual([])
    // Others are served between two of them.
    expect(turnsBefore.slice(0, 2)).toEqual([0, 1])
    const validated = validations
    const told = await brokenDocumentsCheck(later, kernel.database.system).read()
    expect(told).toMatchObject({ state: 'degraded', sentence: { en: expect.stringMatching(/refuses: \d+\./) } })
    // Admins of every workspace read it.
    expect(JSON.stringify(told)).not.toMatch(/Both|w-[0-9a-f]/)
    expect(validations).toBe(validated)
    expect(await brokenDocumentsCheck(kernel.trustedDocuments, kernel.database.system).read()).toMatchObject({
      state: 'ok',
    })
    expect(broken).toEqual([
      expect.objectContaining({ name: 'Both', schema: 'public', problems: [expect.stringContaining('"pears"')] }),
    ])
  })
})

describe('A key that is held to trusted documents', () => {
  it('runs them by hash or by text, and nothing else', async () => {
    const { make, trust } = await workspace()
    const { ask } = await make(true)
    await trust([trees])
    expect((await ask({ documentId: operationHash(trees) })).data).toEqual({ trees: 3 })
    expect((await ask({ query: trees })).data).toEqual({ trees: 3 })
    for (const body of [
      { query: '{ pears }' },
      { query: '{ __schema { queryType { name } } }' },
      { query: `${trees} ` },
      { documentId: operationHash('{ pears }') },
      { query: '{ pears }', extensions: { persistedQuery: { version: 1, sha256Hash: operationHash('{ pears }') } } },
      { extensions: { persistedQuery: { version: 1, sha256Hash: operationHash('{ pears }') } } },
      {},
    ])
      expect(await ask(body)).toMatchObject({ status: 403, code: 'OPERATION_NOT_REGISTERED' })
  })

  it('is so from when it is limited, until it no longer is', async () => {
    const { owner, make } = await workspace()
    const { id, ask } = await make(false)
    const limit = async (documentsOnly: boolean) =>
      owner.ask('mutation ($id: ID!, $only: Boolean!) { limitApiKey(id: $id, documentsOnly: $only) { __typename } }', {
        id: Buffer.from(`ApiKey:${id}`).toString('base64'),
        only: documentsOnly,
      })
    expect((await ask({ query: trees })).data).toEqual({ trees: 3 })
    expect(await limit(true)).toEqual({ limitApiKey: { __typename: 'LimitApiKeySuccess' } })
    expect((await ask({ query: trees })).code).toBe('OPERATION_NOT_REGISTERED')
    await limit(false)
    expect((await ask({ query: trees })).data).toEqual({ trees: 3 })
  })
})

describe('An installation that runs trusted documents only', async () => {
  const appOperation = 'query App { trees }'
  const { kernel, url, signIn } = await servedKernel([orchard], {
    serving: { trustedOnly: true, introspection: true, operations: [appOperation] },
  })

  it('runs those of the app and of the workspace, has no GraphiQL, and lets a key register more', async () => {
    const owner = await signIn()
    expect(await owner.answer(appOperation)).toMatchObject({ data: { trees: 3 } })
    for (const query of ['{ trees }', '{ __schema { queryType { name } } }'])
      expect((await owner.answer(query)).errors?.[0]?.extensions.code).toBe('OPERATION_NOT_REGISTERED')
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
    expect(await page.text()).not.toContain('GraphiQL')

    const { key } = await kernel.access.createApiKey(owner.workspaceId, {
      name: 'Deploy',
      scopes: ['trusted-documents:write', 'orchard:read'],
    })
    const post = async (body: object, path: string) => {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
      })
      return response.json()
    }
    const variables = { input: { schema: 'PUBLIC', documents: [{ text: '{ pears }' }] } }
    expect(await post({ query: registerDocumentsText, variables }, '/graphql')).toMatchObject({
      data: { registerTrustedDocuments: { data: { added: 1 } } },
    })
    expect(await post({ documentId: `sha256:${operationHash('{ pears }')}` }, '/graphql/public')).toMatchObject({
      data: { pears: 7 },
    })
    expect(await post({ query: '{ trees }' }, '/graphql/public')).toMatchObject({
      errors: [{ extensions: { code: 'OPERATION_NOT_REGISTERED' } }],
    })
  })
})
