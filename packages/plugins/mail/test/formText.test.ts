import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { FormText, FormTexts, placeOf } from '../src/sending/formText.ts'
import { textOf } from '../src/templates/render.ts'

const [name, link] = [placeOf(0), placeOf(1)]
const filled = (html: string, values: readonly string[]) =>
  values.reduce((text, value, index) => text.replaceAll(placeOf(index), () => value), html)

const values = ['Ada &amp; <Charles>'.replace('<', '&lt;').replace('>', '&gt;'), 'https://a.example/?x=1&amp;y=2']

describe('the text of a form letter', () => {
  test.each([
    ['a paragraph', `<p>Dear ${name}, here is what is new.</p>`],
    ['longer than a line', `<p>${`Trained flat it bears where ${name} stands. `.repeat(9)}</p><p>${name}</p>`],
    ['a heading and a line break', `<h2>The ${name}</h2>one<br>two ${name}${name}`],
    ['a link that a value makes', `<p>Read <a href="${link}">all of it</a>, or <a href="${link}"><b>some</b></a>.</p>`],
    ['a picture that is a link', `<a href="${link}"><img src="x" alt="${name}"></a>`],
    ['tables that lay out', `<table><tr><td><p>${name}</p></td><td>and ${name}</td></tr></table>`],
  ])('is filled in: %s', (_what, html) => {
    expect(FormText.of(html)?.write(values)).toBe(textOf(filled(html, values)))
  })

  test.each([
    ['a list', `<ul><li>${name}</li></ul>`],
    ['text that stands as it is', `<pre>a  ${name}</pre>`],
    ['a rule', `<p>${name}</p><hr>`],
    ['a link that may say its address', `<a href="${link}">${name}</a>`],
    ['a link that may say a part of its address', `<a href="https://a.example/${name}">https://a.example/x</a>`],
    ['an address of another scheme', `<a href="mailto:${name}">Write</a>`],
  ])('is read from its HTML where it is more than words: %s', (_what, html) => {
    expect(FormText.of(html)).toBeUndefined()
  })

  test.each([
    ['nothing', ['', values[1]]],
    ['a space at the end', ['Ada ', values[1]]],
    ['an address of another scheme', ['Ada', 'mailto:ada@a.example']],
  ])('is read from its HTML for values that change what is around them: %s', (_what, given) => {
    const form = FormText.of(`<p>Dear ${name}, <a href="${link}">look</a>.</p>`)
    expect(form?.write(values)).toBe(`Dear Ada & <Charles>, look [https://a.example/?x=1&y=2].`)
    expect(form?.write(given as string[])).toBeUndefined()
  })

  test('closes up where a value is empty, such as a name that is not known', () => {
    const read = vi.spyOn(FormText, 'of')
    const html = `<p>Dear ${name}, <a href="${link}">look</a>.</p><p>${name}</p><p>Yours</p>`
    const texts = new FormTexts((values) => filled(html, values))
    for (const given of [
      ['', values[1]],
      ['Ada', 'https://a.example/'],
      ['', 'https://b.example/'],
    ] as string[][])
      expect(texts.write(given)).toBe(textOf(filled(html, given)))
    expect(read).toHaveBeenCalledTimes(2)
  })

  test('is what would be read from the HTML of each, wherever lines break', () => {
    const html = fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 14 }).map((parts) => parts.join(''))
    const word = fc.oneof(
      fc.constantFrom('', 'Ada', 'two  words', 'x'.repeat(77), 'x'.repeat(90), '\u00a0', '-', '\u200bz'),
      fc.string({ maxLength: 80 }),
    )
    const address = fc.constantFrom(
      'https://a.example/',
      `https://a.example/?q=${'y'.repeat(80)}`,
      'http://b.example/a b',
      '#',
      'x',
    )
    let written = 0
    fc.assert(
      fc.property(html, word, address, (html, word, address) => {
        const escaped = [word, address].map((value) =>
          value
            .replace(/&/g, '&amp;')
            .replace(/</g, '&lt;')
            .replace(/>/g, '&gt;')
            .replace(/"/g, '&#34;')
            .replace(/'/g, '&#39;'),
        )
        const text = new FormTexts((values) => filled(html, values)).write(escaped)
        if (text === undefined) return
        written += 1
        expect(text).toBe(textOf(filled(html, escaped)))
      }),
      { numRuns: Number(process.env.FORM_RUNS ?? 1_000) },
    )
    expect(written).toBeGreaterThan(100)
  })
})

const fragments = [
  '<p>',
  '</p>',
  name,
  ` ${name} `,
  `and ${name}, `,
  'Trained flat against a wall, a tree bears where no other would stand: ',
  '<b>so</b><i>on</i> ',
  `<h1>About ${name}</h1>`,
  `<a href="${link}">Look at it</a>`,
  `<a href="${link}">See ${name} </a>`,
  `<a href="https://a.example/?b=${name}"> x</a>`,
  `<a href="https://a.example/">https://a.example/</a>`,
  `<a href="${link}"></a>`,
  '<table><tr><td>',
  `</td><td>${name}`,
  '</td></tr></table>',
  '<br>',
  '<div>',
  '</div>',
  '&nbsp;',
  ' &amp; ',
  '\n\t ',
  'w'.repeat(78),
]
