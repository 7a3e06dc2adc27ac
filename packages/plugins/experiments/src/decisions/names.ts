import type { Reason } from './reason.ts'

/** What variants are called, by their keys. */
export type Names = ReadonlyMap<string, string>

export function namesOf(experiment: {
  readonly variants: readonly { readonly key: string; readonly name: string }[]
}): Names {
  return new Map(experiment.variants.map(({ key, name }) => [key, name]))
}

/** A reason that speaks of variants by name, as people do; what has none any more keeps its key. */
export function named(reason: Reason, names: Names): Reason {
  const entries = Object.entries(reason).map(([part, value]) => [part, called(part, value, names)])
  return Object.fromEntries(entries) as Reason
}

function called(part: string, value: unknown, names: Names): unknown {
  const name = (key: string) => names.get(key) ?? key
  if ((part === 'variant' || part === 'winner') && typeof value === 'string') return name(value)
  if (part === 'variants' && Array.isArray(value)) return value.map((key) => name(`${key}`))
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, share]) => [name(key), share]))
  return value
}
