interface Compared {
  readonly variant: { readonly name: string; readonly retiredAt?: string | null }
  readonly comparison?: {
    readonly relativeLift?: number | null
    readonly chanceToWin?: number | null
    readonly sequential: { readonly relativeInterval?: { readonly lower: number; readonly upper: number } | null }
  } | null
}

export interface Leader {
  readonly name: string
  /** Over the control: 0.1 is 10 % more. */
  readonly lift: number | null
  /** That may be looked at any time. */
  readonly interval: { readonly lower: number; readonly upper: number } | null
  /** From 0 to 1. */
  readonly chance: number | null
}

/** Of what is compared with the control, the variant that most likely beats it. Undefined while nothing can be said of any. */
export function leaderOf(variants: readonly Compared[]): Leader | undefined {
  const compared = variants.flatMap(({ variant, comparison }): Leader[] =>
    comparison && !variant.retiredAt
      ? [
          {
            name: variant.name,
            lift: comparison.relativeLift ?? null,
            interval: comparison.sequential.relativeInterval ?? null,
            chance: comparison.chanceToWin ?? null,
          },
        ]
      : [],
  )
  const [best] = compared.toSorted((a, b) => (b.chance ?? -1) - (a.chance ?? -1))
  return best && (best.lift !== null || best.chance !== null) ? best : undefined
}
