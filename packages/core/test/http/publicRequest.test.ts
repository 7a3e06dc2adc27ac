import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { isPublic, PrivateAddressError, publicRequest } from '../../src/http/publicRequest.ts'

const asked: string[] = []
const inside = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  else response.end('x'.repeat(1_000_000))
})
await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
afterAll(() => {
  inside.closeAllConnections()
  inside.close()
})
const { port } = inside.address() as AddressInfo
const signal = AbortSignal.timeout(10_000)
const onLoopback = (address: string, asked: number) => address === '127.0.0.1' && asked === port

describe('no request goes', () => {
  test.each([
    ['the loopback address', `http://127.0.0.1:${port}/`],
    ['it by name', `http://localhost:${port}/`],
    ['it by name on a port of the web', 'http://localhost/'],
    ['it as a number', 'http://2130706433/'],
    ['it in octal', 'http://0177.0.0.1/'],
    ['it as IPv6', 'http://[::1]/'],
    ['it as IPv4 within IPv6', 'http://[::ffff:127.0.0.1]/'],
    ['the metadata of clouds', 'http://169.254.169.254/'],
    ['a private network', 'http://10.1.2.3/'],
    ['this very machine', 'http://0.0.0.0/'],
    ['a private network behind NAT64', 'http://[64:ff9b::a01:203]/'],
  ])('to %s', async (_what, address) => {
    const before = asked.length
    await expect(publicRequest(new URL(address), { method: 'POST', body: '{}', signal })).rejects.toThrow(
      PrivateAddressError,
    )
    expect(asked.length).toBe(before)
  })

  test('to ports other than those of the web', () => {
    expect(isPublic('8.8.8.8', 443)).toBe(true)
    expect(isPublic('8.8.8.8', 22)).toBe(false)
  })

  test('where an answer redirects to', async () => {
    const answer = await publicRequest(new URL(`http://127.0.0.1:${port}/away`), {
      method: 'GET',
      signal,
      mayAsk: onLoopback,
    })
    expect(answer).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' } })
  })
})

test('a name is checked by every address that it resolves to', async () => {
  const seen: string[] = []
  const mayAsk = (address: string) => {
    seen.push(address)
    return address === '127.0.0.1'
  }
  const asking = publicRequest(new URL(`http://localhost:${port}/`), { method: 'GET', signal, mayAsk })
  await asking.then(
    ({ status }) => expect({ status, seen }).toEqual({ status: 200, seen: ['127.0.0.1'] }),
    (error) =>
      expect({ error: error.name, refused: seen.includes('::1') }).toEqual({
        error: 'PrivateAddressError',
        refused: true,
      }),
  )
})
