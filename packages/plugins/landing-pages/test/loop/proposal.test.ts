import { seededRandom } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import { allBlocks, type BlockData } from '../../src/blockData.ts'
import { Catalog } from '../../src/blocks/catalog.ts'
import { type PageContent, pageContent } from '../../src/content.ts'
import type { Arm } from '../../src/loop/arm.ts'
import { contentHash } from '../../src/loop/brain/features.ts'
import { propose } from '../../src/loop/brain/proposal.ts'
import { arm, page, written } from './pages.ts'

const item = { title: 'One', text: 'Two' }

/** Real blocks, so that what is proposed can be held against the schema that a person's page has to pass. */
function real(version: number, middle = ['Features', 'Testimonials', 'Text', 'Form', 'FAQ']): PageContent {
  const words = 'again '.repeat(version).trim()
  const props: Record<string, Readonly<Record<string, unknown>>> = {
    Features: { anchor: 'features', heading: `What it does ${words}`, items: [item] },
    Testimonials: { heading: `Said of us ${words}`, items: [{ quote: 'Good.', name: 'Ada' }] },
    Text: { heading: `More ${words}`, text: `Read the features ${words}` },
    FAQ: { heading: `Asked ${words}`, items: [{ question: 'Why?', answer: 'So.' }] },
    Form: {
      ...{ heading: 'Ask us', label: 'Send', goal: 'contact', thanks: { heading: 'Thanks' } },
      fields: [{ name: 'mail', label: 'E-mail', type: 'email', required: true }],
    },
    Columns: {
      columns: 2,
      'column-1': [{ type: 'Text', props: { id: `inner-${version}`, text: `Within ${words}` } }],
    },
  }
  return page(
    ['Hero', { title: `Headline ${words}`, action: { label: 'See', href: '#features', click: 'hero' } }],
    ...middle.map((type) => [type, props[type]] as const),
    ['CallToAction', { heading: `Start ${words}`, label: `Go ${words}`, href: '/start', goal: 'signup' }],
    ['Footer', { text: `Us ${words}`, links: [{ label: 'Imprint', href: '/imprint' }] }],
  )
}

function arms(): Arm[] {
  return [
    arm('control', real(0), { visitors: 4_000, conversions: 200 }),
    arm('bold', real(1, ['Testimonials', 'Form', 'Features', 'FAQ', 'Text']), { visitors: 4_000, conversions: 240 }),
    arm('wide', real(2, ['Columns', 'Features', 'Form', 'Text']), { visitors: 4_000, conversions: 210 }),
    arm('gone', real(3), { visitors: 900, conversions: 30, isRetired: true, share: 0 }),
  ]
}

const typesOf = ({ content }: PageContent) => content.map(({ type }) => type)
const form = ({ content }: PageContent) => content.find(({ type }) => type === 'Form')?.props
const labelOf = (content: PageContent) => content.content.find(({ type }) => type === 'CallToAction')?.props.label

describe('a page recombined of others', () => {
  const schema = pageContent(new Catalog())
  const many = Array.from({ length: 60 }, (_, seed) =>
    propose(arms(), { count: 5, random: seededRandom(seed), draws: 60 }),
  ).flat()

  test('passes what a person’s page has to pass', () => {
    for (const { content } of many) expect(schema.safeParse(content).error?.issues ?? []).toEqual([])
    expect(many.length).toBeGreaterThan(200)
  })

  test('is one that was not there, and none is proposed twice', () => {
    const known = new Set(arms().map(({ content }) => contentHash(content)))
    for (const { content, hash } of many) {
      expect(hash).toBe(contentHash(content))
      expect(known.has(hash)).toBe(false)
    }
    const first = propose(arms(), { count: 20, random: seededRandom(1) })
    expect(new Set(first.map(({ hash }) => hash)).size).toBe(first.length)
    const refused = new Set(first.map(({ hash }) => hash))
    for (const { hash } of propose(arms(), { count: 20, random: seededRandom(1), known: refused }))
      expect(refused.has(hash)).toBe(false)
  })

  test('invents no word: every text stands on one of the pages that it is made of', () => {
    const texts = (value: unknown): string[] =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'object' && value !== null
          ? Object.entries(value).flatMap(([name, inner]) => (name === 'id' ? [] : texts(inner)))
          : []
    const known = new Set(arms().flatMap(({ content }) => texts(content)))
    for (const { content } of many) for (const text of texts(content)) expect(known).toContain(text)
  })

  test('keeps its headline first, its footer last, its forms and goals, and every link within the page', () => {
    for (const { content } of many) {
      const types = typesOf(content)
      expect([types[0], types.at(-1)]).toEqual(['Hero', 'Footer'])
      expect(types.filter((type) => type === 'Hero')).toHaveLength(1)
      expect(form(content)).toEqual(form(real(0)))
      expect(types).toContain('CallToAction')
      // The headline leads to the features.
      expect(content.content.some(({ props }) => props.anchor === 'features')).toBe(true)
    }
  })

  test('has unique ids, also of blocks within blocks that came from elsewhere', () => {
    for (const { content } of many) {
      const ids = allBlocks(content).map(({ props }) => props.id)
      expect(new Set(ids).size).toBe(ids.length)
    }
    const clash = [
      arm('control', page(['Hero'], ['Text', { id: 'a', text: 'x' }], ['Footer']), { visitors: 500, conversions: 20 }),
      arm('b', page(['Hero'], ['FAQ', { id: 'a', heading: 'y' }], ['Text', { id: 'c', text: 'x' }], ['Footer'])),
    ]
    const both = propose(clash, { count: 50, random: seededRandom(3) }).find(
      ({ content }) => typesOf(content).includes('FAQ') && typesOf(content).includes('Text'),
    )
    expect(new Set(both?.content.content.map(({ props }) => props.id)).size).toBe(both?.content.content.length)
  })

  test('takes every way there is: words, blocks, places, orders, buttons, and less', () => {
    const kinds = new Set(many.flatMap(({ operations }) => operations.map(({ kind }) => kind)))
    const wide = propose(arms(), { count: 400, random: seededRandom(5), draws: 800 })
    for (const { operations } of wide) for (const { kind } of operations) kinds.add(kind)
    expect(kinds).toEqual(new Set(['replace', 'insert', 'remove', 'move', 'order', 'label']))
    expect(
      wide.some(({ content }) => labelOf(content) === 'Go again' && content.content.at(-2)?.props.heading === 'Start '),
    ).toBe(true)
  })

  test('says where it comes from, in both languages, and that it is a guess', () => {
    const [first] = propose(arms(), { count: 1, random: seededRandom(11) })
    expect(first?.rationale.en).toMatch(/^Recombined from “.+”: .+ is expected \(.+ to .+\); visitors will tell\.$/)
    expect(first?.rationale.fr).toMatch(/^Recombinée à partir de « .+ » : .+ les visiteurs en jugeront\.$/)
    expect(arms().map(({ variantId }) => variantId)).toContain(first?.parentVariantId)
    expect(many.some(({ otherParentId }) => otherParentId === 'gone-id')).toBe(true)
    for (const { parentVariantId, otherParentId } of many) expect(otherParentId).not.toBe(parentVariantId)
  })

  test('is the same for the same chance', () => {
    expect(propose(arms(), { count: 3, random: seededRandom(7) })).toEqual(
      propose(arms(), { count: 3, random: seededRandom(7) }),
    )
  })

  test('takes the parts that did well', () => {
    // Every arm with this version of the testimonials converts by half more.
    const good = written(1).content.find(({ type }) => type === 'Testimonials') as BlockData
    const list = Array.from({ length: 10 }, (_, index) => {
      const own = written(
        2 + (index % 3),
        index % 2 ? ['Features', 'Testimonials', 'Pricing'] : ['Testimonials', 'Pricing', 'Features'],
      )
      const content =
        index % 3 === 0
          ? { ...own, content: own.content.map((block) => (block.type === 'Testimonials' ? good : block)) }
          : own
      return arm(index === 1 ? 'control' : `v${index}`, content, {
        ...{ visitors: 10_000, conversions: index % 3 === 0 ? 750 : 500 },
      })
    })
    const proposed = propose(list, { count: 10, random: seededRandom(2) })
    const withGood = proposed.filter(({ content }) =>
      content.content.some(({ props }) => props.heading === good.props.heading),
    )
    // Of three versions one.
    expect(withGood.length).toBeGreaterThanOrEqual(6)
    expect(proposed[0]?.expected.mean).toBeGreaterThan(0.2)
  })

  test('is none where nothing new can be made', () => {
    const alone = [arm('control', page(['Hero', { title: 'Hi' }]), { visitors: 100, conversions: 3 })]
    expect(propose(alone, { count: 5, random: seededRandom(1) })).toEqual([])
  })
})
