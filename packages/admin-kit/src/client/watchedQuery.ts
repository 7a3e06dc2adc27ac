import type { Client, GraphQLRequest, OperationContext, OperationResult } from '@urql/core'
import { pipe, subscribe } from 'wonka'
import { type Problem, problemOf } from './problem.ts'
import { shownQueriesOf } from './shownQueries.ts'

/** The answer of a query, and whether it is stale or failed. */
export interface QueryState<Result> {
  /** The last that is known, also while it is asked again and when that failed. */
  readonly data: Result | undefined
  readonly error: Problem | undefined
  /** There is nothing to show yet. */
  readonly loading: boolean
  /** The server has not confirmed what is shown: it was asked just now, or cannot be. */
  readonly stale: boolean
}

/** One query while something shows it. What the cache knows is there from the first moment. */
export class WatchedQuery<Result> {
  readonly #client: Client
  readonly #request: GraphQLRequest<Result>
  readonly #context: Partial<OperationContext>
  #state: QueryState<Result>

  constructor(client: Client, request: GraphQLRequest<Result>, context: Partial<OperationContext>) {
    this.#client = client
    this.#request = request
    this.#context = { ...context, requestPolicy: 'cache-and-network' }
    const data = shownQueriesOf(client).known(client, request, context)
    this.#state = { data, error: undefined, loading: data === undefined, stale: true }
  }

  readonly state = (): QueryState<Result> => this.#state

  readonly subscribe = (tell: () => void): (() => void) =>
    pipe(
      this.#client.executeQuery<Result>(this.#request, this.#context),
      subscribe((result) => {
        this.#state = this.#after(result)
        tell()
      }),
    ).unsubscribe

  readonly again = (): void => {
    this.#client.reexecuteOperation(
      this.#client.createRequestOperation('query', this.#request, { ...this.#context, requestPolicy: 'network-only' }),
    )
  }

  #after({ data, error, stale }: OperationResult<Result>): QueryState<Result> {
    const problem = error && problemOf(error)
    const known = data ?? (problem ? this.#state.data : undefined)
    return {
      data: known,
      error: problem,
      loading: known === undefined && !problem,
      stale: stale || problem !== undefined,
    }
  }
}
