import { describe, expect, test } from 'vitest'
import { featureInWords } from '../../src/loop/brain/featureWords.ts'
import { featuresOf } from '../../src/loop/brain/index.ts'
import { page } from './pages.ts'

describe('a feature in words', () => {
  test.each([
    ['block:Testimonials', 'Has: what customers say', 'Contient : avis de clients'],
    ['order:Pricing<Features', 'Order: prices before features', 'Ordre : prix avant atouts'],
    ['text:Hero:3f9a0c12aa01', 'One wording of: headline (3f9a)', 'Une rédaction de : titre (3f9a)'],
    ['first-action:early', 'The first button in the upper half', 'Le premier bouton dans la première moitié'],
    ['order:Quote<FAQ', 'Order: Quote before questions and answers', 'Ordre : Quote avant questions et réponses'],
  ])('%s', (feature, en, fr) => {
    expect(featureInWords(feature)).toEqual({ en, fr })
  })

  test('is there for everything that is said of pages: none keeps its code', () => {
    const action = { label: 'Get yours free for $1!', href: '#a' }
    const long = 'word '.repeat(420)
    const contents = [
      page(
        ['Hero', { title: 'Why not now?', action }],
        ['Text', { text: long }],
        ['Footer', { text: 'Us', links: [] }],
      ),
      page(['Text', { text: 'word '.repeat(200) }], ['FAQ', { items: [] }], ['CallToAction', action]),
      page(
        ['CallToAction', { ...action, label: 'Send me my 2 pears' }],
        ['CallToAction', action],
        ['Logos', { items: [] }],
      ),
      page(...Array.from({ length: 3 }, () => ['CallToAction', action] as const)),
      page(['Text', { text: 'Nothing to press.' }]),
    ]
    const features = new Set(contents.flatMap((content) => [...featuresOf(content)]))
    expect(features.size).toBeGreaterThan(20)
    for (const feature of features) {
      const { en, fr } = featureInWords(feature)
      expect([feature, en], feature).not.toEqual([feature, feature])
      expect(fr, feature).not.toBe(feature)
    }
  })
})
