import type { Client } from '@urql/core'
import { browserApi } from './browserApi.ts'
import { expectedVariable } from './normalizedCache.ts'
import { Problem, problemOf, refusalProblem } from './problem.ts'
import { contextOf, requestOf, type TypedDocument } from './typedDocument.ts'

/** What came of a mutation: its data, or why nothing was done. */
export type Outcome<Data> =
  | { readonly data: Data; readonly problem?: undefined }
  | { readonly data?: undefined; readonly problem: Problem }

/** The `data` of a mutation's success; undefined where its document does not select it. */
export type SuccessData<Result> = Result extends unknown
  ? Extract<Result[Exclude<keyof Result, '__typename'>], { data: unknown }> extends { data: infer Data }
    ? Data
    : undefined
  : never

/** What a mutation takes beside its variables. */
export interface MutateOptions {
  /**
   * What the server will most likely answer as `data`: shown at once, and taken back when it answers otherwise. With
   * `__typename` and `id`, and the fields that change.
   */
  readonly optimistic?: { readonly __typename: string; readonly id: string; readonly [field: string]: unknown }
}

/** Carries out a mutation, outside of React. Never throws: what went wrong is part of the outcome. */
export function mutate<Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  options: MutateOptions = {},
): Promise<Outcome<SuccessData<Result>>> {
  return mutateWith(browserApi().client, document, variables, options)
}

export async function mutateWith<Result, Variables>(
  client: Client,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  { optimistic }: MutateOptions = {},
): Promise<Outcome<SuccessData<Result>>> {
  const asked = optimistic ? { ...variables, [expectedVariable]: optimistic } : variables
  const { data, error } = await client
    .executeMutation<Record<string, unknown>>(requestOf(document, asked), {
      ...contextOf(document),
      requestPolicy: optimistic ? 'cache-first' : 'network-only',
    })
    .toPromise()
  if (error) return { problem: problemOf(error) }
  const answer = Object.entries(data ?? {}).find(([field]) => field !== '__typename')?.[1]
  if (!isObject(answer)) return { problem: new Problem('UNKNOWN', 'The server answered without data.') }
  if (!String(answer.__typename).endsWith('Success')) return { problem: refusalProblem(answer) }
  return { data: answer.data as SuccessData<Result> }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
