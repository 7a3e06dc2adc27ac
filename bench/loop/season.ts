import type { PageContent } from '@espalier/landing-pages'
import type { Chance } from '../simulations/chance.ts'
import { original } from './pages.ts'
import { days, type Visitors } from './taste.ts'

/** A page that may be shown, with its share of the visitors until the next look. */
export interface Shown {
  readonly key: string
  readonly content: PageContent
  readonly share: number
}

/** What came of what was shown, by key. */
export type Counts = ReadonlyMap<string, { readonly visitors: number; readonly conversions: number }>

/** Somebody who decides what is shown. */
export interface Player {
  /** What to show for the next six hours; shares add up to 1. */
  show(day: number, quarter: number): readonly Shown[]
  /** What came of it. */
  learn?(counts: Counts): void
}

export interface Season {
  readonly conversions: number
  /** By day. */
  readonly byDay: readonly number[]
  /** True rate of what was shown in the last 14 days over that of the original in them. */
  readonly endAgainstOriginal: number
}

const quarters = 4

/** Sixty days, four looks a day. */
export function play(player: Player, visitors: Visitors, chance: Chance): Season {
  const byDay: number[] = []
  let [shownRate, originalRate] = [0, 0]
  for (let day = 0; day < days; day++) {
    let converted = 0
    for (let quarter = 0; quarter < quarters; quarter++) {
      const shown = player.show(day, quarter)
      const expected = visitors.count(day) / quarters
      const counts = new Map<string, { visitors: number; conversions: number }>()
      for (const { key, content, share } of shown) {
        const own = Math.round(expected * share + Math.sqrt(expected * share) * chance.normal())
        const rate = visitors.rate(content, day)
        const conversions = own > 0 ? chance.binomial(own, rate) : 0
        counts.set(key, { visitors: Math.max(0, own), conversions })
        converted += conversions
        if (day >= days - 14) shownRate += expected * share * rate
      }
      if (day >= days - 14) originalRate += expected * visitors.rate(original, day)
      player.learn?.(counts)
    }
    byDay.push(converted)
  }
  return {
    conversions: byDay.reduce((sum, count) => sum + count, 0),
    byDay,
    endAgainstOriginal: shownRate / originalRate,
  }
}
