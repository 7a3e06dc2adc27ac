import { type GraphQLSchema, getOperationAST } from 'graphql'
import type { RequestState } from '../../http/requestState.ts'
import { DeprecatedUses } from './deprecatedUses.ts'
import type { PreparedDocument } from './documents.ts'
import { shapeError } from './errorShape.ts'
import type { ServeContext } from './operations.ts'
import { operationHash } from './persistedOperations.ts'

/** An operation of an API key, as the log of operations keeps it. */
export interface ObservedOperation {
  readonly workspaceId: string
  readonly apiKeyId: string
  readonly schema: SchemaName
  readonly transport: 'http' | 'sse' | 'websocket'
  /** Undefined where the document could not be read. */
  readonly kind: 'query' | 'mutation' | 'subscription' | undefined
  readonly name: string | undefined
  /** SHA-256 of the document, in hex; undefined where it was refused before it was looked at. */
  readonly documentHash: string | undefined
  readonly cost: number
  readonly durationMs: number
  /** "OK", or the code of its first error. */
  readonly outcome: string
  readonly traceId: string
  readonly clientName: string | undefined
  readonly clientVersion: string | undefined
  /** What it asks for that is deprecated: "Query.oldPages". */
  readonly deprecated: readonly string[]
}

/** `admin` is served at /graphql, `public` at /graphql/public. */
export type SchemaName = 'admin' | 'public'

/** Hears of every operation of an API key; it must be quick and not fail. */
export interface OperationRecorder {
  record(operation: ObservedOperation): void
}

/** What is known of an operation when it has ended, or has been refused. */
interface Seen {
  readonly prepared?: PreparedDocument | undefined
  readonly source?: string | undefined
  readonly operationName?: string | null | undefined
  readonly variables?: Record<string, unknown> | null | undefined
  readonly cost?: number
  readonly durationMs?: number
  /** Undefined where it went well. */
  readonly error?: Error | undefined
}

/** Tells the log what API keys ask for: never values of variables, and nothing about persons. */
export class Observation {
  readonly #name: SchemaName
  readonly #recorder: OperationRecorder | undefined
  readonly #deprecated: DeprecatedUses
  readonly #hashes = new WeakMap<PreparedDocument, string>()

  constructor(schema: GraphQLSchema, name: SchemaName, recorder: OperationRecorder | undefined) {
    this.#name = name
    this.#recorder = recorder
    this.#deprecated = new DeprecatedUses(schema)
  }

  /** Tells of an operation; of those that people and strangers send nothing is told. */
  saw({ state, transport }: Pick<ServeContext, 'state' | 'transport'>, seen: Seen): void {
    const { principal, workspaceId } = state.authenticated ?? {}
    if (!this.#recorder || principal?.type !== 'apiKey' || !workspaceId) return
    const { prepared, operationName, variables } = seen
    const operation = prepared && getOperationAST(prepared.document, operationName)
    state.observed = true
    this.#recorder.record({
      workspaceId,
      apiKeyId: principal.id,
      schema: this.#name,
      transport: transport === 'http' && operation?.operation === 'subscription' ? 'sse' : transport,
      kind: operation?.operation,
      name: nameOf(operation?.name?.value ?? operationName),
      documentHash: prepared
        ? this.#hash(prepared)
        : // It may have been sent as something else.
          typeof seen.source === 'string'
          ? operationHash(seen.source)
          : undefined,
      cost: seen.cost ?? 0,
      durationMs: seen.durationMs ?? 0,
      outcome: seen.error ? codeOf(seen.error, state) : 'OK',
      traceId: state.trace.traceId,
      ...clientOf(state.headers),
      deprecated: prepared?.errors.length === 0 ? this.#deprecated.of(prepared, operationName, variables) : [],
    })
  }

  #hash(prepared: PreparedDocument): string {
    let hash = this.#hashes.get(prepared)
    if (hash === undefined) {
      hash = operationHash(prepared.source)
      this.#hashes.set(prepared, hash)
    }
    return hash
  }
}

function codeOf(error: Error, { trace, locale }: RequestState): string {
  const shaped = shapeError(error, {
    traceId: trace.traceId,
    locale,
    production: true,
    suggestions: false,
    onUnexpected: () => {},
  })
  return String(shaped.extensions.code).slice(0, 100)
}

/** What is no name of GraphQL's may be anything, so it is not kept. */
function nameOf(given: string | null | undefined): string | undefined {
  return given && /^[_A-Za-z][_0-9A-Za-z]{0,99}$/.test(given) ? given : undefined
}

/** As programs call themselves in the headers that GraphQL clients have for it. */
function clientOf(headers: Pick<Headers, 'get'>): Pick<ObservedOperation, 'clientName' | 'clientVersion'> {
  const read = (part: string) =>
    (headers.get(`x-graphql-client-${part}`) ?? headers.get(`apollographql-client-${part}`))?.slice(0, 100) || undefined
  return { clientName: read('name'), clientVersion: read('version') }
}
