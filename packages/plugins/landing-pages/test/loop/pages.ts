import { seededRandom } from '@espalier/core'
import type { PageContent } from '../../src/content.ts'
import type { Arm } from '../../src/loop/arm.ts'

type Props = Readonly<Record<string, unknown>>

/** Blocks as [type, props]; ids are the types in lower case. */
export function page(...blocks: readonly (readonly [type: string, props?: Props])[]): PageContent {
  return {
    content: blocks.map(([type, props = {}]) => ({ type, props: { id: type.toLowerCase(), ...props } })),
    root: { props: { title: 'A page' } },
  }
}

/** A whole page in one version of its words, with its blocks in an order. */
export function written(version: number, middle = ['Features', 'Testimonials', 'Pricing']): PageContent {
  return page(
    ['Hero', { title: `Headline ${'x'.repeat(version)}` }],
    ...middle.map((type) => [type, { heading: `${type} ${'x'.repeat(version)}` }] as const),
    ['CallToAction', { heading: 'Start', label: `Label ${'x'.repeat(version)}`, href: '/start', goal: 'signup' }],
    ['Footer', { text: 'Us', links: [] }],
  )
}

export function arm(key: string, content: PageContent, more: Partial<Arm> = {}): Arm {
  return {
    ...{ key, variantId: `${key}-id`, content, visitors: 0, conversions: 0, share: 0.5, ageDays: 30 },
    ...{ isControl: key === 'control', isRetired: false },
    ...more,
  }
}

/** Draws of a seed. */
export function chanceOf(seed: number) {
  const { next } = seededRandom(seed)
  return {
    next,
    /** How many of `trials` succeed. By the normal limit: counts here are large. */
    conversions(trials: number, rate: number): number {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return Math.max(0, Math.min(trials, Math.round(trials * rate + Math.sqrt(trials * rate * (1 - rate)) * normal)))
    },
  }
}
