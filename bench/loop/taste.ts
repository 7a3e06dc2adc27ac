import type { PageContent } from '@espalier/landing-pages'
import { type Chance, createChance } from '../simulations/chance.ts'
import { orderOf, original, wordsOf } from './pages.ts'

/** What visitors are like. Deviations are of log odds. */
export interface Temper {
  readonly visitorsPerDay: number
  /** Of the original at the start. */
  readonly baseRate: number
  /** Of each version of a block. */
  readonly words: number
  /** Of each pair of versions that stand on one page. */
  readonly pairs: number
  /** Of each pair of kinds of blocks, by which comes first. */
  readonly orders: number
  /** Of what a taste moves in a day. */
  readonly drift: number
  /** Share of the tastes that are others after one day in the second third. */
  readonly upheaval: number
}

export const days = 60

/** Visitors whose taste nobody sees: they convert or not. */
export interface Visitors {
  /** Of the day, before chance. */
  count(day: number): number
  /** True share that converts, in [0, 1]. @param day from 0 */
  rate(content: PageContent, day: number): number
}

/** Tastes of a seed: the same for whoever plays against them. */
export function createVisitors(temper: Temper, seed: number): Visitors {
  const chance = createChance(seed)
  const upheaval = 20 + Math.floor(chance.uniform() * 20)
  // What moves everybody, whatever the page: the weekday and the mood of the day.
  const moods = Array.from({ length: days }, (_, day) => (day % 7 > 4 ? -0.15 : 0.05) + 0.08 * chance.normal())
  const tastes = new Map<string, Float64Array>()
  const numbers = new Map<string, number>()
  const together = new Map<number, Float64Array>()

  /** A taste over the days. By its name, so that it does not depend on who asks first. */
  function taste(name: string, deviation: number): Float64Array {
    let path = tastes.get(name)
    if (!path) {
      path = walk(createChance(hash(`${seed} ${name}`)), deviation, temper, upheaval)
      tastes.set(name, path)
    }
    return path
  }

  /** Of two names by their numbers: pairs are asked for too often to write their names each time. */
  function pair(a: string, b: string, sign: string, deviation: number): Float64Array {
    const number = numberOf(a) * 10_000 + numberOf(b)
    let path = together.get(number)
    if (!path) {
      path = taste(`${a} ${sign} ${b}`, deviation)
      together.set(number, path)
    }
    return path
  }

  function numberOf(name: string): number {
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, numbers.size)
    return numbers.size - 1
  }

  function pathsOf(content: PageContent): Float64Array[] {
    const words = [...wordsOf(content)].sort()
    const order = orderOf(content)
    return [
      ...words.map((name) => taste(name, temper.words)),
      ...words.flatMap((a, index) => words.slice(index + 1).map((b) => pair(a, b, '×', temper.pairs))),
      ...order.flatMap((a, index) => order.slice(index + 1).map((b) => pair(a, b, '<', temper.orders))),
    ]
  }

  const known = new WeakMap<PageContent, Float64Array[]>()
  function logOdds(content: PageContent, day: number): number {
    let paths = known.get(content)
    if (!paths) {
      paths = pathsOf(content)
      known.set(content, paths)
    }
    let sum = 0
    for (const path of paths) sum += path[day] as number
    return sum
  }

  const level = Math.log(temper.baseRate / (1 - temper.baseRate)) - logOdds(original, 0)
  return {
    count: (day) => temper.visitorsPerDay * (day % 7 > 4 ? 0.7 : 1.12),
    rate: (content, day) => 1 / (1 + Math.exp(-(level + (moods[day] as number) + logOdds(content, day)))),
  }
}

function walk(
  chance: Chance,
  deviation: number,
  { drift, upheaval: share, words }: Temper,
  upheaval: number,
): Float64Array {
  let value = deviation * chance.normal()
  // What matters less also moves less.
  const step = words > 0 ? (drift * deviation) / words : 0
  return Float64Array.from({ length: days }, (_, day) => {
    value += step * chance.normal()
    if (day === upheaval && chance.uniform() < share) value = deviation * chance.normal()
    return value
  })
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
