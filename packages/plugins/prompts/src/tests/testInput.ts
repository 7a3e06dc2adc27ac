import { said } from '@espalier/core'
import { z } from 'zod'

const id = z.guid('is no id of a variant')

/** What a new A/B test needs. */
export const testInput = z.object({
  promptId: z.guid('is no id of a prompt'),
  name: z
    .string()
    .trim()
    .refine(
      (name) => name.length >= 1 && name.length <= 80,
      said({ en: 'has to be of 1 to 80 characters', fr: 'doit compter de 1 à 80 caractères' }),
    ),
  treatmentVariantId: id,
  /** Share of the subjects that get what everybody gets today; the treatment has the rest. */
  controlShare: z
    .number()
    .gte(0.05, said({ en: 'is below 0.05', fr: 'est inférieur à 0,05' }))
    .lte(0.95, said({ en: 'is above 0.95', fr: 'dépasse 0,95' }))
    .default(0.5),
  minSampleSize: z
    .int(said({ en: 'is no whole number', fr: 'n’est pas un nombre entier' }))
    .gte(100, said({ en: 'is below 100: fewer say nothing', fr: 'est inférieur à 100 : moins ne dit rien' }))
    .lte(1_000_000, said({ en: 'is above 1,000,000', fr: 'dépasse 1 000 000' }))
    .default(100),
  maxDays: z
    .int(said({ en: 'is no whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is below 1', fr: 'est inférieur à 1' }))
    .lte(7, said({ en: 'is above 7', fr: 'dépasse 7' }))
    .default(7),
  significanceLevel: z
    .number()
    .gte(0.001, said({ en: 'is below 0.001', fr: 'est inférieur à 0,001' }))
    .lte(0.5, said({ en: 'is above 0.5', fr: 'dépasse 0,5' }))
    .default(0.05),
  oneLook: z.boolean().default(false),
})

export type TestInput = z.input<typeof testInput>
