import type { Tracer } from '@opentelemetry/api'
import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { createYoga, type GraphQLParams, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { Logger } from 'pino'
import { isJson, refuseCrossSite } from '../../access/csrf.ts'
import { RateLimitedError, RequestError } from '../../errors.ts'
import type { Authenticator } from '../../http/authenticator.ts'
import { limitBody } from '../../http/bodyLimit.ts'
import { allowTrusted, preflight } from '../../http/crossOrigin.ts'
import { HttpError, httpError } from '../../http/errors.ts'
import type { Metrics } from '../../http/metrics.ts'
import type { OpenCredentials } from '../../http/openCredentials.ts'
import type { Origins } from '../../http/origins.ts'
import { insist, type RateLimits } from '../../http/rateLimits.ts'
import type { RequestState } from '../../http/requestState.ts'
import type { SignIn } from '../../http/signIn.ts'
import { type SharedSubscriptions, SubscriberStalledError } from '../../live/sharedSubscriptions.ts'
import type { Timers } from '../../live/timers.ts'
import { asUnavailable, UnavailableError } from '../../unavailable.ts'
import type { Requester, RequestFacts } from '../graphqlContext.ts'
import { DirectAnswers, takesPlainJson } from './directAnswers.ts'
import { Documents } from './documents.ts'
import { shapeError } from './errorShape.ts'
import { refusalResponse } from './graphqlResponse.ts'
import { defaultOperationLimits, type OperationLimits } from './operationLimits.ts'
import { Operations, type ServeContext } from './operations.ts'
import { PersistedOperations, type PersistedOptions } from './persistedOperations.ts'
import { countedBatches, parameterMistakes } from './requestParsing.ts'

/** What both endpoints are served with. */
export interface EndpointServing extends PersistedOptions {
  /** Makes the context of one operation. */
  context: (authenticated: Requester | undefined, facts: RequestFacts) => object
  limits?: Partial<OperationLimits>
  /** Whether clients may ask for the schema, and errors propose names of it. Default: outside production. */
  introspection?: boolean
  /** Whether browsers get GraphiQL. Default: outside production. */
  graphiql?: boolean
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

const bodyLimit = 1024 * 1024
const methods = 'GET, POST, OPTIONS'

type OperationResult = ExecutionResult | AsyncIterableIterator<ExecutionResult>

/** One schema behind one path: hardened HTTP in front of Yoga. */
export class GraphQLEndpoint {
  readonly path: string
  readonly schema: GraphQLSchema
  readonly #host: EndpointHost
  readonly #suggestions: boolean
  readonly #persisted: PersistedOperations
  readonly #direct: DirectAnswers
  readonly #yoga: YogaServerInstance<ServeContext, object>

  constructor(path: string, schema: GraphQLSchema, serving: EndpointServing, host: EndpointHost & SubscriptionHost) {
    this.path = path
    this.schema = schema
    this.#host = host
    const introspection = serving.introspection ?? !host.production
    this.#suggestions = introspection
    const limits = { ...defaultOperationLimits, ...serving.limits }
    const persisted = new PersistedOperations(serving)
    const documents = new Documents({ schema, limits, introspection, trusts: (source) => persisted.trusts(source) })
    this.#persisted = persisted
    const operations = new Operations({
      ...host,
      endpoint: path,
      schema,
      documents,
      maxCost: limits.cost,
      context: serving.context,
      shape: (error, state) => this.shapeFinal(error, state),
    })
    this.#direct = new DirectAnswers({
      schema,
      documents,
      persisted,
      operations,
      shape: (error, state) => this.shape(error, state),
    })
    this.#yoga = createYoga<ServeContext, object>({
      schema,
      graphqlEndpoint: path,
      // The server's own classes: Node's adapter writes their answers without streams.
      fetchAPI: { Response, Request, Headers, URL, ReadableStream },
      logging: false,
      maskedErrors: false,
      cors: false,
      multipart: false,
      landingPage: false,
      maxRequestBodySize: false,
      parserAndValidationCache: false,
      graphiql: serving.graphiql ?? !host.production,
      // From the installation itself, not from a network; large, so read when somebody first opens it.
      renderGraphiQL: async (options) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
      extraParamNames: ['documentId'],
      batching: serving.batching ? { limit: 10 } : false,
      plugins: [
        parameterMistakes(),
        countedBatches(host.rateLimits, path),
        persisted.plugin(),
        prepared(documents),
        operations.plugin(),
        this.#errors(),
      ],
    })
  }

  async handle(state: RequestState): Promise<Response> {
    const { request } = state
    const { origins } = this.#host
    const origin = request.headers.get('origin')
    if (request.method === 'OPTIONS') return preflight(methods, (headers) => allowTrusted(headers, origin, origins))
    const response = await this.#answer(state).catch((error: unknown) => this.#refuse(error, state))
    allowTrusted(response.headers, origin, origins)
    return response
  }

  async #answer(state: RequestState): Promise<Response> {
    const { request } = state
    const { origins, rateLimits, signIn } = this.#host
    if (request.method !== 'GET' && request.method !== 'POST')
      throw httpError('METHOD_NOT_ALLOWED', [request.method, this.path, methods], { allow: methods })
    if (request.method === 'POST' && !isJson(request.headers))
      throw httpError('UNSUPPORTED_MEDIA_TYPE', [request.headers.get('content-type') ?? 'none', 'application/json'])
    refuseCrossSite(request, origins)
    state.authenticated = await signIn.identify({ headers: request.headers, address: state.address })
    state.allowance = await rateLimits.take(
      this.path,
      { address: state.address, principal: state.authenticated?.principal },
      undefined,
    )
    insist(state.allowance)
    const limited = limitBody(request, bodyLimit, state.node !== undefined)
    const response = takesPlainJson(request)
      ? await this.#answerBody(await limited.request.text(), state)
      : await this.#answerByYoga(limited.request, state)
    if (limited.exceeded()) throw httpError('BODY_TOO_LARGE', [bodyLimit])
    return response
  }

  async #answerBody(body: string, state: RequestState): Promise<Response> {
    const { url, headers, signal } = state.request
    return (
      (await this.#direct.answer(body, state)) ??
      this.#answerByYoga(new Request(url, { method: 'POST', headers, body, signal }), state)
    )
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
    const error = asUnavailable(thrown) ?? thrown
    const headers: Record<string, string> = error instanceof HttpError ? { ...error.headers } : {}
    if (error instanceof RateLimitedError || error instanceof UnavailableError)
      headers['retry-after'] = String(error.retryAfterSeconds)
    return refusalResponse(shaped, error instanceof RequestError ? error.status : 500, headers)
  }

  /** An error as clients of this endpoint get it. */
  shape(error: Error, state: RequestState): GraphQLError {
    const shaped = shapeError(error, {
      traceId: state.trace.traceId,
      production: this.#host.production,
      suggestions: this.#suggestions,
      onUnexpected: (cause) => state.log.error({ err: cause, route: this.path }, 'operation failed'),
    })
    this.#host.metrics.operationErrors.inc({ endpoint: this.path, code: String(shaped.extensions.code) })
    return shaped
  }

  /** As {@link shape}, for answers that have no HTTP status of their own any more. */
  shapeFinal(error: Error, state: RequestState): GraphQLError {
    const shaped = this.shape(error, state)
    delete shaped.extensions.http
    return shaped
  }

  /**
   * Makes ready an operation that came over a WebSocket: the same limits and validation as over HTTP.
   *
   * @param onCut called when its subscription is ended against the subscriber's will
   */
  async prepare(
    state: RequestState,
    payload: SubscribePayload,
    onCut: (error: Error) => void,
  ): Promise<{ errors: readonly GraphQLError[] } | { args: ExecutionArgs; run: () => Promise<OperationResult> }> {
    insist(
      await this.#host.rateLimits.take(
        this.path,
        { address: state.address, principal: state.authenticated?.principal },
        undefined,
      ),
    )
    const params = this.#persisted.resolve(payload as GraphQLParams)
    const context: ServeContext = { state, transport: 'websocket', onCut }
    const enveloped = this.#yoga.getEnveloped(context)
    const document = enveloped.parse(params.query ?? '')
    const errors = enveloped.validate(this.schema, document) as GraphQLError[]
    if (errors.length > 0) return { errors: errors.map((error) => this.shapeFinal(error, state)) }
    const { operationName, variables } = params
    const args: ExecutionArgs = {
      schema: this.schema,
      document,
      contextValue: context,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
    }
    const type = getOperationAST(document, operationName)?.operation
    const run = async () => {
      try {
        const result = await (type === 'subscription' ? enveloped.subscribe(args) : enveloped.execute(args))
        return this.#finished(result as OperationResult, state)
      } catch (error) {
        return { errors: [this.shapeFinal(error as Error, state)] }
      }
    }
    return { args, run }
  }

  #finished(result: OperationResult, state: RequestState): OperationResult {
    if (Symbol.asyncIterator in result || !result.errors) return result
    return { ...result, errors: result.errors.map((error) => this.shapeFinal(error, state)) }
  }

  /** Gives every error its shape on the way out, whatever part of Yoga it came from. */
  #errors(): Plugin<object, ServeContext> {
    return {
      onResultProcess: ({ result, setResult, serverContext: { state } }) => {
        const shapeResult = <R extends object>(one: R): R => {
          const errors = (one as { errors?: readonly Error[] }).errors
          return errors ? { ...one, errors: errors.map((error) => this.shape(error, state)) } : one
        }
        if (Array.isArray(result)) setResult(result.map(shapeResult))
        else if (!(Symbol.asyncIterator in result)) setResult(shapeResult(result))
      },
    }
  }
}

/** Parsing and validation come from {@link Documents}. */
function prepared(documents: Documents): Plugin {
  return {
    onParse: ({ params, setParsedDocument }) => {
      setParsedDocument(documents.prepare(String(params.source)).document)
    },
    onValidate: ({ params, setResult }) => {
      const known = documents.of(params.documentAST)
      if (known) setResult(known.errors)
    },
  }
}
