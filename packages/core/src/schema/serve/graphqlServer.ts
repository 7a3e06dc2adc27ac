import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GraphQLSchema } from 'graphql'
import { OpenCredentials } from '../../http/openCredentials.ts'
import type { RequestState } from '../../http/requestState.ts'
import { SharedSubscriptions } from '../../live/sharedSubscriptions.ts'
import { type EndpointHost, type EndpointServing, GraphQLEndpoint } from './graphqlEndpoint.ts'
import { type WebSocketLimits, WebSockets } from './webSockets.ts'

/** The schemas to serve, and how. */
export interface GraphQLServing extends EndpointServing {
  webSockets?: WebSocketLimits
  /** Behind /graphql: sessions and API keys. */
  admin: () => GraphQLSchema
  /** Behind /graphql/public: what integrators may rely on. */
  public: () => GraphQLSchema
  /** Builds an endpoint, and its schema, with the first request to it. Default: both at once. */
  whenAsked?: boolean
}

/** Both GraphQL endpoints, over HTTP, server-sent events and WebSocket. */
export class GraphQLServer {
  readonly #endpoints: GraphQLEndpoints
  readonly #webSockets: WebSockets
  readonly #sharing: SharedSubscriptions

  constructor(serving: GraphQLServing, host: EndpointHost) {
    const credentials = new OpenCredentials(host.authenticator)
    this.#sharing = new SharedSubscriptions({
      log: host.log,
      stillValid: (names) => credentials.stillValid(names),
      timers: host.timers,
    })
    const subscriptions = { sharing: this.#sharing, credentials }
    this.#endpoints = new GraphQLEndpoints(
      { '/graphql': serving.admin, '/graphql/public': serving.public },
      (path, schema) => new GraphQLEndpoint(path, schema, serving, { ...host, ...subscriptions }),
    )
    if (!serving.whenAsked) for (const path of this.paths) this.#endpoints.get(path)
    this.#webSockets = new WebSockets(this.#endpoints, host, serving.webSockets)
  }

  get paths(): string[] {
    return this.#endpoints.paths
  }

  /** The endpoint at a path, where a request has had it built. */
  built(path: string): GraphQLEndpoint | undefined {
    return this.#endpoints.built(path)
  }

  handle(path: string, state: RequestState): Promise<Response> {
    return (this.#endpoints.get(path) as GraphQLEndpoint).handle(state)
  }

  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
    this.#webSockets.upgrade(incoming, socket, head, address)
  }

  /** Executions of subscriptions that run now, and the subscribers that they serve. */
  get subscriptions(): { groups: number; subscribers: number } {
    return this.#sharing.counts
  }

  /** Ends every subscription, on either transport. */
  async close(): Promise<void> {
    const closing = this.#webSockets.close()
    this.#sharing.close()
    await closing
  }
}

/** The endpoints by their paths, each built once. */
class GraphQLEndpoints {
  readonly paths: string[]
  readonly #schemas: Readonly<Record<string, () => GraphQLSchema>>
  readonly #build: (path: string, schema: GraphQLSchema) => GraphQLEndpoint
  readonly #built = new Map<string, GraphQLEndpoint>()

  constructor(
    schemas: Readonly<Record<string, () => GraphQLSchema>>,
    build: (path: string, schema: GraphQLSchema) => GraphQLEndpoint,
  ) {
    this.paths = Object.keys(schemas)
    this.#schemas = schemas
    this.#build = build
  }

  built(path: string): GraphQLEndpoint | undefined {
    return this.#built.get(path)
  }

  get(path: string): GraphQLEndpoint | undefined {
    const known = this.#built.get(path)
    if (known || !Object.hasOwn(this.#schemas, path)) return known
    const endpoint = this.#build(path, (this.#schemas[path] as () => GraphQLSchema)())
    this.#built.set(path, endpoint)
    return endpoint
  }
}
