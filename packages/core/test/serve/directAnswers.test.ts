import { createSchema } from 'graphql-yoga'
import { afterAll, describe, expect, it } from 'vitest'
import { ConflictError, RateLimitedError } from '../../src/errors.ts'
import { asIs } from '../../src/told.ts'
import { listeningServer } from '../http/testServer.ts'

const writes: string[] = []
const schema = createSchema({
  typeDefs: `
    type Query { hello(name: String): String, conflict: String, bug: String!, tired: String }
    type Mutation { write(text: String): String }
    type Subscription { ticks: Int }`,
  resolvers: {
    Query: {
      hello: (_, { name }) => `hello ${name ?? 'you'}`,
      conflict: () => {
        throw new ConflictError(asIs('It runs already.'))
      },
      bug: () => {
        throw new Error('secret')
      },
      tired: () => {
        throw new RateLimitedError(7)
      },
    },
    Mutation: { write: (_, { text }) => writes.push(text) && text },
  },
})

const { server, url } = await listeningServer({
  graphql: { admin: () => schema, public: () => schema, context: () => ({}), limits: { aliases: 2 } },
  rateLimits: { anonymous: { points: 10_000, seconds: 60 } },
})
afterAll(() => server.close())

/** Clients that take JSON and nothing else are answered without Yoga; a second type in the list goes through it. */
const short = 'application/json'
const long = 'application/json, text/plain;q=0.1'

async function answer(body: string, accept: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body,
  })
  const text = (await response.text())
    .replaceAll(/[0-9a-f]{32}/g, 'a trace')
    .replace(/"remaining":\d+,"windowSeconds":60,"resetSeconds":\d+/, '"remaining":"some"')
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retry: response.headers.get('retry-after'),
    text,
  }
}

describe('The short way answers as Yoga does', () => {
  it.each([
    ['a query', '{"query":"{ hello }"}'],
    ['variables', '{"query":"query Q($n: String) { hello(name: $n) }","variables":{"n":"me"}}'],
    ['a named operation', '{"query":"query A { a: hello } query B { hello }","operationName":"B"}'],
    ['an unknown operation', '{"query":"query A { hello }","operationName":"C"}'],
    ['no operation among several', '{"query":"query A { hello } query B { hello }"}'],
    ['a partial result', '{"query":"{ hello conflict }"}'],
    ['a bug that takes all data with it', '{"query":"{ hello bug }"}'],
    ['a resolver that is rate-limited', '{"query":"{ hello tired }"}'],
    ['a wrong variable', '{"query":"query Q($n: String) { hello(name: $n) }","variables":{"n":{}}}'],
    ['variables that are no object', '{"query":"{ hello }","variables":[1]}'],
    ['a syntax error', '{"query":"{ hello"}'],
    ['a wrong field', '{"query":"{ nothing }"}'],
    ['too many aliases', '{"query":"{ a: hello b: hello c: hello }"}'],
    ['an unknown parameter', '{"query":"{ hello }","surprise":1}'],
    ['no query', '{}'],
    ['no object', '"text"'],
    ['null', 'null'],
    ['an array', '[{"query":"{ hello }"}]'],
    ['no JSON', '{"query":'],
    ['an empty body', ''],
    ['an unknown hash', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}'],
    ['a mutation', '{"query":"mutation { write(text: \\"once\\") }"}'],
  ])('%s', async (_, body) => {
    // Also once it is compiled.
    for (let time = 0; time < 4; time += 1) expect(await answer(body, short)).toEqual(await answer(body, long))
  })

  it('and executes a mutation once', async () => {
    writes.length = 0
    await answer('{"query":"mutation { write(text: \\"a\\") }"}', short)
    await answer('{"query":"mutation { write(text: \\"b\\") }"}', long)
    expect(writes).toEqual(['a', 'b'])
  })
})
