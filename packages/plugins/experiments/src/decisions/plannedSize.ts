import { checkInput, said } from '@espalier/core'
import { z } from 'zod'
import { type PlannedMetric, subjectsPerArm } from '../statistics/sampleSize.ts'
import { defaultTuning } from '../statistics/sequential.ts'

const share = z
  .number()
  .gt(0, said({ en: 'is not above 0', fr: 'n’est pas supérieur à 0' }))
  .lt(1, said({ en: 'is not below 1', fr: 'n’est pas inférieur à 1' }))

/** What one expects before an experiment begins. */
export const plannedSizeInput = z
  .object({
    /** What the control does: a rate in (0, 1), or a mean where a deviation is given. */
    baseline: z
      .number()
      .refine(
        (value) => value !== 0,
        said({ en: 'is 0: a lift over nothing has no size', fr: 'vaut 0 : un gain sur rien n’a pas de taille' }),
      ),
    /** Standard deviation of single subjects, in the unit of the metric; null for a rate. */
    deviation: z
      .number()
      .gt(0, said({ en: 'is not above 0', fr: 'n’est pas supérieur à 0' }))
      .nullable()
      .default(null),
    /** The least lift that matters, as a share of the baseline: 0.1 is 10 % more. */
    lift: z.number().refine(
      (value) => value !== 0,
      said({
        en: 'is 0: no number of subjects shows that nothing differs',
        fr: 'vaut 0 : aucun nombre de sujets ne montre que rien ne diffère',
      }),
    ),
    power: share.default(0.8),
    confidence: z
      .number()
      .min(0.5, said({ en: 'is below 0.5', fr: 'est inférieur à 0,5' }))
      .max(0.999, said({ en: 'is above 0.999', fr: 'dépasse 0,999' })),
    /** With the control. */
    variants: z
      .int()
      .min(
        2,
        said({
          en: 'is below 2: there would be nothing to compare',
          fr: 'est inférieur à 2 : il n’y aurait rien à comparer',
        }),
      )
      .max(20, said({ en: 'is above 20', fr: 'dépasse 20' }))
      .default(2),
    /** Subjects a day in all variants together; null where nobody knows. */
    subjectsPerDay: z
      .number()
      .gt(0, said({ en: 'is not above 0', fr: 'n’est pas supérieur à 0' }))
      .nullable()
      .default(null),
  })
  .refine(({ baseline, deviation }) => deviation !== null || (baseline > 0 && baseline < 1), {
    path: ['baseline'],
    error: said({
      en: 'is no rate between 0 and 1; of a mean, give its standard deviation in `deviation`',
      fr: 'n’est pas un taux entre 0 et 1 ; pour une moyenne, donnez son écart-type dans `deviation`',
    }),
  })
  .refine(
    ({ baseline, deviation, lift }) => deviation !== null || (baseline * (1 + lift) > 0 && baseline * (1 + lift) < 1),
    {
      path: ['lift'],
      error: said({
        en: 'makes a rate that does not lie between 0 and 1; 0.1 is 10 % more than the baseline',
        fr: 'donne un taux qui n’est pas entre 0 et 1 ; 0,1 veut dire 10 % de plus que la référence',
      }),
    },
  )
  .refine(({ power, confidence }) => power > 1 - confidence, {
    path: ['power'],
    error: said({
      en: 'is not above 1 minus the confidence, which no effect at all has; 0.8 by custom',
      fr: 'n’est pas supérieur à 1 moins la confiance, ce que donne déjà l’absence d’effet ; 0,8 d’habitude',
    }),
  })

export type PlannedSizeInput = z.input<typeof plannedSizeInput>

/** How large an experiment has to be. Null: more than anybody could count. */
export interface PlannedSize {
  /** Subjects of each variant for a test of one look, at the end. */
  readonly subjects: number | null
  /** Subjects of each variant for the test that is valid at any time, if one waits for its last look. */
  readonly sequentialSubjects: number | null
  /** Days until then, all variants together; null without subjects a day. */
  readonly days: number | null
  readonly sequentialDays: number | null
}

/**
 * The size at which the experiment finds the lift with the wanted power. With several treatments each is tested at the
 * level over their number (Bonferroni), which Holm's correction never exceeds.
 *
 * Formulas: docs/statistics.md. The always-valid test needs about twice as many
 * subjects, and often decides long before.
 *
 * @throws InvalidInputError
 */
export function plannedSize(input: PlannedSizeInput): PlannedSize {
  const { baseline, deviation, lift, power, confidence, variants, subjectsPerDay } = checkInput(plannedSizeInput, input)
  const metric: PlannedMetric = deviation === null ? { kind: 'proportion', baseline } : { kind: 'mean', deviation }
  const effect = Math.abs(baseline) * lift
  const corrected = 1 - (1 - confidence) / (variants - 1)
  const subjects = subjectsPerArm(metric, effect, power, { confidence: corrected })
  const sequentialSubjects =
    subjects === null
      ? null
      : subjectsPerArm(metric, effect, power, { confidence: corrected, sequentialTuning: defaultTuning })
  const daysFor = (size: number | null) =>
    size === null || subjectsPerDay === null ? null : Math.ceil((size * variants) / subjectsPerDay)
  return { subjects, sequentialSubjects, days: daysFor(subjects), sequentialDays: daysFor(sequentialSubjects) }
}
