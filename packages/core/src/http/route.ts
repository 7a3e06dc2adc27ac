import type { Logger } from 'pino'
import type { Principal } from '../access/principal.ts'
import { type Awaitable, onceKnown } from '../awaitable.ts'
import type { Clock } from '../clock.ts'
import type { WorkspaceContext } from '../context.ts'

/** The methods that routes can have. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A budget of requests. Refused ones get 429, `Retry-After` and the RateLimit headers. */
export interface RateLimit {
  /** Requests allowed in the window. */
  points: number
  /** Length of the window in seconds. */
  seconds: number
}

/** Who may ask a route, how often, and how much they may send. */
export interface RouteOptions {
  /** `anonymous`: anyone, limited by address. A permission: a session or API key that has it. */
  access: 'anonymous' | `${string}:${string}`
  /** Default: 100 a minute per address on anonymous routes, per key for API keys; signed-in admins are exempt. `false`: none. */
  limit?: RateLimit | false
  /** Largest body in bytes. Default 1 MiB. */
  bodyLimit?: number
  /** Answer requests of other origins (CORS), without credentials. For trackers and public reads. */
  crossOrigin?: boolean
}

/** What a handler gets beside the request. */
export interface RouteContext {
  /** Values of `:name` in the path. */
  readonly params: Readonly<Record<string, string>>
  /** Address of the client, as far as it can be trusted. */
  readonly address: string
  readonly userAgent: string
  /** A crawler, monitor or script, by its user agent: it does not count as a visitor. */
  readonly isBot: boolean
  readonly principal: Principal | undefined
  readonly clock: Clock
  readonly log: Logger
  /** The caller's workspace, on routes that take a permission. */
  readonly workspace: WorkspaceContext | undefined
  /** A workspace on behalf of the system: for anonymous routes that learn the workspace from the request. */
  inWorkspace(workspaceId: string): WorkspaceContext
  /** The id of a workspace by its slug; cached, and at hand where somebody asked lately. */
  findWorkspace(slug: string): Awaitable<string | undefined>
}

/** What most handlers read of a request: of fetch's `Request`, and of Node's own without making one. */
export interface PlainRequest {
  readonly method: string
  /** Absolute, with its query; host and scheme are those of the connection, which a proxy may have changed. */
  readonly url: string
  readonly headers: Pick<Headers, 'get'>
}

/** A request together with what was sent. */
export interface PlainPost extends PlainRequest {
  /** As text: its bytes are read as UTF-8, whatever its type says. */
  readonly body: string
}

/** An answer that is at hand as a whole. */
export interface PlainResponse {
  readonly status: number
  /** By lower-case names. What is the same with every answer is best the same object: it is put together once. */
  readonly headers: Readonly<Record<string, string>>
  /** This visitor's own cookies. */
  readonly setCookie?: string | readonly string[] | undefined
  /** Its bytes, as {@link byteString} makes them of text. */
  readonly body: string
}

/**
 * Text as its UTF-8 bytes, one in each character. Strings of that kind are put together without copying, and Node sends one
 * together with the headers in a single write.
 */
export function byteString(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** Answers at once where all that it takes is in memory: a promise costs as much as looking that up. */
export type PlainHandler<Service, Incoming extends PlainRequest = PlainRequest> = (
  request: Incoming,
  context: RouteContext,
  service: Service,
) => Awaitable<PlainResponse>

/** Answers a request to a route. */
export type RouteHandler<Service> = (
  request: Request,
  context: RouteContext,
  service: Service,
) => Response | Promise<Response>

/** A route of a plugin; made by {@link get}, {@link post} and the others. */
export interface Route<Service = unknown> {
  readonly method: Method
  /** Such as `/p/:workspace/:slug`. */
  readonly path: string
  readonly options: RouteOptions
  readonly handle: RouteHandler<Service>
  /** The same for requests from a socket, without fetch's objects. */
  readonly plain?: PlainHandler<Service, PlainPost>
}

/** Makes a route: path with `:parameters`, options, handler. */
export type RouteMaker = <Service>(path: string, options: RouteOptions, handle: RouteHandler<Service>) => Route<Service>

/**
 * A route for GET, which answers HEAD too.
 *
 * @example get('/p/:workspace/:slug', { access: 'anonymous' }, servePage)
 */
export const get: RouteMaker = (path, options, handle) => ({ method: 'GET', path, options, handle })
/** A route for POST. */
export const post: RouteMaker = (path, options, handle) => ({ method: 'POST', path, options, handle })
/** A route for PUT. */
export const put: RouteMaker = (path, options, handle) => ({ method: 'PUT', path, options, handle })
/** A route for PATCH. */
export const patch: RouteMaker = (path, options, handle) => ({ method: 'PATCH', path, options, handle })
/** A route for DELETE. */
export const del: RouteMaker = (path, options, handle) => ({ method: 'DELETE', path, options, handle })

/**
 * A GET route for what thousands of strangers ask for each second. It answers on Node's own objects: making and taking apart
 * fetch's costs several times as much as a page that is in memory. Otherwise it is like any other, limits and logs included.
 *
 * @example getPlain('/p/:workspace/:slug', { access: 'anonymous' }, servePage)
 */
export function getPlain<Service>(
  path: string,
  options: RouteOptions & { access: 'anonymous' },
  plain: PlainHandler<Service>,
): Route<Service> {
  return {
    method: 'GET',
    path,
    options,
    plain,
    handle: (request, context, service) => onceKnown(plain(request, context, service), asResponse),
  }
}

/**
 * A POST route for what thousands of strangers send each second: as {@link getPlain}, with the body read as text. Bodies without a
 * declared length, and requests with credentials, take the long way to the same handler.
 */
export function postPlain<Service>(
  path: string,
  options: RouteOptions & { access: 'anonymous' },
  plain: PlainHandler<Service, PlainPost>,
): Route<Service> {
  return {
    method: 'POST',
    path,
    options,
    plain,
    handle: async (request, context, service) => {
      const { method, url, headers } = request
      return asResponse(await plain({ method, url, headers, body: await request.text() }, context, service))
    },
  }
}

function asResponse({ status, headers, setCookie = [], body }: PlainResponse): Response {
  const response = new Response(new Uint8Array(Buffer.from(body, 'latin1')), { status, headers })
  for (const cookie of [setCookie].flat()) response.headers.append('set-cookie', cookie)
  return response
}
