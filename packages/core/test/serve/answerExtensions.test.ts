import { createSchema } from 'graphql-yoga'
import { describe, expect, it } from 'vitest'
import type { GraphQLServing } from '../../src/schema/serve/graphqlServer.ts'
import type { ObservedOperation } from '../../src/schema/serve/observation.ts'
import { apiKey, credentialsOf, person } from '../http/people.ts'
import { startServer } from '../http/testServer.ts'

let told = 0
const schema = createSchema({
  typeDefs: `
    type Item { name: String, items(first: Int): [Item!]! }
    type Query { hello: String, items(first: Int): [Item!]! }
    type Mutation { tell: String }
    type Subscription { ticks: String }`,
  resolvers: {
    Query: { hello: () => 'hello', items: () => [] },
    Mutation: {
      tell: () => {
        told += 1
        return String(told)
      },
    },
  },
})
const tell = schema.getMutationType()?.getFields().tell
if (tell) tell.extensions = { rateLimit: { points: 2, seconds: 60 } }
const ticks = schema.getSubscriptionType()?.getFields().ticks
if (ticks) ticks.extensions = { rateLimit: { points: 1, seconds: 60 } }

async function start(serving: Partial<GraphQLServing> = {}) {
  const { url } = await startServer({
    production: true,
    authenticator: credentialsOf({ ada: person('ada', 'owner'), key: apiKey('key') }),
    rateLimits: { apiKey: { points: 5, seconds: 60 } },
    graphql: { admin: () => schema, public: () => schema, context: () => ({}), ...serving },
  })
  return async (
    query: string,
    headers: Record<string, string> = {},
    path = '/graphql/public',
    variables: object = {},
  ) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key', ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
}

describe('An answer', () => {
  it.each(['/graphql', '/graphql/public'])(
    'of %s says what it cost and what is left, as its headers do',
    async (path) => {
      const ask = await start({ limits: { cost: 500 } })
      const first = await ask('{ items { name } }', {}, path)
      expect(first.body).toEqual({
        data: { items: [] },
        extensions: {
          cost: { requested: 11, limit: 500 },
          rateLimit: { limit: 5, remaining: 4, windowSeconds: 60, resetSeconds: 60 },
        },
      })
      expect(first.headers.get('ratelimit-policy')).toBe('"default";q=5;w=60')
      expect(first.headers.get('ratelimit')).toBe('"default";r=4;t=60')
      expect((await ask('{ hello }', {}, path)).body.extensions.rateLimit.remaining).toBe(3)
    },
  )

  it('says the same where the media type of GraphQL is wanted', async () => {
    const ask = await start()
    const { body } = await ask('{ hello }', { accept: 'application/graphql-response+json' })
    expect(body.extensions).toMatchObject({ cost: { requested: 1, limit: 20_000 }, rateLimit: { remaining: 4 } })
  })

  it('to somebody without a limit has none', async () => {
    const ask = await start()
    const { body } = await ask('{ hello }', { authorization: 'Bearer ada' })
    expect(body.extensions).toEqual({ cost: { requested: 1, limit: 20_000 } })
  })

  it('that refuses says the same: too costly, wrong, too often', async () => {
    const ask = await start({ limits: { cost: 100 } })
    const costly = await ask('{ items { items { name } } }')
    expect(costly.body).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TOO_COSTLY', actual: 111 } }],
      extensions: { cost: { requested: 111, limit: 100 }, rateLimit: { remaining: 4 } },
    })
    const wrong = await ask('{ helo }')
    expect(wrong.body.extensions).toMatchObject({ rateLimit: { remaining: 3 } })
    for (let time = 0; time < 3; time += 1) await ask('{ hello }')
    const refused = await ask('{ hello }')
    expect(refused.status).toBe(429)
    expect(refused.body).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED' } }],
      extensions: { rateLimit: { limit: 5, remaining: 0, windowSeconds: 60 } },
    })
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBe(refused.body.extensions.rateLimit.resetSeconds)
    expect(refused.headers.get('ratelimit')).toBe(`"default";r=0;t=${wait}`)
  })
})

describe('A dry run', () => {
  it('says the cost and executes nothing, nor takes from the budget of a field', async () => {
    const ask = await start()
    const before = told
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await ask('mutation { tell }', { 'x-espalier-dry-run': 'true' })
      expect(status).toBe(200)
      expect(body).toMatchObject({ data: null, extensions: { dryRun: true, cost: { requested: 1 } } })
    }
    expect(told).toBe(before)
    expect((await ask('mutation { tell }')).body.data).toEqual({ tell: String(before + 1) })
  })

  it('of what would be refused refuses it, and whoever says false means it', async () => {
    const ask = await start({ limits: { cost: 100 } })
    const costly = await ask('{ items { items { name } } }', { 'x-espalier-dry-run': '1' })
    expect(costly.body.errors[0].extensions.code).toBe('QUERY_TOO_COSTLY')
    expect((await ask('{ hello }', { 'x-espalier-dry-run': 'false' })).body.data).toEqual({ hello: 'hello' })
  })

  it('of a subscription ends with its cost', async () => {
    const ask = await start()
    const { body } = await ask('subscription { ticks }', { 'x-espalier-dry-run': '1', accept: 'application/json' })
    expect(body).toMatchObject({ data: null, extensions: { dryRun: true, cost: { requested: 1 } } })
  })

  it('of a subscription takes nothing from the budget of its field, and is in the log of operations', async () => {
    const seen: ObservedOperation[] = []
    const ask = await start({ recorder: { record: (operation) => seen.push(operation) } })
    const dry = { 'x-espalier-dry-run': '1', accept: 'application/json' }
    for (let time = 0; time < 2; time += 1)
      expect((await ask('subscription { ticks }', dry)).body.extensions).toMatchObject({ dryRun: true })
    expect(seen.map(({ kind, outcome, cost }) => [kind, outcome, cost])).toEqual([
      ['subscription', 'OK', 1],
      ['subscription', 'OK', 1],
    ])
  })

  it('with variables that do not fit says so', async () => {
    const ask = await start()
    const page = 'query ($first: Int!) { items(first: $first) { name } }'
    const dry = { 'x-espalier-dry-run': '1' }
    const { body } = await ask(page, dry, undefined, { first: 'many' })
    expect(body.errors[0].message).toContain('"$first" got invalid value "many"')
    expect(body.extensions?.dryRun).toBeUndefined()
    const wrong = await ask(page, {}, undefined, { first: 'many' })
    expect(body.errors[0].extensions.code).toBe(wrong.body.errors[0].extensions.code)
    expect((await ask(page, dry, undefined, { first: 3 })).body).toMatchObject({
      data: null,
      extensions: { dryRun: true },
    })
  })
})
