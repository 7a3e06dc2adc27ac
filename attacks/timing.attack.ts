import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { servedKernel } from '@espalier/core/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { TokenSigner } from '../packages/core/src/access/signedToken.ts'
import { SignedBytes } from '../packages/plugins/mail/src/signedBytes.ts'

const full = process.env.ATTACKS === 'full'
const metricsToken = 'a token of the metrics'
const { kernel, url, signIn } = await servedKernel([], { serving: { metricsToken } })
const unowned = await servedKernel([])
const { email, password } = { email: 'timed@example.com', password: 'a password of ten letters' }
await kernel.access.createUser({ email, name: 'Timed', password })

/** Puts somebody who looks on in the place of a function of node:crypto. @returns the arguments of each call */
function watch(name: 'timingSafeEqual' | 'scrypt'): unknown[][] {
  const original = crypto[name] as (...args: unknown[]) => unknown
  const calls: unknown[][] = []
  Object.assign(crypto, {
    [name]: (...args: unknown[]) => {
      calls.push(args)
      return original(...args)
    },
  })
  syncBuiltinESMExports()
  restore.push(() => {
    Object.assign(crypto, { [name]: original })
    syncBuiltinESMExports()
  })
  return calls
}
const restore: (() => void)[] = []
afterEach(() => {
  for (const undo of restore.splice(0)) undo()
})

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: kernel.publicUrl, ...headers },
    body: JSON.stringify(body),
  })
const trySignIn = (who: string, tried: string, from: number) =>
  post('/api/auth/sign-in/email', { email: who, password: tried }, { 'x-forwarded-for': `198.18.7.${from}` })

/** The last letter of a secret is another one. */
const almost = (secret: string) => secret.slice(0, -2) + (secret.at(-2) === 'A' ? 'B' : 'A') + secret.slice(-1)

describe('How long an answer takes tells nothing of a secret:', () => {
  const owner = signIn()
  const cookieOf = async () => (await owner).headers.cookie as string
  const asks = async (headers: Record<string, string>) =>
    (await post('/graphql', { query: '{ viewer { user { email } } }' }, headers)).text()
  const signer = new TokenSigner(Buffer.alloc(32, 7), z.string())
  const inMails = new SignedBytes(Buffer.alloc(32, 7))
  const facts = {
    address: '192.0.2.7',
    userAgent: 'walk',
    traceId: 't',
    requestId: 'r',
    locale: 'en',
    signal: new AbortController().signal,
  }

  test.each<[string, () => Promise<unknown>, unknown]>([
    [
      'the signature of a session',
      async () => (await asks({ cookie: almost(decodeURIComponent(await cookieOf())) })).includes('@'),
      false,
    ],
    [
      'an API key',
      async () => {
        const { key } = await kernel.access.createApiKey((await owner).workspaceId, {
          name: 'Timed',
          scopes: ['audit:read'],
        })
        return (await asks({ authorization: `Bearer ${key}` })).includes('errors')
      },
      false,
    ],
    [
      'the token of the metrics',
      async () =>
        (
          await fetch(`${url}/metrics`, {
            headers: { authorization: `Bearer ${almost(metricsToken)}`, 'x-forwarded-for': '203.0.113.9' },
          })
        ).status,
      403,
    ],
    [
      'an invitation',
      async () =>
        (
          await post('/api/auth/invitation/accept', {
            token: Buffer.alloc(32, 1).toString('base64url'),
            name: 'Eve',
            password,
            locale: 'en',
          })
        ).status >= 400,
      true,
    ],
    ['a signed token', async () => signer.read(almost(signer.sign('what it says'))), undefined],
    ['a link of a mail', async () => inMails.read(almost(inMails.sign(Buffer.from('where it leads')))), undefined],
    [
      'the token of the first run',
      async () => {
        const { firstRun } = unowned.kernel
        const token = almost(firstRun.token)
        const input = {
          token,
          name: 'Eve',
          email: 'eve@example.com',
          password,
          workspaceName: 'Eve',
          locale: 'en',
          demo: false,
        }
        return firstRun.setUp(input, facts).catch(({ code }) => code)
      },
      'FORBIDDEN',
    ],
  ])('%s is compared whole', async (_, compare, outcome) => {
    const compared = watch('timingSafeEqual') as [Uint8Array, Uint8Array][]
    expect(await compare()).toEqual(outcome)
    expect(compared.length).toBeGreaterThan(0)
    for (const [given, right] of compared) expect(given.byteLength).toBe(right.byteLength)
  })

  test('an account that nobody has costs the same work as one with another password', async () => {
    const derived = watch('scrypt')
    const work = async (who: string, from: number) => {
      derived.length = 0
      expect((await trySignIn(who, 'not the password', from)).status).toBe(401)
      // Everything but the password, the salt and who is told: length and cost.
      return derived.map(([, , length, cost]) => [length, cost])
    }
    const known = await work(email, 1)
    expect(known).toHaveLength(1)
    expect(await work('nobody@example.com', 2)).toEqual(known)
  })

  // Never asserted: a machine that is busy would decide. The figures are in docs/attacks.md.
  test.runIf(full)('what is measured is told', async () => {
    // An account takes a hundred guesses an hour.
    const rounds = 90
    const times = { known: [] as number[], unknown: [] as number[] }
    for (let round = 0; round < rounds; round += 1)
      for (const [name, who] of round % 2
        ? ([
            ['known', email],
            ['unknown', `nobody-${round}@example.com`],
          ] as const)
        : ([
            ['unknown', `nobody-${round}@example.com`],
            ['known', email],
          ] as const)) {
        const began = performance.now()
        await trySignIn(who, 'not the password', round + 10)
        times[name].push(performance.now() - began)
      }
    const ratios = times.known.map((time, round) => time / (times.unknown[round] as number)).sort((a, b) => a - b)
    const quantile = (share: number) => ratios[Math.floor(share * (rounds - 1))]?.toFixed(3)
    console.log(
      `Signing in, known to unknown: ${quantile(0.5)} (${quantile(0.25)} to ${quantile(0.75)}), ${rounds} pairs`,
    )
  })
})
