import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GraphQLSchema } from 'graphql'
import type { RequestState } from '../../http/requestState.ts'
import { type EndpointHost, type EndpointServing, GraphQLEndpoint } from './graphqlEndpoint.ts'

/** The schemas to serve, and how. */
export interface GraphQLServing extends EndpointServing {
  /** Behind /graphql: sessions and API keys. */
  admin: () => GraphQLSchema
  /** Behind /graphql/public: what integrators may rely on. */
  public: () => GraphQLSchema
}

/** Both GraphQL endpoints, over HTTP, server-sent events and WebSocket. */
export class GraphQLServer {
  readonly #endpoints: ReadonlyMap<string, GraphQLEndpoint>

  constructor(options: GraphQLServing & EndpointHost) {
    const schemas = { '/graphql': options.admin(), '/graphql/public': options.public() }
    this.#endpoints = new Map(
      Object.entries(schemas).map(([path, schema]) => [path, new GraphQLEndpoint(path, schema, options, options)]),
    )
  }

  get paths(): string[] {
    return [...this.#endpoints.keys()]
  }

  handle(path: string, state: RequestState): Promise<Response> {
    return (this.#endpoints.get(path) as GraphQLEndpoint).handle(state)
  }

  upgrade(_incoming: IncomingMessage, socket: Duplex, _head: Buffer, _address: string): void {
    socket.destroy()
  }

  async close(): Promise<void> {}
}
