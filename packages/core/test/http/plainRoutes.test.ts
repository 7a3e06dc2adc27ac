import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { byteString, getPlain } from '../../src/http/route.ts'
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
