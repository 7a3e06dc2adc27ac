import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql'
import type { GraphQLParams } from 'graphql-yoga'
import type { RequestState } from '../../http/requestState.ts'
import type { TextAnswer } from './directRequests.ts'
import type { Documents } from './documents.ts'
import type { Operations } from './operations.ts'
import type { PersistedOperations } from './persistedOperations.ts'

export interface DirectAnswersOptions {
  readonly schema: GraphQLSchema
  readonly documents: Documents
  readonly persisted: PersistedOperations
  readonly operations: Operations
  readonly shape: (error: Error, state: RequestState) => GraphQLError
}

/**
 * The short way for what most requests are: one sound query or mutation as JSON, to be answered as JSON. Yoga
 * parses, negotiates and streams everything that GraphQL over HTTP knows, at about the cost of executing a list
 * of twenty; what is not plainly of this kind goes to it, and so does all that cannot be executed.
 */
export class DirectAnswers {
  readonly #options: DirectAnswersOptions

  constructor(options: DirectAnswersOptions) {
    this.#options = options
  }

  /** @returns undefined where the request has to go the long way; nothing was executed then */
  async answer(body: string, type: MediaType, state: RequestState): Promise<TextAnswer | undefined> {
    const request = await this.#understand(body, state)
    if (!request) return undefined
    const { schema, operations } = this.#options
    const result = await settle(() => operations.execute({ schema, ...request }, { state, transport: 'http' }))
    const errors = result.errors?.map((error) => this.#options.shape(error, state))
    return jsonAnswer(errors ? { ...result, errors } : result, errors, type)
  }

  async #understand(body: string, state: RequestState) {
    const { documents, persisted } = this.#options
    try {
      const params = JSON.parse(body) as GraphQLParams
      if (!isPlain(params)) return undefined
      const { query, variables, operationName } = await persisted.resolve(params, state.authenticated)
      const prepared = documents.prepare(query as string)
      if (prepared.errors.length > 0 || !isExecutable(prepared.document, operationName)) return undefined
      return { document: prepared.document, variableValues: variables ?? null, operationName: operationName ?? null }
    } catch {
      // Yoga finds the same, and says it as the client's media type asks.
      return undefined
    }
  }
}

/** The older has one status for all that was executed, the newer tells what failed by its status: https://graphql.github.io/graphql-over-http/ */
export type MediaType = 'application/json' | 'application/graphql-response+json'

/** The media type that the client would rather have than others, as it names it first; undefined for one that this does not give. */
export function answerableType({ method, headers }: Pick<RequestState, 'method' | 'headers'>): MediaType | undefined {
  if (method !== 'POST') return undefined
  const accept = headers.get('accept') ?? '*/*'
  const first = accept.split(',', 1)[0]?.trim()
  if (accept === '*/*') return 'application/json'
  return first === 'application/json' || first === 'application/graphql-response+json' ? first : undefined
}

const known = new Set(['query', 'variables', 'operationName', 'extensions', 'documentId'])

function isPlain(params: unknown): boolean {
  if (!isRecord(params) || !Object.keys(params).every((key) => known.has(key))) return false
  const { query, variables, operationName, extensions } = params
  return (
    (query == null || typeof query === 'string') &&
    (variables == null || isRecord(variables)) &&
    (operationName == null || typeof operationName === 'string') &&
    (extensions == null || isRecord(extensions))
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isExecutable(document: DocumentNode, operationName: string | null | undefined): boolean {
  const type = getOperationAST(document, operationName)?.operation
  return type === 'query' || type === 'mutation'
}

async function settle(run: () => ExecutionResult | Promise<ExecutionResult>): Promise<ExecutionResult> {
  try {
    return await run()
  } catch (error) {
    return { errors: [error as GraphQLError] }
  }
}

interface HttpExtension {
  status?: number
  spec?: boolean
  headers?: Record<string, string>
}

/** Errors may ask for a status and headers; those marked `spec` do so for the newer media type only. */
function jsonAnswer(result: ExecutionResult, errors: GraphQLError[] | undefined, type: MediaType): TextAnswer {
  const headers: Record<string, string> = { 'content-type': `${type}; charset=utf-8` }
  let status = 200
  for (const error of errors ?? []) {
    const http = error.extensions.http as HttpExtension | undefined
    delete error.extensions.http
    Object.assign(headers, http?.headers)
    if (http?.status && !(http.spec && type === 'application/json')) status = Math.max(status, http.status)
  }
  return { status, headers, body: JSON.stringify(result) }
}
