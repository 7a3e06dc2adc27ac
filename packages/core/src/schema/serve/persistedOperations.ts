import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'

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
  registered?: RegisteredOperations | undefined
  /** Refuse every operation that is not registered. Default false. */
  registeredOnly?: boolean | undefined
}

/**
 * Lets clients name an operation by its hash instead of sending it, in the shape of automatic persisted queries
 * (`extensions.persistedQuery.sha256Hash`) or as `documentId: "sha256:<hash>"`. Registered ones are always
 * known; others once someone has sent hash and text together, for as long as memory allows.
 */
export class PersistedOperations {
  readonly #registered: RegisteredOperations
  readonly #only: boolean
  readonly #seen = new LRUCache<string, string>({
    max: 2_000,
    maxSize: 4_000_000,
    sizeCalculation: (text) => text.length + 1,
  })

  constructor({ registered = new Map(), registeredOnly = false }: PersistedOptions = {}) {
    this.#registered = registered
    this.#only = registeredOnly
  }

  /** Whether the operation was registered ahead: then it may be trusted to read the schema. */
  trusts(text: string): boolean {
    return this.#registered.get(operationHash(text)) === text
  }

  /** The operation that a client means. @throws GraphQLError where its hash is unknown or wrong */
  resolve(params: GraphQLParams & { documentId?: unknown }): GraphQLParams {
    const hash = hashOf(params)
    if (hash === undefined) {
      if (this.#only && !(params.query && this.trusts(params.query))) throw notRegistered()
      return params
    }
    const { documentId: _, ...rest } = params
    if (params.query === undefined) {
      const query = this.#registered.get(hash) ?? this.#seen.get(hash)
      if (query === undefined) throw this.#only ? notRegistered() : notFound()
      return { ...rest, query }
    }
    if (operationHash(params.query) !== hash) throw mismatch()
    if (this.#only && !this.#registered.get(hash)) throw notRegistered()
    this.#seen.set(hash, params.query)
    return rest
  }

  plugin(): Plugin {
    return { onParams: ({ params, setParams }) => setParams(this.resolve(params)) }
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
