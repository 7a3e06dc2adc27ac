import { createHash } from 'node:crypto'
import { seededRandom } from '@espalier/core'
import type { Candidate } from './candidate.ts'
import { compareChildren } from './comparison.ts'
import type { Pool } from './loop.ts'
import { type CaseScores, mean } from './pareto.ts'

/** better: more than chance explains; unclear: better on the held-back cases, but that may be chance; none: no better wording was found. */
export type Verdict = 'better' | 'unclear' | 'none'

/** What an evolution came to. */
export interface EvolutionOutcome {
  readonly verdict: Verdict
  /** Means on the held-back cases, from 0 to 1; null where nothing was measured. */
  readonly originScore: number | null
  readonly bestScore: number | null
  /** Of the best to the first wording, over the cases that both were measured on. */
  readonly difference: number | null
  readonly cases: number
  readonly better: number
  readonly worse: number
  /** One-sided, for the best of all that were tried; null without a child. */
  readonly pValue: number | null
  /** Drafts that were made, the best first. */
  readonly variantIds: readonly string[]
  readonly summaryEn: string
  readonly summaryFr: string
}

/** Largest p-value at which "better" is said. */
const level = 0.05
/** Drafts that a person is asked to look at. */
const mostKept = 3

/** Which candidates are worth keeping, the best first, and what may be said of them. */
export function judge(pool: Pool, seed: string): { outcome: Omit<EvolutionOutcome, 'variantIds'>; kept: Candidate[] } {
  const [origin, ...children] = pool.candidates
  const random = seededRandom(createHash('sha256').update(`${seed} comparison`).digest().readInt32LE())
  const compared = origin
    ? compareChildren(
        origin.heldBack,
        children.map(({ heldBack }) => heldBack),
        random,
      )
    : null
  const none = { better: 0, worse: 0, cases: 0, pValue: null, difference: null, bestScore: null }
  const originScore = origin && origin.heldBack.size > 0 ? mean(origin.heldBack) : null
  if (!origin || !compared || compared.difference <= 0)
    return {
      outcome: { verdict: 'none', originScore, ...none, ...compared, ...words('none', originScore, null, compared) },
      kept: [],
    }
  const best = children[compared.best] as Candidate
  const front = new Set(pool.front.map((index) => pool.candidates[index]))
  const gain = (child: Candidate) => gainOver(origin.heldBack, child.heldBack)
  const others = children
    .filter((child) => child !== best && front.has(child) && gain(child) > 0)
    .sort((a, b) => gain(b) - gain(a))
  const verdict = compared.pValue <= level ? 'better' : 'unclear'
  const bestScore = mean(best.heldBack)
  const { difference, cases, better, worse, pValue } = compared
  return {
    outcome: {
      verdict,
      originScore,
      bestScore,
      difference,
      cases,
      better,
      worse,
      pValue,
      ...words(verdict, originScore, bestScore, compared),
    },
    kept: [best, ...others].slice(0, mostKept),
  }
}

function gainOver(origin: CaseScores, child: CaseScores): number {
  return [...child].reduce((sum, [id, score]) => (origin.has(id) ? sum + score - (origin.get(id) as number) : sum), 0)
}

function words(
  verdict: Verdict,
  originScore: number | null,
  bestScore: number | null,
  compared: ReturnType<typeof compareChildren>,
): { summaryEn: string; summaryFr: string } {
  if (verdict === 'none' || !compared || originScore === null || bestScore === null)
    return {
      summaryEn: 'No wording was found that does better on the held-back cases than the one it began with.',
      summaryFr: 'Aucune formulation trouvée ne fait mieux que celle de départ sur les cas réservés.',
    }
  const { cases, better, worse, pValue, leastPValue } = compared
  const figuresEn = `${number(originScore, 'en')} → ${number(bestScore, 'en')} on ${cases} held-back cases, better on ${better} and worse on ${worse} (p = ${probability(pValue, 'en')})`
  const figuresFr = `${number(originScore, 'fr')} → ${number(bestScore, 'fr')} sur ${cases} cas réservés, meilleure sur ${better} et moins bonne sur ${worse} (p = ${probability(pValue, 'fr')})`
  if (verdict === 'better')
    return {
      summaryEn: `A better wording was found: ${figuresEn}. It is a draft: activate it, or compare it in an A/B test.`,
      summaryFr: `Une meilleure formulation a été trouvée : ${figuresFr}. C’est un brouillon : activez-la, ou comparez-la dans un test A/B.`,
    }
  // Only with so few cases that not even a child which is better on every one of them could be told.
  if (leastPValue > level)
    return {
      summaryEn: `A wording was found that looks better: ${figuresEn}. With so few cases this cannot be told from chance: add held-back cases, or compare it in an A/B test.`,
      summaryFr: `Une formulation semble meilleure : ${figuresFr}. Avec si peu de cas, rien ne la distingue du hasard : ajoutez des cas réservés, ou comparez-la dans un test A/B.`,
    }
  return {
    summaryEn: `A wording was found that looks better, which may be chance: ${figuresEn}. Compare it in an A/B test.`,
    summaryFr: `Une formulation semble meilleure, ce qui peut être dû au hasard : ${figuresFr}. Comparez-la dans un test A/B.`,
  }
}

function number(value: number, language: 'en' | 'fr'): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2, minimumFractionDigits: 2 }).format(value)
}

function probability(value: number, language: 'en' | 'fr'): string {
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 2 }).format(value)
}
