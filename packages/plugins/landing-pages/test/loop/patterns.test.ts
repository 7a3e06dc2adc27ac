import { describe, expect, test } from 'vitest'
import type { PageContent } from '../../src/content.ts'
import type { Arm } from '../../src/loop/arm.ts'
import { expectationOf } from '../../src/loop/brain/expectation.ts'
import { patternsOf } from '../../src/loop/brain/patterns.ts'
import { arm, chanceOf, written } from './pages.ts'

/** Twelve arms that differ in words and order as pages do that were recombined. */
function contents(): PageContent[] {
  const orders = [
    ['Features', 'Testimonials', 'Pricing'],
    ['Pricing', 'Features', 'Testimonials'],
    ['Features', 'Pricing'],
    ['Testimonials', 'Pricing', 'Features', 'FAQ'],
  ]
  return Array.from({ length: 12 }, (_, index) => {
    const own = written(index % 3, orders[index % 4])
    const hero = written((index + (index > 5 ? 1 : 0)) % 2).content[0] as PageContent['content'][number]
    return { ...own, content: own.content.with(0, hero) }
  })
}

/** Counts of each arm over weeks that differ for all alike. */
function counted(
  list: readonly PageContent[],
  seed: number,
  perWeek: number,
  lift: (content: PageContent) => number,
): Arm[] {
  const chance = chanceOf(seed)
  return list.map((content, index) => {
    const strata = [0.04, 0.05, 0.07].map((base, week) => {
      const odds = (base / (1 - base)) * Math.exp(lift(content))
      // Weights moved: some arms were shown more in good weeks.
      const visitors = Math.round(perWeek * (0.5 + ((index * 7 + week * 5) % 10) / 10))
      return { stratum: String(week), visitors, conversions: chance.conversions(visitors, odds / (1 + odds)) }
    })
    return arm(index === 0 ? 'control' : `v${index}`, content, {
      strata,
      visitors: strata.reduce((sum, { visitors }) => sum + visitors, 0),
      conversions: strata.reduce((sum, { conversions }) => sum + conversions, 0),
    })
  })
}

const has = (content: PageContent, type: string) => content.content.some((block) => block.type === type)

describe('patterns', () => {
  test('are not claimed of noise: of 1,000 pages whose arms are all alike, claims stay below the nominal rate', () => {
    const list = contents()
    let claiming = 0
    for (let seed = 0; seed < 1_000; seed++)
      if (patternsOf(counted(list, seed, 1_500, () => 0)).some(({ claimed }) => claimed)) claiming += 1
    expect(claiming).toBeLessThan(50)
  })

  test('are not claimed of arms that differ for reasons of their own', () => {
    const list = contents()
    let claiming = 0
    for (let seed = 0; seed < 200; seed++) {
      const chance = chanceOf(seed + 77)
      const own = new Map(list.map((content) => [content, 0.3 * (chance.next() + chance.next() - 1)]))
      const patterns = patternsOf(counted(list, seed, 50_000, (content) => own.get(content) as number))
      if (patterns.some(({ claimed }) => claimed)) claiming += 1
    }
    expect(claiming).toBeLessThan(20)
  })

  test('that are there are found with enough visitors, with an interval that holds the truth', () => {
    const lift = (content: PageContent) => (has(content, 'FAQ') ? 0.3 : 0)
    let found = 0
    let held = 0
    for (let seed = 0; seed < 40; seed++) {
      const patterns = patternsOf(counted(contents(), seed, 8_000, lift))
      const faq = patterns.find(({ feature, alsoCalled }) => [feature, ...alsoCalled].includes('block:FAQ'))
      if (faq?.claimed && faq.effect > 0) found += 1
      if (faq && faq.lower < 0.3 && faq.upper > 0.3) held += 1
      expect(faq?.variants).toBe(3)
    }
    expect(found).toBeGreaterThanOrEqual(36)
    expect(held).toBeGreaterThanOrEqual(34)
  })

  test('are not made by when arms were shown: a good week is nobody’s merit', () => {
    // The arms with a FAQ were shown in the good week alone.
    const list = contents()
    const arms = list.map((content, index) => {
      const late = has(content, 'FAQ')
      const stratum = (name: string, visitors: number, rate: number) => ({
        ...{ stratum: name, visitors, conversions: Math.round(visitors * rate) },
      })
      const strata = late ? [stratum('good', 9_000, 0.08)] : [stratum('bad', 9_000, 0.04), stratum('good', 3_000, 0.08)]
      const sum = (of: 'visitors' | 'conversions') => strata.reduce((total, own) => total + own[of], 0)
      return arm(index === 0 ? 'control' : `v${index}`, content, {
        ...{ strata, visitors: sum('visitors'), conversions: sum('conversions') },
      })
    })
    for (const { effect } of patternsOf(arms)) expect(Math.abs(effect)).toBeLessThan(0.02)
  })

  test('that always come together are one, and what is the other way round is not told twice', () => {
    const patterns = patternsOf(counted(contents(), 1, 2_000, () => 0))
    const names = patterns.flatMap(({ feature, alsoCalled }) => [feature, ...alsoCalled])
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('order:Features<Pricing')
    expect(names).not.toContain('order:Pricing<Features')
    const faq = patterns.find(({ feature }) => feature === 'block:FAQ')
    expect(faq?.alsoCalled).toContain('order:Features<FAQ')
  })

  test('take two arms that somebody met', () => {
    expect(patternsOf([])).toEqual([])
    expect(patternsOf([arm('control', written(0), { visitors: 100, conversions: 5 }), arm('b', written(1))])).toEqual(
      [],
    )
  })
})

describe('what is expected of a page', () => {
  test('that nobody has seen is what its parts did elsewhere, less certain than of one that was shown', () => {
    const lift = (content: PageContent) => (has(content, 'FAQ') ? 0.3 : 0)
    const arms = counted(contents(), 3, 8_000, lift)
    const expectation = expectationOf(arms)
    const without = written(2, ['Testimonials', 'Features', 'Pricing'])
    const unseen = expectation.of(written(2, ['Testimonials', 'Features', 'Pricing', 'FAQ']))
    expect(unseen.mean - expectation.of(without).mean).toBeGreaterThan(0.12)
    const shown = arms[3] as Arm
    expect(unseen.deviation).toBeGreaterThan(expectation.of(shown.content).deviation)
  })

  test('of the control is about nothing against itself', () => {
    const arms = counted(contents(), 5, 20_000, () => 0)
    expect(Math.abs(expectationOf(arms).of((arms[0] as Arm).content).mean)).toBeLessThan(0.05)
  })
})
