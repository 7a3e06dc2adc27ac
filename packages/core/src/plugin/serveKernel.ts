import { LRUCache } from 'lru-cache'
import { WorkspaceSlugs } from '../access/workspaceSlugs.ts'
import type { WorkspaceContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { jobMetrics, poolMetrics } from '../http/collectors.ts'
import type { Mount } from '../http/httpApp.ts'
import { HttpServer, type HttpServerOptions } from '../http/httpServer.ts'
import { createGraphQLContext } from '../schema/graphqlContext.ts'
import type { Kernel } from './kernel.ts'

export interface ServeOptions
  extends Pick<
    HttpServerOptions,
    | 'readiness'
    | 'collectors'
    | 'trustedOrigins'
    | 'trustProxy'
    | 'metricsToken'
    | 'tracing'
    | 'rateLimits'
    | 'graceMs'
    | 'drainMs'
  > {
  /** Allows introspection and GraphiQL in production. */
  readonly introspection?: boolean
  readonly mounts?: readonly Mount[]
}

/** A kernel over HTTP: its routes, both GraphQL schemas, sign-in, health and metrics. */
export function serveKernel(kernel: Kernel, options: ServeOptions = {}): HttpServer {
  const { introspection = false, mounts = [], readiness = {}, collectors = [], ...http } = options
  const { access, contexts, database } = kernel
  const slugs = new WorkspaceSlugs(database.system)
  // Outside of a transaction a context keeps nothing of whoever uses it: one serves all of a workspace's visitors.
  const anonymous = new LRUCache<string, WorkspaceContext>({
    max: 1_000,
    memoMethod: (id) => contexts.workspace(id, { type: 'system', name: 'anonymous traffic' }),
  })
  const open = introspection || !kernel.production
  return new HttpServer({
    ...http,
    routes: kernel.routes,
    graphql: {
      admin: () => kernel.schemas.admin,
      public: () => kernel.schemas.public,
      context: (authenticated, request) =>
        createGraphQLContext({
          authenticated,
          request,
          workspace: (id, principal) =>
            contexts.workspace(
              id,
              principal,
              kernel.log.child({ requestId: request.requestId, traceId: request.traceId }),
            ),
        }),
      introspection: open,
      graphiql: open,
    },
    mounts: [{ path: '/api/auth/*', handle: (request, { address }) => access.handler(request, address) }, ...mounts],
    authenticator: access,
    workspaces: {
      workspace: (id, principal, { log }) => contexts.workspace(id, principal, log),
      inWorkspace: (id) => anonymous.memo(id),
      findWorkspace: (slug) => slugs.find(slug),
    },
    log: kernel.log,
    clock: kernel.clock,
    production: kernel.production,
    publicUrl: kernel.publicUrl,
    redisUrl: kernel.redisUrl,
    collectors: [poolMetrics(database.pools), jobMetrics(database.system), ...kernel.collectors, ...collectors],
    // Through the second door: readiness belongs to no workspace.
    readiness: {
      ...readiness,
      database: () => database.system.query(sql`select 1`),
    },
  })
}
