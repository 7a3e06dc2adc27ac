import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { byteString, getPlain, post, postPlain } from '../../src/http/route.ts'
import { startServer } from './testServer.ts'

const page = getPlain(
  '/p/:workspace/:slug',
  { access: 'anonymous', limit: { points: 3, seconds: 60 } },
  async (request, context) => {
    if (context.params.slug === 'broken') throw new Error('The page broke.')
    const seen = {
      sign: '→ é',
      params: context.params,
      isBot: context.isBot,
      language: request.headers.get('accept-language'),
      query: new URL(request.url).search,
    }
    return {
      status: 200,
      headers: { 'content-type': 'application/json', 'referrer-policy': 'no-referrer' },
      setCookie: ['visitor=1', 'seen=2'],
      body: byteString(JSON.stringify(seen)),
    }
  },
)

describe('a plain route', () => {
  test('answers as any other does: with its own headers, an id, the safe defaults and what is left of the limit', async () => {
    const { url } = await startServer({ routes: [{ plugin: 'test', route: page, service: undefined }] })
    const answer = await fetch(`${url}/p/demo/welcome?utm_source=x`, {
      headers: { 'accept-language': 'fr', 'x-request-id': 'my-request-1' },
    })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      params: { workspace: 'demo', slug: 'welcome' },
      isBot: true,
      language: 'fr',
      sign: '→ é',
      query: '?utm_source=x',
    })
    expect(answer.headers.getSetCookie()).toEqual(['visitor=1', 'seen=2'])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-request-id': 'my-request-1',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      ratelimit: '"default";r=2;t=60',
    })
  })

  test('gives the same answer to who is signed in, to HEAD and to escaped paths, by the long way', async () => {
    const { url } = await startServer({ routes: [{ plugin: 'test', route: page, service: undefined }] })
    const escaped = await fetch(`${url}/p/demo/wel%63ome?a=b`, { headers: { cookie: 'session_token=x' } })
    expect(await escaped.json()).toMatchObject({ params: { workspace: 'demo', slug: 'welcome' }, query: '?a=b' })
    expect(escaped.headers.getSetCookie()).toEqual(['visitor=1', 'seen=2'])
    const head = await fetch(`${url}/p/demo/welcome`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  test('refuses who asks too often, and says when to come back', async () => {
    const { url } = await startServer({ routes: [{ plugin: 'test', route: page, service: undefined }] })
    const answers = []
    for (let count = 0; count < 4; count++) answers.push(await fetch(`${url}/p/demo/welcome`))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(answers[3]?.headers.get('retry-after')).toBe('60')
    expect(await answers[3]?.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } })
  })

  test('that breaks is answered 500 as JSON with a trace id, and is counted', async () => {
    const { url } = await startServer({ routes: [{ plugin: 'test', route: page, service: undefined }] })
    const broken = await fetch(`${url}/p/demo/broken`)
    expect(broken.status).toBe(500)
    expect(await broken.json()).toMatchObject({
      error: { code: 'INTERNAL_ERROR', traceId: expect.stringMatching(/^\w{32}$/) },
    })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/p\/:workspace\/:slug",status="500"\} 1/,
    )
  })

  test('is not reached by what only looks like its path', async () => {
    const { url } = await startServer({ routes: [{ plugin: 'test', route: page, service: undefined }] })
    for (const path of ['/p/demo', '/p/demo/welcome/more', '/x/p/demo/welcome', '/p//welcome'])
      expect((await raw(url, path)).status, path).toBe(404)
  })
})

const options = { access: 'anonymous', crossOrigin: true, bodyLimit: 40, limit: { points: 20, seconds: 60 } } as const

/** The same twice: on Node's objects, and on fetch's. */
const plainEcho = postPlain('/plain/:name{[a-z][a-z0-9-]{0,9}}', options, ({ headers, body }, { params, isBot }) => {
  if (body === 'break') throw new Error('The echo broke.')
  return {
    status: 202,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: byteString(JSON.stringify({ params, isBot, type: headers.get('content-type'), body })),
  }
})
const echo = post('/fetch/:name{[a-z][a-z0-9-]{0,9}}', options, async (request, { params, isBot }) => {
  const body = await request.text()
  if (body === 'break') throw new Error('The echo broke.')
  return Response.json(
    { params, isBot, type: request.headers.get('content-type'), body },
    { status: 202, headers: { 'cache-control': 'no-store' } },
  )
})

describe('a plain route that takes a body', () => {
  const start = () =>
    startServer({ routes: [plainEcho, echo].map((route) => ({ plugin: 'test', route, service: undefined })) })

  test.each([
    ['text', Buffer.from('→ é')],
    ['nothing', Buffer.from('')],
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['what is not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0xc3])],
    ['as many bytes as it takes', Buffer.alloc(40, 'x')],
    ['more bytes than it takes', Buffer.alloc(41, 'x')],
    ['what breaks its handler', Buffer.from('break')],
  ])('answers as any other does to %s', async (_what, body) => {
    const { url } = await start()
    const send = async (path: string) => {
      const headers = { 'content-type': 'text/plain', origin: 'https://shop.example', 'x-request-id': 'my-request-1' }
      const answer = await fetch(`${url}/${path}/some-name?a=b`, { method: 'POST', body, headers })
      const { date, ...others } = Object.fromEntries(answer.headers)
      const sent = (await answer.text()).replaceAll(/[0-9a-f]{32}/g, '…')
      return { status: answer.status, headers: { ...others, 'content-length': undefined }, sent }
    }
    const plain = await send('plain')
    expect(plain).toEqual(await send('fetch'))
    expect(plain.headers).toMatchObject({ 'access-control-allow-origin': '*', ratelimit: '"default";r=19;t=60' })
  })

  test('answers to a body of unknown length, and to who is signed in, by the long way', async () => {
    const { url } = await start()
    const streamed = (text: string) => ({ body: new Blob([text]).stream(), duplex: 'half' }) as RequestInit
    const send = (init: RequestInit) => fetch(`${url}/plain/some-name`, { method: 'POST', ...init })
    expect(await (await send(streamed('hello'))).json()).toMatchObject({ body: 'hello', params: { name: 'some-name' } })
    expect((await send(streamed('x'.repeat(41)))).status).toBe(413)
    const withKey = await send({ body: 'hello', headers: { authorization: 'Bearer wrong' } })
    expect(await withKey.json()).toMatchObject({ body: 'hello' })
    expect((await fetch(`${url}/plain/Wrong_Name`, { method: 'POST', body: 'x' })).status).toBe(404)
  })

  test('puts together what comes in pieces, and answers the next request on the same connection', async () => {
    const { url } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const head = 'POST /plain/a HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n'
    const pieces = [`${head}hel`, 'lo ', `world${head}hello again`]
    for (const piece of pieces) {
      socket.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    let answers = ''
    for await (const chunk of socket) {
      answers += chunk
      if (answers.includes('hello again"}')) break
    }
    expect(answers.match(/"body":"[^"]*"/g)).toEqual(['"body":"hello world"', '"body":"hello again"'])
  })

  test('counts a request that broke off as the sender’s fault, and logs no error', async () => {
    const { url, log } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.end('POST /plain/a HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\nhel')
    socket.resume()
    await expect
      .poll(async () => (await fetch(`${url}/metrics`)).text())
      .toMatch(/http_request_duration_seconds_count\{method="POST",route="\/plain\/[^"]+",status="400"\} 1/)
    expect(log.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })

  test('refuses who asks too often without reading what they send, and goes on listening', async () => {
    const { url } = await start()
    const answers = []
    for (let count = 0; count < 22; count++)
      answers.push((await fetch(`${url}/plain/a`, { method: 'POST', body: 'x'.repeat(40) })).status)
    expect(answers.slice(-3)).toEqual([202, 429, 429])
  })
})

/** As it is, without a URL parser in between. */
function raw(url: string, path: string): Promise<{ status: number | undefined }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path }, (response) => {
      response.resume()
      resolve({ status: response.statusCode })
    })
      .on('error', reject)
      .end()
  })
}
