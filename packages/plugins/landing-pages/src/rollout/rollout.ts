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
    .array(z.number().gt(0, 'is not above 0').lte(1, 'is above 1'))
    .min(1, 'has no step')
    .max(20, 'has more than 20 steps')
    .refine(
      (steps) => steps.every((share, index) => index === 0 || share > (steps[index - 1] as number)),
      'has a step that is not above the one before',
    )
    .refine((steps) => steps.at(-1) === 1, 'does not end with 1, which is everybody')
    .default([...usualSteps]),
  /** How long a step lasts at least. */
  stepMinutes: z.int().min(1, 'is below 1').max(43_200, 'is above 43,200, which is 30 days').default(60),
  minVisitors: z
    .int()
    .min(20, 'is below 20, too few to tell anything')
    .max(1_000_000, 'is above 1,000,000')
    .default(100),
})

export type RolloutInput = z.input<typeof rolloutInput>

/** Share of the visitors that gets the variant now, in [0, 1]. */
export function shareOf({ status, steps, step }: Pick<Rollout, 'status' | 'steps' | 'step'>): number {
  if (status === 'rolledBack') return 0
  return status === 'completed' ? 1 : (steps[step] ?? 0)
}
