import type { Metric } from '../metrics/metric.ts'
import { posteriorsOf } from '../results/comparison.ts'
import { estimateArms, estimateArrivals, type Reading } from '../results/estimates.ts'
import type { PhaseArms } from '../results/experimentResults.ts'
import { sharesOf } from '../shares.ts'
import { type Estimate, type Posterior, probabilitiesOfBest, thompsonWeights } from '../statistics/index.ts'
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
    /** Its own largest share, in (0, 1]; absent: none. */
    readonly ceiling?: number
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

/**
 * What a bandit knows of its arms: by phase, and weighted, because its own weights move all the time. Where some came later
 * than others, each is compared with what ran beside it: what is known is not forgotten for a newcomer.
 */
export function learn(
  metric: Pick<Metric, 'kind'>,
  phases: readonly PhaseArms[],
  variantIds: readonly string[],
): Pick<BanditInputs['variants'][number], 'subjects' | 'estimate'>[] {
  const reading = readingOf(metric)
  const together = estimateArms(reading, phases, variantIds)
  const took = phases.filter(({ arms }) =>
    arms.some(({ variantId, subjects }) => variantIds.includes(variantId) && subjects > 0),
  )
  const estimates =
    together.used.length === took.length ? together.estimates : estimateArrivals(reading, took, variantIds)
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
  const few = variants.filter(({ subjects }) => subjects < config.minSubjects)
  const waiting = few.map(({ key, subjects }): Reason => {
    return { code: 'FEW_FOR_BANDIT', variant: key, have: subjects, need: config.minSubjects }
  })
  // Whoever comes in under a ceiling waits alone: the others go on among themselves.
  const deciding = variants.filter((variant) => !few.includes(variant))
  if (few.some(({ ceiling = 1 }) => ceiling === 1) || deciding.length < 2) return stay(waiting)
  const posteriors = posteriorsOf(
    readingOf(metric),
    deciding.map(({ estimate }) => estimate),
  )
  const known = posteriors.flatMap((posterior) => posterior ?? [])
  // Arms that never ran at the same time cannot be compared.
  if (known.length < deciding.length) return stay(waiting)
  const lowerIsBetter = !metric.higherIsBetter
  const chances = byKey(deciding, probabilitiesOfBest(known, { lowerIsBetter }))
  const next = weigh(known, variants, deciding, config, lowerIsBetter)
  const moved = Math.max(...next.map((weight, index) => Math.abs(weight - (previous[index] as number))))
  if (moved < leastMove) return stay([...waiting, { code: 'CHANCES', chances }], chances)
  return {
    weights: byId(variants, next),
    chances,
    changed: true,
    reasons: [
      ...waiting,
      { code: 'CHANCES', chances },
      { code: 'WEIGHTS', weights: byKey(variants, next) },
      { code: 'STEP', maxStep: config.maxStep },
    ],
  }
}

/** The next shares of all arms: those who decide share what the waiting ones, who stay, leave them. */
function weigh(
  known: readonly Posterior[],
  variants: BanditInputs['variants'],
  deciding: BanditInputs['variants'],
  config: BanditConfig,
  lowerIsBetter: boolean,
): number[] {
  const held = (variant: BanditInputs['variants'][number]) => Math.min(variant.share, variant.ceiling ?? 1)
  const free = 1 - variants.reduce((sum, variant) => sum + (deciding.includes(variant) ? 0 : held(variant)), 0)
  const ceilings = deciding.map(({ ceiling = 1 }) => Math.min(1, ceiling / free))
  const decided = thompsonWeights(known, {
    // What waits may leave less than a floor asks for.
    floors: deciding.map(({ floor }) => Math.min(1, (floor || config.floor) / free)),
    ...(ceilings.some((ceiling) => ceiling < 1) ? { ceilings } : {}),
    maxStep: Math.min(1, config.maxStep / free),
    previous: deciding.map(({ share }) => share),
    lowerIsBetter,
  })
  if (deciding.length === variants.length) return decided
  return sharesOf(
    variants.map((variant) => {
      const place = deciding.indexOf(variant)
      return place < 0 ? held(variant) : free * (decided[place] as number)
    }),
  )
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
