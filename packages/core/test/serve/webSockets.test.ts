import { once } from 'node:events'
import { createClient } from 'graphql-ws'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { GraphQLServing } from '../../src/schema/serve/graphqlServer.ts'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { apiKey, credentialsOf, person } from '../http/people.ts'
import { startServer } from '../http/testServer.ts'
import { type TickContext, tickingSchema } from './ticks.ts'

const key = (id: string, permissions = ['x:read']) => apiKey(id, permissions)

async function start(serving: Partial<GraphQLServing> = {}) {
  const ticks = tickingSchema()
  const people = credentialsOf({
    one: key('one'),
    two: key('two'),
    wider: key('wider', ['x:read', 'y:read']),
    elsewhere: { ...key('elsewhere'), workspaceId: 'workspace-2' },
    ada: person('ada', 'owner'),
  })
  const time = new ManualTime()
  const running = await startServer({
    authenticator: people,
    timers: time,
    graphql: {
      admin: () => ticks.schema,
      public: () => ticks.schema,
      context: (authenticated, request): TickContext => ({ authenticated, request }),
      ...serving,
    },
  })
  const webSocketUrl = `${running.url.replace('http', 'ws')}/graphql`

  /** A subscriber as integrators write one. */
  const subscribe = (query: string, credential?: string, path = '') => {
    const closed = Promise.withResolvers<number>()
    const client = createClient({
      url: webSocketUrl + path,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(credential ? { connectionParams: { authorization: `Bearer ${credential}` } } : {}),
      on: { closed: (event) => closed.resolve((event as CloseEvent).code) },
    })
    onTestFinished(() => void client.dispose())
    const received: unknown[] = []
    const ended = Promise.withResolvers<unknown>()
    const stop = client.subscribe(
      { query },
      { next: (result) => received.push(result), error: ended.resolve, complete: () => ended.resolve('complete') },
    )
    return { received, ended: ended.promise, closed: closed.promise, stop }
  }

  /** A bare socket, for what no client would send. */
  const open = async (protocol = 'graphql-transport-ws', headers: Record<string, string> = {}) => {
    const socket = new WebSocket(webSocketUrl, protocol, { headers })
    onTestFinished(() => socket.terminate())
    const messages: Record<string, unknown>[] = []
    socket.on('message', (data) => messages.push(JSON.parse(String(data))))
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    await once(socket, 'open')
    const send = (message: unknown) => socket.send(JSON.stringify(message))
    const next = (type: string, id?: string) =>
      expect.poll(() => messages.find((message) => message.type === type && (!id || message.id === id)))
    return { socket, messages, closed, send, next }
  }
  return { ...running, ...ticks, people, time, subscribe, open }
}

describe('Equal subscriptions over WebSocket', () => {
  it('are executed once and reach every subscriber', async () => {
    const { subscribe, tick, executions, server } = await start()
    const subscribers = [
      subscribe('subscription { ticks }', 'one'),
      subscribe('subscription { ticks }', 'one'),
      subscribe('subscription { ticks }', 'two'),
    ]
    await expect.poll(() => server.subscriptions).toEqual({ groups: 1, subscribers: 3 })
    tick('a')
    tick('b')
    for (const { received } of subscribers)
      await expect.poll(() => received).toEqual([{ data: { ticks: 'a' } }, { data: { ticks: 'b' } }])
    expect(executions).toEqual({ total: 1, open: 1 })
    for (const { stop } of subscribers) stop()
    await expect.poll(() => executions.open).toBe(0)
  })

  it('are apart for other workspaces, other rights, other endpoints, and other people where the field is not shared', async () => {
    const { subscribe, server } = await start()
    const query = 'subscription { ticks }'
    subscribe(query, 'one')
    subscribe(query, 'elsewhere')
    subscribe(query, 'wider')
    subscribe(query)
    subscribe(query, 'one', '/public')
    await expect.poll(() => server.subscriptions).toEqual({ groups: 5, subscribers: 5 })
    subscribe('subscription { ownTicks }', 'one')
    subscribe('subscription { ownTicks }', 'two')
    await expect.poll(() => server.subscriptions).toEqual({ groups: 7, subscribers: 7 })
  })
})

describe('A result over WebSocket', () => {
  it.each([1, 90, 125, 126, 2_000, 14_950, 15_100, 65_535, 70_000])(
    'of %i characters comes whole to each, under the id that it gave, whatever the letters',
    async (length) => {
      const { open, tick, server } = await start()
      const ids = ['a', 'é “quoted”\\ 😀', 'x'.repeat(200)]
      const clients = await Promise.all(ids.map(() => open()))
      for (const [place, client] of clients.entries()) {
        client.send({ type: 'connection_init', payload: { authorization: 'Bearer one' } })
        await client.next('connection_ack').toBeTruthy()
        client.send({ id: ids[place], type: 'subscribe', payload: { query: 'subscription { ticks }' } })
      }
      await expect.poll(() => server.subscriptions).toEqual({ groups: 1, subscribers: 3 })
      const text = 'ü€'.padEnd(length, 'x')
      tick(text)
      tick('next')
      for (const [place, { messages }] of clients.entries()) {
        const id = ids[place]
        await expect
          .poll(() => messages.slice(1))
          .toEqual([
            { id, type: 'next', payload: { data: { ticks: text } } },
            { id, type: 'next', payload: { data: { ticks: 'next' } } },
          ])
      }
    },
  )
})

describe('Who may subscribe', () => {
  it('is settled by the key that comes with connection_init; a wrong one closes with 4403', async () => {
    const { subscribe, tick, server } = await start()
    const known = subscribe('subscription { ownTicks }', 'one')
    await expect.poll(() => server.subscriptions.subscribers).toBe(1)
    tick('t')
    await expect.poll(() => known.received).toEqual([{ data: { ownTicks: 't for apiKey' } }])
    expect(await subscribe('subscription { ticks }', 'nonsense').closed).toBe(4403)
  })

  it("is settled by the session's cookie, from an own origin", async () => {
    const { open, url } = await start()
    const own = await open('graphql-transport-ws', { cookie: 'session=ada', origin: url })
    own.send({ type: 'connection_init' })
    await own.next('connection_ack').toBeTruthy()
    own.send({ id: '1', type: 'subscribe', payload: { query: '{ whoami }' } })
    await own.next('next').toMatchObject({ payload: { data: { whoami: 'user' } } })
  })

  it('is asked again while it is open: a revoked key stops receiving, and only that one', async () => {
    const { subscribe, tick, people, time, server } = await start()
    const revoked = subscribe('subscription { ticks }', 'one')
    const other = subscribe('subscription { ticks }', 'two')
    await expect.poll(() => server.subscriptions.subscribers).toBe(2)
    people.revoke('one')
    time.advance(2_000)
    expect(await revoked.closed).toBe(4403)
    await expect.poll(() => server.subscriptions.subscribers).toBe(1)
    tick('after')
    await expect.poll(() => other.received).toEqual([{ data: { ticks: 'after' } }])
    expect(revoked.received).toEqual([])
  })

  it('is found out later where the database is away: the socket closes with 1013, from which clients come back', async () => {
    const { open, people } = await start()
    const known = await open('graphql-transport-ws', { authorization: 'Bearer one' })
    known.send({ type: 'connection_init' })
    await known.next('connection_ack').toBeTruthy()
    people.authenticate = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
    known.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { ticks }' } })
    expect(await known.closed).toBe(1013)
    expect(known.messages).toEqual([{ type: 'connection_ack' }])
    const other = await open('graphql-transport-ws', { authorization: 'Bearer one' })
    other.send({ type: 'connection_init' })
    expect(await other.closed).toBe(1013)
  })

  it('is asked again for every operation: a socket does not outlive its key', async () => {
    const { open, people } = await start()
    const client = await open()
    client.send({ type: 'connection_init', payload: { authorization: 'Bearer one' } })
    await client.next('connection_ack').toBeTruthy()
    client.send({ id: '1', type: 'subscribe', payload: { query: '{ whoami }' } })
    await client.next('next', '1').toMatchObject({ payload: { data: { whoami: 'apiKey' } } })
    people.revoke('one')
    client.send({ id: '2', type: 'subscribe', payload: { query: 'mutation { write }' } })
    expect(await client.closed).toBe(4403)
    expect(JSON.stringify(client.messages)).not.toContain('written')
  })
})

describe('An operation over WebSocket', () => {
  const connected = async (serving: Partial<GraphQLServing> = {}) => {
    const started = await start(serving)
    const client = await started.open()
    client.send({ type: 'connection_init' })
    await client.next('connection_ack').toBeTruthy()
    return { ...started, ...client }
  }
  const errorOf = (client: Awaited<ReturnType<typeof connected>>, payload: unknown) => {
    client.send({ id: 'x', type: 'subscribe', payload })
    return client.next('error', 'x')
  }

  it('is held to the same limits as over HTTP', async () => {
    const client = await connected({ limits: { aliases: 1, tokens: 20 } })
    await errorOf(client, { query: '{ a: hello b: hello }' }).toMatchObject({
      payload: [{ extensions: { code: 'TOO_MANY_ALIASES', traceId: expect.any(String) } }],
    })
  })

  it('is refused as over HTTP where only registered ones are executed', async () => {
    const client = await connected({ registeredOnly: true })
    await errorOf(client, { query: '{ hello }' }).toMatchObject({
      payload: [{ extensions: { code: 'OPERATION_NOT_REGISTERED' } }],
    })
  })

  it('does not show the schema to strangers in production', async () => {
    const client = await connected()
    await errorOf(client, { query: '{ __schema { __typename } }' }).toMatchObject({
      payload: [{ message: expect.stringContaining('introspection') }],
    })
  })

  it('masks what goes wrong inside, at its start and while it runs', async () => {
    const client = await connected()
    client.send({ id: 'b', type: 'subscribe', payload: { query: 'subscription { broken }' } })
    await client.next('next', 'b').toMatchObject({ payload: { errors: [{ extensions: { code: 'INTERNAL_ERROR' } }] } })
    client.send({ id: 't', type: 'subscribe', payload: { query: 'subscription { ticks }' } })
    await expect.poll(() => client.server.subscriptions.subscribers).toBe(1)
    client.tick('bad')
    await client
      .next('next', 't')
      .toMatchObject({ payload: { errors: [{ path: ['ticks'], extensions: { code: 'INTERNAL_ERROR' } }] } })
    client.fail(new Error('the secret source fell over'))
    await client.next('complete', 't').toBeTruthy()
    expect(JSON.stringify(client.messages)).not.toContain('secret')
  })

  it('counts against the budget of its caller', async () => {
    const ticks = tickingSchema()
    const { url } = await startServer({
      rateLimits: { anonymous: { points: 2, seconds: 60 } },
      graphql: { admin: () => ticks.schema, public: () => ticks.schema, context: () => ({}) },
    })
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    onTestFinished(() => void client.dispose())
    const ask = async () => {
      try {
        for await (const result of client.iterate({ query: '{ hello }' })) return result.data
      } catch (errors) {
        return (errors as { extensions: { code: string } }[])[0]?.extensions.code
      }
      return undefined
    }
    expect([await ask(), await ask(), await ask()]).toEqual([{ hello: 'hello' }, { hello: 'hello' }, 'RATE_LIMITED'])
  })
})

describe('A socket', () => {
  it('speaks graphql-transport-ws and nothing older', async () => {
    const { open } = await start()
    await expect(open('graphql-ws')).rejects.toThrow()
  })

  it('has to introduce itself, once, before it asks', async () => {
    const { open } = await start({ webSockets: { initMs: 50 } })
    expect(await (await open()).closed).toBe(4408)
    const hasty = await open()
    hasty.send({ id: '1', type: 'subscribe', payload: { query: '{ hello }' } })
    expect(await hasty.closed).toBe(4401)
    const twice = await open()
    twice.send({ type: 'connection_init' })
    twice.send({ type: 'connection_init' })
    expect(await twice.closed).toBe(4429)
    for (const type of ['nonsense', 'connection_ack', 'next']) {
      const wrong = await open()
      wrong.send({ type, id: '1', payload: {} })
      expect(await wrong.closed).toBe(4400)
    }
  })

  it('may not send more than a message may hold', async () => {
    const { open } = await start({ webSockets: { messageBytes: 1_000 } })
    const client = await open()
    client.send({ type: 'connection_init', payload: { waste: 'x'.repeat(2_000) } })
    expect(await client.closed).toBe(1009)
  })

  it('may not open more operations than its share', async () => {
    const { open, server } = await start({ webSockets: { operations: 2 } })
    const client = await open()
    client.send({ type: 'connection_init' })
    await client.next('connection_ack').toBeTruthy()
    for (const id of ['1', '2', '3'])
      client.send({ id, type: 'subscribe', payload: { query: `subscription { ticks(of: "${id}") }` } })
    await client
      .next('error', '3')
      .toMatchObject({ payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS', limit: 2 } }] })
    await expect.poll(() => server.subscriptions.subscribers).toBe(2)
    client.send({ id: '1', type: 'complete' })
    await expect.poll(() => server.subscriptions.subscribers).toBe(1)
    client.send({ id: '4', type: 'subscribe', payload: { query: 'subscription { ticks }' } })
    await expect.poll(() => server.subscriptions.subscribers).toBe(2)
  })

  it('may not be one of too many from one address', async () => {
    const { open } = await start({ webSockets: { perAddress: 1 } })
    const first = await open()
    await expect(open()).rejects.toThrow('429')
    first.socket.terminate()
    await expect
      .poll(() =>
        open().then(
          () => 'open',
          () => 'refused',
        ),
      )
      .toBe('open')
  })

  it('that answers no ping is gone', async () => {
    const { open } = await start({ webSockets: { pingMs: 30 } })
    const deaf = await open()
    deaf.socket.pong = () => {}
    expect(await deaf.closed).toBe(1006)
  })

  it('is told that the server goes away', async () => {
    const { subscribe, server, executions } = await start()
    const client = subscribe('subscription { ticks }', 'one')
    await expect.poll(() => server.subscriptions.subscribers).toBe(1)
    await server.close()
    expect(await client.closed).toBe(1001)
    expect(executions.open).toBe(0)
  })
})

describe('A client that stops reading', () => {
  it('loses what it does not take, is told how much, and holds back nobody', async () => {
    const { open, subscribe, tick, server } = await start()
    const asleep = await open()
    asleep.send({ type: 'connection_init', payload: { authorization: 'Bearer one' } })
    await asleep.next('connection_ack').toBeTruthy()
    asleep.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { ticks }' } })
    const awake = subscribe('subscription { ticks }', 'two')
    await expect.poll(() => server.subscriptions).toEqual({ groups: 1, subscribers: 2 })
    asleep.socket.pause()
    const events = 1_500
    for (let n = 1; n <= events; n += 1) {
      tick(`${n} ${'x'.repeat(10_000)}`)
      // As fast as the one who reads can follow.
      if (n % 50 === 0) await expect.poll(() => awake.received.length, { interval: 1 }).toBe(n)
    }
    expect(awake.received).toHaveLength(events)
    asleep.socket.resume()
    type Next = { payload: { data: { ticks: string }; extensions?: { gap: number } } }
    const taken = () => asleep.messages.filter((message) => message.type === 'next') as unknown as Next[]
    await expect.poll(() => taken().at(-1)?.payload.data.ticks.startsWith(`${events} `)).toBe(true)
    const lost = taken().reduce((sum, { payload }) => sum + (payload.extensions?.gap ?? 0), 0)
    expect(lost).toBeGreaterThan(0)
    expect(taken().length + lost).toBe(events)
  })

  it('is cut when it has not read for ten seconds', async () => {
    const { open, tick, server, time } = await start()
    const asleep = await open()
    asleep.send({ type: 'connection_init', payload: { authorization: 'Bearer one' } })
    await asleep.next('connection_ack').toBeTruthy()
    asleep.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { ticks }' } })
    await expect.poll(() => server.subscriptions.subscribers).toBe(1)
    asleep.socket.pause()
    await expect
      .poll(() => {
        for (let n = 0; n < 200; n += 1) tick('x'.repeat(10_000))
        time.advance(1_000)
        return server.subscriptions.subscribers
      })
      .toBe(0)
    asleep.socket.resume()
    expect(await asleep.closed).toBe(1006)
  })
})
