import { connect } from 'node:net'
import { createSchema } from 'graphql-yoga'
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

test.each([
  ['a link', 'GET /graphql?query={slow} HTTP/1.1\r\nhost: x\r\n\r\n'],
  [
    'a link with an answer of the standard',
    'GET /graphql?query={slow} HTTP/1.1\r\nhost: x\r\naccept: application/graphql-response+json\r\n\r\n',
  ],
  [
    'a link with more behind it, which is no HTTP',
    'GET /graphql?query={slow} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n{}{}',
  ],
  [
    'an operation',
    'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 18\r\n\r\n{"query":"{slow}"}',
  ],
])('%s whose client does not wait for the answer is none either', async (_, request) => {
  const begun = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<string>()
  const resolvers = {
    Query: {
      slow: () => {
        begun.resolve()
        return gone.promise
      },
    },
  }
  const schema = () => createSchema({ typeDefs: 'type Query { slow: String }', resolvers })
  const { url, log } = await startServer({ graphql: { admin: schema, public: schema, context: () => ({}) } })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(request)
  await begun.promise
  socket.destroy()
  await new Promise((resolve) => setTimeout(resolve, 50))
  gone.resolve('late')
  await expect.poll(() => log.filter(({ msg }) => msg === 'request')).toHaveLength(1)
  expect(log.filter(({ level }) => Number(level) >= 50)).toEqual([])
})
