import type { Hono } from 'hono'
import { refuseCrossSite } from '../access/csrf.ts'
import { may, type Principal } from '../access/principal.ts'
import type { Awaitable } from '../awaitable.ts'
import type { Clock } from '../clock.ts'
import type { WorkspaceContext } from '../context.ts'
import { ForbiddenError, RequestError, StartError, UnauthenticatedError } from '../errors.ts'
import { limitBody } from './bodyLimit.ts'
import { allowAnyone, allowTrusted, preflight } from './crossOrigin.ts'
import { httpError } from './errors.ts'
import type { Origins } from './origins.ts'
import { insist, type RateLimits } from './rateLimits.ts'
import type { RequestState } from './requestState.ts'
import type { Route, RouteContext } from './route.ts'
import type { SignIn } from './signIn.ts'

/** A plugin's route together with the service that its handler gets. */
export interface ServedRoute {
  readonly plugin: string
  // biome-ignore lint/suspicious/noExplicitAny: routes with services of any type stand side by side
  readonly route: Route<any>
  readonly service: unknown
}

/** The workspaces that routes reach. */
export interface RouteWorkspaces {
  /** A workspace on behalf of whoever signed in. */
  workspace(workspaceId: string, principal: Principal, state: RequestState): WorkspaceContext
  /** A workspace on behalf of the system. */
  inWorkspace(workspaceId: string): WorkspaceContext
  findWorkspace(slug: string): Awaitable<string | undefined>
}

export interface RouteHost {
  readonly signIn: SignIn
  readonly origins: Origins
  readonly rateLimits: RateLimits
  readonly workspaces: RouteWorkspaces
  readonly clock: Clock
}

/** Hono's environment: what `app.fetch` is given beside the request. */
export interface HttpEnv {
  Bindings: { state: RequestState }
}

/** Bytes. */
export const defaultBodyLimit = 1024 * 1024

/** Puts the plugins' routes into the router, then answers for the methods that they do not take. */
export function mountRoutes(app: Hono<HttpEnv>, routes: readonly ServedRoute[], host: RouteHost): void {
  const byPath = Map.groupBy(routes, ({ route }) => route.path)
  for (const served of routes) {
    refuseDuplicate(served, byPath.get(served.route.path) ?? [])
    app.on(served.route.method, served.route.path, (c) => answer(served, c.req.param(), c.env.state, host))
  }
  for (const [path, served] of byPath) {
    const methods = allowedMethods(served)
    const open = served.some(({ route }) => route.options.crossOrigin)
    app.all(path, (c) => {
      const { state } = c.env
      state.route = path
      if (c.req.method === 'OPTIONS') return preflight(methods, (headers) => shareWith(headers, open, state, host))
      throw httpError('METHOD_NOT_ALLOWED', [c.req.method, c.req.path, methods], { allow: methods })
    })
  }
}

async function answer(
  { route, service }: ServedRoute,
  params: Record<string, string>,
  state: RequestState,
  host: RouteHost,
): Promise<Response> {
  const { options } = route
  state.route = route.path
  state.traffic = options.access === 'anonymous'
  state.crossOrigin = options.crossOrigin === true
  const authenticated = await authenticate(route, state, host)
  state.allowance = await host.rateLimits.take(
    `${route.method} ${route.path}`,
    { address: state.address, principal: authenticated?.principal },
    options.limit,
  )
  insist(state.allowance)
  const principal = permit(route, state)

  const limit = options.bodyLimit ?? defaultBodyLimit
  const limited = limitBody(state.request, limit, state.node !== undefined)
  const context = new ServedRouteContext(params, state, principal, host)
  const response = await handle(route, limited.request, context, service).catch((error: unknown) => {
    if (limited.exceeded()) throw httpError('BODY_TOO_LARGE', [limit])
    throw error
  })
  if (limited.exceeded()) throw httpError('BODY_TOO_LARGE', [limit])
  return response
}

async function handle(route: Route, request: Request, context: RouteContext, service: unknown): Promise<Response> {
  return route.handle(request, context, service)
}

/**
 * On anonymous routes wrong credentials do not matter. Those of other origins never look at cookies: there only an API key
 * says who asks.
 */
async function authenticate(route: Route, state: RequestState, { signIn, origins }: RouteHost) {
  const { access, crossOrigin } = route.options
  const authorization = state.request.headers.get('authorization')
  if (crossOrigin && access === 'anonymous' && authorization === null) return undefined
  const headers = crossOrigin ? withoutCookie(state.request.headers) : state.request.headers
  const credentials = { headers, address: state.address }
  if (access === 'anonymous') {
    state.authenticated = await signIn.identify(credentials).catch((error: unknown) => {
      if (error instanceof RequestError) return undefined
      throw error
    })
  } else {
    if (!crossOrigin) refuseCrossSite(state.request, origins)
    state.authenticated = await signIn.identify(credentials)
  }
  return state.authenticated
}

function withoutCookie(headers: Headers): Headers {
  const others = new Headers(headers)
  others.delete('cookie')
  return others
}

function permit(route: Route, state: RequestState): Principal | undefined {
  const { access } = route.options
  const principal = state.authenticated?.principal
  if (access === 'anonymous') return principal
  if (!state.authenticated)
    throw new UnauthenticatedError({
      en: 'Nobody is signed in. Sign in, or send an API key as "Authorization: Bearer <key>".',
      fr: 'Personne n’est connecté. Connectez-vous, ou envoyez une clé d’API : « Authorization: Bearer <clé> ».',
    })
  if (!principal)
    throw new UnauthenticatedError({
      en: 'No workspace is chosen. Name one of yours, by id or slug, in the header "x-espalier-workspace".',
      fr: 'Aucun espace n’est choisi. Nommez l’un des vôtres, par id ou identifiant, dans l’en-tête « x-espalier-workspace ».',
    })
  if (!may(principal, access))
    throw new ForbiddenError({
      en: `This takes the permission "${access}". Ask an admin of the workspace for it.`,
      fr: `Il faut la permission « ${access} ». Demandez-la à un administrateur de l’espace.`,
    })
  return principal
}

/**
 * A class, and not an object that is written down with `get`: V8 gives each of those a shape of its own, which keeps what its getters
 * know, here the request, until the next large collection of garbage.
 */
class ServedRouteContext implements RouteContext {
  readonly params: Readonly<Record<string, string>>
  readonly principal: Principal | undefined
  readonly inWorkspace: RouteContext['inWorkspace']
  readonly findWorkspace: RouteContext['findWorkspace']
  readonly clock: Clock
  readonly #state: RequestState
  readonly #workspaces: RouteWorkspaces
  #workspace: WorkspaceContext | undefined

  constructor(
    params: Record<string, string>,
    state: RequestState,
    principal: Principal | undefined,
    { workspaces, clock }: RouteHost,
  ) {
    this.params = params
    this.principal = principal
    this.clock = clock
    this.inWorkspace = (id) => workspaces.inWorkspace(id)
    this.findWorkspace = (slug) => workspaces.findWorkspace(slug)
    this.#state = state
    this.#workspaces = workspaces
  }

  get address() {
    return this.#state.address
  }

  get userAgent() {
    return this.#state.userAgent
  }

  get isBot() {
    return this.#state.isBot
  }

  get log() {
    return this.#state.log
  }

  get workspace(): WorkspaceContext | undefined {
    const workspaceId = this.#state.authenticated?.workspaceId
    if (workspaceId && this.principal)
      this.#workspace ??= this.#workspaces.workspace(workspaceId, this.principal, this.#state)
    return this.#workspace
  }
}

function shareWith(headers: Headers, anyone: boolean, { request }: RequestState, { origins }: RouteHost): void {
  if (anyone) allowAnyone(headers)
  else allowTrusted(headers, request.headers.get('origin'), origins)
}

function allowedMethods(served: readonly ServedRoute[]): string {
  const methods = served.map(({ route }) => route.method as string)
  if (methods.includes('GET')) methods.push('HEAD')
  return [...methods, 'OPTIONS'].join(', ')
}

function refuseDuplicate({ plugin, route }: ServedRoute, sharing: readonly ServedRoute[]): void {
  const first = sharing.find((other) => other.route.method === route.method)
  if (first && first.route !== route)
    throw new StartError(
      'DEFINITION_DUPLICATED',
      `Plugins "${first.plugin}" and "${plugin}" both define the route ${route.method} ${route.path}. Give one of them another path.`,
    )
}
