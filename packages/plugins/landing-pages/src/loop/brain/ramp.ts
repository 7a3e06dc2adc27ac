import type { Arm } from '../arm.ts'
import { standingsOf } from './retirement.ts'

/** Largest shares of a new arm's traffic, one after the other. */
export const rampCeilings = [0.05, 0.15, 0.4, 1] as const

export interface RampRules {
  /** Visitors of the arm that each ceiling but the last asks for before the next, since it came in. Default 150, 450, 1,200. */
  readonly gates?: readonly number[]
  /** Worse than the control with this chance: one step back. In (0.5, 1); default 0.95. */
  readonly backAt?: number
  /** Worse than the control with this chance: out. In (0.5, 1); default 0.999. */
  readonly outAt?: number
}

export interface RampStep {
  readonly key: string
  readonly variantId: string
  readonly from: number
  /** The ceiling from now on; 0: out. */
  readonly to: number
  readonly decision: 'promote' | 'stay' | 'demote' | 'out'
  /** Why, for the trail: how many visitors it has of those that the next ceiling asks for, and how it does. */
  readonly visitors: number
  readonly need: number
  readonly chanceToBeatControl: number
}

/**
 * Whether a new arm gets more of the traffic: up one ceiling when enough visitors met it and nothing says that it is worse,
 * back one when it probably is, out when it surely is. Other guardrails (web vitals, bounces) are the caller's: hand in
 * `isHeld` where they object, and it goes up no further.
 *
 * @param ceiling that it has now
 * @param arms all live arms of the page, this one among them
 */
export function rampOf(
  arm: Arm,
  ceiling: number,
  arms: readonly Arm[],
  {
    gates = [150, 450, 1_200],
    backAt = 0.95,
    outAt = 0.999,
    isHeld = false,
  }: RampRules & { readonly isHeld?: boolean } = {},
): RampStep {
  const { key, variantId, visitors } = arm
  const stage = Math.max(
    0,
    rampCeilings.findLastIndex((step) => step <= ceiling + 1e-9),
  )
  const need = gates[stage] ?? Infinity
  const standing = standingsOf(arms).find((candidate) => candidate.arm.key === key)
  const chanceToBeatControl = standing?.chanceToBeatControl ?? 0.5
  const to = (decision: RampStep['decision'], next: number): RampStep => ({
    ...{ key, variantId, from: ceiling, to: next, decision, visitors, need, chanceToBeatControl },
  })
  const isKnown = visitors >= (gates[0] ?? 0)
  if (arm.isControl) return to('stay', ceiling)
  if (isKnown && chanceToBeatControl < 1 - outAt) return to('out', 0)
  if (isKnown && stage > 0 && chanceToBeatControl < 1 - backAt) return to('demote', rampCeilings[stage - 1] as number)
  if (stage === rampCeilings.length - 1 || isHeld || visitors < need || chanceToBeatControl < 1 - backAt)
    return to('stay', ceiling)
  return to('promote', rampCeilings[stage + 1] as number)
}
