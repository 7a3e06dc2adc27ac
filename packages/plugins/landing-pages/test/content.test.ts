import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalog } from '../src/blocks/catalog.ts'
import { pageContent } from '../src/content.ts'
import { renderPage } from '../src/document.ts'

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
  type: fc.oneof(fc.constantFrom(...catalog.keys()), json),
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
          const parsed = pageContent.safeParse(value)
          if (parsed.success) await renderPage(parsed.data, 'en', 'https://example.com/p/a/b')
          else expect(parsed.error.issues.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('every block renders with the least that it takes', async () => {
    const least: Record<string, object> = {
      Hero: { title: 'T' },
      Text: { text: 'T' },
      Features: { heading: 'H', items: [{ title: 'T', text: 'T' }] },
      CallToAction: { heading: 'H', label: 'L', href: '/a', goal: 'g' },
      Footer: { text: 'T' },
    }
    expect(Object.keys(least).sort()).toEqual([...catalog.keys()].sort())
    for (const [type, props] of Object.entries(least)) {
      const parsed = pageContent.parse({
        root: { props: { title: 'T' } },
        content: [{ type, props: { id: 'a', ...props } }],
      })
      const { afterTracker } = await renderPage(parsed, 'en', 'https://example.com/p/a/b')
      expect(afterTracker).toMatch(/<(section|footer)/)
    }
  })
})
