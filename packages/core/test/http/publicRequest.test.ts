import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import {
  isPublic,
  leadsInside,
  PrivateAddressError,
  publicRequest,
  withinNetworks,
} from '../../src/http/publicRequest.ts'

const asked: string[] = []
const inside = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  else if (request.url === '/drops') {
    response.writeHead(200).write('first')
    // Never more, and never an end.
  } else if (request.url === '/broken') {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setImmediate(() => response.destroy())
  } else if (request.url === '/odd') response.end(`a\0b${'€'.repeat(10)}`)
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

describe('of an answer is kept', () => {
  const kept = (path: string, keep?: { bytes: number; withinMs: number }) =>
    publicRequest(new URL(`http://127.0.0.1:${port}${path}`), {
      method: 'GET',
      signal,
      mayAsk: onLoopback,
      ...(keep && { keep }),
    })

  test('nothing, unless asked for', async () => {
    expect(await kept('/long')).toMatchObject({ status: 200, body: '' })
  })

  test('so much of its beginning as may be, with no half character and no NUL', async () => {
    expect((await kept('/long', { bytes: 1_000, withinMs: 5_000 })).body).toBe('x'.repeat(1_000))
    expect((await kept('/odd', { bytes: 5, withinMs: 5_000 })).body).toBe('a\uFFFDb')
    expect((await kept('/odd', { bytes: 6, withinMs: 5_000 })).body).toBe('a\uFFFDb€')
  })

  test('what came in time, of one that never ends', async () => {
    expect(await kept('/drops', { bytes: 1_000, withinMs: 500 })).toMatchObject({ status: 200, body: 'first' })
  })

  test('what came, of one that breaks off', async () => {
    expect(await kept('/broken', { bytes: 1_000, withinMs: 5_000 })).toMatchObject({ status: 200, body: 'half' })
  })
})

describe('networks that an installation names', () => {
  test.each([
    ['10.0.0.5', ['10.0.0.5/32'], true],
    ['10.0.0.6', ['10.0.0.5/32'], false],
    ['::ffff:10.0.0.5', ['10.0.0.5/32'], true],
    ['fd00::7', ['10.0.0.5/32', 'fd00::/8'], true],
    ['8.8.8.8', [], false],
  ])('%s in %j: %s', (address, networks, expected) => {
    expect(withinNetworks(networks)(address)).toBe(expected)
  })
})

describe('an address to be saved', () => {
  const resolving =
    (...addresses: string[]) =>
    (_name: string, _options: object, callback: (error: null, found: { address: string; family: number }[]) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )

  test.each([
    ['a number in decimal', 'https://2130706433/'],
    ['in octal', 'https://0177.0.0.1/'],
    ['in hexadecimal', 'https://0x7f.1/'],
    ['IPv4 within IPv6', 'https://[::ffff:7f00:1]/'],
    ['6to4', 'https://[2002:7f00:1::]/'],
    ['with full-width digits', 'https://１２７.0.0.1/'],
    ['of another port', 'https://8.8.8.8:8443/'],
    ['of this machine by a whole name', 'https://localhost./'],
    ['below it', 'https://inner.localhost/'],
  ])('%s leads inside', async (_what, address) => {
    expect(await leadsInside(new URL(address))).toBe(true)
  })

  test('is judged by what its name resolves to', async () => {
    const url = new URL('https://receiver.example/')
    expect(await leadsInside(url, { resolveName: resolving('93.184.215.14') })).toBe(false)
    expect(await leadsInside(url, { resolveName: resolving('93.184.215.14', '192.168.1.1') })).toBe(true)
    expect(await leadsInside(url, { resolveName: (_n, _o, callback) => callback(new Error('ENOTFOUND'), []) })).toBe(
      false,
    )
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
