import { z } from 'zod'

export type ExperimentStatus = 'draft' | 'running' | 'completed'

/** An experiment as the database keeps it, with its variants in order; the first is the control. */
export interface Experiment {
  readonly workspaceId: string
  readonly id: string
  readonly key: string
  readonly name: string
  readonly hypothesis: string
  readonly status: ExperimentStatus
  /** Name of the tracking event, or of the goal of a `conversion` event, that counts as a conversion. */
  readonly goal: string
  readonly seed: string
  /** Key of the winning variant, once completed with one. */
  readonly winner: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly startedAt: Date | null
  readonly completedAt: Date | null
  readonly variants: Variant[]
}

export interface Variant {
  readonly workspaceId: string
  readonly id: string
  readonly experimentId: string
  readonly position: number
  readonly key: string
  readonly name: string
  /** Share of the subjects, relative to the other variants' weights. */
  readonly weight: number
  /** Subjects exposed, each once. */
  readonly exposureCount: number
  /** Of those, how many reached the goal after their exposure. */
  readonly conversionCount: number
}

const key = z
  .string()
  .max(60, 'has more than 60 characters')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'takes lower-case letters, digits and single hyphens, such as "bold-headline"')

const name = z.string().trim().min(1, 'is empty').max(120, 'has more than 120 characters')

export const variantInput = z.object({
  key,
  name,
  weight: z.number().min(0, 'is below 0').max(1_000_000, 'is above 1,000,000').default(1),
})

const variants = z
  .array(variantInput)
  .min(2, 'has fewer than 2 variants: there would be nothing to compare')
  .max(20, 'has more than 20 variants')
  .refine(
    (list) => new Set(list.map((variant) => variant.key)).size === list.length,
    'has two variants with the same key',
  )
  .refine((list) => list.some(({ weight }) => weight > 0), 'has no variant with a weight above 0')

/** What a new experiment needs. */
export const experimentInput = z.object({
  key,
  name,
  hypothesis: z.string().trim().max(2_000, 'has more than 2,000 characters').default(''),
  goal: z.string().trim().min(1, 'is empty').max(64, 'has more than 64 characters'),
  variants,
})

/** What may change while it is a draft. */
export const experimentChange = experimentInput.partial()

export type ExperimentInput = z.input<typeof experimentInput>
export type ExperimentChange = z.input<typeof experimentChange>
