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
  return (fnv1a32(String(fnv1a32(seed + subject))) % 10_000) / 10_000
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function fnv1a32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
