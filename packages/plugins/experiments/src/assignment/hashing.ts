/** How many places a hash has: shares are told apart in steps of 1/10,000. */
export const places = 10_000

/** FNV-1a, 32 bits, begins with this. */
const offsetBasis = 0x811c9dc5 | 0

/**
 * The place of a subject in [0, 1), in steps of 1/10,000: GrowthBook's published hashing, version 2, so that
 * its users can move here and every subject keeps its variant. The seed goes before the subject, and hashing
 * twice removes the correlation between experiments that hashing once leaves.
 *
 * Source: GrowthBook SDK specification, "hash", version 2.
 *
 * @param seed what sets experiments apart: the experiment's seed
 * @param subject the visitor, contact or whatever is assigned
 */
export function hashFraction(seed: string, subject: string): number {
  return placeAfter(hashOf(seed), subject) / places
}

/** The hash of a seed, for {@link placeAfter}: computed once for all subjects. */
export function hashOf(seed: string): number {
  return continued(offsetBasis, seed)
}

/** {@link hashFraction} as a whole number from 0 to 9,999, and without making a string. */
export function placeAfter(seedHash: number, subject: string): number {
  return hashOfDigits(continued(seedHash, subject) >>> 0) % places
}

/**
 * The place of a subject in a namespace, in [0, 1), in steps of 1/1,000: GrowthBook's version 1, which its namespaces have
 * kept.
 *
 * @param namespace its name
 */
export function namespaceFraction(namespace: string, subject: string): number {
  return ((continued(continued(continued(offsetBasis, subject), '__'), namespace) >>> 0) % 1_000) / 1_000
}

/**
 * The same place by version 1 of GrowthBook's hashing, from 0 to 9,990 in steps of 10: what its older experiments assign by. The
 * subject goes before the seed, so nothing of it can be computed for all subjects.
 *
 * Source: GrowthBook SDK specification, "hash", version 1.
 */
export function placeByVersion1(seed: string, subject: string): number {
  return ((continued(continued(offsetBasis, subject), seed) >>> 0) % 1_000) * 10
}

/** FNV-1a over UTF-16 code units, after what was hashed before. */
function continued(before: number, text: string): number {
  let hash = before
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

/** The hash of a number as it is written in decimal: a whole one of 32 bits. */
function hashOfDigits(number: number): number {
  // Two halves of five digits are small integers, which are divided several times as fast.
  const high = (number / 100_000) | 0
  const low = (number - high * 100_000) | 0
  let hash = offsetBasis
  let begun = false
  for (let divisor = 10_000; divisor > 0; divisor = (divisor / 10) | 0) {
    const digit = ((high / divisor) | 0) % 10
    begun ||= digit > 0
    if (begun) hash = Math.imul(hash ^ (48 + digit), 0x01000193)
  }
  for (let divisor = 10_000; divisor > 0; divisor = (divisor / 10) | 0) {
    const digit = ((low / divisor) | 0) % 10
    begun ||= digit > 0 || divisor === 1
    if (begun) hash = Math.imul(hash ^ (48 + digit), 0x01000193)
  }
  return hash >>> 0
}
