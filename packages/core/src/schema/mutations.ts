import { ConflictError } from '../errors.ts'
import { takeAuditChanges } from '../workspaceContext.ts'
import type { RecordAudit } from './auditing.ts'
import { capitalize } from './errorTypes.ts'
import { type GraphQLContext, inTransaction } from './graphqlContext.ts'
import { both } from './subGraphs.ts'

/**
 * Runs a mutation: one transaction of the workspace, the resolver bound to it, the audit entry, commit.
 * Whatever the resolver throws rolls everything back, jobs and events included.
 */
export async function runMutation(
  context: GraphQLContext,
  action: string,
  resolve: (context: GraphQLContext) => unknown,
  recordAudit: RecordAudit | undefined,
): Promise<unknown> {
  try {
    return await context.transaction(async (tx) => {
      const { idempotency } = context.request
      await idempotency?.take(tx)
      const result = await resolve(inTransaction(context, tx))
      // Returned instead of thrown: it still did not happen.
      if (result instanceof Error) throw result
      const changes = takeAuditChanges(tx)
      await recordAudit?.(tx, { action, changes, request: context.request })
      await idempotency?.note(tx, changes)
      return result
    })
  } catch (error) {
    throw asTypedError(error)
  }
}

/** The options of a mutation's field with its union: `<Field>Result = <Field>Success | InvalidInputError | …`. */
export function mutationUnion<Options extends { errors?: object; extensions?: object | null }>(
  name: string,
  options: Options,
): Options {
  // Why an answer is a short list is said of the mutation, and asked of the field that holds it.
  const { boundedList } = (options.extensions ?? {}) as { boundedList?: string }
  const own = (options.errors ?? {}) as { union?: object; result?: object; dataField?: object }
  return {
    ...options,
    errors: {
      ...own,
      union: {
        description: `What ${name} answers with: its data, or why it did nothing.`,
        subGraphs: both,
        ...own.union,
      },
      result: {
        description: `${capitalize(name)} succeeded.`,
        authScopes: { public: true },
        subGraphs: both,
        ...own.result,
      },
      dataField: {
        description: 'What the mutation made or changed.',
        ...(boundedList && { extensions: { boundedList } }),
        ...own.dataField,
      },
    },
  }
}

/** What the database refuses because of what is there already is a conflict, not a failure of ours. */
function asTypedError(error: unknown): unknown {
  const { code, meta } = error as { code?: string; meta?: { modelName?: string } }
  const model = meta?.modelName ?? 'record'
  if (code === 'P2002')
    return new ConflictError(
      {
        en: `There is such a ${model} already. Choose another value.`,
        fr: `Il y a déjà un tel élément (${model}). Choisissez une autre valeur.`,
      },
      { cause: error },
    )
  if (code === 'P2025')
    return new ConflictError(
      {
        en: `The ${model} was deleted or changed meanwhile. Read it again.`,
        fr: `L’élément (${model}) a été supprimé ou modifié entre-temps. Relisez-le.`,
      },
      { cause: error },
    )
  if (code === 'P2003')
    return new ConflictError(
      {
        en: `The ${model} refers to something that does not exist, or is still referred to.`,
        fr: `L’élément (${model}) renvoie à quelque chose qui n’existe pas, ou est encore utilisé.`,
      },
      {
        cause: error,
      },
    )
  return error
}
