import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import {
  type ExecutionResult,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'
import { type Client, createClient } from 'graphql-ws'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createLive } from '../../src/live/createLive.ts'
import { follow } from '../../src/live/follow.ts'
import { defineTopic } from '../../src/live/topic.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { credentialsOf, person } from '../http/people.ts'
import { startServer } from '../http/testServer.ts'
import { collect, take } from './collect.ts'
import { heldBytes } from './heap.ts'

const changed = defineTopic<string>({ name: 'test.changed' })
const said = defineTopic<string>({ name: 'test.said' })

/** A served number, its live query, and a plain topic beside it. */
async function house() {
  const live = createLive({ log: pino({ level: 'silent' }) })
  const state = { visits: 1, opened: 0 }
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { ok: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        visits: {
          type: new GraphQLNonNull(GraphQLInt),
          extensions: { live: { shared: true } },
          subscribe: (_root, _args, { request: { signal } }) => {
            state.opened += 1
            return follow(live, 'workspace-1', changed, 'page', signal)
          },
          resolve: () => state.visits,
        },
        texts: {
          type: GraphQLString,
          subscribe: () => live.subscribe('workspace-1', said, 'page'),
          resolve: ({ message }) => message,
        },
      },
    }),
  })
  const authenticator = credentialsOf({ alice: person('alice', 'editor'), bob: person('bob', 'editor') })
  const { url } = await startServer({
    authenticator,
    graphql: {
      admin: () => schema,
      public: () => schema,
      context: (authenticated, facts) => ({ authenticated, request: facts }),
    },
  })
  const change = (visits: number) => {
    state.visits = visits
    live.publish('workspace-1', changed, 'page', 'changed')
  }
  return { live, state, url, change, authenticator }
}

function overWebSocket(url: string, credential: string): Client {
  class SignedIn extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers: { authorization: `Bearer ${credential}` } })
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: SignedIn,
    retryAttempts: 0,
  })
  onTestFinished(() => client.terminate())
  return client
}

async function overEvents(url: string, credential: string, query: string): Promise<IncomingMessage> {
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credential}`, accept: 'text/event-stream', 'content-type': 'application/json' },
  })
  sent.end(JSON.stringify({ query }))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  onTestFinished(() => void response.destroy())
  expect(response.headers['content-type']).toContain('text/event-stream')
  return response
}

async function* resultsOf(response: IncomingMessage): AsyncGenerator<ExecutionResult> {
  for await (const line of createInterface({ input: response })) {
    if (line.startsWith('data: {')) yield JSON.parse(line.slice('data: '.length))
  }
}

const visits = (results: readonly unknown[]) => results.map((result) => (result as ExecutionResult).data?.visits)

describe('A live query', () => {
  it('is executed once for people of the same rights on both transports; each gets the current value at once', async () => {
    const { state, url, change } = await house()
    const query = 'subscription { visits }'
    const first = overWebSocket(url, 'alice')
    const ofFirst = first.iterate({ query })
    expect(visits(await take(ofFirst, 1))).toEqual([1])
    change(2)
    expect(visits(await take(ofFirst, 1))).toEqual([2])
    const second = overWebSocket(url, 'bob').iterate({ query })
    const third = resultsOf(await overEvents(url, 'alice', query))
    expect(visits(await take(second, 1))).toEqual([2])
    expect(visits(await take(third, 1))).toEqual([2])
    expect(state.opened).toBe(1)

    // The one whose request began it leaves: it goes on for the others.
    await first.dispose()
    await ofFirst.return?.()
    change(3)
    expect(visits(await take(second, 1))).toEqual([3])
    expect(visits(await take(third, 1))).toEqual([3])
    expect(state.opened).toBe(1)
  })

  it('ends within 5 s for who was signed out, and goes on for the others', async () => {
    const { url, change, authenticator } = await house()
    const query = 'subscription { visits }'
    const ofAlice = collect(overWebSocket(url, 'alice').iterate({ query }))
    const ofBob = overWebSocket(url, 'bob').iterate({ query })
    await take(ofBob, 1)
    await eventually(() => expect(ofAlice).toHaveLength(1))
    authenticator.revoke('alice')
    await ofAlice.end
    change(2)
    expect(visits(await take(ofBob, 1))).toEqual([2])
    expect(visits(ofAlice.filter((result) => !('errors' in (result as object))))).toEqual([1])
  })
})

describe('A client that stops reading', () => {
  it.each(['WebSocket', 'server-sent events'] as const)(
    'costs a bounded amount of memory over %s, and disturbs nobody',
    async (transport) => {
      const { live, url } = await house()
      const query = 'subscription { texts }'
      // Different people, so each has an execution of its own: the worst case.
      if (transport === 'WebSocket') {
        const client = overWebSocket(url, 'alice')
        client.on('connected', (socket) => (socket as WebSocket).pause())
        client
          .iterate({ query })
          .next()
          .catch(() => {})
      } else {
        const response = await overEvents(url, 'alice', query)
        response.pause()
      }
      const reading = overWebSocket(url, 'bob').iterate({ query })
      const next = reading.next()
      await eventually(async () => {
        live.publish('workspace-1', said, 'page', 'ready')
        await Promise.race([next, Promise.reject(new Error('not yet'))])
      })
      const before = heldBytes()
      for (let index = 0; index < 5_000; index++) {
        live.publish('workspace-1', said, 'page', `${index} `.padEnd(20_000, 'x'))
        if (index % 16 !== 15) continue
        for (let last = ''; last !== `${index}`; ) {
          const [result] = (await take(reading, 1)) as [ExecutionResult]
          expect(result.extensions).toBeUndefined()
          last = (result.data as { texts: string }).texts.split(' ')[0] ?? ''
        }
      }
      // 100 MB were published; up to 20 MB are on their way through sockets and sometimes counted.
      expect(heldBytes() - before).toBeLessThan(40 * 1024 * 1024)
    },
  )
})
