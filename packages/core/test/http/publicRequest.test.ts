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
    ['it as IPv6 wrote IPv4 once', 'http://[::127.0.0.1]/'],
    ['what nobody was given', 'http://[4000::1]/'],
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

describe('a name is checked by every address that it resolves to:', () => {
  const named = (...addresses: string[]) =>
    publicRequest(new URL(`http://receiver.example:${port}/named`), {
      method: 'GET',
      signal,
      mayAsk: (address) => address.startsWith('127.0.0.'),
      resolveName: (_name, _options, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
    })

  test('where all may be asked, one of them is', async () => {
    expect(await named('127.0.0.1')).toMatchObject({ status: 200 })
  })

  test.each([
    ['the second is private', ['127.0.0.1', '10.0.0.1']],
    ['the first is private', ['10.0.0.1', '127.0.0.1']],
    ['one of IPv6 is', ['127.0.0.1', 'fd00::1']],
    ['there is none', []],
  ])('where %s, nothing is sent', async (_what, addresses) => {
    const before = asked.length
    await expect(named(...addresses)).rejects.toThrow(PrivateAddressError)
    expect(asked.length).toBe(before)
  })
})
