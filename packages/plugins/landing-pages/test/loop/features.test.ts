import { describe, expect, test } from 'vitest'
import { contentHash, featuresOf } from '../../src/loop/brain/features.ts'
import { page, written } from './pages.ts'

describe('the features of a page', () => {
  test('are its blocks, their order, its words and its actions', () => {
    const content = page(
      ['Hero', { title: 'Ready for your 14 days?', action: { label: 'Start my trial', href: '#offer' } }],
      [
        'Pricing',
        {
          heading: 'Plans',
          plans: [{ name: 'Basic', price: '€ 9', action: { label: 'Get it for € 9', href: '/buy' } }],
        },
      ],
      ['Features', { heading: 'What it does', items: [{ title: 'Fast', text: 'word '.repeat(200) }] }],
      ['CallToAction', { anchor: 'offer', heading: 'Go', label: 'Book', href: '/book', goal: 'book' }],
      ['Footer', { text: 'Us' }],
    )
    const features = [...featuresOf(content)].filter((feature) => !feature.startsWith('text:'))
    expect(new Set(features)).toEqual(
      new Set([
        ...['block:Hero', 'block:Pricing', 'block:Features', 'block:CallToAction', 'block:Footer'],
        ...['order:Pricing<Features', 'order:Pricing<CallToAction', 'order:Features<CallToAction'],
        ...['tone:question', 'tone:you', 'tone:numbers', 'length:medium'],
        ...['action:imperative', 'action:first-person', 'action:price', 'actions:many', 'first-action:hero'],
      ]),
    )
  })

  test('are told in French as in English', () => {
    const french = page(
      ['Hero', { title: 'Dernière chance : vos places partent vite !' }],
      ['Text', { text: 'Court.' }],
      ['CallToAction', { heading: 'Allez', label: 'Je réserve ma place gratuite', href: '/r', goal: 'r' }],
    )
    const features = featuresOf(french)
    for (const feature of ['tone:exclamation', 'tone:you', 'tone:urgency', 'action:first-person', 'action:free'])
      expect(features).toContain(feature)
    expect(features).toContain('first-action:late')
    expect(features).not.toContain('action:imperative')
    expect(featuresOf(page(['CallToAction', { label: 'Découvrez l’offre' }]))).toContain('action:imperative')
  })

  test('do not take parts of words for words', () => {
    const features = featuresOf(page(['Hero', { title: 'Nowhere near Youth and votresque' }]))
    expect([...features].filter((feature) => feature.startsWith('tone:'))).toEqual([])
  })

  test('name a version of a block by its words, whatever its id and the order of its props', () => {
    const version = (props: object) =>
      [...featuresOf(page(['Text', { ...props }]))].find((feature) => feature.startsWith('text:Text'))
    expect(version({ id: 'a', heading: 'One', text: 'Two' })).toBe(version({ text: 'Two', heading: 'One', id: 'b' }))
    expect(version({ id: 'a', text: 'Two' })).not.toBe(version({ id: 'a', text: 'Three' }))
  })

  test('see blocks within blocks, but order only in the page itself', () => {
    const features = featuresOf(
      page(
        ['Columns', { 'column-1': [{ type: 'Text', props: { id: 'inner', text: 'Hi' } }] }],
        ['FAQ', { heading: 'Q' }],
      ),
    )
    expect(features).toContain('block:Text')
    expect([...features].filter((feature) => feature.startsWith('order:'))).toEqual(['order:Columns<FAQ'])
  })
})

test('the hash of a content is the same for what visitors cannot tell apart, ids of blocks within blocks included', () => {
  const nested = (id: string, text: string) =>
    page(['Columns', { id: `c-${id}`, 'column-1': [{ type: 'Text', props: { id, text } }] }])
  expect(contentHash(nested('a', 'Hi'))).toBe(contentHash(nested('b', 'Hi')))
  expect(contentHash(nested('a', 'Hi'))).not.toBe(contentHash(nested('a', 'Ho')))
  expect(contentHash(written(1))).not.toBe(contentHash(written(1, ['Testimonials', 'Features', 'Pricing'])))
})
