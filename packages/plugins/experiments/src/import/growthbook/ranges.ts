import {
  type BucketRange,
  type Buckets,
  bucketRanges,
  compileBuckets,
  type HashVersion,
} from '../../assignment/buckets.ts'
import { places } from '../../assignment/hashing.ts'
import { sharesOf } from '../../shares.ts'

/** How GrowthBook divides the hash between variations. */
export interface TheirRanges {
  readonly count: number
  readonly coverage: number
  readonly weights: readonly number[] | null
  /** Where it says them one by one, instead of coverage and weights. */
  readonly ranges?: readonly BucketRange[] | null
}

export interface OurShares {
  readonly weights: readonly number[]
  readonly coverage: number
  /** How many of the 10,000 places of the hash belong to another variant here; 0: everybody keeps theirs. */
  readonly moved: number
}

/**
 * Weights and coverage that give every place of the hash to the variant that it has there, or as many as can be. Those that
 * stand there where these do it; else weights in places of the hash, since shares are kept in steps of 1/10,000 here, and
 * a coverage that is at most 0.0005 off, so that ranges end where they do there.
 */
export function sharesFor(theirs: TheirRanges, hashVersion: HashVersion): OurShares {
  const { count, coverage } = theirs
  const ranges = theirs.ranges ?? bucketRanges(count, coverage, theirs.weights)
  const wanted = compileBuckets('', hashVersion, ranges)
  const atFull = compileBuckets('', hashVersion, bucketRanges(count, 1, theirs.weights))
  const inPlaces = Array.from(atFull.starts, (start, index) => Math.max(0, (atFull.ends[index] as number) - start))
  const allWeights = [theirs.weights ?? Array.from({ length: count }, () => 1), inPlaces].filter(
    (weights) => weights.length === count && weights.some((weight) => weight > 0),
  )
  let best: OurShares = { weights: inPlaces, coverage, moved: places }
  for (const nudge of nudges)
    for (const weights of allWeights) {
      const nudged = coverage + nudge
      if (nudge !== 0 && (nudged < 0 || nudged > 1)) continue
      const moved = movedBetween(wanted, ours(weights, nudged, hashVersion), hashVersion)
      if (moved < best.moved) best = { weights, coverage: nudged, moved }
      if (moved === 0) return best
    }
  return best
}

/** The smallest first. */
const nudges = [0, ...Array.from({ length: 50 }, (_, index) => (index + 1) / 100_000).flatMap((by) => [-by, by])]

/**
 * What coverage lets in as many as a rollout of GrowthBook does, which includes its bound: `n <= coverage`, where ranges
 * end before theirs.
 */
export function coverageOfRollout(coverage: number): number {
  if (coverage <= 0 || coverage >= 1) return Math.min(1, Math.max(0, coverage))
  const whole = Math.floor(coverage * places + 1e-9)
  return Math.abs(whole / places - coverage) < 1e-12 ? (whole + 1) / places : coverage
}

function ours(weights: readonly number[], coverage: number, hashVersion: HashVersion): Buckets {
  return compileBuckets('', hashVersion, bucketRanges(weights.length, coverage, sharesOf(weights)))
}

/** Of the 10,000 places; by version 1 there are 1,000, each of which counts for ten. */
function movedBetween(one: Buckets, other: Buckets, hashVersion: HashVersion): number {
  const step = hashVersion === 1 ? places / 1_000 : 1
  // Between two bounds that follow one another nothing changes.
  const bounds = [0, ...one.starts, ...one.ends, ...other.starts, ...other.ends, places]
    .map((bound) => Math.min(places, Math.ceil(bound / step) * step))
    .sort((a, b) => a - b)
  let moved = 0
  for (const [index, bound] of bounds.entries()) {
    const next = bounds[index + 1] ?? places
    if (next > bound && ownerOf(one, bound) !== ownerOf(other, bound)) moved += next - bound
  }
  return moved
}

/** Index of the first variant that holds a place, or -1. */
function ownerOf({ starts, ends }: Buckets, place: number): number {
  return starts.findIndex((start, index) => place >= start && place < (ends[index] as number))
}
