import {
  type Client,
  type Exchange,
  type GraphQLRequest,
  makeOperation,
  type Operation,
  type OperationContext,
} from '@urql/core'
import { pipe, tap } from 'wonka'

/** The queries that something on the screen shows. */
export class ShownQueries {
  readonly #operations = new Map<number, Operation>()
  /** The last that came for each of them. */
  readonly #data = new Map<number, unknown>()

  readonly exchange: Exchange =
    ({ forward }) =>
    (operations) =>
      pipe(
        operations,
        tap((operation) => {
          if (operation.kind === 'query') this.#operations.set(operation.key, operation)
          else if (operation.kind === 'teardown') {
            this.#operations.delete(operation.key)
            this.#data.delete(operation.key)
          }
        }),
        forward,
        tap(({ operation: { key }, data }) => {
          if (this.#operations.has(key) && data) this.#data.set(key, data)
        }),
      )

  /**
   * What is known of a query at this moment, without asking anybody. One that is shown is not read from the cache again:
   * the client would tell that to all who show it, and this is for the middle of drawing.
   */
  known<Result>(
    client: Client,
    request: GraphQLRequest<Result>,
    context: Partial<OperationContext>,
  ): Result | undefined {
    if (this.#operations.has(request.key)) return this.#data.get(request.key) as Result | undefined
    const read = client.readQuery<Result>(
      request.query,
      { ...request.variables },
      {
        ...context,
        requestPolicy: 'cache-only',
      },
    )
    return read?.data ?? undefined
  }

  /** Asks the server again. What is shown stays until the answer comes. @param fields of `Query`; default: all */
  askAgain(client: Client, fields?: readonly string[]): void {
    for (const operation of [...this.#operations.values()]) {
      if (fields && !rootFields(operation).some((field) => fields.includes(field))) continue
      client.reexecuteOperation(
        makeOperation('query', operation, { ...operation.context, requestPolicy: 'network-only' }),
      )
    }
  }
}

function rootFields({ query }: Operation): string[] {
  return query.definitions.flatMap((definition) =>
    definition.kind === 'OperationDefinition'
      ? definition.selectionSet.selections.flatMap((selection) =>
          selection.kind === 'Field' ? [selection.name.value] : [],
        )
      : [],
  )
}

const ofClients = new WeakMap<Client, ShownQueries>()

/** Makes a client's shown queries known to {@link shownQueriesOf}. */
export function followShown(client: Client, shown: ShownQueries): void {
  ofClients.set(client, shown)
}

/** @throws Error for a client that no Api made */
export function shownQueriesOf(client: Client): ShownQueries {
  const shown = ofClients.get(client)
  if (!shown) throw new Error('This client was not made by an Api.')
  return shown
}
