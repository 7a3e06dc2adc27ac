import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { post as route } from '../../src/http/route.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { startServer } from '../http/testServer.ts'
import { installation, password } from './installation.ts'

const database = await testDatabase()

/** A server with the real sign-in and one route that takes a permission. */
async function server() {
  const { access, person } = installation(database, { publicUrl: 'http://127.0.0.1:4000' })
  const ada = await person()
  const workspace = await access.createWorkspace({ name: 'Over HTTP', slug: `http-${ada.id}`, ownerId: ada.id })
  const running = await startServer({
    authenticator: access,
    publicUrl: 'http://127.0.0.1:4000',
    mounts: [{ path: '/api/auth/*', handle: (request, { address }) => access.handler(request, address) }],
    routes: [
      {
        plugin: 'pages',
        service: undefined,
        route: route('/publish', { access: 'pages:publish' }, (_request, { principal }) =>
          Response.json({ name: principal?.name }),
        ),
      },
    ],
  })
  const origin = 'http://127.0.0.1:4000'
  const post = (path: string, body: unknown, headers: Record<string, string> = { origin }) =>
    fetch(`${running.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  return { access, workspace, ada, post, origin, url: running.url }
}

test('over a socket: sign in, act with the cookie, sign out, act no more', async () => {
  const { ada, post, origin } = await server()
  const signedIn = await post('/api/auth/sign-in/email', { email: ada.email, password })
  expect(signedIn.status).toBe(200)
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const published = await post('/publish', {}, { origin, cookie })
  expect([published.status, await published.json()]).toEqual([200, { name: 'Ada' }])

  expect((await post('/publish', {}, { origin: 'https://evil.example', cookie })).status).toBe(403)
  expect((await post('/publish', {}, { origin })).status).toBe(401)
  expect((await post('/api/auth/sign-out', {}, { origin, cookie })).status).toBe(200)
  expect((await post('/publish', {}, { origin, cookie })).status).toBe(401)
})

test('over a socket: an API key acts within its scopes', async () => {
  const { access, workspace, post } = await server()
  const may = await access.createApiKey(workspace.id, { name: 'Publisher', scopes: ['pages:publish'] })
  const mayNot = await access.createApiKey(workspace.id, { name: 'Reader', scopes: ['pages:read'] })
  expect((await post('/publish', {}, { 'x-api-key': may.key })).status).toBe(200)
  expect((await post('/publish', {}, { authorization: `Bearer ${mayNot.key}` })).status).toBe(403)
  expect((await post('/publish', {}, { authorization: `Bearer ${may.key}x` })).status).toBe(401)
})

test('sign-in takes no form, no guessable media type and no large body, declared or not', async () => {
  const { ada, post, origin, url } = await server()
  const signIn = `${url}/api/auth/sign-in/email`
  const form = new URLSearchParams({ email: ada.email, password })
  const asForm = await fetch(signIn, { method: 'POST', headers: { origin: 'https://evil.example' }, body: form })
  expect(asForm.ok).toBe(false)
  const asText = await fetch(signIn, {
    method: 'POST',
    headers: { origin, 'content-type': 'text/plain' },
    body: JSON.stringify({ email: ada.email, password }),
  })
  expect(asText.ok).toBe(false)

  const large = { email: ada.email, password: 'x'.repeat(20_000) }
  expect((await post('/api/auth/sign-in/email', large)).status).toBe(413)
  const chunked = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(
      signIn,
      { method: 'POST', headers: { 'content-type': 'application/json', origin } },
      (response) => {
        resolve(response.statusCode)
        response.resume()
      },
    )
    request.on('error', reject)
    request.write('{"email":"')
    request.end(`${'x'.repeat(40_000)}"}`)
  })
  expect(chunked).toBe(413)
})
