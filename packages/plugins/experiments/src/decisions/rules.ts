import { said } from '@espalier/core'
import { z } from 'zod'
import type { Experiment } from '../experiment.ts'
import type { ExperimentSettings } from '../settings.ts'

/** How p-values are corrected when several variants or goals are compared: see docs/statistics.md. */
export type Correction = 'holm' | 'benjamini-hochberg' | 'none'

/** What a verdict takes. */
export interface Rules {
  /** In (0, 1): a p-value has to be below 1 less this. */
  readonly confidence: number
  /** Of each variant. */
  readonly minExposures: number
  /** Of each variant, where clicks are among the metrics. */
  readonly minClicks: number
  /** Of each variant, where the goal is a conversion. */
  readonly minConversions: number
  /** Days of running, pauses left out. A whole week by default: people buy otherwise on Sundays. */
  readonly minDays: number
  /** Days of running after which it is inconclusive. */
  readonly maxDays: number
  /** Subjects of each variant at which one look is taken; null: none is planned, and only always-valid tests count. */
  readonly plannedSubjects: number | null
  /** Days before the exposure that CUPED reads; 0: it is off. */
  readonly cupedDays: number
  /**
   * A variant also wins when choosing it costs less than this on average, were it the worse one; in the unit of the
   * goal. Null: only the p-value counts.
   */
  readonly maxExpectedLoss: number | null
  readonly correction: Correction
  /** Whether a verdict is applied by itself: the winner, or the control where every other variant lost. */
  readonly autoApply: boolean
}

const count = z
  .int()
  .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
  .max(100_000_000, said({ en: 'is above 100,000,000', fr: 'dépasse 100 000 000' }))

/** Where an experiment differs from its workspace. */
export const rulesInput = z
  .strictObject({
    confidence: z
      .number()
      .min(0.5, said({ en: 'is below 0.5', fr: 'est inférieur à 0,5' }))
      .max(0.999, said({ en: 'is above 0.999', fr: 'dépasse 0,999' })),
    minExposures: count,
    minClicks: count,
    minConversions: count,
    minDays: z
      .int()
      .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
      .max(365, said({ en: 'is above 365', fr: 'dépasse 365' })),
    maxDays: z
      .int()
      .min(1, said({ en: 'is below 1', fr: 'est inférieur à 1' }))
      .max(730, said({ en: 'is above 730', fr: 'dépasse 730' })),
    plannedSubjects: count.nullable(),
    cupedDays: z
      .int()
      .min(0, said({ en: 'is below 0', fr: 'est inférieur à 0' }))
      .max(90, said({ en: 'is above 90', fr: 'dépasse 90' })),
    maxExpectedLoss: z
      .number()
      .gt(
        0,
        said({
          en: 'is not above 0; leave it out to decide by p-values alone',
          fr: 'n’est pas supérieur à 0 ; omettez-le pour décider par les seules valeurs p',
        }),
      )
      .nullable(),
    correction: z.enum(['holm', 'benjamini-hochberg', 'none']),
    autoApply: z.boolean(),
  })
  .partial()
  .refine(
    ({ minDays = 0, maxDays = 730 }) => minDays <= maxDays,
    said({
      en: 'has minDays above maxDays: it would end before it may decide',
      fr: 'a minDays au-dessus de maxDays : elle finirait avant de pouvoir conclure',
    }),
  )

/** The workspace's rules, and above them the experiment's own. */
export function rulesOf({ rules }: Pick<Experiment, 'rules'>, settings: ExperimentSettings): Rules {
  const { confidence, minExposures, minClicks, minConversions, minDays, maxDays } = settings
  const own = Object.entries(rules ?? {}).filter(([, value]) => value !== undefined)
  return {
    confidence,
    minExposures,
    minClicks,
    minConversions,
    minDays,
    maxDays,
    plannedSubjects: null,
    cupedDays: 0,
    maxExpectedLoss: null,
    correction: 'holm',
    autoApply: false,
    ...Object.fromEntries(own),
  }
}
