import { readFile } from 'node:fs/promises'
import { buildSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { cycleOf, nested } from './graphql/cycle.ts'
import { asOwner, attackedProduct, survives } from './product/attackedProduct.ts'

const product = await attackedProduct()
const { body: made } = await asOwner(
  product,
  'mutation { createApiKey(input: { name: "Attacker", scopes: ["pages:read"] }) { ... on CreateApiKeySuccess { data { key } } } }',
)
const bearer = { authorization: `Bearer ${made.data.createApiKey.data.key}` }
const byCookie = { cookie: product.owner.cookie, origin: product.url }
/** Each schema behind its own address, with its own way in. */
const endpoints = [
  { endpoint: '/graphql', schema: 'admin', headers: byCookie },
  { endpoint: '/graphql/public', schema: 'public', headers: bearer },
] as const

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')
const post = (body: string, { endpoint, headers }: { endpoint: string; headers: object } = endpoints[0]) =>
  fetch(product.url + endpoint, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
const codesIn = (body: { errors?: { extensions: { code: string } }[] }) => [
  ...new Set(body.errors?.map(({ extensions }) => extensions.code)),
]

/** Even on a machine with much other work a refusal takes no longer: it is decided before anything is executed. Milliseconds. */
const soon = 30_000

describe.each(endpoints)('A document is refused with a code by $endpoint, to the owner too:', async (endpoint) => {
  const cycle = cycleOf(buildSchema(await readFile(`docs/schema/${endpoint.schema}.graphql`, 'utf8')))
  const ask = async (query: string) => {
    const response = await post(JSON.stringify({ query }), endpoint)
    const text = await response.text()
    return { status: response.status, text, body: JSON.parse(text) }
  }

  test('the deepest that may be asked for is answered, so that the limit is what refuses the next', async () => {
    const { body } = await ask(nested(cycle, 15))
    expect(codesIn(body)).not.toContain('QUERY_TOO_DEEP')
  })

  test.each<[string, string, string]>([
    ['one level deeper', nested(cycle, 16), 'QUERY_TOO_DEEP'],
    ['500 levels deep', nested(cycle, 500), 'QUERY_TOO_DEEP'],

    ['900 aliases', `{ ${times(900, (n) => `a${n}: __typename`)} }`, 'TOO_MANY_ALIASES'],
    [
      'aliases in a fragment spread 20 times',
      `{ ${'...F '.repeat(20)} } fragment F on Query { a: __typename b: __typename }`,
      'TOO_MANY_ALIASES',
    ],
    [
      'two fragments in a circle',
      'query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a fragment within itself', 'query { ...A } fragment A on Query { __typename ...A }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'fragments that double 30 times',
      `query { ...F0 } ${times(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { __typename }`,
      'QUERY_TOO_COSTLY',
    ],
    [
      'aliases that double 30 times',
      `query { ...F0 } ${times(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { a: __typename }`,
      'TOO_MANY_ALIASES',
    ],
    ['400 directives', `{ __typename ${'@include(if: true) '.repeat(400)} }`, 'TOO_MANY_DIRECTIVES'],
    ['900 directives that are unknown', `{ __typename ${times(900, (n) => `@d${n}`)} }`, 'TOO_MANY_DIRECTIVES'],
    ['a word too many', `{ ${'__typename '.repeat(3_000)} }`, 'QUERY_TOO_LONG'],
    [
      'the same field 700 times with what is below it',
      `{ ${'pages { totalCount } '.repeat(700)} }`,
      'QUERY_TOO_REPETITIVE',
    ],
    ['a page that is too long', '{ pages(first: 2000000) { nodes { id } } }', 'QUERY_TOO_COSTLY'],
    ['the schema', '{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['one type', '{ __type(name: "User") { fields { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription of two fields', 'subscription { a: aiSpentMicros b: aiSpentMicros }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a subscription whose field may be left out',
      'subscription { aiSpentMicros @skip(if: true) }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a subscription with a fragment that may be left out',
      'subscription ($no: Boolean = false) { ...F @include(if: $no) } fragment F on Subscription { aiSpentMicros }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('%s', async (_, query, code) => {
    await survives(product, async () => {
      const began = performance.now()
      const { status, body } = await ask(query)
      expect(status).toBeLessThan(500)
      expect(performance.now() - began).toBeLessThan(soon)
      expect(codesIn(body)).toContain(code)
    })
  })

  test('names of the schema that were misspelled are not set right', async () => {
    for (const query of [
      '{ page { id } }',
      '{ viewr { id } }',
      '{ pages(fist: 1) { nodes { id } } }',
      '{ pages(orderBy: { feild: CREATED }) { nodes { id } } }',
    ]) {
      const { text } = await ask(query)
      expect(text).toMatch(/GRAPHQL_VALIDATION_FAILED|INVALID/)
      expect(text).not.toMatch(/did you mean/i)
    }
  })
})

describe('A body is refused with a code:', () => {
  const padding = 'x'.repeat(900_000)
  test.each<[string, () => string, number, string]>([
    [
      'variables of 900 kB that nobody declared',
      () => JSON.stringify({ query: '{ __typename }', variables: { padding } }),
      200,
      '',
    ],
    [
      'a text of 900 kB in a variable',
      () => JSON.stringify({ query: 'query ($a: String!) { page(slug: $a) { id } }', variables: { a: padding } }),
      200,
      '',
    ],
    [
      '300,000 items in a list',
      () =>
        JSON.stringify({
          query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
          variables: { ids: Array(300_000).fill('') },
        }),
      200,
      'INVALID_INPUT',
    ],
    [
      '60,000 fields in an input',
      () =>
        JSON.stringify({
          query: 'mutation ($i: SignInInput!) { signIn(input: $i) { __typename } }',
          variables: { i: Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, 1])) },
        }),
      200,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'JSON 400,000 levels deep',
      () => `{"query":"{ __typename }","variables":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`,
      200,
      '',
    ],
    ['a comment of a megabyte', () => JSON.stringify({ query: `{ __typename } #${padding}` }), 200, ''],
    ['a literal of 900 kB', () => JSON.stringify({ query: `{ page(slug: "${padding}") { id } }` }), 200, ''],
    [
      'a block of 300,000 lines',
      () => JSON.stringify({ query: `{ page(slug: """${'\n '.repeat(220_000)}""") { id } }` }),
      200,
      '',
    ],
    [
      'lists 1,400 levels deep in the document',
      () => JSON.stringify({ query: `{ pages(first: ${'['.repeat(1_400)}${']'.repeat(1_400)}) { nodes { id } } }` }),
      200,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'selections 1,400 levels deep',
      () => JSON.stringify({ query: `${'{ a '.repeat(1_400)}${'}'.repeat(1_400)}` }),
      200,
      'QUERY_TOO_LONG',
    ],
    ['an array of operations', () => JSON.stringify(Array(100).fill({ query: '{ __typename }' })), 400, 'BAD_REQUEST'],
    [
      'more than a megabyte',
      () => JSON.stringify({ query: '{ __typename }', variables: { padding: padding + padding } }),
      413,
      'BODY_TOO_LARGE',
    ],
    ['half of JSON', () => '{"query":"{ __typename }"', 400, 'BAD_REQUEST'],
    ['a document that is a number', () => '{"query":5}', 400, 'BAD_REQUEST'],
    ['variables that are a list', () => '{"query":"{ __typename }","variables":[1]}', 400, 'BAD_REQUEST'],
    ['nothing', () => '', 400, 'BAD_REQUEST'],
    ['null', () => 'null', 400, 'BAD_REQUEST'],
    [
      'a prototype',
      () =>
        '{"query":"{ __typename }","__proto__":{"query":"{ viewer { id } }"},"variables":{"__proto__":{"admin":true}}}',
      400,
      'BAD_REQUEST',
    ],
  ])('%s', async (_, body, status, code) => {
    await survives(product, async () => {
      const began = performance.now()
      const response = await post(body())
      const answer = await response.json()
      expect(performance.now() - began).toBeLessThan(soon)
      expect([response.status, ...codesIn(answer)]).toEqual([status, ...(code ? [code] : [])])
      expect(JSON.stringify(answer).length).toBeLessThan(2_100_000)
    })
  })
})

describe("With somebody's cookie, but not by them:", () => {
  const mutation = 'mutation { revokeOtherSessions { __typename } }'
  const foreign = { cookie: product.owner.cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }

  test.each<[string, RequestInit & { path?: string }, number, string]>([
    [
      'a link',
      { path: `/graphql?query=${encodeURIComponent(mutation)}`, headers: { cookie: product.owner.cookie } },
      405,
      'BAD_REQUEST',
    ],
    [
      'an image of another page',
      { path: `/graphql?query=${encodeURIComponent(mutation)}`, headers: { ...foreign, 'sec-fetch-mode': 'no-cors' } },
      405,
      'BAD_REQUEST',
    ],
    [
      'a form',
      {
        method: 'POST',
        headers: { ...foreign, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ query: mutation }),
      },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a form of plain text that spells JSON',
      {
        method: 'POST',
        headers: { ...foreign, 'content-type': 'text/plain' },
        body: JSON.stringify({ query: mutation }),
      },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a form of several parts',
      {
        method: 'POST',
        headers: { ...foreign, 'content-type': 'multipart/form-data; boundary=x' },
        body: `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: mutation })}\r\n--x--`,
      },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'JSON by a script of another site',
      {
        method: 'POST',
        headers: { ...foreign, 'content-type': 'application/json' },
        body: JSON.stringify({ query: mutation }),
      },
      403,
      'CROSS_SITE_REQUEST',
    ],
    [
      'JSON from a page without an origin',
      {
        method: 'POST',
        headers: { cookie: product.owner.cookie, origin: 'null', 'content-type': 'application/json' },
        body: JSON.stringify({ query: mutation }),
      },
      403,
      'CROSS_SITE_REQUEST',
    ],
    [
      'JSON with two types',
      {
        method: 'POST',
        headers: { ...foreign, 'content-type': 'text/plain; application/json' },
        body: JSON.stringify({ query: mutation }),
      },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
  ])('%s', async (_, { path = '/graphql', ...init }, status, code) => {
    const response = await product.stranger(path, init)
    expect(response.status).toBe(status)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(codesIn(await response.json())).toEqual([code])
  })
})
