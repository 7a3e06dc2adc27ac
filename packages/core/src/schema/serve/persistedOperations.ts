import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { Awaitable } from '../../awaitable.ts'
import type { Requester } from '../graphqlContext.ts'
import type { ServeContext } from './operations.ts'

/** Operations that were registered ahead, such as those of the admin: by the SHA-256 of their text, in hex. */
export interface RegisteredOperations {
  get(hash: string): string | undefined
}

/** Registers operations by their texts. */
export function registerOperations(texts: Iterable<string>): RegisteredOperations {
  return new Map([...texts].map((text) => [operationHash(text), text]))
}

export function operationHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export interface PersistedOptions {
  /** Of the installation: whoever asks may name them. */
  registered?: RegisteredOperations | undefined
  /** Refuse every operation that is neither registered nor trusted by the caller's workspace. Default false. */
  registeredOnly?: boolean | undefined
}

/** What a workspace trusts on one schema: documents by the SHA-256 of their text, in hex. */
export type FindTrusted = (workspaceId: string, hash: string) => Awaitable<string | undefined>

/**
 * Lets clients name an operation by its hash instead of sending it, in the shape of automatic persisted queries
 * (`extensions.persistedQuery.sha256Hash`) or as `documentId: "sha256:<hash>"`, as the appendix "Persisted Documents" of GraphQL
 * over HTTP has it. Those of the installation and of the caller's workspace are always known; others once someone has sent hash
 * and text together, for as long as memory allows.
 */
export class PersistedOperations {
  readonly #registered: RegisteredOperations
  readonly #only: boolean
  readonly #trusted: FindTrusted
  readonly #seen = new LRUCache<string, string>({
    max: 2_000,
    maxSize: 4_000_000,
    sizeCalculation: (text) => text.length + 1,
  })

  constructor({ registered = new Map(), registeredOnly = false }: PersistedOptions = {}, trusted?: FindTrusted) {
    this.#registered = registered
    this.#only = registeredOnly
    this.#trusted = trusted ?? (() => undefined)
  }

  /** Whether the installation registered the operation: then it may be trusted to read the schema. */
  trusts(text: string): boolean {
    return this.#registered.get(operationHash(text)) === text
  }

  /**
   * The operation that a client means; a promise only where the workspace's documents have to be asked.
   * @throws GraphQLError where its hash is unknown or wrong, or where it is not trusted and has to be
   */
  resolve(
    params: GraphQLParams & { documentId?: unknown },
    requester: Requester | undefined,
  ): Awaitable<GraphQLParams> {
    const { documentId: _, query: given, ...others } = params as { query?: unknown } & typeof params
    // What is neither is refused by Yoga, which says what it expects.
    if (given != null && typeof given !== 'string') return params
    const rest: GraphQLParams = given == null ? others : { ...others, query: given }
    const key = requester?.principal?.type === 'apiKey' ? requester.principal : undefined
    const only = this.#only || key?.documentsOnly === true
    const named = hashOf(params)
    if (named === undefined && !only) return params
    if (given != null && named !== undefined && operationHash(given) !== named) throw mismatch()
    if (given != null && !only) {
      if (named !== undefined) this.#seen.set(named, given)
      return rest
    }
    const hash = named ?? (given == null ? undefined : operationHash(given))
    if (hash === undefined) throw notRegistered()
    // What the admin may ask is no part of what a key was held to.
    const known = key?.documentsOnly
      ? undefined
      : (this.#registered.get(hash) ?? (only ? undefined : this.#seen.get(hash)))
    if (known !== undefined) return { ...rest, query: known }
    const answer = (query: string | undefined): GraphQLParams => {
      if (query === undefined) throw only ? notRegistered() : notFound()
      return { ...rest, query }
    }
    const workspaceId = requester?.workspaceId
    const trusted = workspaceId === undefined ? undefined : this.#trusted(workspaceId, hash)
    return trusted instanceof Promise ? trusted.then(answer) : answer(trusted)
  }

  plugin(
    onRefused: (params: GraphQLParams, context: ServeContext, error: Error) => void,
  ): Plugin<object, ServeContext> {
    return {
      onParams: async ({ params, setParams, context }) => {
        try {
          setParams(await this.resolve(params, context.state.authenticated))
        } catch (error) {
          onRefused(params, context, error as Error)
          throw error
        }
      },
    }
  }
}

function hashOf(params: GraphQLParams & { documentId?: unknown }): string | undefined {
  const { documentId } = params
  if (typeof documentId === 'string') return documentId.replace(/^sha256:/, '')
  const persisted = params.extensions?.persistedQuery as { sha256Hash?: unknown } | undefined
  return typeof persisted?.sha256Hash === 'string' ? persisted.sha256Hash : undefined
}

/** Message and code are those that clients of automatic persisted queries look for. */
const notFound = () =>
  new GraphQLError('PersistedQueryNotFound', {
    extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', http: { status: 200 } },
  })

const notRegistered = () =>
  new GraphQLError(
    'Only registered operations are executed here. Register this one, or send the hash of one that is.',
    {
      extensions: { code: 'OPERATION_NOT_REGISTERED', http: { status: 403 } },
    },
  )

const mismatch = () =>
  new GraphQLError(
    'The hash is not the SHA-256 of the operation that came with it. Compute it over the exact text, in hex.',
    {
      extensions: { code: 'PERSISTED_QUERY_MISMATCH', http: { status: 400 } },
    },
  )
