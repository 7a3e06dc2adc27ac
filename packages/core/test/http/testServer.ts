import type { GraphQLSchema } from 'graphql'
import { createSchema } from 'graphql-yoga'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { WorkspaceContext } from '../../src/context.ts'
import { HttpServer, type HttpServerOptions } from '../../src/http/httpServer.ts'
import { credentialsOf } from './people.ts'

export interface RunningServer {
  readonly server: HttpServer
  readonly url: string
  /** Lines that the server logged, parsed. */
  readonly log: Record<string, unknown>[]
}

/** A server on a free port of the loopback address, stopped when the test is over. */
export async function startServer(options: Partial<HttpServerOptions> = {}): Promise<RunningServer> {
  const running = await listeningServer(options)
  onTestFinished(() => running.server.close())
  return running
}

export async function listeningServer(options: Partial<HttpServerOptions> = {}): Promise<RunningServer> {
  const log: Record<string, unknown>[] = []
  const server = new HttpServer({
    routes: [],
    authenticator: credentialsOf({}),
    workspaces: {
      workspace: (workspaceId, principal) => ({ workspaceId, principal }) as WorkspaceContext,
      inWorkspace: (workspaceId) => ({ workspaceId }) as WorkspaceContext,
      findWorkspace: async (slug) => (slug === 'acme' ? 'workspace-1' : undefined),
    },
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    clock: systemClock,
    production: true,
    graceMs: 2_000,
    ...options,
  })
  const url = await server.listen(0, '127.0.0.1')
  return { server, url, log }
}

export const emptySchema = (): GraphQLSchema => createSchema({ typeDefs: 'type Query { ok: Boolean }' })
