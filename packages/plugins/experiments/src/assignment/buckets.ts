import { hashOf, placeAfter, placeByVersion1, places } from './hashing.ts'

/** A share of the hash's range, from the first up to but not including the second, both in [0, 1]. */
export type BucketRange = readonly [start: number, end: number]

/**
 * Divides the hash's range between variants. Each begins where it does at full coverage, so that more coverage adds subjects
 * and moves none.
 *
 * Source: GrowthBook SDK specification, "getBucketRange", whose arithmetic this is to the last bit.
 *
 * @param count of the variants
 * @param coverage share of the subjects that take part; what is outside of [0, 1] counts as its nearer end
 * @param weights shares of the variants; all alike where they are missing, too few, or do not add up to 1 ± 0.01
 */
export function bucketRanges(count: number, coverage: number, weights: readonly number[] | null): BucketRange[] {
  const covered = Math.min(1, Math.max(0, coverage))
  let start = 0
  return shares(count, weights).map((weight) => {
    const from = start
    start += weight
    return [from, from + covered * weight]
  })
}

function shares(count: number, weights: readonly number[] | null): readonly number[] {
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? 0
  return weights?.length === count && total >= 0.99 && total <= 1.01 ? weights : equalShares(count)
}

function equalShares(count: number): number[] {
  return new Array<number>(Math.max(0, count)).fill(1 / count)
}

/** Index of the first range that holds a place, or -1. Source: GrowthBook SDK specification, "chooseVariation". */
export function bucketAt(place: number, ranges: readonly BucketRange[]): number {
  return ranges.findIndex(([start, end]) => place >= start && place < end)
}

/** 2 is what experiments that are made here have; 1 comes from GrowthBook with older ones. */
export type HashVersion = 1 | 2

/** Which variant each place of the hash belongs to: ranges as whole places, in which comparing is exact and quick. */
export interface Buckets {
  /** Of version 2 of the hash: what goes before the subject. */
  readonly seedHash: number
  /** Of version 1: what comes after it; null for version 2. */
  readonly seedAfter: string | null
  /** From this place … */
  readonly starts: Int32Array
  /** … up to but not including this one. */
  readonly ends: Int32Array
}

/** @param hashVersion of GrowthBook's hashing: 2, or 1 */
export function compileBuckets(seed: string, hashVersion: HashVersion, ranges: readonly BucketRange[]): Buckets {
  return {
    seedHash: hashOf(seed),
    seedAfter: hashVersion === 1 ? seed : null,
    starts: Int32Array.from(ranges, ([start]) => firstPlaceFrom(start)),
    ends: Int32Array.from(ranges, ([, end]) => firstPlaceFrom(end)),
  }
}

/** Index of a subject's variant, the same on every call and in every process; -1 for one that is in none. */
export function bucketOf({ seedHash, seedAfter, starts, ends }: Buckets, subject: string): number {
  const place = seedAfter === null ? placeAfter(seedHash, subject) : placeByVersion1(seedAfter, subject)
  for (let index = 0; index < starts.length; index++)
    if (place >= (starts[index] as number) && place < (ends[index] as number)) return index
  return -1
}

/** The first place that is not below a bound of a range, as the division of places says it; of a bound above 1, the end. */
function firstPlaceFrom(bound: number): number {
  // Far above 1 the next place is the same number: counting up would not end.
  const within = Math.min(1, bound)
  let place = Math.max(0, Math.floor(within * places) - 1)
  while (place / places < within) place++
  return place
}
