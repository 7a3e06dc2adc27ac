import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
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
    Subscription: {
      ticks: {
        subscribe: async function* () {
          for (let ticks = 1; ; ticks += 1) {
            yield { ticks }
            await pause(10)
          }
        },
      },
    },
  },
})

const { server, url } = await listeningServer({
  graphql: { admin: () => schema, public: () => schema, context: () => ({}), limits: { aliases: 2 } },
  rateLimits: { anonymous: { points: 10_000, seconds: 60 } },
})
afterAll(() => server.close())

/** Clients that want JSON before all else are answered without Yoga; another type before it goes through it. */
const short = { accept: 'application/json' }
const long = { accept: 'text/plain, application/json' }
/** What clients of GraphQL send nowadays. */
const newer = {
  accept: 'application/graphql-response+json, application/json;q=0.9',
}
const newerLong = { accept: 'text/plain, application/graphql-response+json, application/json;q=0.9' }
const origin = url

async function answer(body: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  const text = (await response.text())
    .replaceAll(/[0-9a-f]{32}/g, 'a trace')
    .replace(/"remaining":\d+,"windowSeconds":60,"resetSeconds":\d+/, '"remaining":"some"')
  return {
    status: response.status,
    headers: Object.fromEntries([...response.headers].filter(([name]) => !changing.has(name))),
    // Compiled documents give data before errors, which means nothing in JSON.
    said: JSON.parse(text),
  }
}

/** Theirs is another value each time, or of each length. */
const changing = new Set(['date', 'x-request-id', 'ratelimit', 'content-length'])

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
    for (let time = 0; time < 4; time += 1) {
      expect(await answer(body, short)).toEqual(await answer(body, long))
      expect(await answer(body, newer)).toEqual(await answer(body, newerLong))
    }
  })

  it.each([
    ['an unknown key', { authorization: 'Bearer esp_unknown' }],
    ['a dry run', { 'x-espalier-dry-run': 'true' }],
    ['a language', { 'accept-language': 'fr' }],
    ['a cookie', { cookie: 'theme=dark' }],
    ['a cookie from an own page', { cookie: 'theme=dark', origin }],
    ['a cookie from an own page, by what browsers say', { cookie: 'theme=dark', 'sec-fetch-site': 'same-origin' }],
    ['a cookie from a foreign page', { cookie: 'theme=dark', origin: 'https://evil.example' }],
    ['a cookie from a page without an origin', { cookie: 'theme=dark', origin: 'null' }],
    ['a cookie from a foreign page, by what browsers say', { cookie: 'theme=dark', 'sec-fetch-site': 'cross-site' }],
    ['an origin alone', { origin: 'https://evil.example' }],
  ])('with %s', async (_, headers) => {
    const body = '{"query":"query Q($n: String) { hello(name: $n) }","variables":{"n":"é 😀"}}'
    expect(await answer(body, { ...short, ...headers })).toEqual(await answer(body, { ...long, ...headers }))
    expect(await answer(body, { ...newer, ...headers })).toEqual(await answer(body, { ...newerLong, ...headers }))
  })

  it.each(['https://evil.example', 'null'])('and refuses %s with a cookie', async (foreign) => {
    const headers = { ...short, cookie: 'theme=dark', origin: foreign }
    const { status, said } = await answer('{"query":"mutation { write(text: \\"stolen\\") }"}', headers)
    expect(status).toBe(403)
    expect(said.errors[0].extensions.code).toBe('CROSS_SITE_REQUEST')
    expect(writes).not.toContain('stolen')
  })

  it('with the length of its bytes, the id that came along, and what is left of a budget', async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...short, 'x-request-id': 'request-of-a-test' },
      body: '{"query":"{ hello(name: \\"é 😀\\") }"}',
    })
    const { headers } = response
    expect(headers.get('x-request-id')).toBe('request-of-a-test')
    expect(headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/)
    expect(Number(headers.get('content-length'))).toBe((await response.arrayBuffer()).byteLength)
  })

  it.each([
    'application/json, text/event-stream',
    'application/graphql-response+json, application/json, text/event-stream, multipart/mixed',
    'text/event-stream, application/json',
  ])(
    'and leaves a subscription to who can stream: %s',
    async (accept) => {
      const leave = new AbortController()
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: '{"query":"subscription { ticks }"}',
        signal: leave.signal,
      })
      expect(response.headers.get('content-type')).toContain('text/event-stream')
      let heard = ''
      for await (const chunk of response.body ?? []) {
        heard += Buffer.from(chunk).toString()
        if (heard.includes('"ticks":')) break
      }
      leave.abort()
      expect(heard).toMatch(/\{"data":\{"ticks":\d+\}\}/)
    },
    10_000,
  )

  it('and answers who takes streams beside JSON', async () => {
    const accept = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed'
    const expected = await answer('{"query":"{ hello }"}', newerLong)
    expect(await answer('{"query":"{ hello }"}', { accept })).toEqual(expected)
  })

  it.each([short, newer])('and refuses a subscription to who takes no stream', async (headers) => {
    const { status } = await answer('{"query":"subscription { ticks }"}', headers)
    expect(status).toBeGreaterThanOrEqual(400)
  })

  it('whatever is said to be the host', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const body = '{"query":"{ hello"}'
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: a b[\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    const answered = (await socket.toArray()).join('')
    expect(answered).toMatch(/^HTTP\/1.1 [24]00 /)
    expect(answered).toContain('Syntax Error')
  })

  it('and is not harmed by a request that breaks off', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query"',
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    expect((await answer('{"query":"{ hello }"}', short)).status).toBe(200)
  })

  it('and executes a mutation once', async () => {
    writes.length = 0
    await answer('{"query":"mutation { write(text: \\"a\\") }"}', short)
    await answer('{"query":"mutation { write(text: \\"b\\") }"}', long)
    expect(writes).toEqual(['a', 'b'])
  })
})
