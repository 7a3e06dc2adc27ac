import type { Metric } from '../metrics/metric.ts'
import { posteriorsOf } from '../results/comparison.ts'
import { estimateArms, type Reading } from '../results/estimates.ts'
import type { PhaseArms } from '../results/experimentResults.ts'
import { type Estimate, probabilitiesOfBest, thompsonWeights } from '../statistics/index.ts'
import type { BanditConfig } from './banditConfig.ts'
import type { Reason } from './reason.ts'

/** Everything that an update of a bandit's weights is computed from. */
export interface BanditInputs {
  /** What it learns from: the first goal. */
  readonly metric: Pick<Metric, 'key' | 'kind' | 'higherIsBetter'>
  /** Those that take part, in order. */
  readonly variants: readonly {
    readonly id: string
    readonly key: string
    /** Its own least share; 0: as the config says for all. */
    readonly floor: number
    /** Its share now. */
    readonly share: number
    /** Who has met it, in any phase. */
    readonly subjects: number
    /** What it earned, weighted by phase, over the phases in which all of them took part. */
    readonly estimate: Estimate
  }[]
  readonly config: BanditConfig
}

export interface BanditOutputs {
  /** Variant id → share; what they were where nothing moves. */
  readonly weights: Readonly<Record<string, number>>
  /** Variant key → probability that it is the best, in [0, 1]; null while too few subjects were seen. */
  readonly chances: Readonly<Record<string, number>> | null
  readonly changed: boolean
  readonly reasons: readonly Reason[]
}

/** Moves of less than half a percentage point would be phases that teach nothing. */
const leastMove = 0.005

/** What a bandit knows of its arms: by phase, and weighted, because its own weights move all the time. */
export function learn(
  metric: Pick<Metric, 'kind'>,
  phases: readonly PhaseArms[],
  variantIds: readonly string[],
): Pick<BanditInputs['variants'][number], 'subjects' | 'estimate'>[] {
  const { estimates } = estimateArms(readingOf(metric), phases, variantIds)
  return variantIds.map((id, index) => {
    const arms = phases.flatMap((phase) => phase.arms.filter((arm) => arm.variantId === id))
    return {
      subjects: arms.reduce((sum, { subjects }) => sum + subjects, 0),
      estimate: estimates[index] as Estimate,
    }
  })
}

/**
 * The next weights of a bandit: each arm's probability of being the best (Thompson), above its floor, and no further
 * from what it is than the largest step. A pure function, so that a decision can be computed again from what was kept.
 *
 * Until every arm has its subjects, weights stay as they are; so they do where none would move by half a percentage
 * point.
 */
export function decideWeights({ metric, variants, config }: BanditInputs): BanditOutputs {
  const previous = variants.map(({ share }) => share)
  const stay = (reasons: readonly Reason[], chances: BanditOutputs['chances'] = null): BanditOutputs => ({
    weights: byId(variants, previous),
    chances,
    changed: false,
    reasons: [...reasons, { code: 'WEIGHTS_STAY' }],
  })
  const waiting = variants
    .filter(({ subjects }) => subjects < config.minSubjects)
    .map(({ key, subjects }): Reason => {
      return { code: 'FEW_FOR_BANDIT', variant: key, have: subjects, need: config.minSubjects }
    })
  if (waiting.length > 0) return stay(waiting)
  const posteriors = posteriorsOf(
    readingOf(metric),
    variants.map(({ estimate }) => estimate),
  )
  const known = posteriors.flatMap((posterior) => posterior ?? [])
  // Arms that never ran at the same time cannot be compared.
  if (known.length < variants.length) return stay([])
  const lowerIsBetter = !metric.higherIsBetter
  const chances = byKey(variants, probabilitiesOfBest(known, { lowerIsBetter }))
  const next = thompsonWeights(known, {
    floors: variants.map(({ floor }) => floor || config.floor),
    maxStep: config.maxStep,
    previous,
    lowerIsBetter,
  })
  const moved = Math.max(...next.map((weight, index) => Math.abs(weight - (previous[index] as number))))
  if (moved < leastMove) return stay([{ code: 'CHANCES', chances }], chances)
  return {
    weights: byId(variants, next),
    chances,
    changed: true,
    reasons: [
      { code: 'CHANCES', chances },
      { code: 'WEIGHTS', weights: byKey(variants, next) },
      { code: 'STEP', maxStep: config.maxStep },
    ],
  }
}

/** Without CUPED: what arms did before their exposure is no part of what they earn. */
function readingOf(metric: Pick<Metric, 'kind'>): Reading {
  return { metric: metric as Metric, cuped: false }
}

function byId(variants: BanditInputs['variants'], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(variants.map(({ id }, index) => [id, values[index] as number]))
}

function byKey(variants: BanditInputs['variants'], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(variants.map(({ key }, index) => [key, values[index] as number]))
}
