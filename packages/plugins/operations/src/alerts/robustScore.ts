/**
 * The modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993, p. 11 f.): 0.6745 times the distance
 * from the median, over the median of the absolute distances from it (MAD). They call values of more than 3.5 outliers.
 * Unlike mean and standard deviation, neither moves because of a few wild values among the past ones.
 *
 * @param past at least one value
 * @param leastSpread what the past may be expected to vary by at least, as a standard deviation: where the past values are all
 *   alike the MAD is 0, and any other value would be infinitely far. Default 0
 */
export function robustScore(value: number, past: readonly number[], leastSpread = 0): RobustScore {
  const middle = median(past)
  const mad = median(past.map((other) => Math.abs(other - middle)))
  // 0.6745 is the third quartile of the normal distribution: MAD / 0.6745 estimates its standard deviation.
  const spread = Math.max(mad / thirdQuartile, leastSpread)
  const distance = value - middle
  return { median: middle, spread, score: distance === 0 ? 0 : distance / spread }
}

export interface RobustScore {
  readonly median: number
  /** As a standard deviation. */
  readonly spread: number
  /** Infinite where the past does not vary at all, and `leastSpread` is 0. */
  readonly score: number
}

const thirdQuartile = 0.6745

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2
}
