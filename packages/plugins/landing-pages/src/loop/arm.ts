import type { PageContent } from '../content.ts'

/** A variant of a page with how it did: what patterns, proposals and retirements are reckoned from. */
export interface Arm {
  readonly key: string
  readonly variantId: string
  readonly content: PageContent
  /** Visitors that met it, and how many of them converted, over the periods in which it ran beside others. */
  readonly visitors: number
  readonly conversions: number
  /** What it is compared within: visitors of one stratum came under the same weights (a phase of the experiment). */
  readonly strata?: readonly { readonly stratum: string; readonly visitors: number; readonly conversions: number }[]
  /** Share of the traffic now, in [0, 1]; 0 for one that was retired. */
  readonly share: number
  /** Days since it came in. */
  readonly ageDays: number
  /** The page as it was before the loop. */
  readonly isControl: boolean
  readonly isRetired: boolean
}
