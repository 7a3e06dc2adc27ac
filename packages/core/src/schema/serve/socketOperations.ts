import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { GraphQLParams } from 'graphql-yoga'
import { insist, type RateLimits } from '../../http/rateLimits.ts'
import type { RequestState } from '../../http/requestState.ts'
import type { Pourable } from '../../live/mailbox.ts'
import type { Documents, PreparedDocument } from './documents.ts'
import type { Observation } from './observation.ts'
import { callerOf, type Operations, type ServeContext } from './operations.ts'
import type { PersistedOperations } from './persistedOperations.ts'

export interface SocketOperationsOptions {
  readonly path: string
  readonly schema: GraphQLSchema
  readonly rateLimits: RateLimits
  readonly persisted: PersistedOperations
  readonly documents: Documents
  readonly operations: Operations
  readonly observation: Observation
  /** An error as clients of this endpoint get it, where no HTTP status goes with it. */
  readonly shape: (error: Error, state: RequestState) => GraphQLError
}

/** An operation that may be run. */
export interface SocketOperation {
  readonly args: ExecutionArgs
  readonly run: () => Promise<ExecutionResult | Pourable<ExecutionResult>>
}

/** Operations that come over a WebSocket: the same limits, budgets and validation as over HTTP. */
export class SocketOperations {
  readonly #options: SocketOperationsOptions

  constructor(options: SocketOperationsOptions) {
    this.#options = options
  }

  /**
   * @param onCut called when its subscription is ended against the subscriber's will
   * @throws what refuses it before it was looked at
   */
  async prepare(
    state: RequestState,
    payload: SubscribePayload,
    onCut: (error: Error) => void,
  ): Promise<{ errors: readonly GraphQLError[] } | SocketOperation> {
    const { schema, operations, shape } = this.#options
    const context: ServeContext = { state, transport: 'websocket', onCut }
    const params = await this.#admit(payload as GraphQLParams, context)
    const { document, errors } = this.#prepared(params, context)
    if (errors.length > 0) return { errors: errors.map((error) => shape(error, state)) }
    const { operationName, variables } = params
    const args: ExecutionArgs = {
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
    }
    const type = getOperationAST(document, operationName)?.operation
    const run = async () => {
      try {
        const result = await (type === 'subscription'
          ? operations.subscribe(args, context)
          : operations.execute(args, context))
        return 'pour' in result ? result : this.#shaped(result, state)
      } catch (error) {
        return { errors: [shape(error as Error, state)] }
      }
    }
    return { args, run }
  }

  /** The operation, taken from its sender's budget. @throws what refuses it */
  async #admit(given: GraphQLParams, context: ServeContext): Promise<GraphQLParams> {
    const { path, rateLimits, persisted, observation } = this.#options
    const { state } = context
    try {
      state.allowance = await rateLimits.take(path, callerOf(state), undefined)
      insist(state.allowance)
      return await persisted.resolve(given, state.authenticated)
    } catch (error) {
      const { query, operationName } = given
      observation.saw(context, { source: query, operationName, error: error as Error })
      throw error
    }
  }

  /** @throws GraphQLError where the source is no document */
  #prepared({ query, operationName }: GraphQLParams, context: ServeContext): PreparedDocument {
    const { documents, observation } = this.#options
    const source = query ?? ''
    try {
      const prepared = documents.prepare(source)
      const [error] = prepared.errors
      if (error) observation.saw(context, { prepared, operationName, error })
      return prepared
    } catch (error) {
      observation.saw(context, { source, operationName, error: error as Error })
      throw error
    }
  }

  #shaped(result: ExecutionResult, state: RequestState): ExecutionResult {
    if (!result.errors) return result
    return { ...result, errors: result.errors.map((error) => this.#options.shape(error, state)) }
  }
}
