import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { type ExecutionResult, graphql, parse, subscribe } from 'graphql'
import { pino } from 'pino'
import { afterAll } from 'vitest'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { PrismaClientClass } from '../data/prismaTypes.ts'
import { createKernel } from '../plugin/createKernel.ts'
import type { AnyPlugin, Resources } from '../plugin/definePlugin.ts'
import type { Kernel } from '../plugin/kernel.ts'
import { createGraphQLContext } from '../schema/graphqlContext.ts'
import type { TestDatabase } from './database.ts'

/** A kernel that has not been started: its schemas, services, routes and contexts on a real database. */
export interface TestKernel {
  readonly kernel: Kernel
  /** Someone with these permissions in a workspace. */
  as(workspaceId: string, ...permissions: string[]): TestCaller
}

/** Somebody who asks the kernel, without HTTP. */
export interface TestCaller {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  ask(source: string, variables?: Record<string, unknown>): Promise<ExecutionResult<any>>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  watch(source: string, variables?: Record<string, unknown>): Promise<AsyncGenerator<ExecutionResult<any>>>
}

/** Call it while the test file is being collected. */
export async function testKernel(
  { urls }: TestDatabase,
  plugins: readonly AnyPlugin[],
  options: { clock?: Clock; resources?: Resources } = {},
): Promise<TestKernel> {
  const kernel = await createKernel({
    ...options,
    plugins,
    database: {
      appUrl: urls.app,
      systemUrl: urls.system,
      prisma: PrismaClient as unknown as PrismaClientClass,
      poolSize: 4,
    },
    datamodel: getDatamodel(),
    secret: 'a secret of the tests, long enough',
    publicUrl: 'http://127.0.0.1:4000',
    log: pino({ level: 'silent' }),
  })
  afterAll(() => kernel.stop())
  return {
    kernel,
    as: (workspaceId, ...permissions) => {
      const principal: Principal = {
        type: 'user',
        id: '01960000-0000-7000-8000-000000000001',
        name: 'Ada',
        role: 'admin',
        sessionId: 's',
        locale: 'en',
        permissions: new Set(permissions),
      }
      const request = (source: string, variableValues: Record<string, unknown> = {}) => ({
        schema: kernel.schemas.admin,
        variableValues,
        source,
        contextValue: createGraphQLContext({
          authenticated: { workspaceId, principal },
          request: { address: '192.0.2.7', userAgent: 'test', traceId: 't1', requestId: 'r1', locale: 'en' },
          workspace: (id, principal) => kernel.contexts.workspace(id, principal),
        }),
      })
      return {
        ask: (source, variables) => graphql(request(source, variables)),
        watch: async (source, variables) => {
          const { source: text, ...rest } = request(source, variables)
          const result = await subscribe({ ...rest, document: parse(text) })
          if (Symbol.asyncIterator in result) return result
          throw new Error(JSON.stringify(result.errors))
        },
      }
    },
  }
}
