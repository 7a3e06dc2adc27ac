import { probabilitiesOfBest } from './bayes.ts'
import type { Posterior } from './posterior.ts'

export interface ThompsonOptions {
  /**
   * The least share of each arm, in [0, 1], one for all or by arm. Added, not cut: what the floors leave is divided
   * by the chances, so that the order of the arms above their floors stays. 0.01 unless told.
   */
  readonly floors?: number | readonly number[]
  /**
   * The largest share of each arm, in (0, 1]: what is cut goes to the others, by what they have above their floors. A ceiling
   * goes before a floor. Ceilings that do not take all of the traffic are scaled to just fit. None unless told.
   */
  readonly ceilings?: readonly number[]
  /** The most that any weight moves in one update, in (0, 1]; 0.2 is 20 percentage points. 1, no limit, unless told. */
  readonly maxStep?: number
  /** The weights so far, in any unit. Needed for `maxStep`; without them the update goes the whole way. */
  readonly previous?: readonly number[]
  readonly lowerIsBetter?: boolean
}

/** Assignment hashes to steps of 1/10,000: a finer weight would not be what visitors see. */
const grid = 10_000

/**
 * The weights of a bandit after Thompson: each arm gets traffic by its chance of being the best.
 *
 * w_i = floor_i + (1 - Σ floors) Pr(i best), moved from the previous weights by at most `maxStep`, in ten-thousandths that
 * add up to exactly 10,000 (largest remainder). Floors and ceilings go before the step: an arm below its floor is lifted at
 * once, and one above its ceiling is cut.
 * Sources: Thompson (1933), Biometrika 25, 285-294; Scott (2010), "A modern Bayesian look at the multi-armed bandit",
 * Applied Stochastic Models in Business and Industry 26; the additive floor is GrowthBook's.
 *
 * The caller waits until every arm has enough subjects, such as 100.
 *
 * @param arms what is believed of each; one at least
 * @returns weights in the order of the arms, of sum 1
 * @throws RangeError without arms, for floors or a step out of range, or for a list of another length than the arms
 */
export function thompsonWeights(
  arms: readonly Posterior[],
  { floors = 0.01, ceilings, maxStep = 1, previous, lowerIsBetter = false }: ThompsonOptions = {},
): number[] {
  if (arms.length === 0) throw new RangeError('There is no arm. Give one at least.')
  if (!(maxStep > 0 && maxStep <= 1))
    throw new RangeError(`The largest step is ${maxStep}. It lies above 0 and up to 1; 0.2 is 20 percentage points.`)
  const most = ceilings && ceilingsOf(arms.length, ceilings)
  const least = under(floorsOf(arms.length, floors), most)
  const chances = probabilitiesOfBest(arms, { lowerIsBetter })
  const free = 1 - total(least)
  const target = chances.map((chance, arm) => (least[arm] as number) + free * chance)
  const stepped = previous === undefined ? target : stepToward(target, sharesOf(arms.length, previous), maxStep)
  return toGrid(cut(lift(stepped, least), least, most), least)
}

/** One floor for each arm; floors that leave nothing to divide are scaled to just fit. */
function floorsOf(arms: number, floors: number | readonly number[]): number[] {
  const list = typeof floors === 'number' ? Array<number>(arms).fill(floors) : [...floors]
  checkLength('floors', list, arms)
  const wrong = list.find((floor) => !(floor >= 0 && floor <= 1))
  if (wrong !== undefined) throw new RangeError(`A floor is ${wrong}. It is a share between 0 and 1, such as 0.01.`)
  const sum = total(list)
  return sum > 1 ? list.map((floor) => floor / sum) : list
}

function sharesOf(arms: number, previous: readonly number[]): number[] {
  checkLength('previous weights', previous, arms)
  const sum = total(previous)
  if (!(sum > 0 && Number.isFinite(sum) && previous.every((weight) => weight >= 0)))
    throw new RangeError(
      `The previous weights are ${previous.join(', ')}. They are numbers from 0, at least one above.`,
    )
  return previous.map((weight) => weight / sum)
}

/** All arms go the same part of their way, so that the sum stays 1. */
function stepToward(target: readonly number[], from: readonly number[], maxStep: number): number[] {
  const longest = Math.max(...target.map((weight, arm) => Math.abs(weight - (from[arm] as number))))
  const part = longest > maxStep ? maxStep / longest : 1
  return target.map((weight, arm) => (from[arm] as number) + part * (weight - (from[arm] as number)))
}

/** Lifts arms to their floors at the cost of the others, by what those have above theirs. */
function lift(weights: readonly number[], floors: readonly number[]): number[] {
  const above = weights.map((weight, arm) => Math.max(0, weight - (floors[arm] as number)))
  const spare = total(above)
  const left = 1 - total(floors)
  return floors.map(
    (floor, arm) => floor + (spare > 0 ? left * ((above[arm] as number) / spare) : left / floors.length),
  )
}

/** Cuts arms to their ceilings and gives the others what is left over, until nobody is above its own. */
function cut(weights: readonly number[], floors: readonly number[], ceilings: readonly number[] | undefined): number[] {
  if (!ceilings) return [...weights]
  const full = new Set<number>()
  let next = [...weights]
  for (let isOver = true; isOver; ) {
    isOver = false
    for (const [arm, weight] of next.entries())
      if (!full.has(arm) && weight > (ceilings[arm] as number)) {
        full.add(arm)
        isOver = true
      }
    const open = weights.map((_, arm) => arm).filter((arm) => !full.has(arm))
    const above = (arm: number) => Math.max(0, (weights[arm] as number) - (floors[arm] as number))
    const spare = total(open.map(above))
    const left =
      1 - total([...full].map((arm) => ceilings[arm] as number)) - total(open.map((arm) => floors[arm] as number))
    next = weights.map((_, arm) =>
      full.has(arm)
        ? (ceilings[arm] as number)
        : (floors[arm] as number) + left * (spare > 0 ? above(arm) / spare : 1 / open.length),
    )
  }
  return next
}

function ceilingsOf(arms: number, ceilings: readonly number[]): number[] {
  checkLength('ceilings', ceilings, arms)
  const wrong = ceilings.find((ceiling) => !(ceiling > 0 && ceiling <= 1))
  if (wrong !== undefined)
    throw new RangeError(`A ceiling is ${wrong}. It is a share above 0 and up to 1, such as 0.05.`)
  const sum = total(ceilings)
  return sum < 1 ? ceilings.map((ceiling) => ceiling / sum) : [...ceilings]
}

function under(floors: number[], ceilings: readonly number[] | undefined): number[] {
  return ceilings ? floors.map((floor, arm) => Math.min(floor, ceilings[arm] as number)) : floors
}

/** To ten-thousandths by the largest remainder, floors rounded up as far as all of them fit. */
function toGrid(weights: readonly number[], floors: readonly number[]): number[] {
  const parts = weights.map((weight) => weight * grid)
  const units = parts.map((part, arm) =>
    Math.max(Math.floor(part + 1e-9), Math.ceil((floors[arm] as number) * grid - 1e-9)),
  )
  const rest = () => grid - total(units)
  const missing = (arm: number) => (parts[arm] as number) - (units[arm] as number)
  const arms = weights.map((_, arm) => arm)
  while (rest() !== 0) {
    const up = rest() > 0
    const arm = arms.reduce((best, other) =>
      missing(other) > missing(best) === up && missing(other) !== missing(best) ? other : best,
    )
    units[arm] = (units[arm] as number) + (up ? 1 : -1)
  }
  return units.map((unit) => unit / grid)
}

function checkLength(what: string, list: readonly number[], arms: number): void {
  if (list.length !== arms)
    throw new RangeError(`There are ${arms} arms and ${list.length} ${what}. Give one for each arm.`)
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
