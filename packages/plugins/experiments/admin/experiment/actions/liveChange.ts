/** What the drawer of a running experiment edits. */
export interface LiveChange {
  /** Variant key → weight, of the variants that take part. */
  readonly weights: Readonly<Record<string, number>>
  readonly retire: readonly string[]
  readonly add: readonly { readonly key: string; readonly name: string; readonly weight: number }[]
  /** 0 to 1. */
  readonly coverage: number
  readonly condition: unknown
  readonly why: string
}

export function unchanged({
  variants,
  coverage,
  condition,
}: {
  readonly variants: readonly { readonly key: string; readonly weight: number; readonly retiredAt?: string | null }[]
  readonly coverage: number
  readonly condition?: unknown
}): LiveChange {
  const live = variants.filter(({ retiredAt }) => !retiredAt)
  return {
    weights: Object.fromEntries(live.map(({ key, weight }) => [key, weight])),
    retire: [],
    add: [],
    coverage,
    condition: condition ?? null,
    why: '',
  }
}

/** Without what is about variants that somebody else took out meanwhile. */
export function stillThere(change: LiveChange, stored: LiveChange): LiveChange {
  const isThere = (key: string) => key in stored.weights
  return {
    ...change,
    weights: Object.fromEntries(Object.entries(change.weights).filter(([key]) => isThere(key))),
    retire: change.retire.filter(isThere),
  }
}

/** What of it differs, as the API takes it. Undefined: nothing does. */
export function inputOf(before: LiveChange, { weights, retire, add, coverage, condition, why }: LiveChange) {
  const moved = Object.entries(weights).filter(
    ([key, weight]) => weight !== before.weights[key] && !retire.includes(key),
  )
  const input = {
    ...(moved.length > 0 ? { weights: moved.map(([variant, weight]) => ({ variant, weight })) } : {}),
    ...(retire.length > 0 ? { retire: [...retire] } : {}),
    ...(add.length > 0 ? { add: add.map(({ key, name, weight }) => ({ key, name, weight })) } : {}),
    ...(coverage !== before.coverage ? { coverage } : {}),
    ...(JSON.stringify(condition) !== JSON.stringify(before.condition) ? { condition } : {}),
  }
  if (Object.keys(input).length === 0) return undefined
  return { ...input, ...(why.trim() === '' ? {} : { why: why.trim() }) }
}

/** What follows from it: the server begins a phase with every change, and more coverage alone keeps the question. */
export function consequenceOf(input: ReturnType<typeof inputOf>): 'nothing' | 'goesOn' | 'newQuestion' {
  if (!input) return 'nothing'
  const { why: _why, coverage: _coverage, ...others } = input
  return Object.keys(others).length === 0 ? 'goesOn' : 'newQuestion'
}
