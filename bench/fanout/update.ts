/** What is told to everybody: the live numbers of a page and its variants, about 1 kB as JSON. */
export interface Update {
  /** When it was published: microseconds of the machine's monotonic clock, which all processes share. */
  readonly at: number
  readonly variants: readonly Variant[]
}

export interface Variant {
  readonly id: string
  readonly name: string
  readonly visitors: number
  readonly conversions: number
  readonly chanceToWin: number
}

export const watch = 'subscription Watch { pageMetrics { at variants { id name visitors conversions chanceToWin } } }'

let published = 0

/** Other numbers each time, as many characters each time. */
export function nextUpdate(): Update {
  published += 1
  return {
    at: microseconds(),
    variants: Array.from({ length: 8 }, (_, n) => ({
      id: `01960000-0000-7000-8000-00000000000${n}`,
      name: `Headline ${n}`,
      visitors: 10_000 + ((published * (n + 7)) % 90_000),
      conversions: 1_000 + ((published * (n + 3)) % 9_000),
      chanceToWin: (100 + ((published * (n + 11)) % 900)) / 1_000 + 0.000_1,
    })),
  }
}

/** Of CLOCK_MONOTONIC. */
export function microseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}
