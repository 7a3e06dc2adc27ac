import { LRUCache } from 'lru-cache'
import { auditExportRoute } from '../access/auditExport.ts'
import { WorkspaceSlugs } from '../access/workspaceSlugs.ts'
import { operationLogMetrics } from '../apiUse/operationLogMetrics.ts'
import type { WorkspaceContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { jobMetrics, poolMetrics } from '../http/collectors.ts'
import type { Mount } from '../http/httpApp.ts'
import { HttpServer, type HttpServerOptions } from '../http/httpServer.ts'
import { defaultRateLimits } from '../http/rateLimits.ts'
import { servedLimits } from '../limits/servedLimits.ts'
import { createGraphQLContext } from '../schema/graphqlContext.ts'
import { registerOperations } from '../schema/serve/persistedOperations.ts'
import { registerDocumentsText } from '../trustedDocuments/registerDocuments.ts'
import type { Kernel } from './kernel.ts'

/** How a kernel is served over HTTP. */
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
  /** Texts of operations that clients may name by their hash from the first request on: those of the admin. */
  readonly operations?: readonly string[]
  /** Refuses every operation that is neither among these nor trusted by the workspace of whoever asks. Default false. */
  readonly trustedOnly?: boolean
}

/** A kernel over HTTP: its routes, both GraphQL schemas, sign-in, health and metrics. */
export function serveKernel(kernel: Kernel, options: ServeOptions = {}): HttpServer {
  const {
    introspection = false,
    mounts = [],
    operations = [],
    trustedOnly = false,
    readiness = {},
    collectors = [],
    ...http
  } = options
  const { access, contexts, database } = kernel
  const slugs = new WorkspaceSlugs(database.system)
  // Outside of a transaction a context keeps nothing of whoever uses it: one serves all of a workspace's visitors.
  const anonymous = new LRUCache<string, WorkspaceContext>({
    max: 1_000,
    memoMethod: (id) => contexts.workspace(id, { type: 'system', name: 'anonymous traffic' }),
  })
  // Where only what is known is run, nobody writes a query: neither by hand nor from the schema.
  const open = !trustedOnly && (introspection || !kernel.production)
  const server = new HttpServer({
    ...http,
    routes: [{ plugin: 'core', route: auditExportRoute, service: access.auditExport }, ...kernel.routes],
    graphql: {
      admin: () => kernel.schemas.admin,
      public: () => kernel.schemas.public,
      whenAsked: kernel.schemasWhenAsked,
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
      idempotency: kernel.idempotency,
      introspection: open,
      graphiql: open,
      registered: registerOperations([...operations, registerDocumentsText]),
      registeredOnly: trustedOnly,
      examples: kernel.examples,
      recorder: kernel.operationLog,
      trusted: (workspaceId, schema, hash) => kernel.trustedDocuments.find(workspaceId, schema, hash),
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
    collectors: [
      poolMetrics(database.pools),
      operationLogMetrics(kernel.operationLog),
      jobMetrics(database.system),
      ...kernel.collectors,
      ...collectors,
    ],
    // Through the second door: readiness belongs to no workspace.
    readiness: {
      ...readiness,
      database: () => database.system.query(sql`select 1`),
    },
  })
  kernel.limits.add(servedLimits({ ...defaultRateLimits, ...options.rateLimits }))
  kernel.health.add({
    key: 'live',
    title: { en: 'Live updates', fr: 'En direct' },
    read: async () => {
      const { subscribers, groups } = server.subscriptions
      return {
        state: 'ok',
        sentence: {
          en: 'Whoever watches something is told as it happens.',
          fr: 'Qui regarde quelque chose l’apprend sur le moment.',
        },
        figures: [
          { label: { en: 'Watchers', fr: 'Spectateurs' }, value: subscribers, unit: 'count' },
          { label: { en: 'Different questions', fr: 'Questions différentes' }, value: groups, unit: 'count' },
        ],
      }
    },
  })
  return server
}
