import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/errors.ts'
import { get, post, put, type Route, type RouteContext } from '../../src/http/route.ts'
import { asIs } from '../../src/told.ts'
import { apiKey, credentialsOf, person } from './people.ts'
import { startServer } from './testServer.ts'

const served = (...routes: Route<string>[]) =>
  routes.map((route) => ({ plugin: 'pages', route, service: 'the service' }))

describe('A plugin route', () => {
  it('answers with its path parameters, its service and the facts of the request', async () => {
    const seen: RouteContext[] = []
    const { url } = await startServer({
      routes: served(
        get('/p/:workspace/:slug', { access: 'anonymous' }, (request, context, service) => {
          seen.push(context)
          return Response.json({ query: new URL(request.url).search, service })
        }),
      ),
    })
    const response = await fetch(`${url}/p/acme/caf%C3%A9?x=1`, { headers: { 'user-agent': chrome } })
    expect(await response.json()).toEqual({ query: '?x=1', service: 'the service' })
    expect(seen[0]).toMatchObject({
      params: { workspace: 'acme', slug: 'café' },
      address: '127.0.0.1',
      userAgent: chrome,
      isBot: false,
    })
    expect(seen[0]?.principal).toBeUndefined()
    expect(seen[0]?.workspace).toBeUndefined()
    expect(await seen[0]?.findWorkspace('acme')).toBe('workspace-1')
    expect(seen[0]?.inWorkspace('workspace-1').workspaceId).toBe('workspace-1')
  })

  it('takes the permission that it names: 401 for strangers, 403 without it, the workspace with it', async () => {
    const { url } = await startServer({
      authenticator: credentialsOf({
        reader: person('ada', 'viewer', ['pages:read']),
        writer: apiKey('key', ['pages:write']),
      }),
      routes: served(
        post('/pages', { access: 'pages:write' }, (_, { workspace, principal }) =>
          Response.json({ workspace: workspace?.workspaceId, by: principal?.type }),
        ),
      ),
    })
    const send = (headers: Record<string, string>) => fetch(`${url}/pages`, { method: 'POST', headers })
    const stranger = await send({})
    expect(stranger.status).toBe(401)
    expect(await stranger.json()).toMatchObject({
      error: { code: 'UNAUTHENTICATED', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    })
    const wrong = await send({ authorization: 'Bearer nonsense' })
    expect(wrong.status).toBe(401)
    const reader = await send({ cookie: 'session=reader', origin: url })
    expect(reader.status).toBe(403)
    expect(await reader.json()).toMatchObject({
      error: { code: 'FORBIDDEN', message: expect.stringContaining('pages:write') },
    })
    const writer = await send({ authorization: 'Bearer writer' })
    expect(await writer.json()).toEqual({ workspace: 'workspace-1', by: 'apiKey' })
  })

  it('refuses what another site sends with a cookie', async () => {
    const { url } = await startServer({
      authenticator: credentialsOf({ writer: person('ada', 'editor', ['pages:write']) }),
      trustedOrigins: ['https://admin.example.com'],
      routes: served(post('/pages', { access: 'pages:write' }, () => new Response('written'))),
    })
    const from = async (headers: Record<string, string>) =>
      (await fetch(`${url}/pages`, { method: 'POST', headers: { cookie: 'session=writer', ...headers } })).status
    expect(await from({ origin: 'https://evil.test' })).toBe(403)
    expect(await from({ origin: 'null' })).toBe(403)
    expect(await from({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await from({ 'content-type': 'application/x-www-form-urlencoded' })).toBe(403)
    expect(await from({ origin: url })).toBe(200)
    expect(await from({ origin: url.replace('127.0.0.1', 'localhost') })).toBe(200)
    expect(await from({ origin: 'https://admin.example.com' })).toBe(200)
  })

  it('answers HEAD as GET without a body, and OPTIONS with its methods', async () => {
    const { url } = await startServer({
      routes: served(
        get('/a', { access: 'anonymous' }, () => new Response('text')),
        put('/a', { access: 'anonymous' }, () => new Response()),
      ),
    })
    const head = await fetch(`${url}/a`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    const options = await fetch(`${url}/a`, { method: 'OPTIONS' })
    expect(options.status).toBe(204)
    expect(options.headers.get('allow')).toBe('GET, PUT, HEAD, OPTIONS')
  })

  it('says 405 for a method that it does not take and 404 for a path that nothing takes, as JSON', async () => {
    const { url } = await startServer({
      routes: served(get('/a', { access: 'anonymous' }, () => new Response('text'))),
    })
    const wrongMethod = await fetch(`${url}/a`, { method: 'POST' })
    expect(wrongMethod.status).toBe(405)
    expect(wrongMethod.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect(await wrongMethod.json()).toMatchObject({
      error: { code: 'METHOD_NOT_ALLOWED', message: expect.stringContaining('GET, HEAD') },
    })
    const nowhere = await fetch(`${url}/b`)
    expect(nowhere.status).toBe(404)
    expect(await nowhere.json()).toMatchObject({ error: { code: 'ROUTE_NOT_FOUND' } })
  })

  it('shares with every origin where it says so, and never with credentials', async () => {
    const { url } = await startServer({
      routes: served(
        post('/collect', { access: 'anonymous', crossOrigin: true }, (_, { principal }) =>
          Response.json({ principal }),
        ),
        post('/private', { access: 'anonymous' }, () => new Response()),
      ),
      authenticator: credentialsOf({ ada: person('ada', 'owner') }),
    })
    const headers = { origin: 'https://shop.example', cookie: 'session=ada' }
    const open = await fetch(`${url}/collect`, { method: 'POST', headers })
    expect(open.headers.get('access-control-allow-origin')).toBe('*')
    expect(open.headers.get('access-control-allow-credentials')).toBeNull()
    expect(await open.json()).toEqual({})
    const preflight = await fetch(`${url}/collect`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    const closed = await fetch(`${url}/private`, { method: 'POST', headers })
    expect(closed.headers.get('access-control-allow-origin')).toBeNull()
    const closedPreflight = await fetch(`${url}/private`, { method: 'OPTIONS', headers })
    expect(closedPreflight.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('lets every origin read why it is refused, where it shares', async () => {
    const { url } = await startServer({
      routes: served(post('/flags', { access: 'pages:read', crossOrigin: true }, () => new Response('read'))),
      authenticator: credentialsOf({ ada: person('ada', 'owner') }),
    })
    const headers = { origin: 'https://shop.example' }
    const refused = await fetch(`${url}/flags`, { method: 'POST', headers })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*'])
    const withCookie = await fetch(`${url}/flags`, { method: 'POST', headers: { ...headers, cookie: 'session=ada' } })
    expect([withCookie.status, withCookie.headers.get('access-control-allow-credentials')]).toEqual([401, null])
  })

  it('is registered once per method and path', async () => {
    const route = () => get('/a', { access: 'anonymous' }, () => new Response())
    await expect(
      startServer({
        routes: [
          { plugin: 'one', route: route(), service: 0 },
          { plugin: 'two', route: route(), service: 0 },
        ],
      }),
    ).rejects.toThrow('Plugins "one" and "two" both define the route GET /a.')
  })
})

describe('A body over the limit', () => {
  const echo = served(
    post('/echo', { access: 'anonymous', bodyLimit: 1_000 }, async (request) =>
      Response.json({ bytes: (await request.arrayBuffer()).byteLength }),
    ),
    post(
      '/swallow',
      { access: 'anonymous', bodyLimit: 1_000 },
      async (request) => new Response(await request.text().catch(() => 'not readable')),
    ),
  )

  it('is refused by its declared length before it is read', async () => {
    const { url } = await startServer({ routes: echo })
    const response = await fetch(`${url}/echo`, { method: 'POST', body: 'x'.repeat(1_001) })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      error: { code: 'BODY_TOO_LARGE', message: expect.stringContaining('1000 bytes') },
    })
    expect(await (await fetch(`${url}/echo`, { method: 'POST', body: 'x'.repeat(1_000) })).json()).toEqual({
      bytes: 1_000,
    })
  })

  it('is refused while it streams, where no length is declared', async () => {
    const { url } = await startServer({ routes: echo })
    const stream = () => new Blob(['x'.repeat(700), 'x'.repeat(700)]).stream()
    const send = (path: string, body: ReadableStream) =>
      fetch(url + path, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect((await send('/echo', stream())).status).toBe(413)
    expect((await send('/swallow', stream())).status).toBe(413)
    expect((await send('/echo', new Blob(['x'.repeat(900)]).stream())).status).toBe(200)
  })

  it('cannot hide behind a declared length that is smaller', async () => {
    const { url } = await startServer({ routes: echo })
    const answer = await raw(url, `POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n${'x'.repeat(5_000)}`)
    // Ten bytes are the body; what follows is no request that Node's parser knows.
    expect(answer).toContain('400 Bad Request')
    expect(answer.match(/"bytes":\d+/)?.[0] ?? '"bytes":10').toBe('"bytes":10')
    expect(
      await raw(
        url,
        `POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      ),
    ).toContain('400 Bad Request')
  })

  it('counts just as well without a socket', async () => {
    const { server } = await startServer({ routes: echo })
    const lying = new Request('http://x/echo', {
      method: 'POST',
      body: 'x'.repeat(1_500),
      headers: { 'content-length': '10' },
    })
    expect((await server.fetch(lying)).status).toBe(413)
  })
})

describe('An error of a handler', () => {
  const failing = served(
    get('/conflict', { access: 'anonymous' }, () => {
      throw new ConflictError(asIs('The slug is taken.'))
    }),
    get('/missing', { access: 'anonymous' }, async () => {
      throw new NotFoundError('page', 'p1')
    }),
    get('/invalid', { access: 'anonymous' }, () => {
      throw InvalidInputError.of('name', 'TOO_SHORT', asIs('Give at least 3 letters.'))
    }),
    get('/bug', { access: 'anonymous' }, () => {
      throw new Error('password=hunter2 in table users')
    }),
  )

  it('keeps its code, message and status where it was raised for the caller', async () => {
    const { url } = await startServer({ routes: failing })
    const conflict = await fetch(`${url}/conflict`)
    expect([conflict.status, await conflict.json()]).toMatchObject([
      409,
      { error: { code: 'CONFLICT', message: 'The slug is taken.' } },
    ])
    expect((await fetch(`${url}/missing`)).status).toBe(404)
    expect(await (await fetch(`${url}/invalid`)).json()).toMatchObject({
      error: { code: 'INVALID_INPUT', issues: [{ path: 'name', code: 'TOO_SHORT' }] },
    })
  })

  it('is masked in production, and found in the log by its trace id', async () => {
    const { url, log } = await startServer({ routes: failing, production: true })
    const response = await fetch(`${url}/bug`)
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).not.toContain('hunter2')
    const { error } = JSON.parse(text)
    expect(error.code).toBe('INTERNAL_ERROR')
    expect(log.find((line) => line.traceId === error.traceId && line.err)).toMatchObject({
      err: { message: expect.stringContaining('hunter2') },
    })
  })

  it('tells the developer what happened outside production', async () => {
    const { url } = await startServer({ routes: failing, production: false })
    expect(await (await fetch(`${url}/bug`)).json()).toMatchObject({
      error: { message: 'password=hunter2 in table users' },
    })
  })
})

describe('Every answer', () => {
  const routes = served(
    get('/page', { access: 'anonymous' }, () => new Response('page')),
    get(
      '/framed',
      { access: 'anonymous' },
      () => new Response('page', { headers: { 'content-security-policy': 'frame-ancestors *' } }),
    ),
    get('/moved', { access: 'anonymous' }, () => Response.redirect('https://example.com/', 302)),
  )

  it('carries the headers that keep browsers from guessing, framing and leaking, unless the route set its own', async () => {
    const { url } = await startServer({ routes })
    const { headers } = await fetch(`${url}/page`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
    expect(headers.get('content-security-policy')).toBe("frame-ancestors 'self'")
    expect((await fetch(`${url}/framed`)).headers.get('content-security-policy')).toBe('frame-ancestors *')
    const moved = await fetch(`${url}/moved`, { redirect: 'manual' })
    expect([moved.status, moved.headers.get('location'), moved.headers.get('x-content-type-options')]).toEqual([
      302,
      'https://example.com/',
      'nosniff',
    ])
  })

  it("carries the request id, the caller's only where it is well-formed", async () => {
    const { url } = await startServer({ routes })
    const idFor = async (given?: string) =>
      (await fetch(`${url}/page`, { headers: given ? { 'x-request-id': given } : {} })).headers.get('x-request-id')
    expect(await idFor('order-4711.a')).toBe('order-4711.a')
    expect(await idFor()).toMatch(/^[0-9a-f-]{36}$/)
    for (const bad of ['short', 'has spaces in it', '{"json":true}', 'x'.repeat(65)])
      expect(await idFor(bad)).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('leaves a line in the log with ids, and without queries, cookies or keys', async () => {
    const { url, log } = await startServer({
      routes: served(get('/u/:token', { access: 'pages:read' }, () => new Response())),
      authenticator: credentialsOf({ secretkey: apiKey('k', ['pages:read']) }),
    })
    await fetch(`${url}/u/private-token?key=query-secret`, {
      headers: { authorization: 'Bearer secretkey', cookie: 'session=cookie-secret' },
    })
    await expect
      .poll(() => log.find((line) => line.msg === 'request'))
      .toMatchObject({
        method: 'GET',
        route: '/u/:token',
        status: 200,
        requestId: expect.any(String),
        traceId: expect.any(String),
      })
    expect(JSON.stringify(log)).not.toMatch(/private-token|query-secret|secretkey|cookie-secret/)
  })
})

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** Sends bytes as they are and reads until the server closes. */
function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setEncoding('utf8')
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
