import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { apiKey, credentialsOf } from '../http/people.ts'
import { startServer } from '../http/testServer.ts'
import { type TickContext, tickingSchema } from './ticks.ts'

async function start() {
  const ticks = tickingSchema()
  const people = credentialsOf({ one: apiKey('one'), two: apiKey('two') })
  const time = new ManualTime()
  const running = await startServer({
    authenticator: people,
    timers: time,
    graphql: {
      admin: () => ticks.schema,
      public: () => ticks.schema,
      context: (authenticated, request): TickContext => ({ authenticated, request }),
    },
  })

  /** Reads a stream of events as they come. */
  const listen = async (query: string, credential: string) => {
    const leave = new AbortController()
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${credential}`,
      },
      body: JSON.stringify({ query }),
      signal: leave.signal,
    })
    const received: { event: string; data: unknown }[] = []
    const ended = (async () => {
      let text = ''
      for await (const chunk of response.body as ReadableStream<Uint8Array>) {
        text += new TextDecoder().decode(chunk)
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          const event = /^event: (.*)$/m.exec(block)?.[1]
          const data = /^data: ?(.*)$/m.exec(block)?.[1]
          if (event) received.push({ event, data: data ? JSON.parse(data) : undefined })
        }
      }
    })().then(
      () => 'ended',
      () => 'broken off',
    )
    return { response, received, ended, leave: () => leave.abort() }
  }
  return { ...running, ...ticks, people, time, listen }
}

describe('A subscription over server-sent events', () => {
  it('streams each result, from one execution for equal subscriptions', async () => {
    const { listen, tick, executions, server } = await start()
    const [one, two] = [await listen('subscription { ticks }', 'one'), await listen('subscription { ticks }', 'two')]
    expect(one.response.headers.get('content-type')).toContain('text/event-stream')
    expect(server.subscriptions).toEqual({ groups: 1, subscribers: 2 })
    tick('a')
    tick('b')
    for (const { received } of [one, two]) {
      await expect
        .poll(() => received)
        .toEqual([
          { event: 'next', data: { data: { ticks: 'a' } } },
          { event: 'next', data: { data: { ticks: 'b' } } },
        ])
    }
    expect(executions.total).toBe(1)
  })

  it('ends its execution when the last reader has left', async () => {
    const { listen, executions } = await start()
    const [one, two] = [await listen('subscription { ticks }', 'one'), await listen('subscription { ticks }', 'two')]
    one.leave()
    await one.ended
    expect(executions.open).toBe(1)
    two.leave()
    await expect.poll(() => executions.open).toBe(0)
  })

  it('tells a revoked key why it ends, and ends', async () => {
    const { listen, people, time, tick } = await start()
    const [revoked, other] = [
      await listen('subscription { ticks }', 'one'),
      await listen('subscription { ticks }', 'two'),
    ]
    people.revoke('one')
    time.advance(2_000)
    expect(await revoked.ended).toBe('ended')
    expect(revoked.received[0]).toMatchObject({
      event: 'next',
      data: { errors: [{ extensions: { code: 'UNAUTHENTICATED', traceId: expect.any(String) } }] },
    })
    tick('after')
    await expect.poll(() => other.received).toHaveLength(1)
    expect(JSON.stringify(revoked.received)).not.toContain('after')
  })

  it('is refused where its field may be left out', async () => {
    const { listen } = await start()
    for (const query of [
      'subscription { ticks @skip(if: true) }',
      'subscription { ...F } fragment F on Subscription { ... @include(if: false) { ticks } }',
    ]) {
      const reader = await listen(query, 'one')
      expect(await reader.ended).toBe('ended')
      expect(reader.received[0]).toMatchObject({
        data: { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
      })
    }
  })

  it('masks what goes wrong inside', async () => {
    const { listen, tick, fail } = await start()
    const reader = await listen('subscription { ticks }', 'one')
    tick('bad')
    await expect
      .poll(() => reader.received[0])
      .toMatchObject({ data: { errors: [{ extensions: { code: 'INTERNAL_ERROR' } }] } })
    fail(new Error('the secret source fell over'))
    expect(await reader.ended).toBe('ended')
    expect(JSON.stringify(reader.received)).not.toContain('secret')
    const broken = await listen('subscription { broken }', 'one')
    expect(await broken.ended).toBe('ended')
    expect(broken.received[0]).toMatchObject({ data: { errors: [{ extensions: { code: 'INTERNAL_ERROR' } }] } })
  })

  it('is cut off when nothing was read for ten seconds', async () => {
    const { url, tick, server, time } = await start()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const closed = once(socket, 'close')
    socket.on('error', () => {})
    const body = '{"query":"subscription { ticks }"}'
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    socket.pause()
    await expect.poll(() => server.subscriptions.subscribers).toBe(1)
    await expect
      .poll(() => {
        for (let n = 0; n < 200; n += 1) tick('x'.repeat(10_000))
        time.advance(1_000)
        return server.subscriptions.subscribers
      })
      .toBe(0)
    socket.resume()
    await closed
  })

  it('ends when the server stops', async () => {
    const { listen, server } = await start()
    const reader = await listen('subscription { ticks }', 'one')
    await server.close()
    expect(await reader.ended).toBe('ended')
  })
})
