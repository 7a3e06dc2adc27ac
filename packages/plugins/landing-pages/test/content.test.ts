import * as fc from 'fast-check'
import { html } from 'hono/html'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineBlock, text } from '../src/blocks/block.ts'
import { Catalog } from '../src/blocks/catalog.ts'
import { missingTypes, pageContent } from '../src/content.ts'
import { renderPage } from '../src/document.ts'
import { fullPage, leastProps } from './leastProps.ts'

const catalog = new Catalog()
const schema = pageContent(catalog)
const options = { catalog, language: 'en', address: 'https://example.com/p/a/b' }

/** JSON as strangers send it, with the keys and types that trip code up. */
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308, '', ' ', '\u0000', '\ud800', '<script>', 'https://example.com'),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom('length', 'toString', '__proto__', 'constructor', 'id', 'type', 'props', 'title', 'href', 'size'),
      tie('json'),
      { maxKeys: 4 },
    ),
  ),
}))

const block = fc.record({
  type: fc.oneof(fc.constantFrom(...catalog.types), json),
  props: fc.oneof(
    json,
    fc.dictionary(
      fc.constantFrom(
        'id',
        'title',
        'subtitle',
        'action',
        'heading',
        'text',
        'items',
        'label',
        'href',
        'goal',
        'anchor',
        'links',
      ),
      json,
    ),
  ),
})

describe('the content of a page', () => {
  test('is taken or refused with a path, whatever it is; what is taken can be rendered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          json,
          fc.record({ content: fc.oneof(json, fc.array(block, { maxLength: 3 })), root: json, zones: json }),
        ),
        async (value) => {
          const parsed = schema.safeParse(value)
          if (parsed.success) await renderPage(parsed.data, options)
          else expect(parsed.error.issues.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('every block renders with the least that it takes', async () => {
    expect(Object.keys(leastProps).sort()).toEqual([...catalog.types].sort())
    for (const [type, props] of Object.entries(leastProps)) {
      const parsed = schema.parse({
        root: { props: { title: 'T' } },
        content: [{ type, props: { id: 'a', ...props } }],
      })
      const { afterTracker } = await renderPage(parsed, options)
      expect(afterTracker, type).toMatch(/<(section|footer)/)
    }
  })

  test('every block renders with all that it takes, and blocks within it', async () => {
    const parsed = schema.parse(fullPage('Words'))
    const left: string[] = []
    const { afterTracker } = await renderPage(parsed, { ...options, onLeftOut: ({ type }) => left.push(type) })
    expect(left).toEqual([])
    expect(afterTracker).toContain('€29')
    expect(afterTracker.match(/<div class="columns">\s*<div><section>/)).not.toBeNull()
  })

  test('styles travel only with the blocks that are there', async () => {
    const page = (type: string) =>
      schema.parse({ root: { props: { title: 'T' } }, content: [{ type, props: { id: 'a', ...leastProps[type] } }] })
    const hero = (await renderPage(page('Hero'), options)).beforeTracker
    expect(hero).toContain('.lead{')
    expect(hero).not.toContain('.plans{')
    expect((await renderPage(page('Pricing'), options)).beforeTracker).toContain('.plans{')
  })

  test('what the page says of itself to search engines and to those who share it', async () => {
    const parsed = schema.parse({
      root: {
        props: {
          title: 'T',
          description: 'D',
          image: { src: '/share.png', alt: 'A', width: 1200, height: 630 },
          noindex: true,
          canonical: 'https://example.org/first',
        },
      },
      content: [],
    })
    const { beforeTracker } = await renderPage(parsed, { ...options, language: 'fr-CA' })
    for (const tag of [
      '<html lang="fr-CA">',
      '<meta name="description" content="D">',
      '<link rel="canonical" href="https://example.org/first">',
      '<meta name="robots" content="noindex, nofollow">',
      '<meta property="og:locale" content="fr_CA">',
      '<meta property="og:image" content="https://example.com/share.png">',
      '<meta property="og:image:alt" content="A">',
    ])
      expect(beforeTracker).toContain(tag)
  })
})

describe('blocks within blocks', () => {
  const text = (id: string) => ({ type: 'Text', props: { id, text: 'T' } })
  const columns = (id: string, slots = {}) => ({ type: 'Columns', props: { id, ...slots } })
  const page = (...content: object[]) => ({ root: { props: { title: 'T' } }, content })

  test.each([
    ['a slot that the block has not', page(columns('c', { 'column-3': [text('t')] })), 'content.0.props.column-3'],
    [
      'a slot of a block without slots',
      page({ ...text('c'), props: { id: 'c', text: 'T', items: [text('t')] } }),
      'content.0.props.items',
    ],
    [
      'a headline of the page in a column',
      page(columns('c', { 'column-1': [{ type: 'Hero', props: { id: 'h', title: 'T' } }] })),
      'content.0.props.column-1.0.type',
    ],
    ['what is no block', page(columns('c', { 'column-2': [text('t'), 7] })), 'content.0.props.column-2.1'],
    [
      'a block that its kind does not take',
      page(columns('c', { 'column-1': [{ type: 'Text', props: { id: 't' } }] })),
      'content.0.props.column-1.0.props.text',
    ],
    ['the same id in two slots', page(columns('c', { 'column-1': [text('t')], 'column-2': [text('t')] })), 'content'],
    [
      'too deep',
      page(columns('a', { 'column-1': [columns('b', { 'column-1': [columns('c', { 'column-1': [text('t')] })] })] })),
      'content.0.props.column-1.0.props.column-1.0.props.column-1',
    ],
    [
      'the same anchor twice',
      page(
        { type: 'Text', props: { id: 'a', anchor: 'x', text: 'T' } },
        columns('c', { 'column-1': [{ type: 'Text', props: { id: 'b', anchor: 'x', text: 'T' } }] }),
      ),
      'content',
    ],
    [
      'more than 200 in all',
      page(
        ...['a', 'b'].map((id) =>
          columns(id, { 'column-1': Array.from({ length: 100 }, (_, index) => text(`${id}${index}`)) }),
        ),
      ),
      'content',
    ],
  ])('%s is refused', (_name, content, path) => {
    const { error } = schema.safeParse(content)
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
  })

  test('columns within columns are shown', async () => {
    const parsed = schema.parse(page(columns('a', { 'column-1': [columns('b', { 'column-2': [text('t')] })] })))
    expect((await renderPage(parsed, options)).afterTracker).toContain('<p>T</p>')
  })

  test('as deep as anybody nests them they are refused, not fallen over', () => {
    let block: object = text('t')
    for (let depth = 0; depth < 5_000; depth++) block = columns(`c${depth}`, { 'column-1': [block] })
    expect(schema.safeParse(page(block)).success).toBe(false)
    expect(schema.safeParse({ ...page(block), zones: { 'c4999:column-2': [block] } }).success).toBe(false)
  })
})

describe('blocks that plugins add', () => {
  const quote = (type = 'Quote') =>
    defineBlock({
      type,
      description: 'Q',
      props: z.object({ text: text(10) }),
      render: ({ text }) => html`<q>${text}</q>`,
    })
  const quoted = { root: { props: { title: 'T' } }, content: [{ type: 'Quote', props: { id: 'q', text: '<b>' } }] }

  test('are checked and shown like the others', async () => {
    const catalog = new Catalog()
    catalog.add(quote())
    const parsed = pageContent(catalog).parse(quoted)
    expect((await renderPage(parsed, { ...options, catalog })).afterTracker).toContain('<q>&lt;b&gt;</q>')
    expect(
      pageContent(catalog).safeParse({
        ...quoted,
        content: [{ type: 'Quote', props: { id: 'q', text: 'longer than ten' } }],
      }).success,
    ).toBe(false)
  })

  test('are refused where the type is taken or no name, and after the start', () => {
    const catalog = new Catalog()
    expect(() => catalog.add(quote('Hero'))).toThrow('The block "Hero" is defined twice')
    expect(() => catalog.add(quote('a quote'))).toThrow('A block is named "a quote"')
    expect(() => catalog.add({ ...quote(), styles: '</style>' })).toThrow('would end them early')
    catalog.close()
    expect(() => catalog.add(quote())).toThrow('after the start')
  })

  test('are left out when the plugin is switched off, without a trace in the page', async () => {
    const content = quoted as unknown as Parameters<typeof renderPage>[0]
    const left: string[] = []
    const { afterTracker } = await renderPage(
      { ...content, content: [...content.content, { type: 'Hero', props: { id: 'h', title: 'Still here' } }] },
      { ...options, onLeftOut: ({ type }, reason) => left.push(`${type}: ${reason}`) },
    )
    expect(afterTracker).toContain('Still here')
    expect(afterTracker).not.toMatch(/Quote|<!--/)
    expect(left).toEqual(['Quote: There is no block "Quote": the plugin that brought it may be switched off.'])
    expect(missingTypes(content, catalog)).toEqual(['Quote'])
  })

  test('are left out when their definition no longer takes what is stored, or fails', async () => {
    const left: string[] = []
    const broken = new Catalog()
    broken.add({
      ...quote(),
      render: () => {
        throw new Error('out of quotes')
      },
    })
    const content = quoted as unknown as Parameters<typeof renderPage>[0]
    await renderPage(content, { ...options, catalog: broken, onLeftOut: (_, reason) => left.push(reason) })
    const stricter = new Catalog()
    stricter.add(
      defineBlock({ type: 'Quote', description: 'Q', props: z.object({ by: text(10) }), render: () => html`` }),
    )
    await renderPage(content, { ...options, catalog: stricter, onLeftOut: (_, reason) => left.push(reason) })
    expect(left).toEqual(['It could not be rendered: out of quotes', expect.stringContaining('props.by')])
  })
})
