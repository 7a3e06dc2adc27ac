import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { afterAll } from 'vitest'
import type { Role } from '../access/principal.ts'
import { createKernel, type KernelOptions } from '../plugin/createKernel.ts'
import type { AnyPlugin } from '../plugin/definePlugin.ts'
import type { Kernel } from '../plugin/kernel.ts'
import { type ServeOptions, serveKernel } from '../plugin/serveKernel.ts'
import { asOwner } from './cluster.ts'
import { testDatabase } from './database.ts'
import { freePort } from './freePort.ts'
import { createPerson, sessionCookie } from './people.ts'
import { tablesOf } from './pluginTables.ts'

/** A kernel with HTTP and jobs at work. */
export interface ServedKernel {
  readonly kernel: Kernel
  /** Where it listens, on the loopback address. */
  readonly url: string
  /** A workspace and somebody in it, who talks to /graphql with a session. */
  signIn(options?: { role?: Role; workspace?: string }): Promise<SignedInClient>
  /** A workspace of its own. @returns its id */
  createWorkspace(): Promise<string>
  /** Ends the kernel's connections to the database and refuses new ones. @returns what lets them in again */
  cutDatabaseOff(): Promise<() => Promise<void>>
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
  /** SQL that makes tables which no migration does. */
  tables?: string
  /** How it is served: what else is mounted, and limits. With the web app among it, pages of this address may call. */
  serving?: ServeOptions
}

/**
 * A whole kernel on a database of this test file's own, served over HTTP: the door that users come through.
 * Call it while the test file is being collected.
 *
 * @example const { kernel, url, signIn } = await servedKernel([tracking, experiments])
 */
export async function servedKernel(
  plugins: readonly AnyPlugin[],
  { tables, serving, ...options }: ServedKernelOptions = {},
): Promise<ServedKernel> {
  const { urls } = await testDatabase()
  const { apply } = await tablesOf(plugins, tables)
  await apply?.(urls.owner)
  // A browser that has loaded the app from here is of this site only if the kernel knows its address before it listens.
  const port = serving?.mounts ? await freePort() : 0
  const publicUrl = port === 0 ? 'http://espalier.test' : `http://127.0.0.1:${port}`
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
    publicUrl,
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    ...options,
  })
  await kernel.start({ work: true })
  // Limits are the subject of tests of their own.
  const http = serveKernel(kernel, {
    trustProxy: 1,
    rateLimits: { anonymous: { points: 100_000, seconds: 60 }, apiKey: { points: 100_000, seconds: 60 } },
    ...serving,
  })
  const url = await http.listen(port, '127.0.0.1')
  afterAll(async () => {
    await http.close()
    await kernel.stop()
  })

  const createOwned = async () => {
    const ownerId = await createPerson(kernel)
    const { id } = await kernel.access.createWorkspace({ name: 'Test', slug: `w-${uuidv7()}`, ownerId })
    return { id, ownerId }
  }
  return {
    kernel,
    url,
    createWorkspace: async () => (await createOwned()).id,
    cutDatabaseOff: async () => {
      const database = pg.escapeIdentifier(new URL(urls.owner).pathname.slice(1))
      const limit = (connections: number) => `alter database ${database} connection limit ${connections}`
      await asOwner(
        urls.owner,
        `${limit(0)};
        select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and usename like 'espalier_%'`,
      )
      return () => asOwner(urls.owner, limit(-1))
    },
    signIn: async ({ role = 'owner', workspace } = {}) => {
      if (!workspace && role === 'owner') {
        const { id, ownerId } = await createOwned()
        return client(url, publicUrl, id, await sessionCookie(kernel, ownerId))
      }
      const workspaceId = workspace ?? (await createOwned()).id
      const userId = await createPerson(kernel)
      await kernel.access.addMember(workspaceId, userId, role)
      return client(url, publicUrl, workspaceId, await sessionCookie(kernel, userId))
    },
  }
}

function client(url: string, origin: string, workspaceId: string, cookie: string): SignedInClient {
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
