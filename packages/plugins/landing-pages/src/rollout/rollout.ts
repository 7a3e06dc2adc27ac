import { said } from '@espalier/core'
import { z } from 'zod'

/** Shares of the visitors that a rollout goes through where nothing else is said. */
export const usualSteps = [0.01, 0.1, 0.5, 1] as const

export type RolloutStatus = 'running' | 'completed' | 'rolledBack'
/**
 * `manual`: a person says when it goes on. `schedule`: it goes on when a step has lasted. `guardrails`: it goes on when a
 * step has lasted and enough visitors have come and the variant does no worse; where it converts worse it goes back by itself, where it
 * is slower or more visits bounce it waits for a person.
 */
export type RolloutPace = 'manual' | 'schedule' | 'guardrails'

/** A variant that a growing share of a page's visitors gets, as the database keeps it. */
export interface Rollout {
  readonly id: string
  readonly pageId: string
  readonly variantKey: string
  readonly status: RolloutStatus
  readonly pace: RolloutPace
  readonly steps: readonly number[]
  readonly step: number
  readonly stepMinutes: number
  readonly minVisitors: number
  readonly nextStepAt: Date | null
  readonly reason: string | null
  readonly startedAt: Date
  readonly endedAt: Date | null
}

export const rolloutInput = z.object({
  variantKey: z.string(),
  pace: z.enum(['manual', 'schedule', 'guardrails']).default('manual'),
  steps: z
    .array(
      z
        .number()
        .gt(0, said({ en: 'is not above 0', fr: 'n’est pas supérieur à 0' }))
        .lte(1, said({ en: 'is above 1', fr: 'dépasse 1' })),
    )
    .min(1, said({ en: 'has no step', fr: 'n’a pas d’étape' }))
    .max(20, said({ en: 'has more than 20 steps', fr: 'a plus de 20 étapes' }))
    .refine(
      (steps) => steps.every((share, index) => index === 0 || share > (steps[index - 1] as number)),
      said({
        en: 'has a step that is not above the one before',
        fr: 'a une étape qui n’est pas supérieure à la précédente',
      }),
    )
    .refine(
      (steps) => steps.at(-1) === 1,
      said({ en: 'does not end with 1, which is everybody', fr: 'ne finit pas par 1, soit tout le monde' }),
    )
    .default([...usualSteps]),
  /** How long a step lasts at least. */
  stepMinutes: z
    .int()
    .min(1, said({ en: 'is below 1', fr: 'est inférieur à 1' }))
    .max(43_200, said({ en: 'is above 43,200, which is 30 days', fr: 'dépasse 43 200, soit 30 jours' }))
    .default(60),
  minVisitors: z
    .int()
    .min(20, said({ en: 'is below 20, too few to tell anything', fr: 'est inférieur à 20 : trop peu pour conclure' }))
    .max(1_000_000, said({ en: 'is above 1,000,000', fr: 'dépasse 1 000 000' }))
    .default(100),
})

export type RolloutInput = z.input<typeof rolloutInput>

/** Share of the visitors that gets the variant now, in [0, 1]. */
export function shareOf({ status, steps, step }: Pick<Rollout, 'status' | 'steps' | 'step'>): number {
  if (status === 'rolledBack') return 0
  return status === 'completed' ? 1 : (steps[step] ?? 0)
}
