import { serverAudits } from 'graphql-http'
import { createSchema } from 'graphql-yoga'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerOperations } from '../../src/schema/serve/persistedOperations.ts'
import { listeningServer, type RunningServer } from '../http/testServer.ts'

// https://github.com/graphql/graphql-http: the audits of the GraphQL over HTTP specification.
const schema = createSchema({ typeDefs: 'type Query { hello: String } type Mutation { write: Int }' })

const audited = 'query Type($name: String!) { __type(name: $name) { name } }'

const running = {} as RunningServer

beforeAll(async () => {
  Object.assign(
    running,
    await listeningServer({
      production: true,
      // Two audits read the schema, which production refuses to all but registered operations.
      graphql: {
        admin: () => schema,
        public: () => schema,
        context: () => ({}),
        registered: registerOperations([audited]),
      },
    }),
  )
})
afterAll(() => running.server.close())

describe.each(['/graphql', '/graphql/public'])('GraphQL over HTTP on %s, hardened as in production', (path) => {
  const audits = serverAudits({ url: () => running.url + path })

  it('knows 61 audits', () => {
    expect(audits).toHaveLength(61)
  })

  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_, audit) => {
    const result = await audit.fn()
    expect(result, 'reason' in result ? result.reason : '').toMatchObject({ status: 'ok' })
  })
})
