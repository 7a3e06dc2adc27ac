import { hash } from 'node:crypto'

/**
 * Different visitors, counted so that counts of any hours can be merged.
 *
 * While a row has at most {@link exactUpTo} visitors it keeps their hashes: the count is exact. Beyond, it keeps
 * the cells of a probabilistic counter (Flajolet and Martin 1985, "Probabilistic Counting Algorithms for Data
 * Base Applications"): each visitor sets one cell, of {@link buckets} on each level, of level r with probability
 * 2^-(r+1). Merging is OR, which PostgreSQL does itself. The number of visitors is the one for which as many set
 * cells are expected as there are (Lang 2017, arXiv:1708.06839, the ICON estimator of a coupon count): its
 * standard error is ln 2 / √buckets = 1.5 %.
 */
export const buckets = 2048
export const levels = 24
/** Visitors of one row (an hour, a page, a value) that are kept one by one. */
export const exactUpTo = 128

/** Standard error of a count beyond what is exact, relative. */
export const standardError = Math.LN2 / Math.sqrt(buckets)

/** A visitor as a row keeps them: 47 bits that tell them apart, then 16 bits that say which cell they set. */
export function visitorHash(visitorId: string): bigint {
  // MD5 for its spread: ids that a sender counted up spread as well as random ones.
  const digest = hash('md5', visitorId, 'buffer')
  const bucket = digest.readUInt16BE(6) % buckets
  const level = Math.min(levels - 1, Math.clz32(digest.readUIntBE(8, 3)) - 8)
  const fingerprint = BigInt(digest.readUIntBE(0, 6)) >> 1n
  return (fingerprint << 16n) | BigInt(level * buckets + bucket)
}

/** A visitor as rows keep them, and the cell that they set. */
export interface HashedVisitor {
  readonly hash: bigint
  readonly cell: number
}

export function hashedVisitor(visitorId: string): HashedVisitor {
  const hash = visitorHash(visitorId)
  return { hash, cell: Number(hash & 65_535n) }
}

/** The number of visitors who set so many cells. */
export function visitorsOfCells(cells: number): number {
  let low = cells
  let high = 1
  while (expectedCells(high) < cells && high < 2 ** 50) high *= 2
  low = Math.min(low, high)
  while (high - low > 0.25) {
    const middle = (low + high) / 2
    if (expectedCells(middle) < cells) low = middle
    else high = middle
  }
  return Math.round((low + high) / 2)
}

/** How many cells so many visitors are expected to set. */
function expectedCells(visitors: number): number {
  let sum = 0
  for (let level = 0; level < levels; level++) {
    const share = 2 ** -Math.min(level + 1, levels - 1) / buckets
    sum += buckets * -Math.expm1(visitors * Math.log1p(-share))
  }
  return sum
}
