import type { Arm } from '../arm.ts'
import { patternsOf, standingsOf } from '../brain/index.ts'
import type { Pattern } from '../pattern.ts'
import type { LoopRules } from '../rules.ts'
import type { LoopPage } from '../turn.ts'

/** What a new version is written from: what is known of the page's visitors, and what has to be kept to. */
export interface Brief {
  readonly page: { readonly title: string; readonly language: string; readonly goal: string }
  readonly arms: readonly ArmInBrief[]
  /** Only what can be told from chance. */
  readonly patterns: readonly Pick<Pattern, 'feature' | 'alsoCalled' | 'effect' | 'lower' | 'upper'>[]
  readonly rules: Pick<LoopRules, 'forbiddenWords' | 'forbiddenClaims' | 'requiredFacts'>
}

interface ArmInBrief {
  readonly key: string
  readonly visitors: number
  readonly conversions: number
  readonly chanceToBeBest: number
  readonly isOriginal: boolean
}

/** The arm that new versions come from: the one that is most likely the best, among those that visitors get. */
export function parentOf(arms: readonly Arm[]): Arm | undefined {
  const standings = standingsOf(arms)
  return standings.reduce<(typeof standings)[number] | undefined>(
    (best, own) => (best === undefined || own.chanceToBeBest > best.chanceToBeBest ? own : best),
    undefined,
  )?.arm
}

export function briefOf(page: LoopPage, goal: string, arms: readonly Arm[], rules: LoopRules): Brief {
  const { title, language } = page
  const { forbiddenWords, forbiddenClaims, requiredFacts } = rules
  return {
    page: { title, language, goal },
    arms: standingsOf(arms).map(({ arm: { key, visitors, conversions, isControl }, chanceToBeBest }) => ({
      ...{ key, visitors, conversions, chanceToBeBest },
      isOriginal: isControl,
    })),
    patterns: patternsOf(arms)
      .filter(({ claimed }) => claimed)
      .slice(0, 20)
      .map(({ feature, alsoCalled, effect, lower, upper }) => ({ feature, alsoCalled, effect, lower, upper })),
    rules: { forbiddenWords, forbiddenClaims, requiredFacts },
  }
}
