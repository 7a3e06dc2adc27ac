import { describe, expect, test } from 'vitest'
import type { PageContent } from '../../src/content.ts'
import { checkKept } from '../../src/loop/generation/keptFacts.ts'
import { checkOwnRules, isNearDuplicate } from '../../src/loop/generation/ownRules.ts'
import { figuresIn, languageOf, mixedWords, says } from '../../src/loop/generation/wording.ts'
import { contentOf } from './improving.ts'

const page = (...args: Parameters<typeof contentOf>) => contentOf(...args) as unknown as PageContent
const codes = (reasons: readonly { code: string }[]) => reasons.map(({ code }) => code)

describe('a phrase is found', () => {
  test.each([
    ['Résultats GARANTIS à 100 %', 'garantis a 100 %'],
    ['the Guaran­teed best', 'guaranteed'],
    ['c’est l’idéal', "C'EST L'IDEAL"],
    ['Cœur de poire', 'coeur'],
    ['risk–free trial', 'risk-free'],
    ['ｍｉｒａｃｌｅ cure', 'miracle'],
    ['mira​cle cure', 'miracle'],
    ['Garanties et services', 'garanti*'],
    ['No. 1', 'no. 1'],
    ['100 % free', '100 %'],
  ])('in "%s": %s', (text, phrase) => expect(says(text, phrase)).toBe(true))

  test.each([
    ['a classic assembly', 'ass'],
    ['ungaranteed', 'garanti'],
    ['Garanties', 'garanti'],
    ['1000 %', '100 %'],
    ['anything', '*'],
    ['anything', '  '],
  ])('not in "%s": %s', (text, phrase) => expect(says(text, phrase)).toBe(false))
})

test('words that mix alphabets are found, words of another alphabet are none', () => {
  expect(mixedWords('gаrantie')).toEqual(['gаrantie'])
  expect(mixedWords('гарантия, garantie, Ωmega')).toEqual(['Ωmega'])
})

test('numbers are the same in any writing', () => {
  expect(figuresIn('1 200 €, 1,200 and 1.200; 4,5 % or 4.5; 29')).toEqual(['1200', '1200', '1200', '4.5', '4.5', '29'])
})

test('the language is told by small words, and not where there are few', () => {
  expect(languageOf('The best pears of the garden are for you, and we bring them to your door with care.')).toBe('en')
  expect(languageOf('Les meilleures poires du jardin sont pour vous, et nous les livrons chez vous avec soin.')).toBe(
    'fr',
  )
  expect(languageOf('Poires')).toBeUndefined()
  expect(languageOf('Die besten Birnen aus dem Garten sind für Sie.')).toBeUndefined()
})

describe('what has to stay', () => {
  const parent = page('Pears', {
    more: [
      {
        type: 'Pricing',
        props: {
          id: 'plans',
          heading: 'Boxes',
          plans: [
            {
              name: 'Small',
              price: { amountMinor: 2900, currency: 'EUR' },
              features: ['12 pears'],
              action: { label: 'Take it', href: '/small', goal: 'order' },
            },
          ],
        },
      },
      {
        type: 'Form',
        props: {
          id: 'ask',
          heading: 'Ask us',
          fields: [{ type: 'email', name: 'email', label: 'Mail', required: true }],
          label: 'Send',
          goal: 'asked',
          thanks: { heading: 'Thank you' },
        },
      },
    ],
  })
  const against = { parent, current: [parent], known: [parent], facts: [] }
  const changed = (change: (content: { content: { type: string; props: Record<string, unknown> }[] }) => void) => {
    const copy = structuredClone(parent) as never
    change(copy)
    return codes(checkKept(copy, against))
  }
  const block = (content: { content: { type: string; props: Record<string, unknown> }[] }, type: string) =>
    content.content.find((candidate) => candidate.type === type)?.props as Record<string, never[]>

  test('stays: headlines, orders and buttons may change', () => {
    expect(
      changed((content) => {
        Object.assign(block(content, 'Hero'), { title: 'Sweet pears', subtitle: 'Yours by dinner.' })
        Object.assign(block(content, 'CallToAction'), { label: 'Yes, pears' })
        content.content.splice(1, 2, ...content.content.slice(1, 3).reverse())
      }),
    ).toEqual([])
  })

  test.each<[string, string, Parameters<typeof changed>[0]]>([
    ['a field of a form', 'FORM_CHANGED', (content) => Object.assign(block(content, 'Form'), { label: 'Go' })],
    [
      'a form',
      'FORM_CHANGED',
      (content) =>
        content.content.splice(
          content.content.findIndex(({ type }) => type === 'Form'),
          1,
        ),
    ],
    ['where a goal leads', 'GOAL_CHANGED', (content) => Object.assign(block(content, 'CallToAction'), { href: '/' })],
    ['a goal', 'GOAL_CHANGED', (content) => Object.assign(block(content, 'CallToAction'), { goal: 'seen' })],
    [
      'a price',
      'PRICE_CHANGED',
      (content) =>
        Object.assign(block(content, 'Pricing').plans?.[0] as unknown as object, {
          price: { amountMinor: 1900, currency: 'EUR' },
        }),
    ],
    [
      'what is in a plan',
      'PRICE_CHANGED',
      (content) => Object.assign(block(content, 'Pricing').plans?.[0] as unknown as object, { features: ['13 pears'] }),
    ],
    [
      'the plans',
      'PRICE_CHANGED',
      (content) =>
        content.content.splice(
          content.content.findIndex(({ type }) => type === 'Pricing'),
          1,
        ),
    ],
    ['the footer', 'LEGAL_CHANGED', (content) => Object.assign(block(content, 'Footer'), { text: 'Espalier Fruit.' })],
    [
      'a link',
      'ADDRESS_UNKNOWN',
      (content) =>
        Object.assign(block(content, 'Hero'), {
          action: { label: 'Go', href: 'https://evil.example/', click: 'hero' },
        }),
    ],
    [
      'an address in the text',
      'ADDRESS_UNKNOWN',
      (content) => Object.assign(block(content, 'Text'), { text: 'See www.evil.example or mail me@evil.example' }),
    ],
    [
      'an image',
      'ADDRESS_UNKNOWN',
      (content) =>
        Object.assign(block(content, 'Hero'), {
          image: { src: 'https://evil.example/x.png', alt: '', width: 1, height: 1 },
        }),
    ],
    [
      'what a customer says',
      'VOICE_INVENTED',
      (content) =>
        Object.assign(block(content, 'Testimonials'), { items: [{ quote: 'Changed my life.', name: 'Ada' }] }),
    ],
    [
      'a number',
      'FIGURE_UNKNOWN',
      (content) => Object.assign(block(content, 'Hero'), { title: 'Loved by 97 % of gardeners' }),
    ],
  ])('%s does not change', (_what, code, change) => expect(changed(change)).toContain(code))

  test('a number that the owner vouches for may be said', () => {
    const told = structuredClone(parent) as never
    Object.assign(block(told, 'Hero'), { title: 'Loved by 97 % of gardeners' })
    expect(codes(checkKept(told, { ...against, facts: ['97 % of gardeners come back'] }))).toEqual([])
  })

  test('prices and footers of another version of the page may come along, but not those that nobody sees any more', () => {
    const footer = structuredClone(parent) as never
    Object.assign(block(footer, 'Footer'), { text: 'Espalier Fruit.' })
    const cheap = structuredClone(parent) as never
    const [plan] = block(cheap, 'Pricing').plans as never[]
    Object.assign(plan as never, { price: { amountMinor: 900, currency: 'EUR' } })
    for (const [other, code] of [
      [footer, 'LEGAL_CHANGED'],
      [cheap, 'PRICE_CHANGED'],
    ] as const) {
      const known = [parent, other]
      expect(codes(checkKept(other, { parent, current: known, known, facts: [] }))).toEqual([])
      expect(codes(checkKept(other, { parent, current: [parent], known, facts: [] }))).toEqual([code])
    }
  })
})

describe('the rules of the workspace', () => {
  const none = { forbiddenWords: [], forbiddenClaims: [], requiredFacts: [] }

  test('name the word, the claim and the fact, in both languages', () => {
    const reasons = checkOwnRules(
      page('Miracle pears, guaranteed to heal'),
      {
        forbiddenWords: ['miracle'],
        forbiddenClaims: ['garanteed', 'guaranteed to heal'],
        requiredFacts: ['Without obligation.', 'Prices include VAT.'],
      },
      'en',
    )
    expect(reasons.map(({ code, en, fr, blockId }) => [code, en, fr, blockId])).toEqual([
      ['WORD_FORBIDDEN', 'Uses the word "miracle".', 'Emploie le mot « miracle ».', null],
      ['CLAIM_FORBIDDEN', 'Claims "guaranteed to heal".', 'Affirme « guaranteed to heal ».', null],
      ['WORD_FORBIDDEN', 'Uses the word "miracle".', 'Emploie le mot « miracle ».', 'hero'],
      ['CLAIM_FORBIDDEN', 'Claims "guaranteed to heal".', 'Affirme « guaranteed to heal ».', 'hero'],
      [
        'FACT_MISSING',
        'Does not say "Without obligation." word for word.',
        'Ne dit pas « Without obligation. » mot pour mot.',
        null,
      ],
    ])
  })

  test('find a claim that is spread over headline and text', () => {
    const split = page('Guaranteed')
    Object.assign((split.content[0] as unknown as { props: object }).props, { subtitle: 'to heal' })
    expect(codes(checkOwnRules(split, { ...none, forbiddenClaims: ['guaranteed to heal'] }, 'en'))).toEqual([
      'CLAIM_FORBIDDEN',
    ])
  })

  test('want the language of the page, where that is English or French', () => {
    const english = page('The pears that you and your family have waited for are in the garden')
    expect(codes(checkOwnRules(english, none, 'fr-CA'))).toEqual(['LANGUAGE_WRONG'])
    expect(codes(checkOwnRules(english, none, 'en'))).toEqual([])
    expect(codes(checkOwnRules(english, none, 'de'))).toEqual([])
  })
})

test('a page in a third language is not written in English, unless its own small words look like that', () => {
  const rules = { forbiddenWords: [], forbiddenClaims: [], requiredFacts: [] }
  const text = (words: string) => page('P', { more: [{ type: 'Text', props: { id: 't', text: words } }] })
  const blocks = (words: string) => ({
    ...text(words),
    content: text(words)
      .content.filter(({ type }) => type === 'Text')
      .slice(-1),
  })
  const german = blocks('Unsere Birnen reifen an der Mauer, und wir bringen sie noch heute zu euch nach Hause.')
  const english = blocks(
    'We have the pears that you want, and all of them are from our garden, for you and your family.',
  )
  expect(checkOwnRules(english, rules, 'de', german)).toMatchObject([
    { code: 'LANGUAGE_WRONG', en: 'Is in English, and the page in the language "de".' },
  ])
  expect(checkOwnRules(german, rules, 'de-AT', german)).toEqual([])
  expect(checkOwnRules(english, rules, 'de', english)).toEqual([])
})

test('a version with another headline or button is no near duplicate; one with another comma in its text is', () => {
  const one = page('Pears')
  const long = 'Our pears grow on espaliers along the south wall of the garden. '.repeat(8)
  const withText = (text: string, headline = 'Pears') => {
    const copy = structuredClone(page(headline)) as unknown as { content: { type: string; props: { text?: string } }[] }
    ;(copy.content.find(({ type }) => type === 'Text') as { props: object }).props = { id: 'about', text }
    return copy as unknown as PageContent
  }
  expect(isNearDuplicate(withText(long), withText(long.replace('garden.', 'garden!')))).toBe(true)
  expect(isNearDuplicate(withText(long), withText(long, 'Pear'))).toBe(false)
  expect(isNearDuplicate(one, page('Pears', { button: 'Now' }))).toBe(false)
  expect(isNearDuplicate(one, page('Pears', { swapped: true }))).toBe(false)
})
