import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { afterAll } from 'vitest'
import { Access, type AccessOptions } from '../../src/access/access.ts'
import { recordChanges } from '../../src/access/auditTrail.ts'
import type { Principal } from '../../src/access/principal.ts'
import { createLive } from '../../src/live/createLive.ts'
import { seededRandom } from '../../src/random.ts'
import type { TestDatabase } from '../../src/testing/database.ts'
import { Contexts } from '../../src/workspaceContext.ts'

export const publicUrl = 'https://growth.example'
export const origin = { origin: publicUrl }
export const password = 'correct horse battery'

/** A clock that stands until it is told to move. It begins now, since better-auth reads the system's. */
export function adjustableClock() {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    advance: (milliseconds: number) => {
      offset += milliseconds
    },
  }
}

/** The access of an installation with one plugin, and what tests do with it. */
export function installation({ db }: TestDatabase, options: Partial<AccessOptions> = {}) {
  const clock = adjustableClock()
  const access = new Access({
    database: db,
    plugins: [
      {
        name: 'pages',
        permissions: {
          'pages:read': 'See pages',
          'pages:write': 'Edit pages',
          'pages:publish': 'Publish pages',
          'guests:read': { allows: 'See who has written', personal: true },
        },
      },
    ],
    secret: 'a secret that only this test installation has',
    publicUrl,
    clock,
    log: pino({ enabled: false }),
    ...options,
  })
  let addresses = 0
  // Nothing here is enqueued or published; should it be, the test fails. What is audited is announced, to nobody here.
  const live = createLive({ log: pino({ enabled: false }) })
  afterAll(() => live.close())
  const contexts = new Contexts({
    database: db,
    live,
    log: pino({ enabled: false }),
    clock,
    random: seededRandom(1),
    enqueue: () => Promise.reject(new Error('nothing is enqueued here')),
    publish: () => Promise.reject(new Error('nothing is published here')),
    recordChanges,
    committed: () => {},
  })

  /** Each caller comes from an address of its own, so that attempts of one test do not limit another's. */
  const post = (
    path: string,
    body: unknown,
    headers: Record<string, string> = origin,
    address = `10.0.0.${++addresses}`,
  ) =>
    access.handler(
      new Request(`${publicUrl}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
      address,
    )

  return {
    access,
    clock,
    post,
    async person(name = 'Ada') {
      const email = `${name.toLowerCase()}.${randomUUID()}@example.com`
      const { id } = await access.createUser({ name, email, password })
      return { id, email }
    },
    /** Signs in through the real handler. @returns the cookie header of the session */
    async signIn(email: string) {
      const response = await post('/sign-in/email', { email, password })
      if (!response.ok) throw new Error(`Sign-in answered ${response.status}: ${await response.text()}`)
      return cookiesOf(response)
    },
    /** A context on behalf of whoever sends these headers, as a resolver has it. */
    async contextOf(headers: Record<string, string>) {
      const authenticated = await access.authenticate({ headers: new Headers(headers), address: '10.1.1.1' })
      if (!authenticated?.workspaceId || !authenticated.principal) throw new Error('Not in a workspace.')
      return contexts.workspace(authenticated.workspaceId, authenticated.principal)
    },
    context: (workspaceId: string, principal: Principal = { type: 'system', name: 'test' }) =>
      contexts.workspace(workspaceId, principal),
    system: contexts.system('test'),
    authenticate: (headers: Record<string, string>) =>
      access.authenticate({ headers: new Headers(headers), address: '10.1.1.1' }),
  }
}

export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
