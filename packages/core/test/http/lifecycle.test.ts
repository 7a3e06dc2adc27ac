import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { get } from '../../src/http/route.ts'
import { listeningServer, startServer } from './testServer.ts'

/** A route whose answer waits for the test. */
function slowRoute() {
  const arrived = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const route = get('/slow', { access: 'anonymous' }, async () => {
    arrived.resolve()
    await answer.promise
    return new Response('done')
  })
  return { arrived: arrived.promise, finish: answer.resolve, routes: [{ plugin: 'p', route, service: 0 }] }
}

describe('A server that starts', () => {
  it('says where it listens', async () => {
    const { url } = await startServer()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('says in one line that its port is taken, and what to do', async () => {
    const { url } = await startServer()
    const port = Number(new URL(url).port)
    const second = (await listeningServer()).server
    await second.close()
    await expect(second.listen(port, '127.0.0.1')).rejects.toMatchObject({
      name: 'StartError',
      code: 'PORT_TAKEN',
      message: `Port ${port} on 127.0.0.1 is taken. Stop what listens there, or set PORT to another one.`,
    })
  })

  it('says in one line that the address is not its own', async () => {
    await expect(
      listeningServer().then(({ server }) => server.close().then(() => server.listen(0, '192.0.2.1'))),
    ).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('This machine has no address 192.0.2.1'),
    })
  })
})

describe('A server that stops', () => {
  it('finishes the request in flight and takes no new connection', async () => {
    const slow = slowRoute()
    const { server, url } = await listeningServer({ routes: slow.routes })
    const inFlight = fetch(`${url}/slow`)
    await slow.arrived
    const closed = server.close()
    await expect
      .poll(() =>
        fetch(`${url}/healthz`).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed')
    slow.finish()
    const response = await inFlight
    expect([response.status, await response.text(), response.headers.get('connection')]).toEqual([200, 'done', 'close'])
    await closed
  })

  it('does not wait for connections that are kept alive and say nothing', async () => {
    const { server, url } = await listeningServer({ graceMs: 60_000 })
    const { hostname, port } = new URL(url)
    const agent = new Agent({ keepAlive: true })
    const call = request({ hostname, port, path: '/healthz', agent }).end()
    const [response] = await once(call, 'response')
    response.resume()
    await once(response, 'end')
    const silent = connect(Number(port), hostname)
    await once(silent, 'connect')
    const ended = once(silent, 'close')
    silent.resume()
    await server.close()
    await ended
    agent.destroy()
  })

  it('cuts what is not done when its patience is over', async () => {
    const slow = slowRoute()
    const { server, url } = await listeningServer({ routes: slow.routes, graceMs: 50 })
    const inFlight = fetch(`${url}/slow`).then(
      () => 'answered',
      () => 'cut',
    )
    await slow.arrived
    await server.close()
    expect(await inFlight).toBe('cut')
    slow.finish()
  })

  it('is unready, but reachable, while load balancers take notice', async () => {
    const slow = slowRoute()
    const { server, url } = await listeningServer({ routes: slow.routes, drainMs: 300 })
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const closed = server.close()
    const draining = await fetch(`${url}/readyz`)
    expect([draining.status, await draining.json()]).toEqual([503, { status: 'draining' }])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    await closed
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })
})
