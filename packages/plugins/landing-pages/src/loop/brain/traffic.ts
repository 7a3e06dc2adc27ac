import { subjectsPerArm } from '@espalier/experiments/statistics'

export interface Traffic {
  /** That meet the page's experiment, on a usual day. */
  readonly visitorsPerDay: number
  /** Share of them that converts, in (0, 1). */
  readonly baseRate: number
}

export interface TrafficOptions {
  /** The least relative lift worth finding: 0.2 is 20 % more. Default 0.2. */
  readonly minDetectableLift?: number
  /** Days within which it is to be found. Default 28. */
  readonly horizonDays?: number
  /** Whatever the traffic. Default 8. */
  readonly maxArms?: number
}

/**
 * Least share of the bandit's traffic that the original keeps, beside those held back: when taste turns, somebody has to
 * notice that the original has become the better page again. In the simulation (`npm run bench -- loop`) it costs nothing and
 * saves the seasons that would have ended below the original.
 */
export const controlFloor = 0.05

/**
 * How many arms may come in now: as many as the traffic supports beside those that are there, and never more than a few
 * newcomers at once, since each of them is likelier worse than better and takes visitors from what is known to be good.
 *
 * @param ceilings of the live arms; below 1: still coming in
 * @param supported {@link supportableArms}
 * @param mostNewcomers 3 unless told
 */
export function roomForArms(ceilings: readonly number[], supported: number, mostNewcomers = 3): number {
  const newcomers = ceilings.filter((ceiling) => ceiling < 1).length
  return Math.max(0, Math.min(supported - ceilings.length, mostNewcomers - newcomers))
}

/**
 * How many arms the traffic of a page can tell apart, the control among them: visitors within the horizon over what one arm
 * needs to find the lift with 80 % power at 95 % confidence (pooled, {@link subjectsPerArm}). A bandit finds what is worth
 * finding sooner, because it sends visitors to where it matters; this is the careful side.
 *
 * @returns from 0; below 2 there is nothing to compare, and no new arm is to be made
 */
export function supportableArms(
  { visitorsPerDay, baseRate }: Traffic,
  { minDetectableLift = 0.2, horizonDays = 28, maxArms = 8 }: TrafficOptions = {},
): number {
  if (!(visitorsPerDay > 0 && baseRate > 0 && baseRate < 1)) return 0
  // A rate has nowhere to go beyond 1.
  const effect = Math.min(baseRate * minDetectableLift, (1 - baseRate) / 2)
  const needed = subjectsPerArm({ kind: 'proportion', baseline: baseRate }, effect)
  if (needed === null) return 0
  return Math.min(maxArms, Math.floor((visitorsPerDay * horizonDays) / needed))
}
