import type { Random, Told } from '@espalier/core'
import type { Arm } from '../arm.ts'
import { propose } from '../brain/index.ts'
import type { Proposed } from './candidate.ts'

/** A version made of what the page's versions say: what the product does without a model. Undefined where nothing new can be made. */
export function recombined(
  arms: readonly Arm[],
  {
    random,
    hashes,
    language,
    instead,
  }: { random: Random; hashes: ReadonlySet<string>; language: string; instead?: Told | undefined },
): Proposed | undefined {
  const [made] = propose(arms, { count: 1, random, known: hashes })
  if (!made) return undefined
  const { content, parentVariantId, otherParentId, rationale, operations, expected } = made
  return {
    origin: 'recombined',
    content,
    parentVariantId,
    parentKey: arms.find(({ variantId }) => variantId === parentVariantId)?.key ?? '',
    otherParentId,
    rationale: language.toLowerCase().startsWith('fr') ? rationale.fr : rationale.en,
    evidence: { operations, expected },
    ...(instead ? { instead } : {}),
  }
}
