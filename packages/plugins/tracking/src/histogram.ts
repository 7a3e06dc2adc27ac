/**
 * Distributions in buckets whose bounds grow by a constant factor, so that a quantile is off by at most 2.5 % of
 * its value, at any span: buckets of hours add up (DDSketch: Masson, Rim, Lee 2019, VLDB 12(12), §2).
 */
const accuracy = 0.025
const growth = (1 + accuracy) / (1 - accuracy)

/** Largest error of a quantile, relative. */
export const quantileError = accuracy

/** Bucket 0 holds what is smaller than 1; the last one what is larger than about 17 minutes in milliseconds. */
const lastBucket = Math.ceil(Math.log(1e6) / Math.log(growth))

/** The bucket of a value in its unit. Values below 1 share a bucket: give small ones in a smaller unit. */
export function bucketOf(value: number): number {
  return value < 1 ? 0 : Math.min(lastBucket, Math.ceil(Math.log(value) / Math.log(growth)) + 1)
}

/** A bucket's value: within the error of everything in it. */
export function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * growth ** (bucket - 1)) / (growth + 1)
}

/**
 * The value below which a share of the values lies (nearest rank).
 * @param counts by bucket, in ascending order
 * @returns null without values
 */
export function quantile(counts: readonly { bucket: number; count: number }[], share: number): number | null {
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return null
  let rank = Math.max(1, Math.ceil(share * total))
  for (const { bucket, count } of counts) {
    rank -= count
    if (rank <= 0) return middleOf(bucket)
  }
  return null
}
