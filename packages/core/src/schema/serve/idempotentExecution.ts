import { createHash } from 'node:crypto'
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { RequestState } from '../../http/requestState.ts'
import type { IdempotencyClaim, IdempotentRequest } from '../../idempotency/idempotencyClaim.ts'
import { IdempotencyError } from '../../idempotency/idempotencyError.ts'
import { idempotencyKeyOf } from '../../idempotency/idempotencyHeader.ts'
import { type IdempotentMutations, keyHolder } from '../../idempotency/idempotentMutations.ts'
import type { GraphQLContext, RequestFacts } from '../graphqlContext.ts'
import type { PreparedDocument } from './documents.ts'
import { shapeError } from './errorShape.ts'

type Execute = (facts: Partial<RequestFacts>) => ExecutionResult | Promise<ExecutionResult>

interface Attempt {
  /** The path: the same document means something else in the other schema. */
  readonly endpoint: string
  readonly schema: GraphQLSchema
  readonly prepared: PreparedDocument
  readonly args: ExecutionArgs
  readonly state: RequestState
  /** Outside of a transaction: to look the key up, and to keep the answer. */
  readonly context: () => object
}

/**
 * A mutation that was sent over HTTP with an `Idempotency-Key`: carried out once, and answered from what was kept when it comes again.
 *
 * @returns undefined where there is nothing to it: no key, no mutation, or nobody whose key it could be
 */
export function idempotently(
  mutations: IdempotentMutations | undefined,
  attempt: Attempt,
): ((execute: Execute) => Promise<ExecutionResult>) | undefined {
  const { state, prepared, args } = attempt
  if (!mutations || !state.answersWithHeaders || !state.headers.has('idempotency-key')) return undefined
  if (getOperationAST(prepared.document, args.operationName)?.operation !== 'mutation') return undefined
  const principal = keyHolder(state.authenticated?.principal)
  if (!principal || !state.authenticated?.workspaceId) return undefined
  return async (execute) => {
    try {
      const key = idempotencyKeyOf(state.headers) as string
      refuseOthers(attempt)
      return await once(mutations, { principal, key, fingerprint: fingerprintOf(attempt) }, attempt, execute)
    } catch (error) {
      return { errors: [error as GraphQLError] }
    }
  }
}

async function once(
  mutations: IdempotentMutations,
  request: IdempotentRequest,
  { state, context: makeContext }: Attempt,
  execute: Execute,
): Promise<ExecutionResult> {
  const context = makeContext() as GraphQLContext
  const known = await mutations.answered(context, request)
  if (known) return replayed(known)
  const claim: IdempotencyClaim = mutations.claim(request)
  const result = await execute({ idempotency: claim })
  if (claim.refusal) throw claim.refusal
  if (claim.committed) await mutations.keep(context, request, keepable(result, state))
  return result
}

/** The answer of before. Its cost and limits are those of this request. */
function replayed({ data, errors }: ExecutionResult): ExecutionResult {
  return {
    ...(data !== undefined && { data }),
    ...(errors && {
      errors: errors.map(
        ({ message, path, extensions }) => new GraphQLError(message, { path: path ?? null, extensions }),
      ),
    }),
    extensions: { idempotency: { replayed: true } },
  }
}

/**
 * Errors of fields that were read after the commit are part of the answer, as clients get them.
 *
 * @returns undefined where something did not answer just then: who comes again learns that the answer is lost, and reads it
 */
function keepable({ data, errors }: ExecutionResult, { trace, locale }: RequestState): ExecutionResult | undefined {
  const shape = (error: GraphQLError) =>
    shapeError(error, { traceId: trace.traceId, locale, production: true, suggestions: false, onUnexpected: () => {} })
  const shaped = errors?.map(shape)
  if (shaped?.some(({ extensions }) => extensions.code === 'UNAVAILABLE')) return undefined
  return { ...(data !== undefined && { data }), ...(shaped && { errors: shaped }) }
}

/** The key is taken in the transaction of one mutation of a workspace, so it can stand for no other. */
function refuseOthers({ schema, prepared, args }: Attempt): void {
  const { document } = prepared
  const fields = rootFields(document, args.operationName)
  if (fields.length > 1) throw IdempotencyError.severalMutations(fields.length)
  const [name = ''] = fields
  if (schema.getMutationType()?.getFields()[name]?.extensions.espalierOutsideWorkspace)
    throw IdempotencyError.notTaken(name)
}

function rootFields(document: DocumentNode, operationName: string | null | undefined): string[] {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const within = ({ selections }: SelectionSetNode): string[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === '__typename' ? [] : [selection.name.value]
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
      return inner ? within(inner.selectionSet) : []
    })
  const operation = getOperationAST(document, operationName)
  return operation ? within(operation.selectionSet) : []
}

function fingerprintOf({ endpoint, prepared, args }: Attempt): string {
  const asked = JSON.stringify([endpoint, prepared.source, args.operationName ?? null, args.variableValues ?? null])
  return createHash('sha256').update(asked).digest('hex')
}
