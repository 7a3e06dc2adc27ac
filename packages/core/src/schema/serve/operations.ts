import { SpanStatusCode, type Tracer } from '@opentelemetry/api'
import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Gauge } from 'prom-client'
import type { DurationSeries } from '../../http/durations.ts'
import type { Metrics } from '../../http/metrics.ts'
import { credentialOf, type OpenCredentials } from '../../http/openCredentials.ts'
import type { RateLimits } from '../../http/rateLimits.ts'
import type { ErrorRecipient, RequestState } from '../../http/requestState.ts'
import type { IdempotentMutations } from '../../idempotency/idempotentMutations.ts'
import type { Pourable } from '../../live/mailbox.ts'
import type { SharedSubscriptions } from '../../live/sharedSubscriptions.ts'
import { subscribeAfresh } from '../../live/subscribeAfresh.ts'
import { subscriptionGroup, subscriptionTraits } from '../../live/subscriptionGroup.ts'
import { forgetContext } from '../contextMemory.ts'
import type { Requester, RequestFacts } from '../graphqlContext.ts'
import { answerExtensions, isDryRun, withExtensions } from './answerExtensions.ts'
import { CompiledExecution } from './compiledExecution.ts'
import { DeliveredResults } from './deliveredResults.ts'
import type { Documents, PreparedDocument } from './documents.ts'
import { idempotently } from './idempotentExecution.ts'
import type { Observation } from './observation.ts'
import { OperationPolicy, refusedAsCostly } from './operationPolicy.ts'
import { LiveFacts, requestFacts } from './requestFacts.ts'
import { variableMistakes } from './variableMistakes.ts'

/** Travels beside an operation through Yoga's hooks. */
export interface ServeContext {
  readonly state: RequestState
  readonly transport: 'http' | 'websocket'
  /** Called when a subscription is ended against its subscriber's will. */
  readonly onCut?: (error: Error) => void
}

export interface OperationsOptions {
  readonly endpoint: string
  readonly schema: GraphQLSchema
  readonly documents: Documents
  readonly maxCost: number
  readonly context: (authenticated: Requester | undefined, facts: RequestFacts) => object
  readonly rateLimits: RateLimits
  readonly sharing: SharedSubscriptions
  readonly credentials: OpenCredentials
  /** Carries out mutations with an `Idempotency-Key` once. Default: keys mean nothing. */
  readonly idempotency?: IdempotentMutations | undefined
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** An error as this endpoint's clients get it. */
  readonly shape: (error: Error, recipient: ErrorRecipient) => Error
  readonly observation: Observation
}

type Result = ExecutionResult | Promise<ExecutionResult>

/** Runs validated operations: policy first, then compiled execution, or a subscription shared with its equals. */
export class Operations {
  readonly #options: OperationsOptions
  readonly #execution: CompiledExecution
  readonly #policy: OperationPolicy
  readonly #subscribers: Record<ServeContext['transport'], Gauge.Internal<string>>
  readonly #durations: Record<OperationTypeNode, DurationSeries>

  constructor(options: OperationsOptions) {
    this.#options = options
    const { metrics, endpoint } = options
    const durations = (type: OperationTypeNode) => metrics.operationDuration.series({ endpoint, type })
    this.#durations = {
      query: durations(OperationTypeNode.QUERY),
      mutation: durations(OperationTypeNode.MUTATION),
      subscription: durations(OperationTypeNode.SUBSCRIPTION),
    }
    this.#subscribers = {
      http: metrics.subscribers.labels({ endpoint, transport: 'sse' }),
      websocket: metrics.subscribers.labels({ endpoint, transport: 'websocket' }),
    }
    this.#execution = new CompiledExecution(options.schema)
    this.#policy = new OperationPolicy(options.schema, options.maxCost, options.rateLimits)
  }

  plugin(): Plugin<object, ServeContext> {
    return {
      onExecute: ({ context, setExecuteFn }) => {
        const serve = context as unknown as ServeContext
        setExecuteFn((args: ExecutionArgs) => this.execute(args, serve))
      },
      onSubscribe: ({ context, setSubscribeFn }) => {
        const serve = context as unknown as ServeContext
        setSubscribeFn((args: ExecutionArgs) => this.subscribe(args, serve))
      },
    }
  }

  /** Refusals are results with errors as well, so that they say what the operation costs. */
  execute(args: ExecutionArgs, serve: ServeContext): Result {
    const { state } = serve
    const started = performance.now()
    const prepared = this.#prepared(args)
    const operation = { prepared, operationName: args.operationName, variables: args.variableValues }
    const mistakes = variableMistakes(this.#options.schema, operation)
    const cost = this.#policy.cost(operation, mistakes)
    const finish = (result: ExecutionResult): ExecutionResult => {
      const durationMs = performance.now() - started
      this.#options.observation.saw(serve, {
        ...operation,
        cost: cost.requested,
        durationMs,
        error: result.errors?.[0],
      })
      return withExtensions(result, answerExtensions(cost, state.allowance))
    }
    if (mistakes) return finish({ errors: mistakes })
    const costly = refusedAsCostly(cost)
    if (costly) return finish({ errors: [costly] })
    if (state.answersWithHeaders && isDryRun(state.headers)) return finish(dryRun)
    const run = () => this.#measured(args, state, () => this.#run(prepared, args, state))
    const waiting = this.#policy.takeLimited(operation, callerOf(state))
    const result = waiting ? waiting.then(run).catch((error: GraphQLError) => ({ errors: [error] })) : run()
    return result instanceof Promise ? result.then(finish) : finish(result)
  }

  #run(prepared: PreparedDocument, args: ExecutionArgs, state: RequestState): Result {
    // Not Yoga's own context: it is made by copying properties, which a context with getters does not survive.
    const { endpoint, schema, idempotency, context } = this.#options
    const contextWith = (more?: Partial<RequestFacts>) =>
      context(state.authenticated, more ? { ...requestFacts(state), ...more } : new LiveFacts(state))
    const execute = (more?: Partial<RequestFacts>) => {
      const contextValue = contextWith(more)
      const done = (result: ExecutionResult) => {
        forgetContext(contextValue)
        return result
      }
      const result = this.#execution.execute(prepared, { ...args, contextValue })
      return result instanceof Promise ? result.then(done) : done(result)
    }
    const once = idempotently(idempotency, { endpoint, schema, prepared, args, state, context: contextWith })
    return once ? once(execute) : execute()
  }

  /** The results, or the one of an operation that was refused or would be. */
  async subscribe(args: ExecutionArgs, serve: ServeContext): Promise<Pourable<ExecutionResult> | ExecutionResult> {
    const { state, transport, onCut } = serve
    const { schema, sharing, credentials, endpoint, observation } = this.#options
    const started = performance.now()
    const prepared = this.#prepared(args)
    const operation = { prepared, operationName: args.operationName, variables: args.variableValues }
    const mistakes = variableMistakes(schema, operation)
    const cost = this.#policy.cost(operation, mistakes)
    const told = answerExtensions(cost, state.allowance)
    const saw = (error?: Error) =>
      observation.saw(serve, { ...operation, cost: cost.requested, durationMs: performance.now() - started, error })
    if (mistakes) {
      saw(mistakes[0])
      return withExtensions({ errors: mistakes }, told)
    }
    const isDry = state.answersWithHeaders && isDryRun(state.headers)
    try {
      const costly = refusedAsCostly(cost)
      if (costly) throw costly
      if (!isDry) await this.#policy.takeLimited(operation, callerOf(state))
    } catch (error) {
      saw(error as Error)
      return withExtensions({ errors: [error as GraphQLError] }, told)
    }
    if (isDry) {
      saw()
      return withExtensions(dryRun, told)
    }

    const traits = subscriptionTraits(schema, args.document, args.operationName)
    const requester = state.authenticated
    const release = requester && credentials.hold(requester)
    const outcome = await sharing
      .subscribe({
        group: subscriptionGroup({
          schema: endpoint,
          workspaceId: requester?.workspaceId,
          principal: requester?.principal,
          locale: requestFacts(state).locale,
          document: prepared.source,
          operationName: args.operationName,
          variables: args.variableValues as Record<string, unknown> | null | undefined,
          shared: traits.shared,
        }),
        start: (signal) => this.#start(args, state, signal),
        // A WebSocket ends its subscriptions by itself.
        signal: transport === 'http' ? state.request.signal : undefined,
        credential: requester && credentialOf(requester),
        currentValue: traits.currentValue,
        onCut,
      })
      .catch((error: unknown) => {
        release?.()
        saw(error as Error)
        throw error
      })
    if (!(Symbol.asyncIterator in outcome)) {
      release?.()
      saw(outcome.errors?.[0])
      return withExtensions(outcome, told)
    }
    saw()
    return this.#delivered(outcome, state.lastingRecipient(), transport, release)
  }

  /** Apart from what began it, so that what lasts as long as the subscription keeps nothing of its request. */
  #delivered(
    results: Pourable<ExecutionResult>,
    recipient: ErrorRecipient,
    transport: ServeContext['transport'],
    release: (() => void) | undefined,
  ): DeliveredResults {
    const subscribers = this.#subscribers[transport]
    subscribers.inc()
    const onEnd = () => {
      subscribers.dec()
      release?.()
    }
    return new DeliveredResults(results, recipient, this.#options.shape, onEnd)
  }

  /** Executed once for a group, so on nobody's signal but the group's. */
  async #start(args: ExecutionArgs, state: RequestState, signal: AbortSignal) {
    const facts = { ...requestFacts(state), signal }
    return subscribeAfresh(args, () => this.#options.context(state.authenticated, facts))
  }

  #measured(args: ExecutionArgs, state: RequestState, run: () => Result): Result {
    const { tracer } = this.#options
    const type = getOperationAST(args.document, args.operationName)?.operation ?? OperationTypeNode.QUERY
    const span = state.trace.span.isRecording()
      ? tracer.startSpan(`graphql ${type}`, {}, state.trace.context)
      : undefined
    if (span && args.operationName) span.setAttribute('graphql.operation.name', args.operationName)
    const started = performance.now()
    const done = (result: ExecutionResult) => {
      this.#durations[type].observe((performance.now() - started) / 1000)
      if (result.errors) span?.setStatus({ code: SpanStatusCode.ERROR })
      span?.end()
      return result
    }
    const result = run()
    return result instanceof Promise ? result.then(done) : done(result)
  }

  #prepared(args: ExecutionArgs): PreparedDocument {
    const prepared = this.#options.documents.of(args.document)
    if (!prepared) throw new Error('A document came to its execution without having been prepared.')
    return prepared
  }
}

const dryRun: ExecutionResult = { data: null, extensions: { dryRun: true } }

/** Whose budgets an operation uses. */
export function callerOf(state: RequestState) {
  return { address: state.address, principal: state.authenticated?.principal }
}
