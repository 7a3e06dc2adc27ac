import type { Exchange } from '@urql/core'
import { cacheExchange, type KeyingConfig, type OptimisticMutationConfig } from '@urql/exchange-graphcache'
import { possibleTypes } from './graphql/possibleTypes.ts'

/** The variable that carries what one call expects; the cache reads it, and it is not sent. */
export const expectedVariable = '$expected'

/**
 * One copy of every thing that has an id: what a mutation or a subscription says about it is seen wherever it is shown.
 * What has no id is a part of the thing that it came with. Lists are kept as they came, a page at a time.
 */
export function normalizedCache(): Exchange {
  return cacheExchange({ possibleTypes, keys, optimistic, logger: () => {} })
}

const keys = everyName<KeyingConfig[string]>(
  () =>
    ({ id }) =>
      typeof id === 'string' ? id : null,
)

/** What every mutation expects is said by the call, not by a table of mutations. */
const optimistic = everyName<OptimisticMutationConfig[string]>((field) => (_arguments, _cache, { variables }) => {
  const expected = variables[expectedVariable]
  if (expected === undefined) return null
  return { __typename: `${field.charAt(0).toUpperCase()}${field.slice(1)}Success`, data: expected }
})

/** A table that has an entry for every name. */
function everyName<Value>(entry: (name: string) => Value): Record<string, Value> {
  return new Proxy<Record<string, Value>>({}, { get: (_, name) => entry(String(name)) })
}
