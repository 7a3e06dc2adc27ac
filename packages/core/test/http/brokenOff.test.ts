import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { post } from '../../src/http/route.ts'
import { emptySchema, startServer } from './testServer.ts'

const routes = [
  {
    plugin: 'shop',
    service: undefined,
    route: post('/read', { access: 'anonymous' }, async (request) => new Response(await request.text())),
  },
]

test.each([
  ['an operation', 'POST /graphql', 'application/json'],
  ['one for integrators', 'POST /graphql/public', 'application/json'],
  ['one that is read by another way', 'POST /graphql', 'application/json; charset=utf-8'],
  ['a link with a body', 'GET /graphql?query={ok}', 'application/json'],
  ['a route of a plugin', 'POST /read', 'text/plain'],
  ['signing in', 'POST /api/auth/sign-in/email', 'application/json'],
])('%s whose client goes away halfway is no fault of the server', async (_, line, type) => {
  const { url, log } = await startServer({
    routes: routes as never,
    graphql: { admin: emptySchema, public: emptySchema, context: () => ({}) },
  })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `${line} HTTP/1.1\r\nhost: x\r\naccept: application/json\r\ncontent-type: ${type}\r\ncontent-length: 50\r\n\r\n{"query"`,
  )
  // Once the server reads it.
  setTimeout(() => socket.destroy(), 100)
  await expect.poll(() => log.filter(({ msg }) => msg === 'request')).toHaveLength(1)
  expect(log.filter(({ level }) => Number(level) >= 50)).toEqual([])
})
