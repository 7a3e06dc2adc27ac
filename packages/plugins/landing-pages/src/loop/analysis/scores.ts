import type { MeasuredArm } from '../readArms.ts'

/**
 * How well a variant does in all, from 0 to 100, beside the others of the same analysis: seven tenths its conversion rate (the lower
 * end of its 95 % interval over the highest of them, so that luck with few visitors does not win), two tenths its engagement, a
 * tenth the visits that do not bounce.
 *
 * @returns null before anybody saw it
 */
export function scoreOf(arm: MeasuredArm, arms: readonly MeasuredArm[]): number | null {
  if (arm.rate === null) return null
  const best = Math.max(...arms.map(({ rate }) => rate?.lower ?? 0))
  const converts = best > 0 ? arm.rate.lower / best : 0
  const stays = arm.bounceRate === null ? 0 : 1 - arm.bounceRate
  return 100 * (0.7 * converts + 0.2 * ((arm.engagement ?? 0) / 100) + 0.1 * stays)
}
