import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { bodyOf } from './bodies.ts'
import type { RawRequest } from './rawRequest.ts'
import { text } from './values.ts'

/** A route of the table, or of the kernel: `/p/:workspace/:slug`. */
export interface KnownRoute {
  readonly method: string
  readonly path: string
}

/** What requests are made of besides what is generated: values that lead somewhere. */
export interface Leads {
  readonly routes: readonly KnownRoute[]
  /** Of parameters by name, and of names in queries and bodies. */
  readonly values: Readonly<Record<string, readonly string[]>>
  readonly cookies: readonly string[]
  /** Bodies that are right, by path. */
  readonly bodies: Readonly<Record<string, readonly string[]>>
}

/** Requests to every route: mostly as it wants them, with a parameter, a header, the query, the body or the framing at an edge. */
export function requestsTo(leads: Leads): fc.Arbitrary<RawRequest> {
  return fc.constantFrom(...leads.routes).chain((route) =>
    fc
      .record({
        method: fc.oneof(
          { weight: 12, arbitrary: fc.constant(route.method) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              'GET',
              'POST',
              'HEAD',
              'PUT',
              'DELETE',
              'PATCH',
              'OPTIONS',
              'TRACE',
              'PROPFIND',
              'QUERY',
              'get',
            ),
          },
        ),
        path: pathOf(route, leads),
        query: queryOf(leads),
        headers: headersOf(leads),
        body: bodyOf(route, leads),
        framing: fc.oneof(
          { weight: 12, arbitrary: fc.constant('right' as const) },
          { weight: 1, arbitrary: fc.constantFrom(...framings) },
        ),
        type: typeOf(route),
      })
      .map(framed),
  )
}

const framings = [
  'short',
  'long',
  'chunked',
  'brokenChunk',
  'both',
  'negative',
  'twice',
  'none',
  'endless',
  'gzip',
  'bomb',
] as const

interface Parts {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly string[]
  readonly body: Buffer
  readonly framing: 'right' | (typeof framings)[number]
  readonly type: string
}

function framed({ method, path, query, headers, body, framing, type }: Parts): RawRequest {
  const bodiless = (method === 'GET' || method === 'HEAD') && framing === 'right'
  const sent = framing === 'gzip' ? gzipSync(body) : framing === 'bomb' ? bomb : bodiless ? Buffer.alloc(0) : body
  const chunk = (bytes: Buffer) =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
  const chunked = Buffer.concat([...(sent.length > 0 ? [chunk(sent)] : []), Buffer.from('0\r\n\r\n')])
  const [lengths, wire]: [string[], Buffer] = {
    right: [[`content-length: ${sent.length}`], sent],
    short: [[`content-length: ${sent.length + 10}`], sent],
    long: [[`content-length: ${Math.max(0, sent.length - 3)}`], sent],
    chunked: [['transfer-encoding: chunked'], chunked],
    brokenChunk: [['transfer-encoding: chunked'], Buffer.from('zz\r\nabc\r\n')],
    both: [[`content-length: ${sent.length}`, 'transfer-encoding: chunked'], chunked],
    negative: [['content-length: -1'], sent],
    twice: [['content-length: 1', `content-length: ${sent.length}`], sent],
    none: [[], sent],
    endless: [[`content-length: ${2 ** 52}`], sent],
    gzip: [[`content-length: ${sent.length}`, 'content-encoding: gzip'], sent],
    bomb: [[`content-length: ${sent.length}`, 'content-encoding: gzip'], sent],
  }[framing] as [string[], Buffer]
  const lines = [
    `${method} ${path}${query} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: close',
    ...(type ? [`content-type: ${type}`] : []),
    ...headers,
    ...lengths,
  ]
  return { head: `${lines.join('\r\n')}\r\n\r\n`, body: wire }
}

/** 50 MB in 50 kB. */
const bomb = gzipSync(Buffer.alloc(50_000_000))

/** Text as it may stand in a request line or a header: Node's parser takes one byte for a character. */
const inLine = (value: string) => Buffer.from(value.replaceAll(/[\r\n]/g, ' ')).toString('latin1')

function pathOf({ path }: KnownRoute, { values }: Leads): fc.Arbitrary<string> {
  const parts = path
    // Hono's `:name{pattern}` holds slashes of its own nowhere.
    .replaceAll(/\{[^/]*\}/g, '')
    .split('/')
    .map((part) => {
      if (part === '*')
        return fc.constantFrom('', 'index.html', 'assets/x.js', '..%2f..%2fpackage.json', 'sign-in/email')
      if (!part.startsWith(':')) return fc.constant(part)
      const known = values[part.slice(1)] ?? []
      return fc.oneof(
        { weight: 5, arbitrary: known.length > 0 ? fc.constantFrom(...known) : fc.constant('x') },
        {
          weight: 2,
          arbitrary: fc.constantFrom(
            '%00',
            '%2e%2e%2f',
            '..',
            '.',
            '%ff%fe',
            '%',
            '%zz',
            'a%0d%0aset-cookie:x=1',
            '__proto__',
            'ä',
            'x'.repeat(4_000),
            '%F0%9F%98%80',
            "'%20or%201=1--",
            '1.9e9',
            'a;b',
            'a?b',
            '%25%30%30',
          ),
        },
        { weight: 1, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed()).slice(0, 3_000)) },
        // A token with one letter changed.
        {
          weight: 2,
          arbitrary:
            known.length > 0
              ? fc
                  .tuple(fc.constantFrom(...known), fc.nat({ max: 200 }))
                  .map(
                    ([value, at]) =>
                      value.slice(0, at % value.length) +
                      (value[at % value.length] === 'A' ? 'B' : 'A') +
                      value.slice((at % value.length) + 1),
                  )
              : fc.constant('y'),
        },
      )
    })
  const plain = fc.tuple(...parts).map((all) => all.join('/') || '/')
  return fc.oneof(
    { weight: 20, arbitrary: plain.map(inLine) },
    { weight: 1, arbitrary: plain.map((value) => inLine(`//${value}//../..${value}`)) },
    { weight: 1, arbitrary: plain.map((value) => `http://evil.example${inLine(value)}`) },
  )
}

function queryOf({ values }: Leads): fc.Arbitrary<string> {
  const value = fc
    .oneof(text, fc.constantFrom(...Object.values(values).flat()), fc.constantFrom('%', '%zz', '%ff', '[]', '1e999'))
    .map((one) => encodeURIComponent(one.toWellFormed()).slice(0, 2_000))
  const pair = fc
    .tuple(
      fc.constantFrom(
        ...Object.keys(values),
        'name',
        'alt',
        'query',
        'variables',
        'environment',
        'goal',
        'token',
        'x[]',
        '__proto__',
        '',
      ),
      value,
    )
    .map(([name, given]) => `${name}=${given}`)
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: fc.array(pair, { maxLength: 3 }).map((pairs) => `?${pairs.join('&')}`) },
    { weight: 1, arbitrary: fc.constantFrom('?', '?&&==', '?%', '?%c3%28', `?${'a=1&'.repeat(2_000)}`) },
  )
}

function headersOf({ cookies }: Leads): fc.Arbitrary<string[]> {
  const own = fc.constantFrom(...cookies).map((cookie) => `cookie: ${cookie}`)
  const odd = fc.oneof(
    fc.constantFrom(
      'cookie: espalier.session_token=x.y; =; a=%zz; espalier_v=1',
      `cookie: ${'a=b; '.repeat(1_500)}`,
      'origin: null',
      'origin: https://evil.example',
      'sec-fetch-site: cross-site',
      'accept: image/png',
      'accept: text/event-stream',
      'accept: text/html',
      'accept-encoding: br;q=0, gzip',
      'accept-encoding: ,,;q=x',
      'accept-language: ',
      'accept-language: fr-FR-x-y;q=9,*;q=-1',
      'authorization: Bearer esp_x',
      'authorization: Bearer',
      'authorization: Basic !!!',
      'x-api-key: esp_\x80',
      'if-none-match: *',
      'range: bytes=5-1,-1',
      'expect: 100-continue',
      'expect: 5',
      'x-forwarded-for: ,,',
      'x-forwarded-for: 999.1.1.1, ::ffff:1.2.3.4%eth0',
      'x-forwarded-proto: javascript',
      'traceparent: 00-ffffffffffffffffffffffffffffffff-0000000000000000-zz',
      'x-request-id: a\tb',
      'sec-purpose: prefetch',
      'user-agent: ',
      'user-agent: ((((((((',
      'x-espalier-workspace: __proto__',
      'x-espalier-workspace: demo',
      'x-espalier-client-address: 1.2.3.4',
      'idempotency-key: "x"',
      'x-http-method-override: DELETE',
      'upgrade: websocket',
      'host: evil.example',
      'referer: http://[',
      'content-language: \xff',
      `x-long: ${'x'.repeat(20_000)}`,
      'bad header: x',
      'x-espalier-dry-run: true',
    ),
    text.map((value) => `user-agent: ${inLine(value).slice(0, 5_000)}`),
    text.map((value) => `x-request-id: ${inLine(value).slice(0, 5_000)}`),
  )
  return fc
    .tuple(fc.option(own, { nil: undefined, freq: 2 }), fc.array(odd, { maxLength: 2 }), fc.ipV4())
    .map(([cookie, others, address]) => [
      ...(cookie ? [cookie] : []),
      ...(others.some((line) => line.startsWith('x-forwarded-for')) ? [] : [`x-forwarded-for: ${address}`]),
      ...others,
    ])
}

function typeOf({ path }: KnownRoute): fc.Arbitrary<string> {
  const usual =
    path.includes('forms') || path.startsWith('/u/')
      ? 'application/x-www-form-urlencoded'
      : path === '/images'
        ? 'image/png'
        : 'application/json'
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(usual) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        'text/plain',
        'application/json; charset=utf-7',
        'multipart/form-data; boundary=',
        'multipart/form-data',
        'application/x-www-form-urlencoded; charset=x',
        'image/svg+xml',
        'application/graphql',
        '/',
        ';;',
      ),
    },
  )
}
