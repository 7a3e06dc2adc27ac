import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormLetter } from '../src/sending/formLetter.ts'
import { LetterWriter } from '../src/sending/letterWriter.ts'
import { renderBlanked } from '../src/templates/blankedHtml.ts'
import { type CompiledTemplate, parseTemplate } from '../src/templates/compile.ts'
import { LinkTokens } from '../src/tracking/linkTokens.ts'
import { LinkTracker, type TrackedMessage } from '../src/tracking/trackHtml.ts'

const tracker = new LinkTracker(new LinkTokens(randomBytes(32)), 'https://mail.example')
const mail = { unsubscribeUrl: 'https://mail.example/u/abc', postalAddress: '1 Orchard Lane' }
const message: TrackedMessage = {
  workspaceId: '01960000-0000-7000-8000-00000000000a',
  messageId: '01960000-0000-7000-8000-00000000000b',
  template: 'news',
  mode: 'individual',
  honeypot: true,
}
const data = { name: 'Ada', link: 'https://shop.example/?a=1&b=2', list: ['pears', 'quinces'], member: true }

function template(html: string): CompiledTemplate {
  return parseTemplate({ language: 'en', class: 'marketing', subject: 'x' }, html)
}

function formOf(html: string, values: Readonly<Record<string, unknown>> = data): FormLetter | undefined {
  return FormLetter.of(renderBlanked(template(html).html, { ...values, mail }))
}

describe('mails that differ by their values alone', () => {
  test.each([
    ['in text', '<p>Dear {{ name }},</p>'],
    ['twice in a row', '<p>{{ name }}{{ name }}</p>'],
    ['in an address', '<a href="{{ link }}">Look</a>'],
    [
      'in a part of an address',
      `<a class="b" href='https://shop.example/?x=1&y={{ name }}' title='{{ name }}'>Look</a>`,
    ],
    ['in an attribute that text does without', '<p style="color:{{ name }}">Look</p><img src="{{ link }}">'],
    ['in a loop', '<ul>{% for one in list %}<li>{{ one }}</li>{% endfor %}</ul>'],
    ['in a condition', '{% if member %}<b>{{ name }}</b>{% else %}you{% endif %}'],
    ['set before', '{% assign who = name | upcase %}<td>{{ who }}</td>'],
    ['in a whole page', '<html><head><title>{{ name }}</title></head><body><p>{{ name }}</p></body></html>'],
  ])('are parsed once: values %s', (_where, html) => {
    expect(formOf(html)).toBeInstanceOf(FormLetter)
  })

  test.each([
    ['in the name of a tag', '<{{ name }}>x</p>'],
    ['at the end of the name of a tag', '<h{{ name }}>x</p>'],
    ['in an address without quotes', '<a href={{ link }}>x</a>'],
    ['as an attribute', '<a {{ name }}>x</a>'],
    ['in a comment', '<!-- {{ name }} -->'],
    ['in an entity', '<p>&{{ name }};</p>'],
    ['in the end of an entity', '<p>&l{{ name }}</p>'],
    ['in a closing tag', '<p>x</p {{ name }}>'],
    ['with our own sign in the template', '<p>\uE0B1 {{ name }}</p>'],
    ['under two bodies', '<body>{{ name }}</body><body>x</body>'],
    ['before a link beyond the body', '<body>{{ name }}</body><a href="https://a.example/">x</a>'],
  ])('are parsed one by one where a value could change how the rest is read: %s', (_where, html) => {
    expect(formOf(html)).toBeUndefined()
  })

  test('are parsed one by one where the template keeps what it shows, to look at it', () => {
    const { blankable, ...rest } = template(
      '{% capture who %}{{ name }}{% endcapture %}{% if who == "Ada" %}x{% endif %}',
    )
    expect(blankable).toBe(false)
    expect(writeThrice({ blankable, ...rest }, data, data).html).toContain('x<')
  })

  test('and an address that a value makes is refused as in any other mail', () => {
    const refused = { ...data, link: 'javascript:alert(1)' }
    expect(() => writeThrice(template('<a href="{{ link }}">x</a>'), data, refused)).toThrow('javascript:alert(1)')
  })

  test('have the paragraphs of mails parsed by themselves where a cell ends one', () => {
    const made = template('<table><tr><td>x<p></td><td>{{ name }}')
    const byItself = new LetterWriter(tracker).write({ ...made, blankable: false }, data, mail, message)
    expect(writeThrice(made, { ...data, name: '' }, data).text).toBe(byItself.text)
  })

  test('are the same as if each was parsed by itself', () => {
    const text = fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 12 }))
    const values = fc.record({
      name: text,
      link: fc.oneof(fc.constantFrom(...links), text),
      list: fc.array(text, { maxLength: 3 }),
      member: fc.boolean(),
    })
    const html = fc.array(fc.constantFrom(...fragments), { maxLength: 10 }).map((parts) => parts.join(''))
    const mode = fc.constantFrom('none', 'aggregate', 'individual' as const)
    fc.assert(
      fc.property(html, values, values, mode, (html, first, then, mode) => {
        const made = template(html)
        const told = { ...message, mode } as TrackedMessage
        const byItself = outcome(() => new LetterWriter(tracker).write({ ...made, blankable: false }, then, mail, told))
        expect(
          outcome(() => writeThrice(made, { ...then, ...first, list: then.list, member: then.member }, then, told)),
        ).toEqual(byItself)
      }),
      { numRuns: Number(process.env.FORM_RUNS ?? 500) },
    )
  })
})

/** The first of a kind is parsed by itself, the second compared, the third only filled in. */
function writeThrice(made: CompiledTemplate, before: object, values: object, told = message) {
  const letters = new LetterWriter(tracker)
  for (const _time of ['first', 'second']) {
    try {
      letters.write(made, before as typeof data, mail, told)
    } catch {
      // What these values do is not what is asked.
    }
  }
  return letters.write(made, values as typeof data, mail, told)
}

function outcome(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return { refused: (error as Error).message }
  }
}

const nasty = [
  '',
  '<b>',
  '&amp;',
  '&',
  '"',
  "'",
  '-->',
  '</p>',
  ' ',
  '\n',
  'lt;',
  '\uE0B1',
  'two  words',
  'x'.repeat(90),
]
const links = [
  'https://a.example/?a=1&b=<"\'>',
  'javascript:x',
  'mailto:ada@a.example',
  '#',
  'https://mail.example/u/1',
  '',
]
const fragments = [
  '<p>',
  '</p>',
  '{{ name }}',
  ' {{ name }} ',
  '<a href="{{ link }}">{{ name }}</a>',
  '<a title="{{ name }}" href="https://a.example/{{ name }}" class=\'c\'>x</a>',
  '<a data-no-track href="{{ link }}">y</a>',
  '<a href="https://a.example/?x=1&amp;y=2" style="color:red" title="a > b">z</a>',
  '<a href={{ link }}>',
  '<table><tr><td style="a">',
  '</td><td>{{ name }}',
  '</td></tr></table>',
  '<td>loose',
  '<div align="{{ name }}">',
  '</div>',
  '<br />',
  '<img src="{{ link }}" alt="{{ name }}" />',
  '<pre class="x">a  b\n {{ name }}</pre>',
  '<ol start="3" class="x"><li>{{ name }}</li></ol>',
  '<!-- a <a href="https://a.example/"> -->',
  '<!--[if mso]><b>{{ name }}</b><![endif]-->',
  '{% for one in list %}<li>{{ one }}</li>{% endfor %}',
  '{% if member %}<h1 id="a">{{ name }}</h1>{% endif %}',
  '<p>{{ mail.postalAddress }}, {{- mail.unsubscribeUrl -}} {{ member }}</p>',
  '{{ list.size }} of {{ list }}, {{ list.first }}, {{ true }}{{ name.size }}',
  '{% increment name %}{{ name | upcase }}{% cycle name, "x" %}',
  '{% assign name = "<i>" %}',
  '{{ mail.none }}',
  '&nbsp;&copy {{ name }}',
  '&',
  '<',
  '<body class="x">',
  '</body>',
  '<style>a { b: {{ name }} }</style>',
  '<span class="x">in {{ name }}</span>',
  ' and   so\n\non ',
]
