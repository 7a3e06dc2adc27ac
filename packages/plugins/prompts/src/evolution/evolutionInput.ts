import { z } from 'zod'

const goal = z
  .string()
  .trim()
  .refine((text) => text.length >= 1 && text.length <= 200, '1 to 200 characters.')

export const goals = z.array(goal).refine((list) => list.length <= 10, 'At most 10 goals.')

/** What an evolution needs to begin. */
export const evolutionInput = z.object({
  promptId: z.uuid(),
  language: z.enum(['en', 'fr']),
  /** The variant to begin with. Default: the active one of the language. */
  variantId: z.uuid().optional(),
  goals: goals.default([]),
  /** The most that it may spend, in millionths of a US dollar. */
  budgetMicros: z
    .int()
    .refine((micros) => micros >= 0 && micros <= 1e12, 'A whole number from 0 to 1,000,000,000,000.'),
  generations: z
    .int()
    .refine((count) => count >= 1 && count <= 30, 'A whole number from 1 to 30.')
    .default(8),
})

/** One child of one variant, or of two. */
export const derivationInput = z
  .object({
    variantIds: z
      .array(z.uuid())
      .refine((ids) => ids.length === 1 || ids.length === 2, 'One variant to change, or two to join.'),
    goals: goals.default([]),
  })
  .refine(({ variantIds: [first, second] }) => first !== second, {
    path: ['variantIds'],
    message: 'A variant cannot be joined with itself.',
  })

export type EvolutionInput = z.input<typeof evolutionInput>
export type DerivationInput = z.input<typeof derivationInput>
