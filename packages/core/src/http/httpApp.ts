import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { systemTimers, type Timers } from '../live/timers.ts'
import { GraphQLServer, type GraphQLServing } from '../schema/serve/graphqlServer.ts'
import type { Authenticator } from './authenticator.ts'
import { limitBody } from './bodyLimit.ts'
import { isLoopback } from './clientAddress.ts'
import { httpError } from './errors.ts'
import { healthz, type ReadinessChecks, readyz } from './health.ts'
import type { Metrics } from './metrics.ts'
import type { Origins } from './origins.ts'
import type { RateLimits } from './rateLimits.ts'
import type { RequestState } from './requestState.ts'
import { type HttpEnv, mountRoutes, type RouteWorkspaces, type ServedRoute } from './routes.ts'
import { SignIn } from './signIn.ts'
import type { Tracing } from './tracing.ts'

/** Something other than a plugin's route or GraphQL: the sign-in API, the admin's files. Matched after them. */
export interface Mount {
  /** A Hono path pattern, such as "/api/auth/*". */
  readonly path: string
  readonly handle: (request: Request, state: RequestState) => Response | Promise<Response>
}

/** What is answered over HTTP: routes, GraphQL, sign-in, health. */
export interface HttpAppOptions {
  routes: readonly ServedRoute[]
  graphql?: GraphQLServing
  mounts?: readonly Mount[]
  authenticator: Authenticator
  workspaces: RouteWorkspaces
  log: Logger
  clock: Clock
  production: boolean
  /** Proxies in front that append to X-Forwarded-For. Default 0: the header is ignored. */
  trustProxy?: number
  readiness?: ReadinessChecks
  /** Lets others than the loopback address read /metrics, as a bearer token. */
  metricsToken?: string | undefined
  /** When subscriptions are checked again. Default: the system's. */
  timers?: Timers
}

/** What the server shares with what it answers with. */
export interface HttpAppHost {
  readonly metrics: Metrics
  readonly rateLimits: RateLimits
  readonly tracing: Tracing
  readonly origins: Origins
  readonly isDraining: () => boolean
  readonly failed: (error: unknown, state: RequestState) => Response
}

/** Everything that answers, by path. */
export interface HttpApp {
  readonly graphql: GraphQLServer | undefined
  readonly fetch: (request: Request, state: RequestState) => Response | Promise<Response>
}

/** Bytes of a request to what is mounted: sign-in forms and files, nothing large. */
const mountBodyLimit = 1024 * 1024

/** Puts together what answers: health and metrics, GraphQL, the plugins' routes, what is mounted, and "not found". */
export function composeHttpApp(options: HttpAppOptions, host: HttpAppHost): HttpApp {
  const signIn = new SignIn(options.authenticator, options.log)
  const app = new Hono<HttpEnv>()
  mountHealth(app, options, host)
  const graphql = options.graphql && mountGraphQL(app, options.graphql, signIn, options, host)
  mountRoutes(app, options.routes, {
    signIn,
    origins: host.origins,
    rateLimits: host.rateLimits,
    workspaces: options.workspaces,
    clock: options.clock,
  })
  for (const { path, handle } of options.mounts ?? []) {
    app.all(path, (c) => {
      c.env.state.route = path
      const { request } = limitBody(c.req.raw, mountBodyLimit, c.env.state.node !== undefined)
      return handle(request, c.env.state)
    })
  }
  app.notFound((c) => {
    throw httpError('ROUTE_NOT_FOUND', [c.req.method, c.req.path])
  })
  app.onError((error, c) => host.failed(error, c.env.state))
  return { graphql, fetch: (request, state) => app.fetch(request, { state }) }
}

function mountGraphQL(
  app: Hono<HttpEnv>,
  serving: GraphQLServing,
  signIn: SignIn,
  { authenticator, log, production, timers = systemTimers }: HttpAppOptions,
  { origins, rateLimits, metrics, tracing }: HttpAppHost,
): GraphQLServer {
  const { tracer } = tracing
  const graphql = new GraphQLServer(serving, {
    authenticator,
    signIn,
    origins,
    rateLimits,
    metrics,
    tracer,
    log,
    production,
    timers,
  })
  for (const path of graphql.paths) {
    app.all(path, (c) => {
      c.env.state.route = path
      return graphql.handle(path, c.env.state)
    })
  }
  return graphql
}

function mountHealth(
  app: Hono<HttpEnv>,
  { readiness = {}, metricsToken, trustProxy }: HttpAppOptions,
  { metrics, isDraining }: HttpAppHost,
): void {
  app.get('/healthz', (c) => {
    c.env.state.route = '/healthz'
    c.env.state.traffic = true
    return healthz()
  })
  app.get('/readyz', (c) => {
    c.env.state.route = '/readyz'
    c.env.state.traffic = true
    return readyz(readiness, isDraining())
  })
  app.get('/metrics', (c) => {
    const { state } = c.env
    state.route = '/metrics'
    state.traffic = true
    const token = metricsToken && sameText(c.req.header('authorization') ?? '', `Bearer ${metricsToken}`)
    // A proxy on this machine that nobody told us of makes every stranger look local.
    const proxied = !trustProxy && c.req.header('x-forwarded-for') !== undefined
    if (!token && (proxied || !isLoopback(state.address))) throw httpError('NOT_FOR_STRANGERS', ['/metrics'])
    return metrics.response()
  })
}

/** Compares in a time that does not tell how much of it is right. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
