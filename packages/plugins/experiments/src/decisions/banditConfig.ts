import { said } from '@espalier/core'
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
    cadenceHours: z
      .int()
      .min(1, said({ en: 'is below 1', fr: 'est inférieur à 1' }))
      .max(720, said({ en: 'is above 720, which is 30 days', fr: 'dépasse 720, soit 30 jours' })),
    minSubjects: z
      .int()
      .min(10, said({ en: 'is below 10, too few to tell anything', fr: 'est inférieur à 10 : trop peu pour conclure' }))
      .max(1_000_000, said({ en: 'is above 1,000,000', fr: 'dépasse 1 000 000' })),
    maxStep: z
      .number()
      .gt(
        0,
        said({
          en: 'is not above 0: weights would never move',
          fr: 'n’est pas supérieur à 0 : les poids ne bougeraient jamais',
        }),
      )
      .max(1, said({ en: 'is above 1, which is all traffic', fr: 'dépasse 1, soit tout le trafic' })),
    floor: z
      .number()
      .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
      .max(
        0.5,
        said({
          en: 'is above 0.5, which leaves two arms no choice',
          fr: 'dépasse 0,5, ce qui ne laisse aucun choix à deux variantes',
        }),
      ),
  })
  .partial()

/** What a bandit says, and what is usual where it says nothing. */
export function banditConfigOf({ bandit }: Pick<Experiment, 'bandit'>): BanditConfig {
  return { cadenceHours: 6, minSubjects: 100, maxStep: 0.2, floor: 0.01, ...(bandit as Partial<BanditConfig>) }
}
