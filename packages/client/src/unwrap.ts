import { EspalierError, type InputIssue } from './errors.ts'

/** What a mutation made or changed, of the union that it answers with. */
export type SuccessData<Outcome> = Outcome extends { data: infer Data } ? Data : never

/**
 * The data of a mutation's answer. For programs to which each of its errors is a failure; those that tell them apart narrow
 * the union by `__typename` instead.
 *
 * @example const page = unwrap((await client.mutate(CreatePage, { input })).createPage)
 * @throws EspalierError with the code, message and issues that the document asks for: `... on Error { code message }`
 */
export function unwrap<Outcome extends object>(outcome: Outcome): SuccessData<Outcome> {
  if ('data' in outcome) return outcome.data as SuccessData<Outcome>
  const { __typename, code, message, issues } = outcome as {
    __typename?: string
    code?: string
    message?: string
    issues?: InputIssue[]
  }
  throw new EspalierError(
    code ?? __typename ?? 'MUTATION_REFUSED',
    message ??
      `The mutation did nothing${__typename ? `: ${__typename}` : ''}. Ask for "... on Error { code message }" to learn why.`,
    { issues },
  )
}
