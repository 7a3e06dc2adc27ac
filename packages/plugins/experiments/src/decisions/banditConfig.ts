import { z } from 'zod'
import type { Experiment } from '../experiment.ts'

/** How the weights of a bandit follow its results. */
export interface BanditConfig {
  /** Between two updates. */
  readonly cadenceHours: number
  /** That every arm needs before weights move. */
  readonly minSubjects: number
  /** The most that any arm's share moves in one update, in (0, 1]: 0.2 is 20 percentage points. */
  readonly maxStep: number
  /** Least share of each arm that has no floor of its own, in [0, 1]: what it takes to go on learning of it. */
  readonly floor: number
}

export const banditInput = z
  .strictObject({
    cadenceHours: z.int().min(1, 'is below 1').max(720, 'is above 720, which is 30 days'),
    minSubjects: z.int().min(10, 'is below 10, too few to tell anything').max(1_000_000, 'is above 1,000,000'),
    maxStep: z.number().gt(0, 'is not above 0: weights would never move').max(1, 'is above 1, which is all traffic'),
    floor: z.number().min(0, 'is below 0').max(0.5, 'is above 0.5, which leaves two arms no choice'),
  })
  .partial()

/** What a bandit says, and what is usual where it says nothing. */
export function banditConfigOf({ bandit }: Pick<Experiment, 'bandit'>): BanditConfig {
  return { cadenceHours: 6, minSubjects: 100, maxStep: 0.2, floor: 0.01, ...(bandit as Partial<BanditConfig>) }
}
