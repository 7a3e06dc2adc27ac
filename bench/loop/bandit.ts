import type { PageContent } from '@espalier/landing-pages'
import { type BanditInputs, decideWeights, learn } from '../../packages/plugins/experiments/src/decisions/bandit.ts'
import type { PhaseArms } from '../../packages/plugins/experiments/src/results/experimentResults.ts'
import type { Counts, Player, Shown } from './season.ts'

/** As a bandit has it that says nothing else. */
const usual = { cadenceHours: 6, minSubjects: 100, maxStep: 0.2, floor: 0.01 }
const metric = { key: 'signup', kind: 'conversion', higherIsBetter: true } as const

export interface LiveArm {
  readonly key: string
  readonly content: PageContent
  share: number
  ceiling: number
  /** 0: as the bandit says for all. */
  floor: number
}

/** The product's bandit, with the product's functions, over arms that may come and go. */
export class SimulatedBandit {
  readonly arms: LiveArm[]
  /** What came of each span in which no share changed. */
  readonly phases: PhaseArms[] = []

  readonly #config: typeof usual

  /** @param floor least share of each arm */
  constructor(pages: readonly { key: string; content: PageContent; floor?: number }[], floor = usual.floor) {
    this.#config = { ...usual, floor }
    this.arms = pages.map(({ key, content, floor = 0 }) => ({
      key,
      content,
      floor,
      share: 1 / pages.length,
      ceiling: 1,
    }))
  }

  add(key: string, content: PageContent, share: number): void {
    for (const arm of this.arms) arm.share *= 1 - share
    this.arms.push({ key, content, floor: 0, share, ceiling: share })
  }

  remove(key: string): void {
    const index = this.arms.findIndex((arm) => arm.key === key)
    const [gone] = this.arms.splice(index, 1)
    for (const arm of this.arms) arm.share /= 1 - (gone?.share ?? 0)
  }

  count(counts: Counts): void {
    this.phases.push({
      phase: this.phases.length + 1,
      weights: Object.fromEntries(this.arms.map(({ key, share }) => [key, share])),
      arms: [...counts].map(([variantId, { visitors, conversions }]) => ({
        ...{ variantId, subjects: visitors, sum: conversions, sumOfSquares: conversions },
        ...{ otherSum: 0, otherSumOfSquares: 0, sumOfProducts: 0 },
      })),
    })
  }

  reweigh(): void {
    const known = learn(
      metric,
      this.phases,
      this.arms.map(({ key }) => key),
    )
    const variants: BanditInputs['variants'] = this.arms.map(({ key, share, ceiling, floor }, index) => ({
      ...{ id: key, key, floor, share },
      ...(ceiling < 1 ? { ceiling } : {}),
      ...(known[index] as (typeof known)[number]),
    }))
    const { weights } = decideWeights({ metric, variants, config: this.#config })
    for (const arm of this.arms) arm.share = weights[arm.key] as number
  }
}

/** Shares that follow results every six hours, over pages that stay. */
export function banditOver(pages: readonly { key: string; content: PageContent }[]): Player {
  const bandit = new SimulatedBandit(pages)
  return {
    show: (): Shown[] => bandit.arms.map(({ key, content, share }) => ({ key, content, share })),
    learn(counts) {
      bandit.count(counts)
      bandit.reweigh()
    },
  }
}
