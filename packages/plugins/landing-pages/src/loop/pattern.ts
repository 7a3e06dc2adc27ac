/** What goes with better or worse results, over all arms of a page. */
export interface Pattern {
  /** Stable name: "block:Testimonials", "order:Pricing<Features", "tone:question", "length:short", "action:imperative". */
  readonly feature: string
  /** Features that the same arms have: the data cannot tell them apart, and `effect` is of all of them together. */
  readonly alsoCalled: readonly string[]
  /** Change of the log odds of converting, shrunk towards 0, with its 95 % interval. */
  readonly effect: number
  readonly lower: number
  readonly upper: number
  /** Of the arms that have it and of those that lack it. */
  readonly visitors: number
  /** How many arms have it. */
  readonly variants: number
  /** Whether the interval leaves out 0 after correction for how many features were looked at: only then say it. */
  readonly claimed: boolean
}
