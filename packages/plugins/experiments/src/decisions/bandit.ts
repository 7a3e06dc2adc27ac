import type { Metric } from '../metrics/metric.ts'
import { posteriorsOf } from '../results/comparison.ts'
import { estimateArms, type Reading } from '../results/estimates.ts'
import type { PhaseArms } from '../results/experimentResults.ts'
import { probabilitiesOfBest, thompsonWeights } from '../statistics/index.ts'
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
  }[]
  /** Sums by phase, which are never pooled. */
  readonly arms: readonly PhaseArms[]
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

/**
 * The next weights of a bandit: each arm's probability of being the best (Thompson), above its floor, and no further
 * from what it is than the largest step. A pure function, so that a decision can be computed again from what was kept.
 *
 * Until every arm has its subjects, weights stay as they are.
 */
export function decideWeights({ metric, variants, arms, config }: BanditInputs): BanditOutputs {
  const previous = variants.map(({ share }) => share)
  const stay = (reasons: Reason[]): BanditOutputs => ({
    weights: byId(variants, previous),
    chances: null,
    changed: false,
    reasons: [...reasons, { code: 'WEIGHTS_STAY' }],
  })
  const waiting = variants.flatMap(({ id, key }): Reason[] => {
    const have = subjectsOf(id, arms)
    return have < config.minSubjects ? [{ code: 'FEW_FOR_BANDIT', variant: key, have, need: config.minSubjects }] : []
  })
  if (waiting.length > 0) return stay(waiting)
  const reading: Reading = { metric: metric as Metric, cuped: false }
  const ids = variants.map(({ id }) => id)
  const posteriors = posteriorsOf(reading, estimateArms(reading, arms, ids).estimates)
  const known = posteriors.flatMap((posterior) => posterior ?? [])
  // Arms that never ran at the same time cannot be compared.
  if (known.length < variants.length) return stay([])
  const lowerIsBetter = !metric.higherIsBetter
  const next = thompsonWeights(known, {
    floors: variants.map(({ floor }) => floor || config.floor),
    maxStep: config.maxStep,
    previous,
    lowerIsBetter,
  })
  const chances = probabilitiesOfBest(known, { lowerIsBetter })
  const changed = next.some((weight, index) => weight !== previous[index])
  return {
    weights: byId(variants, next),
    chances: byKey(variants, chances),
    changed,
    reasons: [
      { code: 'CHANCES', chances: byKey(variants, chances) },
      ...(changed
        ? ([
            { code: 'WEIGHTS', weights: byKey(variants, next) },
            { code: 'STEP', maxStep: config.maxStep },
          ] as const)
        : ([{ code: 'WEIGHTS_STAY' }] as const)),
    ],
  }
}

function subjectsOf(variantId: string, phases: readonly PhaseArms[]): number {
  const arms = phases.flatMap((phase) => phase.arms.filter((arm) => arm.variantId === variantId))
  return arms.reduce((sum, { subjects }) => sum + subjects, 0)
}

function byId(variants: BanditInputs['variants'], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(variants.map(({ id }, index) => [id, values[index] as number]))
}

function byKey(variants: BanditInputs['variants'], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(variants.map(({ key }, index) => [key, values[index] as number]))
}
