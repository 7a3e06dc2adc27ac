import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { HttpLinkProbe } from '../src/quality/linkProbe.ts'

const asked: string[] = []
const site = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  const [, path = '', value = ''] = request.url?.split('/') ?? []
  if (path === 'status') response.writeHead(Number(value)).end()
  else if (path === 'get-only') response.writeHead(request.method === 'GET' ? 200 : 405).end('x'.repeat(1_000_000))
  else if (path === 'to') response.writeHead(302, { location: decodeURIComponent(value) }).end()
  else if (path === 'loop') response.writeHead(301, { location: '/loop' }).end()
  else if (path !== 'silence') response.end('hello')
})
await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
afterAll(() => {
  site.closeAllConnections()
  site.close()
})
const { port } = site.address() as AddressInfo
const at = (path: string) => `http://127.0.0.1:${port}${path}`

describe('a link of another site', () => {
  // The site of this test is on the loopback address, which the product itself never asks.
  const probe = new HttpLinkProbe({ mayAsk: (address, asked) => address === '127.0.0.1' && asked === port })

  test.each([200, 404, 410, 500])('is found to answer %d', async (status) => {
    expect(await probe.probe(at(`/status/${status}`))).toEqual({ kind: 'answered', status })
  })

  test('is asked by HEAD, and by GET where that is not taken', async () => {
    expect(await probe.probe(at('/get-only'))).toEqual({ kind: 'answered', status: 200 })
    expect(asked.slice(-2)).toEqual(['HEAD /get-only', 'GET /get-only'])
  })

  test('is followed where it redirects, five times at most', async () => {
    expect(await probe.probe(at(`/to/${encodeURIComponent('/status/200')}`))).toEqual({ kind: 'answered', status: 200 })
    expect(await probe.probe(at('/loop'))).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining('redirects'),
    })
  })

  test('that does not answer is given up', async () => {
    const impatient = new HttpLinkProbe({ mayAsk: () => true, timeoutMs: 100 })
    expect(await impatient.probe(at('/silence'))).toEqual({ kind: 'unreachable', reason: 'it did not answer in time' })
  })

  test('whose name is unknown is unreachable', async () => {
    expect(await new HttpLinkProbe().probe('http://nobody.invalid/')).toMatchObject({ kind: 'unreachable' })
  })

  test('that redirects into a private network is not followed', async () => {
    const before = asked.length
    const inside = encodeURIComponent('http://169.254.169.254/latest/meta-data')
    expect(await probe.probe(at(`/to/${inside}`))).toEqual({ kind: 'private' })
    expect(asked.length).toBe(before + 1)
  })
})
