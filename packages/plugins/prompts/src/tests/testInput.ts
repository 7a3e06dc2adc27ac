import { z } from 'zod'

const id = z.guid('is no id of a variant')

/** What a new A/B test needs. */
export const testInput = z.object({
  promptId: z.guid('is no id of a prompt'),
  name: z
    .string()
    .trim()
    .refine((name) => name.length >= 1 && name.length <= 80, 'has to be of 1 to 80 characters'),
  treatmentVariantId: id,
  /** Share of the subjects that get what everybody gets today; the treatment has the rest. */
  controlShare: z.number().gte(0.05, 'is below 0.05').lte(0.95, 'is above 0.95').default(0.5),
  minSampleSize: z
    .int('is no whole number')
    .gte(100, 'is below 100: fewer say nothing')
    .lte(1_000_000, 'is above 1,000,000')
    .default(100),
  maxDays: z.int('is no whole number').gte(1, 'is below 1').lte(7, 'is above 7').default(7),
  significanceLevel: z.number().gte(0.001, 'is below 0.001').lte(0.5, 'is above 0.5').default(0.05),
  oneLook: z.boolean().default(false),
})

export type TestInput = z.input<typeof testInput>
