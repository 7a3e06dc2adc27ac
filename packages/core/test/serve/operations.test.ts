import { createSchema } from 'graphql-yoga'
import { describe, expect, it } from 'vitest'
import { ConflictError, InvalidInputError } from '../../src/errors.ts'
import type { Requester, RequestFacts } from '../../src/schema/graphqlContext.ts'
import type { GraphQLServing } from '../../src/schema/serve/graphqlServer.ts'
import { operationHash, registerOperations } from '../../src/schema/serve/persistedOperations.ts'
import { asIs } from '../../src/told.ts'
import { apiKey, credentialsOf, person } from '../http/people.ts'
import { startServer } from '../http/testServer.ts'

interface Context {
  authenticated: Requester | undefined
  request: RequestFacts
}

const schema = createSchema<Context>({
  typeDefs: `
    enum Color { RED GREEN }
    input ItemInput { name: String }
    type Item { name: String, items(first: Int): [Item!]! }
    type Query {
      hello(name: String): String
      find(item: ItemInput): String
      color(color: Color): Color
      items(first: Int): [Item!]!
      me: String
      address: String
      coded: String
      conflict: String
      invalid: String
      bug: String
      badInt: Int
    }
    type Mutation { signIn(code: String): String }`,
  resolvers: {
    Query: {
      hello: (_, { name }) => `hello ${name ?? 'you'}`,
      color: (_, { color }) => color,
      items: () => [{ name: 'a', items: [] }],
      me: (_, __, { authenticated }) => authenticated?.principal?.type ?? null,
      address: (_, __, { request }) => `${request.address} ${request.locale} ${request.traceId.length}`,
      conflict: () => {
        throw new ConflictError(asIs('It runs already.'))
      },
      invalid: () => {
        throw InvalidInputError.of('input.name', 'TOO_SHORT', asIs('Give 3 letters.'))
      },
      bug: async () => {
        throw new Error('select * from "secret_table" failed')
      },
      badInt: () => 'a secret value',
    },
    Mutation: { signIn: () => 'no' },
  },
})
const signIn = schema.getMutationType()?.getFields().signIn
if (signIn) signIn.extensions = { rateLimit: { points: 5, seconds: 60 } }

const people = credentialsOf({ ada: person('ada', 'owner'), key: apiKey('key') })

async function start(serving: Partial<GraphQLServing> = {}, production = true) {
  const { url, log } = await startServer({
    production,
    authenticator: people,
    graphql: {
      admin: () => schema,
      public: () => schema,
      context: (authenticated, request): Context => ({ authenticated, request }),
      ...serving,
    },
  })
  const ask = async (body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  return { url, log, ask }
}

const code = (answer: { body: { errors?: { extensions: { code: string } }[] } }) =>
  answer.body.errors?.map((error) => error.extensions.code)

describe('An operation over a limit', () => {
  const nested = (depth: number): string => (depth === 0 ? '{ name }' : `{ items ${nested(depth - 1)} }`)

  it.each([
    ['depth', { depth: 4 }, nested(6), 'QUERY_TOO_DEEP', 4, 7],
    ['aliases', { aliases: 2 }, '{ a: hello b: hello c: __typename }', 'TOO_MANY_ALIASES', 2, 3],
    ['directives', { directives: 1 }, '{ hello @skip(if: false) @include(if: true) }', 'TOO_MANY_DIRECTIVES', 1, 2],
    ['cost', { cost: 100 }, '{ items { items { name } } }', 'QUERY_TOO_COSTLY', 100, expect.any(Number)],
  ])('of %s is told the limit, what it has, and a way out', async (_, limits, query, expected, limit, actual) => {
    const { ask } = await start({ limits })
    for (let time = 0; time < 4; time += 1) {
      const { body } = await ask({ query })
      expect(body.errors[0]).toMatchObject({
        extensions: { code: expected, limit, actual, traceId: expect.any(String) },
      })
      expect(body.errors[0].message).toMatch(new RegExp(`limit is ${limit}\\. \\w+`))
      expect(body.data ?? null).toBeNull()
    }
  })

  it('cannot hide its depth or its aliases in fragments', async () => {
    const { ask } = await start({ limits: { depth: 4, aliases: 2 } })
    const deep =
      'query { ...A } fragment A on Query { items { ...B } } fragment B on Item { items { items { items { name } } } }'
    expect(code(await ask({ query: deep }))).toEqual(['QUERY_TOO_DEEP'])
    const wide = 'query { ...A ...A ...A } fragment A on Query { x: hello }'
    expect(code(await ask({ query: wide }))).toEqual(['TOO_MANY_ALIASES'])
  })

  it('is counted once for each fragment: thirty that double are refused at once, not in a billion steps', async () => {
    const { ask } = await start()
    const doubling = Array.from({ length: 30 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)
    const query = `{ ...F0 } ${doubling.join(' ')} fragment F30 on Query { hello }`
    expect(code(await ask({ query }))).toEqual(['QUERY_TOO_COSTLY'])
    const mutation = `mutation { ...F0 } ${doubling.slice(0, 13).join(' ').replaceAll('Query', 'Mutation')} fragment F13 on Mutation { signIn(code: "x") }`
    expect(code(await ask({ query: mutation }))).toEqual(['RATE_LIMITED'])
  })

  it('of mistakes in its variables is told the first ten, in few words, and is not looked at further', async () => {
    const { ask } = await start()
    const item = Object.fromEntries(Array.from({ length: 40_000 }, (_, n) => [`field${n}`, n]))
    const { body } = await ask({ query: 'query ($item: ItemInput) { find(item: $item) }', variables: { item } })
    expect(body.errors).toHaveLength(11)
    expect(body.errors[0]).toMatchObject({
      message: expect.stringMatching(/^Variable "\$item" got invalid value .* … .*Field "field0" is not defined/s),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
    expect(JSON.stringify(body).length).toBeLessThan(20_000)
  })

  it('of repetition is told so, too', async () => {
    const { ask } = await start()
    expect(code(await ask({ query: `{ ${'items { name } '.repeat(700)} }` }))).toEqual(['QUERY_TOO_REPETITIVE'])
  })

  it('counts the length of the pages that it asks for', async () => {
    const { ask } = await start({ limits: { cost: 20_000 } })
    expect((await ask({ query: '{ items { items { name } } }' })).body.data).toEqual({ items: [{ items: [] }] })
    expect(code(await ask({ query: '{ items { items { items { items { items { items { name } } } } } } }' }))).toEqual([
      'QUERY_TOO_COSTLY',
    ])
  })
})

describe('A field with a budget of its own', () => {
  it('spends a point for each alias under which it is asked for', async () => {
    const { ask } = await start()
    const guess = (times: number) =>
      ask({ query: `mutation { ${Array.from({ length: times }, (_, n) => `g${n}: signIn(code: "${n}")`).join(' ')} }` })
    expect((await guess(3)).status).toBe(200)
    const refused = await guess(3)
    expect(refused.status).toBe(429)
    expect(code(refused)).toEqual(['RATE_LIMITED'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask({ query: '{ hello }' })).status).toBe(200)
  })
})

describe('An endpoint', () => {
  it('limits strangers by address and keys by key, and lets owners pass', async () => {
    const { url } = await startServer({
      authenticator: people,
      rateLimits: { anonymous: { points: 2, seconds: 60 }, apiKey: { points: 3, seconds: 60 } },
      graphql: { admin: () => schema, public: () => schema, context: () => ({}) },
    })
    const statuses = async (headers: Record<string, string>, times: number) => {
      const seen: number[] = []
      for (let time = 0; time < times; time += 1) {
        seen.push(
          (
            await fetch(`${url}/graphql`, {
              method: 'POST',
              headers: { 'content-type': 'application/json', ...headers },
              body: '{"query":"{hello}"}',
            })
          ).status,
        )
      }
      return seen
    }
    expect(await statuses({}, 3)).toEqual([200, 200, 429])
    expect(await statuses({ authorization: 'Bearer key' }, 4)).toEqual([200, 200, 200, 429])
    expect(await statuses({ cookie: 'session=ada', origin: url }, 5)).toEqual([200, 200, 200, 200, 200])
  })

  it('tells resolvers who asks and from where', async () => {
    const { ask } = await start()
    const asked = await ask(
      { query: '{ me address }' },
      { authorization: 'Bearer key', 'accept-language': 'de, fr;q=0.8, en;q=0.5' },
    )
    expect(asked.body).toMatchObject({ data: { me: 'apiKey', address: '127.0.0.1 fr 32' } })
  })

  it("refuses wrong credentials in GraphQL's own shape", async () => {
    const { ask } = await start()
    const refused = await ask({ query: '{ hello }' }, { authorization: 'Bearer wrong' })
    expect(refused.status).toBe(401)
    expect(refused.body.errors[0]).toMatchObject({
      message: expect.stringContaining('API key'),
      extensions: { code: 'UNAUTHENTICATED', traceId: expect.any(String) },
    })
  })
})

describe('Errors', () => {
  // Three times: read by graphql-js at first, by compiled code from the third time on.
  it.each([1, 2, 3, 4])('carry a code and a trace id, and nothing of the inside, time %i', async (times) => {
    const { ask, log } = await start()
    for (let time = 1; time < times; time += 1) await ask({ query: '{ conflict invalid bug badInt }' })
    const { body, status } = await ask({ query: '{ conflict invalid bug badInt }' })
    expect(status).toBe(200)
    const of = (field: string) => body.errors.find((error: { path: string[] }) => error.path[0] === field)
    expect(of('conflict')).toMatchObject({ message: 'It runs already.', extensions: { code: 'CONFLICT' } })
    expect(of('invalid')).toMatchObject({
      extensions: { code: 'INVALID_INPUT', issues: [{ path: 'input.name', code: 'TOO_SHORT' }] },
    })
    for (const field of ['bug', 'badInt'])
      expect(of(field)).toMatchObject({
        message: expect.stringContaining('Quote the trace id'),
        extensions: { code: 'INTERNAL_ERROR' },
      })
    const ids = body.errors.map((error: { extensions: { traceId: string } }) => error.extensions.traceId)
    expect(new Set(ids)).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{32}$/)]))
    expect(JSON.stringify(body)).not.toMatch(/secret/)
    expect(log.some((line) => line.traceId === ids[0] && JSON.stringify(line.err).includes('secret_table'))).toBe(true)
  })

  it('say what happened outside production', async () => {
    const { ask } = await start({}, false)
    expect((await ask({ query: '{ bug }' })).body.errors[0].message).toContain('secret_table')
  })

  it('name what is wrong with a document, its variables or the request', async () => {
    const { ask, url } = await start()
    expect(code(await ask({ query: '{ hello' }))).toEqual(['GRAPHQL_PARSE_FAILED'])
    expect(code(await ask({ query: '{ nothing }' }))).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    for (let time = 0; time < 4; time += 1) {
      const wrong = await ask({ query: 'query Q($c: Color) { color(color: $c) }', variables: { c: 'REDD' } })
      expect(code(wrong)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
      expect(wrong.body.errors[0].message).toContain('"$c" got invalid value "REDD"')
      expect(wrong.body.errors[0].message).not.toContain('Did you mean')
    }
    expect(code(await ask({}))).toEqual(['BAD_REQUEST'])
    const broken = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":',
    })
    expect([broken.status, code({ body: await broken.json() })]).toEqual([400, ['BAD_REQUEST']])
    const brokenGet = await fetch(`${url}/graphql?query={hello}&variables={nonsense`)
    expect([brokenGet.status, code({ body: await brokenGet.json() })]).toEqual([400, ['BAD_REQUEST']])
  })
})

describe('Persisted operations', () => {
  const query = '{ hello(name: "hash") }'
  const persistedQuery = { version: 1, sha256Hash: operationHash(query) }

  it('are found by their hash once someone has sent both', async () => {
    const { ask } = await start()
    const unknown = await ask({ extensions: { persistedQuery } })
    expect(unknown.body.errors[0]).toMatchObject({
      message: 'PersistedQueryNotFound',
      extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
    })
    expect((await ask({ query, extensions: { persistedQuery } })).body.data).toEqual({ hello: 'hello hash' })
    expect((await ask({ extensions: { persistedQuery } })).body.data).toEqual({ hello: 'hello hash' })
    expect((await ask({ documentId: `sha256:${persistedQuery.sha256Hash}` })).body.data).toEqual({
      hello: 'hello hash',
    })
  })

  it('cannot be poisoned with another text', async () => {
    const { ask } = await start()
    expect(code(await ask({ query: '{ me }', extensions: { persistedQuery } }))).toEqual(['PERSISTED_QUERY_MISMATCH'])
    expect(code(await ask({ extensions: { persistedQuery } }))).toEqual(['PERSISTED_QUERY_NOT_FOUND'])
  })

  it('can be the only ones, and then no other is executed', async () => {
    const { ask } = await start({ registered: registerOperations([query]), registeredOnly: true })
    expect((await ask({ extensions: { persistedQuery } })).body.data).toEqual({ hello: 'hello hash' })
    expect((await ask({ query })).body.data).toEqual({ hello: 'hello hash' })
    const other = '{ me }'
    expect(code(await ask({ query: other }))).toEqual(['OPERATION_NOT_REGISTERED'])
    expect(
      code(
        await ask({ query: other, extensions: { persistedQuery: { version: 1, sha256Hash: operationHash(other) } } }),
      ),
    ).toEqual(['OPERATION_NOT_REGISTERED'])
    expect(
      code(await ask({ extensions: { persistedQuery: { version: 1, sha256Hash: operationHash(other) } } })),
    ).toEqual(['OPERATION_NOT_REGISTERED'])
  })
})

describe('Batches', () => {
  const batch = (size: number) => Array.from({ length: size }, () => ({ query: '{ hello }' }))

  it('are refused unless switched on, and then of 10 at most', async () => {
    expect((await (await start()).ask(batch(2))).status).toBe(400)
    const { ask } = await start({ batching: true })
    expect((await ask(batch(10))).body).toHaveLength(10)
    expect((await ask(batch(11))).status).toBe(413)
  })

  it('count each of their operations', async () => {
    const { url } = await startServer({
      rateLimits: { anonymous: { points: 12, seconds: 60 } },
      graphql: { admin: () => schema, public: () => schema, context: () => ({}), batching: true },
    })
    const send = () =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(batch(10)),
      })
    expect((await send()).status).toBe(200)
    expect((await send()).status).toBe(429)
  })
})

describe('Outside production', () => {
  it('the schema can be read, names are proposed, and browsers get GraphiQL', async () => {
    const { ask, url } = await start({}, false)
    expect((await ask({ query: '{ __schema { queryType { name } } }' })).body.data.__schema.queryType.name).toBe(
      'Query',
    )
    expect((await ask({ query: '{ hell }' })).body.errors[0].message).toContain('Did you mean "hello"')
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })
    const html = await page.text()
    expect(html).toContain('GraphiQL')
    expect(html.match(/<(script|link)[^>]+(src|href)="https?:[^>]*>/g), 'nothing comes from another host').toBeNull()
  })
})
