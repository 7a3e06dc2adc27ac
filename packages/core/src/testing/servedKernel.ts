import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { afterAll } from 'vitest'
import type { Role } from '../access/principal.ts'
import type { AnyPlugin } from '../plugin/definePlugin.ts'
import { createKernel, type Kernel, type KernelOptions } from '../plugin/kernel.ts'
import { serveKernel } from '../plugin/serveKernel.ts'
import { testDatabase } from './database.ts'

export interface ServedKernel {
  readonly kernel: Kernel
  /** Where it listens, on the loopback address. */
  readonly url: string
  /** A workspace and somebody in it, who talks to /graphql with a session. */
  signIn(options?: { role?: Role; workspace?: string }): Promise<SignedInClient>
  /** A workspace of its own. @returns its id */
  createWorkspace(): Promise<string>
}

/** Somebody who talks to the API. */
export interface SignedInClient {
  readonly workspaceId: string
  readonly headers: Record<string, string>
  /** @throws with the messages when the answer has errors */
  ask<Result>(query: string, variables?: Record<string, unknown>): Promise<Result>
  /** The whole answer, errors included. */
  answer(
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<{ data?: unknown; errors?: { message: string; extensions: Record<string, unknown> }[] }>
}

export interface ServedKernelOptions extends Partial<KernelOptions> {
  /** SQL that makes tables which prisma/migrations do not: those of a plugin outside of this repository. */
  tables?: string
}

/**
 * A whole kernel on a database of this test file's own, served over HTTP: the door that users come through.
 * Call it while the test file is being collected.
 *
 * @example const { kernel, url, signIn } = await servedKernel([tracking, experiments])
 */
export async function servedKernel(
  plugins: readonly AnyPlugin[],
  { tables, ...options }: ServedKernelOptions = {},
): Promise<ServedKernel> {
  const { urls } = await testDatabase()
  if (tables) await runAsOwner(urls.owner, tables)
  const kernel = await createKernel({
    plugins,
    database: {
      appUrl: urls.app,
      systemUrl: urls.system,
      prisma: PrismaClient as never,
      poolSize: 4,
      systemPoolSize: 4,
    },
    datamodel: getDatamodel(),
    secret: 'a secret of the tests, long enough to be one',
    publicUrl: 'http://espalier.test',
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    ...options,
  })
  await kernel.start({ work: true })
  // Limits are the subject of tests of their own.
  const http = serveKernel(kernel, {
    trustProxy: 1,
    rateLimits: { anonymous: { points: 100_000, seconds: 60 }, apiKey: { points: 100_000, seconds: 60 } },
  })
  const url = await http.listen(0, '127.0.0.1')
  afterAll(async () => {
    await http.close()
    await kernel.stop()
  })

  const createUser = async () => {
    const email = `${uuidv7()}@example.com`
    const { id } = await kernel.access.createUser({ email, name: email, password, emailVerified: true })
    return { id, email }
  }
  const createOwned = async () => {
    const owner = await createUser()
    const slug = `w-${uuidv7()}`
    const { id } = await kernel.access.createWorkspace({ name: 'Test', slug, ownerId: owner.id })
    return { id, owner }
  }
  return {
    kernel,
    url,
    createWorkspace: async () => (await createOwned()).id,
    signIn: async ({ role = 'owner', workspace } = {}) => {
      if (!workspace && role === 'owner') {
        const { id, owner } = await createOwned()
        return client(url, id, await sessionCookie(url, owner.email))
      }
      const workspaceId = workspace ?? (await createOwned()).id
      const user = await createUser()
      await kernel.access.addMember(workspaceId, user.id, role)
      return client(url, workspaceId, await sessionCookie(url, user.email))
    },
  }
}

async function runAsOwner(url: string, statements: string): Promise<void> {
  const owner = new pg.Client(url)
  await owner.connect()
  try {
    await owner.query(statements)
  } finally {
    await owner.end()
  }
}

const password = 'a password of the tests'
const origin = 'http://espalier.test'

async function sessionCookie(url: string, email: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    // Sign-ins are limited by address, so everybody comes from their own.
    headers: {
      'content-type': 'application/json',
      origin,
      'x-forwarded-for': nextAddress(),
    },
    body: JSON.stringify({ email, password }),
  })
  if (!response.ok) throw new Error(`Signing in answered ${response.status}: ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

function client(url: string, workspaceId: string, cookie: string): SignedInClient {
  const headers = { cookie, origin, 'x-espalier-workspace': workspaceId }
  const answer: SignedInClient['answer'] = async (query, variables = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as Awaited<ReturnType<SignedInClient['answer']>>
  }
  return {
    workspaceId,
    headers,
    answer,
    ask: async (query, variables) => {
      const { data, errors } = await answer(query, variables)
      if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
      return data as never
    },
  }
}

let addresses = 0
/** One after another of 10.0.0.0/8. */
function nextAddress(): string {
  addresses++
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`
}
