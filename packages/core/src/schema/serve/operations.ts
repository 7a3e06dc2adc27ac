import { SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { type ExecutionArgs, type ExecutionResult, type GraphQLSchema, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Metrics } from '../../http/metrics.ts'
import { credentialOf, type OpenCredentials } from '../../http/openCredentials.ts'
import type { RateLimits } from '../../http/rateLimits.ts'
import type { RequestState } from '../../http/requestState.ts'
import type { SharedSubscriptions } from '../../live/sharedSubscriptions.ts'
import { subscribeAfresh } from '../../live/subscribeAfresh.ts'
import { subscriptionGroup, subscriptionTraits } from '../../live/subscriptionGroup.ts'
import type { Requester, RequestFacts } from '../graphqlContext.ts'
import { CompiledExecution } from './compiledExecution.ts'
import type { Documents, PreparedDocument } from './documents.ts'
import { OperationPolicy } from './operationPolicy.ts'
import { requestFacts } from './requestFacts.ts'

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
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** An error as this endpoint's clients get it. */
  readonly shape: (error: Error, state: RequestState) => Error
}

type Result = ExecutionResult | Promise<ExecutionResult>

/** Runs validated operations: policy first, then compiled execution, or a subscription shared with its equals. */
export class Operations {
  readonly #options: OperationsOptions
  readonly #execution: CompiledExecution
  readonly #policy: OperationPolicy

  constructor(options: OperationsOptions) {
    this.#options = options
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
        setSubscribeFn((args: ExecutionArgs) => this.#subscribe(args, serve))
      },
    }
  }

  /** @throws what the policy refuses */
  execute(args: ExecutionArgs, { state }: ServeContext): Result {
    const prepared = this.#prepared(args)
    const operation = { prepared, operationName: args.operationName, variables: args.variableValues }
    this.#policy.refuseCostly(operation)
    const run = () => this.#measured(args, state, () => this.#run(prepared, args, state))
    const waiting = this.#policy.takeLimited(operation, callerOf(state))
    return waiting ? waiting.then(run) : run()
  }

  #run(prepared: PreparedDocument, args: ExecutionArgs, state: RequestState): Result {
    // Not Yoga's own context: it is made by copying properties, which a context with getters does not survive.
    const contextValue = this.#options.context(state.authenticated, requestFacts(state))
    return this.#execution.execute(prepared, { ...args, contextValue })
  }

  async #subscribe(args: ExecutionArgs, serve: ServeContext) {
    const { state, transport, onCut } = serve
    const { schema, sharing, credentials, metrics, endpoint } = this.#options
    const prepared = this.#prepared(args)
    const operation = { prepared, operationName: args.operationName, variables: args.variableValues }
    this.#policy.refuseCostly(operation)
    await this.#policy.takeLimited(operation, callerOf(state))

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
        signal: state.request.signal,
        credential: requester && credentialOf(requester),
        currentValue: traits.currentValue,
        onCut,
      })
      .catch((error: unknown) => {
        release?.()
        throw error
      })
    if (!(Symbol.asyncIterator in outcome)) {
      release?.()
      return outcome
    }
    const labels = { endpoint, transport: transport === 'http' ? 'sse' : transport }
    metrics.subscribers.inc(labels)
    return this.#delivered(outcome, state, () => {
      metrics.subscribers.dec(labels)
      release?.()
    })
  }

  /** Executed once for a group, so on nobody's signal but the group's. */
  async #start(args: ExecutionArgs, state: RequestState, signal: AbortSignal) {
    const facts = { ...requestFacts(state), signal }
    return subscribeAfresh(args, () => this.#options.context(state.authenticated, facts))
  }

  /** The results with errors in their shape; a failure becomes the last result, so that every client hears of it. */
  #delivered(
    results: AsyncIterableIterator<ExecutionResult>,
    state: RequestState,
    onEnd: () => void,
  ): AsyncIterableIterator<ExecutionResult> {
    let over = false
    const end = () => {
      if (!over) onEnd()
      over = true
    }
    const shaped = (result: ExecutionResult): ExecutionResult =>
      result.errors
        ? { ...result, errors: result.errors.map((error) => this.#options.shape(error, state)) as never }
        : result
    return {
      next: async () => {
        if (over) return { done: true, value: undefined }
        try {
          const next = await results.next()
          if (next.done) end()
          return next.done ? next : { done: false, value: shaped(next.value) }
        } catch (error) {
          end()
          return { done: false, value: { errors: [this.#options.shape(error as Error, state)] as never } }
        }
      },
      return: async () => {
        end()
        await results.return?.()
        return { done: true, value: undefined }
      },
      throw: async (error: unknown) => {
        end()
        await results.return?.()
        throw error
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  #measured(args: ExecutionArgs, state: RequestState, run: () => Result): Result {
    const { metrics, tracer, endpoint } = this.#options
    const type = getOperationAST(args.document, args.operationName)?.operation ?? 'query'
    const span = state.trace.span.isRecording()
      ? tracer.startSpan(`graphql ${type}`, {}, state.trace.context)
      : undefined
    if (span && args.operationName) span.setAttribute('graphql.operation.name', args.operationName)
    const stop = metrics.operationDuration.startTimer({ endpoint, type })
    const done = (result: ExecutionResult) => {
      stop()
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

/** Whose budgets an operation uses. */
export function callerOf(state: RequestState) {
  return { address: state.address, principal: state.authenticated?.principal }
}
