import { said } from '@espalier/core'
import { z } from 'zod'

const goal = z
  .string()
  .trim()
  .refine(
    (text) => text.length >= 1 && text.length <= 200,
    said({ en: '1 to 200 characters.', fr: 'De 1 à 200 caractères.' }),
  )

export const goals = z
  .array(goal)
  .refine((list) => list.length <= 10, said({ en: 'At most 10 goals.', fr: 'Au plus 10 objectifs.' }))

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
    .refine(
      (micros) => micros >= 0 && micros <= 1e12,
      said({ en: 'A whole number from 0 to 1,000,000,000,000.', fr: 'Un nombre entier de 0 à 1 000 000 000 000.' }),
    ),
  generations: z
    .int()
    .refine(
      (count) => count >= 1 && count <= 30,
      said({ en: 'A whole number from 1 to 30.', fr: 'Un nombre entier de 1 à 30.' }),
    )
    .default(8),
})

/** One child of one variant, or of two. */
export const derivationInput = z
  .object({
    variantIds: z
      .array(z.uuid())
      .refine(
        (ids) => ids.length === 1 || ids.length === 2,
        said({ en: 'One variant to change, or two to join.', fr: 'Une variante à modifier, ou deux à combiner.' }),
      ),
    goals: goals.default([]),
  })
  .refine(({ variantIds: [first, second] }) => first !== second, {
    path: ['variantIds'],
    message: said({
      en: 'A variant cannot be joined with itself.',
      fr: 'Une variante ne peut pas être combinée avec elle-même.',
    }),
  })

export type EvolutionInput = z.input<typeof evolutionInput>
export type DerivationInput = z.input<typeof derivationInput>
