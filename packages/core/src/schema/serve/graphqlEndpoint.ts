import type { Tracer } from '@opentelemetry/api'
import type { GraphQLError, GraphQLSchema } from 'graphql'
import type { YogaServerInstance } from 'graphql-yoga'
import type { Logger } from 'pino'
import { isJson, refuseCrossSite } from '../../access/csrf.ts'
import { RateLimitedError, RequestError } from '../../errors.ts'
import type { Authenticator } from '../../http/authenticator.ts'
import { limitBody } from '../../http/bodyLimit.ts'
import { unlessBrokenOff } from '../../http/brokenOff.ts'
import { allowTrusted, preflight } from '../../http/crossOrigin.ts'
import { HttpError, httpError } from '../../http/errors.ts'
import type { Metrics } from '../../http/metrics.ts'
import type { OpenCredentials } from '../../http/openCredentials.ts'
import type { Origins } from '../../http/origins.ts'
import { insist, type RateLimits } from '../../http/rateLimits.ts'
import type { ErrorRecipient, RequestState } from '../../http/requestState.ts'
import type { SignIn } from '../../http/signIn.ts'
import type { IdempotentMutations } from '../../idempotency/idempotentMutations.ts'
import type { SharedSubscriptions } from '../../live/sharedSubscriptions.ts'
import { SubscriberStalledError } from '../../live/subscriber.ts'
import type { Timers } from '../../live/timers.ts'
import { asUnavailable, UnavailableError } from '../../unavailable.ts'
import type { Requester, RequestFacts } from '../graphqlContext.ts'
import { answerExtensions } from './answerExtensions.ts'
import type { PluginExample } from './apiExamples.ts'
import { answerableType, DirectAnswers, type MediaType } from './directAnswers.ts'
import type { TextAnswer } from './directRequests.ts'
import { Documents } from './documents.ts'
import { shapeError } from './errorShape.ts'
import { refusalResponse } from './graphqlResponse.ts'
import { Observation, type OperationRecorder, type SchemaName } from './observation.ts'
import { defaultOperationLimits, type OperationLimits } from './operationLimits.ts'
import { Operations, type ServeContext } from './operations.ts'
import { type FindTrusted, PersistedOperations, type PersistedOptions } from './persistedOperations.ts'
import { SocketOperations } from './socketOperations.ts'
import { yogaOf } from './yoga.ts'

/** What both endpoints are served with. */
export interface EndpointServing extends PersistedOptions {
  /** Makes the context of one operation. */
  context: (authenticated: Requester | undefined, facts: RequestFacts) => object
  limits?: Partial<OperationLimits>
  /** Whether clients may ask for the schema, and errors propose names of it. Default: outside production. */
  introspection?: boolean
  /** Whether browsers get GraphiQL. Default: outside production. */
  graphiql?: boolean
  /** Hears of what API keys ask for. Default: nobody. */
  recorder?: OperationRecorder
  /** Documents that workspaces have registered. Default: none. */
  trusted?: (workspaceId: string, schema: SchemaName, hash: string) => ReturnType<FindTrusted>
  /** Carries out mutations with an `Idempotency-Key` once. Default: keys mean nothing. */
  idempotency?: IdempotentMutations
  /** What GraphiQL shows beside itself. Default: nothing. */
  examples?: (schema: SchemaName) => readonly PluginExample[]
  /** Whether a request may carry up to 10 operations as an array. Default false. */
  batching?: boolean
}

/** What the HTTP server lends to its GraphQL endpoints. */
export interface EndpointHost {
  readonly authenticator: Authenticator
  readonly signIn: SignIn
  readonly origins: Origins
  readonly rateLimits: RateLimits
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly log: Logger
  readonly production: boolean
  readonly timers: Timers
}

/** What both endpoints share beside it. */
interface SubscriptionHost {
  readonly sharing: SharedSubscriptions
  readonly credentials: OpenCredentials
}

/** Bytes of an operation with its variables. */
export const graphqlBodyLimit = 1024 * 1024
const methods = 'GET, POST, OPTIONS'

/** One schema behind one path: hardened HTTP in front of Yoga. */
export class GraphQLEndpoint {
  readonly path: string
  readonly schema: GraphQLSchema
  /** What comes over WebSockets. */
  readonly socketOperations: SocketOperations
  readonly #host: EndpointHost
  readonly #suggestions: boolean
  readonly #direct: DirectAnswers
  readonly #observation: Observation
  readonly #yoga: YogaServerInstance<ServeContext, object>

  constructor(path: string, schema: GraphQLSchema, serving: EndpointServing, host: EndpointHost & SubscriptionHost) {
    this.path = path
    this.schema = schema
    this.#host = host
    const introspection = serving.introspection ?? !host.production
    this.#suggestions = introspection
    const limits = { ...defaultOperationLimits, ...serving.limits }
    const name = path.endsWith('/public') ? 'public' : 'admin'
    const { trusted, recorder } = serving
    const persisted = new PersistedOperations(
      serving,
      trusted && ((workspaceId, hash) => trusted(workspaceId, name, hash)),
    )
    const observation = new Observation(schema, name, recorder)
    this.#observation = observation
    const documents = new Documents({ schema, limits, introspection, trusts: (source) => persisted.trusts(source) })
    const operations = new Operations({
      ...host,
      endpoint: path,
      schema,
      documents,
      maxCost: limits.cost,
      context: serving.context,
      idempotency: serving.idempotency,
      shape: (error, recipient) => this.shapeFinal(error, recipient),
      observation,
    })
    this.#direct = new DirectAnswers({
      schema,
      documents,
      persisted,
      operations,
      shape: (error, state) => this.shape(error, state),
    })
    this.socketOperations = new SocketOperations({
      path,
      schema,
      rateLimits: host.rateLimits,
      persisted,
      documents,
      operations,
      observation,
      shape: (error, state) => this.shapeFinal(error, state),
    })
    this.#yoga = yogaOf({
      path,
      schema,
      rateLimits: host.rateLimits,
      persisted,
      documents,
      operations,
      observation,
      examples: () => serving.examples?.(name) ?? [],
      graphiql: serving.graphiql ?? !host.production,
      batching: serving.batching ?? false,
      shape: (error, state) => this.shape(error, state),
    })
  }

  async handle(state: RequestState): Promise<Response> {
    const { request } = state
    const { origins } = this.#host
    const origin = request.headers.get('origin')
    if (request.method === 'OPTIONS') return preflight(methods, (headers) => allowTrusted(headers, origin, origins))
    const response = await this.#answer(state).catch((error: unknown) => this.#refuse(error, state))
    this.#noteRefusal(state)
    allowTrusted(response.headers, origin, origins)
    for (const line of state.cookies) response.headers.append('set-cookie', line)
    return response
  }

  /** Answers JSON that is to be answered as JSON, read by whoever took it. It does not reject. */
  async answerText(state: RequestState, type: MediaType, read: () => Promise<string>): Promise<TextAnswer> {
    const answer = await this.#answerRead(state, type, read).catch((error: unknown) => this.#refuse(error, state))
    this.#noteRefusal(state)
    if (!(answer instanceof Response)) return answer
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  }

  async #answerRead(state: RequestState, type: MediaType, read: () => Promise<string>): Promise<TextAnswer | Response> {
    await this.#admit(state)
    return this.#answerBody(await read(), type, state)
  }

  /** What never came to its execution: too many requests, too large a body, parameters that are none. */
  #noteRefusal(state: RequestState): void {
    const refused = state.observed ? undefined : state.refusal
    if (refused) this.#observation.saw({ state, transport: 'http' }, { error: refused })
  }

  /** Finds out who asks, and whether they may ask from there, now. */
  async #admit(state: RequestState): Promise<void> {
    const { rateLimits, signIn, origins } = this.#host
    refuseCrossSite(state, origins)
    state.authenticated = await signIn.identify({ headers: state.headers, address: state.address })
    const caller = { address: state.address, principal: state.authenticated?.principal }
    state.allowance = await rateLimits.take(this.path, caller, undefined)
    insist(state.allowance)
  }

  async #answer(state: RequestState): Promise<Response> {
    const { request } = state
    if (request.method !== 'GET' && request.method !== 'POST')
      throw httpError('METHOD_NOT_ALLOWED', [request.method, this.path, methods], { allow: methods })
    if (request.method === 'POST' && !isJson(request.headers))
      throw httpError('UNSUPPORTED_MEDIA_TYPE', [request.headers.get('content-type') ?? 'none', 'application/json'])
    await this.#admit(state)
    const limited = limitBody(request, graphqlBodyLimit, state.node !== undefined)
    const type = answerableType(request)
    const response = type
      ? responseOf(await this.#answerBody(await limited.request.text(), type, state))
      : await this.#answerByYoga(limited.request, state)
    if (limited.exceeded()) throw httpError('BODY_TOO_LARGE', [graphqlBodyLimit])
    return response
  }

  async #answerBody(body: string, type: MediaType, state: RequestState): Promise<TextAnswer | Response> {
    const answer = await this.#direct.answer(body, type, state)
    if (answer) return answer
    const { url, headers, signal } = state.request
    return this.#answerByYoga(new Request(url, { method: 'POST', headers, body, signal }), state)
  }

  async #answerByYoga(request: Request, state: RequestState): Promise<Response> {
    const response = await this.#yoga.fetch(request, {
      state,
      transport: 'http',
      onCut: (error) => {
        // A reader that takes nothing cannot be told; one that lost its rights reads it as its last event.
        if (error instanceof SubscriberStalledError) state.node?.incoming.socket.destroy()
      },
    })
    // Yoga says no more than the status.
    if (response.status === 406) throw httpError('NOT_ACCEPTABLE', [request.headers.get('accept') ?? '*/*'])
    return response
  }

  #refuse(thrown: unknown, state: RequestState): Response {
    const shaped = this.shape(thrown as Error, state)
    const error = asUnavailable(thrown) ?? unlessBrokenOff(thrown, state.node?.incoming)
    const headers: Record<string, string> = error instanceof HttpError ? { ...error.headers } : {}
    if (error instanceof RateLimitedError || error instanceof UnavailableError)
      headers['retry-after'] = String(error.retryAfterSeconds)
    const told = answerExtensions(undefined, state.allowance)
    return refusalResponse(shaped, error instanceof RequestError ? error.status : 500, headers, told)
  }

  /** An error as clients of this endpoint get it. */
  shape(error: Error, recipient: ErrorRecipient): GraphQLError {
    const shaped = shapeError(error, {
      traceId: recipient.trace.traceId,
      locale: recipient.locale,
      production: this.#host.production,
      incoming: recipient.node?.incoming,
      suggestions: this.#suggestions,
      onUnexpected: (cause) => recipient.log.error({ err: cause, route: this.path }, 'operation failed'),
    })
    recipient.refusal ??= error
    this.#host.metrics.operationErrors.inc({ endpoint: this.path, code: String(shaped.extensions.code) })
    return shaped
  }

  /** As {@link shape}, for answers that have no HTTP status of their own any more. */
  shapeFinal(error: Error, recipient: ErrorRecipient): GraphQLError {
    const shaped = this.shape(error, recipient)
    delete shaped.extensions.http
    return shaped
  }
}

function responseOf(answer: TextAnswer | Response): Response {
  return answer instanceof Response ? answer : new Response(answer.body, answer)
}
