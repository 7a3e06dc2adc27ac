import type { PageContent } from '@espalier/landing-pages'

/**
 * What people wrote for a page: the original, two variants as somebody may have made them, and two drafts with other
 * versions of everything that never went live. The generator recombines these; it invents no text.
 */
export const original = page(['Features', 'Testimonials', 'Pricing', 'FAQ', 'Logos'], {})
export const variants = [
  page(['Features', 'Testimonials', 'Pricing', 'FAQ', 'Logos'], { Hero: 1, Testimonials: 1, CallToAction: 1 }),
  page(['Logos', 'Testimonials', 'Features', 'Pricing', 'FAQ'], { Hero: 2, Features: 1, Pricing: 1 }),
]
export const drafts = [3, 4].map((version) =>
  page(
    version === 3
      ? ['Testimonials', 'Features', 'FAQ', 'Pricing', 'Logos']
      : ['Pricing', 'Features', 'Testimonials', 'Text', 'FAQ'],
    {
      ...{ Hero: version, Features: version, Testimonials: version, Pricing: version, FAQ: version },
      ...{ Logos: version, CallToAction: version, Text: version },
    },
  ),
)

/** Whether blocks of this kind are one: words that no page holds have no effect. */
export function wordsOf({ content }: PageContent): readonly string[] {
  return content.flatMap(({ type, props }) => [
    `${type}: ${props.title ?? props.heading ?? ''}`,
    ...(typeof props.label === 'string' ? [`label: ${props.label}`] : []),
  ])
}

/** Kinds of blocks between the headline and the footer, in order. */
export function orderOf({ content }: PageContent): readonly string[] {
  return content.map(({ type }) => type).filter((type) => type !== 'Hero' && type !== 'Footer')
}

/** @param versions of kinds of blocks; 0 where not told */
function page(middle: readonly string[], versions: Readonly<Record<string, number>>): PageContent {
  const block = (type: string) => {
    const version = versions[type] ?? 0
    const words = { Hero: { title: `Headline ${version}` } }[type] ?? { heading: `${type} ${version}` }
    const action = type === 'CallToAction' ? { label: `Label ${version}`, href: '/start', goal: 'signup' } : {}
    return { type, props: { ...words, ...action, id: type } }
  }
  return {
    content: ['Hero', ...middle, 'CallToAction', 'Footer'].map(block),
    root: { props: { title: 'A page' } },
  }
}
