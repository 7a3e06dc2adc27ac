import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSchema } from 'graphql-yoga'
import { Gauge } from 'prom-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { get } from '../../src/http/route.ts'
import { createTracing } from '../../src/http/tracing.ts'
import { startServer } from './testServer.ts'

const page = { plugin: 'p', route: get('/p/:slug', { access: 'anonymous' }, () => new Response('page')), service: 0 }
const schema = createSchema({
  typeDefs: 'type Query { hello: String fails: String }',
  resolvers: {
    Query: {
      hello: () => 'hello',
      fails: () => {
        throw new Error('broken')
      },
    },
  },
})
const graphql = { admin: () => schema, public: () => schema, context: () => ({}) }
const ask = (url: string, query: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })

describe('/readyz', () => {
  it('is 200 while every check passes, and 503 with the names of those that do not', async () => {
    let reachable = true
    const { url } = await startServer({
      readiness: {
        database: async () => {
          if (!reachable) throw new Error('connection refused to 10.1.2.3')
        },
        migrations: async () => {},
      },
    })
    const ready = await fetch(`${url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', checks: { database: 'ok', migrations: 'ok' } },
    ])
    reachable = false
    const unready = await fetch(`${url}/readyz`)
    expect([unready.status, await unready.json()]).toEqual([
      503,
      { status: 'unready', checks: { database: 'failing', migrations: 'ok' } },
    ])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })
})

describe('/metrics', () => {
  it('counts requests by route pattern, never by path', async () => {
    const { url } = await startServer({ routes: [page] })
    for (const slug of ['a', 'b', 'c']) await fetch(`${url}/p/${slug}`)
    await fetch(`${url}/nowhere/1`)
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toContain('espalier_http_request_duration_seconds_count{method="GET",route="/p/:slug",status="200"} 3')
    expect(text).toContain(
      'espalier_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1',
    )
    expect(text).not.toContain('/p/a')
    expect(text).toContain('process_cpu_seconds_total')
  })

  it('counts GraphQL operations and errors by code', async () => {
    const { url } = await startServer({ graphql })
    await ask(url, '{ hello }')
    await ask(url, '{ fails }')
    await ask(url, '{ unknown }')
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toContain('espalier_graphql_operation_duration_seconds_count{endpoint="/graphql",type="query"} 2')
    expect(text).toContain('espalier_graphql_errors_total{endpoint="/graphql",code="INTERNAL_ERROR"} 1')
    expect(text).toContain('espalier_graphql_errors_total{endpoint="/graphql",code="GRAPHQL_VALIDATION_FAILED"} 1')
  })

  it('shows what others collect, and two servers in one process do not mix', async () => {
    const collector = (registry: ConstructorParameters<typeof Gauge>[0]['registers']) => registry
    const one = await startServer({
      routes: [page],
      collectors: [
        (registry) =>
          void new Gauge({
            name: 'espalier_jobs_waiting',
            help: 'Jobs that wait.',
            registers: collector([registry]) as never,
            collect() {
              this.set(7)
            },
          }),
      ],
    })
    const other = await startServer()
    await fetch(`${one.url}/p/a`)
    expect(await (await fetch(`${one.url}/metrics`)).text()).toContain('espalier_jobs_waiting 7')
    const text = await (await fetch(`${other.url}/metrics`)).text()
    expect(text).not.toMatch(/espalier_jobs_waiting|route="\/p/)
  })

  it('are for this machine, or for whoever has the token', async () => {
    const { url } = await startServer({ trustProxy: 1, metricsToken: 'scrape-me' })
    const from = async (headers: Record<string, string>) => (await fetch(`${url}/metrics`, { headers })).status
    expect(await from({})).toBe(200)
    expect(await from({ 'x-forwarded-for': '203.0.113.7' })).toBe(403)
    expect(await from({ 'x-forwarded-for': '203.0.113.7', authorization: 'Bearer wrong' })).toBe(403)
    expect(await from({ 'x-forwarded-for': '203.0.113.7', authorization: 'Bearer scrape-me' })).toBe(200)
    const unconfigured = await startServer()
    expect((await fetch(`${unconfigured.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(
      403,
    )
  })
})

describe('A trace', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  it("goes on under the caller's id, in errors and in the log, also where nothing is exported", async () => {
    const { url, log } = await startServer({ graphql })
    const body = await (await ask(url, '{ fails }', { traceparent: parent })).json()
    expect(body.errors[0].extensions.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(log.some((line) => line.traceId === '0af7651916cd43dd8448eb211c80319c' && line.err)).toBe(true)
    const missing = await (await fetch(`${url}/nowhere`, { headers: { traceparent: parent } })).json()
    expect(missing.error.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
  })

  it('begins anew where the caller sent none, or none that the standard knows', async () => {
    const { url } = await startServer()
    const bad = [
      '',
      '00-0000',
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
      `ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`,
      '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
    ]
    for (const traceparent of bad) {
      const { error } = await (await fetch(`${url}/nowhere`, { headers: { traceparent } })).json()
      expect(error.traceId).toMatch(/^(?!0af7)[0-9a-f]{32}$/)
    }
  })

  it('is sent to the collector that is configured: the request, and the operation within it', async () => {
    const received: string[] = []
    const collector = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        received.push(`${request.url} ${body}`)
        response.setHeader('content-type', 'application/json').end('{}')
      })
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void collector.close())
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
    const { server, url } = await startServer({ graphql, tracing: await createTracing({ endpoint }) })
    await ask(url, 'query Greeting { hello }', { traceparent: parent })
    await server.close()
    const [spans] = received
    expect(spans).toMatch(/^\/v1\/traces /)
    const { resourceSpans } = JSON.parse((spans as string).replace('/v1/traces ', ''))
    const sent = resourceSpans[0].scopeSpans[0].spans as {
      name: string
      traceId: string
      spanId: string
      parentSpanId?: string
    }[]
    const request = sent.find((span) => span.name === 'POST /graphql')
    const operation = sent.find((span) => span.name === 'graphql query')
    expect(request).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' })
    expect(operation?.parentSpanId).toBe(request?.spanId)
  })
})
