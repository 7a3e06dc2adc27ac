import type { PageContent } from '@espalier/landing-pages'
import {
  controlFloor,
  earned,
  guardDays,
  guardOf,
  propose,
  rampCeilings,
  rampOf,
  retire,
  roomForArms,
  supportableArms,
} from '@espalier/landing-pages/loop'
import type { Arm } from '../../packages/plugins/landing-pages/src/loop/arm.ts'
import type { Chance } from '../simulations/chance.ts'
import { SimulatedBandit } from './bandit.ts'
import { drafts, original, variants } from './pages.ts'
import type { Counts, Player } from './season.ts'

/** As a loop has them that says nothing else: packages/plugins/landing-pages/src/loop/rules.ts. */
const rules = { holdback: 0.05, floor: 0.02, variantsPerRun: 2, maxArms: 5, minDetectableLift: 0.2, horizonDays: 30 }

/** What is known of an arm beside its content. */
interface Record {
  readonly key: string
  readonly content: PageContent
  readonly since: number
  isRetired: boolean
}

export interface Loop extends Player {
  readonly made: () => number
  /** What the product would say that it has earned. */
  readonly earned: () => ReturnType<typeof earned>
}

/** The product's loop with the generator that recombines: bandit, ramps, retirements, new arms, a hold-back. */
export function wholeLoop(chance: Chance): Loop {
  const known: Record[] = [original, ...variants].map((content, index) => {
    return { key: index === 0 ? 'original' : `variant-${index}`, content, since: 0, isRetired: false }
  })
  known.push(...drafts.map((content, index) => ({ key: `draft-${index}`, content, since: 0, isRetired: true })))
  const bandit = new SimulatedBandit(
    known
      .filter(({ isRetired }) => !isRetired)
      .map(({ key, content }, index) => ({ key, content, ...(index === 0 ? { floor: controlFloor } : {}) })),
    rules.floor,
  )
  const random = { next: () => chance.uniform() }
  const held = { visitors: 0, conversions: 0 }
  const others = { visitors: 0, conversions: 0 }
  const counted = new Map<string, { stratum: string; visitors: number; conversions: number }[]>()
  /** By day, from the first: what each page counted, the original's visitors together with those held back. */
  const byDay: Map<string, { visitors: number; conversions: number }>[] = []
  let now = 0
  let made = 0

  function arms(): Arm[] {
    return known.map(({ key, content, since, isRetired }) => {
      const strata = counted.get(key) ?? []
      return {
        ...{ key, variantId: key, content, strata, isRetired, isControl: key === 'original' },
        visitors: strata.reduce((sum, { visitors }) => sum + visitors, 0),
        conversions: strata.reduce((sum, { conversions }) => sum + conversions, 0),
        share: bandit.arms.find((arm) => arm.key === key)?.share ?? 0,
        ageDays: now - since,
      }
    })
  }

  function analyse(): void {
    guard()
    const live = arms().filter(({ isRetired }) => !isRetired)
    for (const arm of live) {
      const own = bandit.arms.find(({ key }) => key === arm.key)
      if (!own || own.ceiling === 1) continue
      const { decision, to } = rampOf(arm, own.ceiling, live)
      if (decision === 'out') drop(own.key)
      else own.ceiling = to
    }
    for (const { key } of retire(arms())) drop(key)
  }

  function guard(): void {
    const control = bandit.arms.find(({ key }) => key === 'original')
    if (!control) return
    const others = bandit.arms.filter(({ key, ceiling }) => key !== 'original' && ceiling === 1)
    const days = byDay.map((counts, day) => {
      const side = (keys: readonly string[]) => ({
        visitors: keys.reduce((sum, key) => sum + (counts.get(key)?.visitors ?? 0), 0),
        conversions: keys.reduce((sum, key) => sum + (counts.get(key)?.conversions ?? 0), 0),
      })
      return {
        daysAgo: Math.floor(now) - day,
        original: side(['original']),
        others: side(others.map(({ key }) => key)),
      }
    })
    control.floor = guardOf(days.slice(-guardDays)).floor
  }

  function countDay(counts: Counts): void {
    const day = Math.floor(now)
    const counted = byDay[day] ?? new Map<string, { visitors: number; conversions: number }>()
    byDay[day] = counted
    for (const [name, { visitors, conversions }] of counts) {
      const key = name === 'held back' ? 'original' : name
      const before = counted.get(key) ?? { visitors: 0, conversions: 0 }
      counted.set(key, { visitors: before.visitors + visitors, conversions: before.conversions + conversions })
    }
  }

  function drop(key: string): void {
    bandit.remove(key)
    const record = known.find((own) => own.key === key)
    if (record) record.isRetired = true
  }

  function generate(): void {
    const all = arms()
    const recent = bandit.phases.slice(-28).flatMap(({ arms }) => arms)
    const visitors = recent.reduce((sum, { subjects }) => sum + subjects, 0)
    const conversions = recent.reduce((sum, own) => sum + own.sum, 0)
    if (visitors === 0) return
    const days = Math.min(28, bandit.phases.length) / 4
    const supported = supportableArms({ visitorsPerDay: visitors / days, baseRate: conversions / visitors }, rules)
    const room = Math.min(
      rules.variantsPerRun,
      roomForArms(
        bandit.arms.map(({ ceiling }) => ceiling),
        supported,
      ),
    )
    if (room < 1) return
    for (const { content } of propose(all, { count: room, random })) {
      made += 1
      const key = `made-${made}`
      known.push({ key, content, since: now, isRetired: false })
      bandit.add(key, content, rampCeilings[0])
    }
  }

  return {
    made: () => made,
    earned: () => earned(held, others),
    show(day, quarter) {
      now = day + quarter / 4
      if (day > 0 || quarter > 0) {
        bandit.reweigh()
        analyse()
      }
      if (quarter === 0 && day > 0) generate()
      return [
        { key: 'held back', content: original, share: rules.holdback },
        ...bandit.arms.map(({ key, content, share }) => ({ key, content, share: share * (1 - rules.holdback) })),
      ]
    },
    learn(counts) {
      countDay(counts)
      for (const [key, count] of counts) {
        const side = key === 'held back' ? held : others
        side.visitors += count.visitors
        side.conversions += count.conversions
      }
      bandit.count(new Map([...counts].filter(([key]) => key !== 'held back')))
      const { phase, arms } = bandit.phases.at(-1) as (typeof bandit.phases)[number]
      for (const { variantId, subjects, sum } of arms)
        counted.set(variantId, [
          ...(counted.get(variantId) ?? []),
          { stratum: String(phase), visitors: subjects, conversions: sum },
        ])
    },
  }
}
