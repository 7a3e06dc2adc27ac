import type { Random } from '@espalier/core'
import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import type { PageContent } from '../../content.ts'
import type { Arm } from '../arm.ts'
import { type Expectation, type Expected, expectationOf } from './expectation.ts'
import { contentHash } from './features.ts'
import { rationaleOf } from './rationale.ts'
import { type Operation, poolOf, type Recombination, recombine } from './recombination.ts'

export interface ProposalOptions {
  /** How many to propose, from 1. */
  readonly count: number
  readonly random: Random
  /** {@link contentHash}es of contents that are not to be proposed, beside those of the arms. */
  readonly known?: ReadonlySet<string>
  /** How many recombinations to draw and rank. Default 200. */
  readonly draws?: number
}

export interface Proposal {
  readonly content: PageContent
  /** SHA-256 in hexadecimal of the content without ids. */
  readonly hash: string
  readonly parentVariantId: string
  readonly otherParentId: string | null
  readonly operations: readonly Operation[]
  /** What was done and what is expected of it, in words. */
  readonly rationale: { readonly en: string; readonly fr: string }
  /** Log odds of converting against the control. A guess that ranked it, no result. */
  readonly expected: Expected
}

/**
 * New pages made of what has performed best: the generator that needs no key. Parents are drawn by Thompson sampling over
 * all arms, retired ones with good parts among them; chance crosses and mutates them; of what comes out, those are proposed
 * of which the most improvement over the best arm is expected (Močkus, 1975; Jones, Schonlau, Welch (1998), J. Global
 * Optimization 13, 455-492), by what their parts and pairs of parts did so far. Expected improvement asks for what is
 * good or uncertain, not for what is merely good, so that it goes on learning.
 *
 * @returns at most `count`, the most promising first; fewer where nothing new can be made of what there is
 */
export function propose(arms: readonly Arm[], { count, random, known, draws = 200 }: ProposalOptions): Proposal[] {
  const expectation = expectationOf(arms)
  const standing = arms.map((arm) => ({ arm, expected: expectation.of(arm.content) }))
  const taken = new Set([...(known ?? []), ...arms.map(({ content }) => contentHash(content))])
  const blocks = poolOf(arms)
  const pool: Ranked[] = []
  for (let draw = 0; draw < draws; draw++) {
    const parent = thompson(standing, random)
    // One change teaches the most about itself; several reach further.
    const operations = 1 + Math.floor(random.next() ** 2 * 2.5)
    const made = recombine(parent, blocks, random, operations)
    if (!made || taken.has(made.hash)) continue
    taken.add(made.hash)
    pool.push({ ...made, expected: expectation.of(made.content) })
  }
  const best = Math.max(...standing.filter(({ arm }) => !arm.isRetired).map(({ expected }) => expected.mean))
  return pool
    .map((made) => ({
      made,
      improvement: expectedImprovement(made.expected, best),
    }))
    .sort((a, b) => b.improvement - a.improvement)
    .slice(0, count)
    .map(({ made }) => told(made))
}

type Ranked = Recombination & { readonly expected: ReturnType<Expectation['of']> }

function told({ content, hash, parent, otherParent, operations, expected }: Ranked): Proposal {
  return {
    ...{ content, hash, operations, expected },
    parentVariantId: parent.variantId,
    otherParentId: otherParent?.variantId ?? null,
    rationale: rationaleOf(parent, operations, expected),
  }
}

/** E[max(0, θ - best)] of a normal θ. */
function expectedImprovement({ mean, deviation }: Expected, best: number): number {
  const z = (mean - best) / deviation
  return (mean - best) * normalCdf(z, 0, 1) + (deviation * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI)
}

/** The arm whose log odds, drawn from what is believed of it, come out highest. */
function thompson(standing: readonly { arm: Arm; expected: Expected }[], random: Random): Arm {
  const drawn = standing.map(({ arm, expected }) => ({
    arm,
    value: expected.mean + expected.deviation * normal(random),
  }))
  return drawn.reduce((best, own) => (own.value > best.value ? own : best)).arm
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
