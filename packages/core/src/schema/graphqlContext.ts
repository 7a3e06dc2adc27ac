import { may, type Principal } from '../access/principal.ts'
import type { WorkspaceContext } from '../context.ts'
import { UnauthenticatedError } from '../errors.ts'
import type { IdempotencyClaim } from '../idempotency/idempotencyClaim.ts'

/**
 * What resolvers get: the {@link WorkspaceContext} of whoever asks, and the facts of the request. Touching
 * the workspace without a signed-in one throws {@link UnauthenticatedError}; inside a mutation everything is
 * bound to its transaction.
 */
export interface GraphQLContext extends WorkspaceContext {
  readonly request: RequestFacts
  /** Who signed in; undefined for anonymous requests. Never throws. */
  readonly authenticated: Requester | undefined
  /** The person, where one signed in with a session (also before a workspace is chosen). */
  readonly user: RequestUser | undefined
  /** Whether the request may. False for anonymous ones. Never throws. */
  may(permission: `${string}:${string}`): boolean
}

/** Where a request came from, for the audit trail, logs and limits. */
export interface RequestFacts {
  /** Address of the client, as far as it can be trusted. */
  readonly address: string
  readonly userAgent: string
  readonly traceId: string
  readonly requestId: string
  /** Preferred language: "en" or "fr". */
  readonly locale: string
  /** Aborts when the client goes away. */
  readonly signal?: AbortSignal
  /** The HTTP exchange that carries the operation. Absent over a WebSocket, whose answers set no cookies. */
  readonly exchange?: Exchange
  /** The `Idempotency-Key` that the request's mutation takes, where it was sent with one. */
  readonly idempotency?: IdempotencyClaim
}

/** For the few operations that are about the exchange itself: signing in and out. */
export interface Exchange {
  /** As the client sent them. */
  readonly headers: Headers
  /** @param line a whole `Set-Cookie` */
  setCookie(line: string): void
}

/** The person who is signed in, whether or not they have chosen a workspace. */
export interface RequestUser {
  readonly id: string
  readonly name: string
  readonly email: string
}

/** The outcome of authentication that the schema needs; `access` gives more. */
export interface Requester {
  readonly workspaceId?: string | undefined
  /** Absent when a person signed in but no workspace is chosen. */
  readonly principal?: Principal | undefined
  readonly user?: RequestUser | undefined
}

/** Who asks what: all that a context of GraphQL is made of. */
export interface GraphQLContextOptions {
  readonly authenticated: Requester | undefined
  readonly request: RequestFacts
  /** Makes the context of a workspace; called at most once, when something first touches it. */
  readonly workspace: (workspaceId: string, principal: Principal) => WorkspaceContext
}

/** A context for one operation. */
export function createGraphQLContext(options: GraphQLContextOptions): GraphQLContext {
  return new RequestContext(options)
}

/** The same request, bound to a transaction of its workspace. */
export function inTransaction(context: GraphQLContext, tx: WorkspaceContext): GraphQLContext {
  return new RequestContext((context as RequestContext).options, tx)
}

class RequestContext implements GraphQLContext {
  readonly options: GraphQLContextOptions
  #workspace: WorkspaceContext | undefined

  constructor(options: GraphQLContextOptions, workspace?: WorkspaceContext) {
    this.options = options
    this.#workspace = workspace
  }

  get request() {
    return this.options.request
  }

  get authenticated() {
    return this.options.authenticated
  }

  get user() {
    return this.options.authenticated?.user
  }

  may(permission: `${string}:${string}`): boolean {
    return may(this.options.authenticated?.principal, permission)
  }

  get workspaceId() {
    return this.#inWorkspace.workspaceId
  }

  get db() {
    return this.#inWorkspace.db
  }

  get principal() {
    return this.#inWorkspace.principal
  }

  get log() {
    return this.#inWorkspace.log
  }

  get clock() {
    return this.#inWorkspace.clock
  }

  get random() {
    return this.#inWorkspace.random
  }

  transaction: WorkspaceContext['transaction'] = (work, options) => this.#inWorkspace.transaction(work, options)
  sqlTransaction: WorkspaceContext['sqlTransaction'] = (work) => this.#inWorkspace.sqlTransaction(work)
  enqueue: WorkspaceContext['enqueue'] = (job, input, options) => this.#inWorkspace.enqueue(job, input, options)
  publish: WorkspaceContext['publish'] = (event, payload) => this.#inWorkspace.publish(event, payload)
  announce: WorkspaceContext['announce'] = (topic, key, message) => this.#inWorkspace.announce(topic, key, message)
  afterCommit: WorkspaceContext['afterCommit'] = (work) => this.#inWorkspace.afterCommit(work)
  audit: WorkspaceContext['audit'] = (change) => this.#inWorkspace.audit(change)

  get #inWorkspace(): WorkspaceContext {
    this.#workspace ??= this.#openWorkspace()
    return this.#workspace
  }

  #openWorkspace(): WorkspaceContext {
    const { authenticated, workspace } = this.options
    if (!authenticated) throw notSignedIn()
    if (!authenticated.workspaceId || !authenticated.principal) throw noWorkspace()
    return workspace(authenticated.workspaceId, authenticated.principal)
  }
}

export const notSignedIn = () =>
  new UnauthenticatedError({
    en: 'Nobody is signed in. Sign in, or send an API key as "Authorization: Bearer <key>".',
    fr: 'Personne n’est connecté. Connectez-vous, ou envoyez une clé d’API : « Authorization: Bearer <clé> ».',
  })

export const noWorkspace = () =>
  new UnauthenticatedError({
    en: 'No workspace is chosen. Name one of yours, by id or slug, in the header "x-espalier-workspace".',
    fr: 'Aucun espace n’est choisi. Nommez l’un des vôtres, par id ou identifiant, dans l’en-tête « x-espalier-workspace ».',
  })
