import { getDatamodel } from '@espalier/prisma'
import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql'
import pg from 'pg'
import { pino } from 'pino'
import { vi } from 'vitest'
import type { Principal } from '../../src/access/principal.ts'
import type { Clock } from '../../src/clock.ts'
import type { Database } from '../../src/data/database.ts'
import type { AnyPlugin } from '../../src/plugin/definePlugin.ts'
import { seededRandom } from '../../src/random.ts'
import { buildSchemas, type Schemas } from '../../src/schema/buildSchemas.ts'
import { createGraphQLContext, type GraphQLContext, type Requester } from '../../src/schema/graphqlContext.ts'
import type { TestDatabase } from '../../src/testing/index.ts'
import { Contexts } from '../../src/workspaceContext.ts'

/** Schemas of some plugins, as a kernel builds them. */
export function schemasOf(...plugins: AnyPlugin[]): Schemas {
  return buildSchemas({ plugins, services: new Map(), datamodel: getDatamodel() })
}

export function editor(...permissions: string[]): Principal {
  return {
    type: 'user',
    id: '01960000-0000-7000-8000-000000000001',
    name: 'Ada',
    role: 'editor',
    sessionId: 's',
    locale: 'en',
    permissions: new Set(permissions.length > 0 ? permissions : ['library:read', 'library:write']),
  }
}

/** Asks a schema as whoever is given, in a workspace of a real database. */
export class Asker {
  readonly #schema: GraphQLSchema
  readonly #contexts: Contexts
  readonly requester: Requester | undefined

  constructor(
    schema: GraphQLSchema,
    db: Database,
    requester: Requester | undefined,
    clock: Clock = { now: () => new Date('2026-11-21T08:00:00Z') },
  ) {
    this.#schema = schema
    this.requester = requester
    this.#contexts = new Contexts({
      database: db,
      live: { publish: () => {}, subscribe: () => unused() },
      log: pino({ level: 'silent' }),
      clock,
      random: seededRandom(1),
      enqueue: () => unused(),
      publish: () => unused(),
      recordChanges: () => unused(),
      committed: () => {},
    })
  }

  context(): GraphQLContext {
    return createGraphQLContext({
      authenticated: this.requester,
      request: { address: '192.0.2.7', userAgent: 'test', traceId: 't1', requestId: 'r1', locale: 'en' },
      workspace: (workspaceId, principal) => this.#contexts.workspace(workspaceId, principal),
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  async ask(source: string, variableValues: Record<string, unknown> = {}): Promise<ExecutionResult<any>> {
    return graphql({ schema: this.#schema, source, variableValues, contextValue: this.context() })
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  async data(source: string, variables: Record<string, unknown> = {}): Promise<any> {
    const { data, errors } = await this.ask(source, variables)
    if (errors?.[0]) throw errors[0]
    return data
  }
}

function unused(): never {
  throw new Error('The schema tests need no such part.')
}

/** How many statements `work` sends to a database, once its connections are open. */
export async function countQueries(
  { urls }: Pick<TestDatabase, 'urls'>,
  work: () => Promise<unknown>,
): Promise<number> {
  await work()
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    // Other test files share this process, and something of theirs may still be on its way.
    const name = new URL(urls.app).pathname.slice(1)
    return sent.mock.contexts.filter((client) => (client as pg.Client).database === name).length
  } finally {
    sent.mockRestore()
  }
}
