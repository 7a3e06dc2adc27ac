import type { Client } from '@urql/core'
import { browserApi } from './browserApi.ts'
import { problemOf } from './problem.ts'
import { contextOf, requestOf, type TypedDocument } from './typedDocument.ts'

/**
 * Asks once, outside of React, past the cache; what comes is put into it.
 * @param options.apart what comes is put into no cache: for reading through a long list
 * @throws Problem
 */
export function ask<Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  options: { apart?: boolean } = {},
): Promise<Result> {
  return askWith(browserApi().client, document, variables, options)
}

export async function askWith<Result, Variables>(
  client: Client,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  { apart = false }: { apart?: boolean } = {},
): Promise<Result> {
  const { data, error } = await client
    .executeQuery<Result>(requestOf(document, variables), {
      ...contextOf(document, apart),
      requestPolicy: 'network-only',
    })
    .toPromise()
  if (error || data === undefined || data === null)
    throw error ? problemOf(error) : new Error('An answer without data.')
  return data
}
