import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import { describe, expect, test } from 'vitest'
import { honeypotIndex, LinkTokens } from '../src/tracking/linkTokens.ts'
import { LinkTracker, type TrackedMessage } from '../src/tracking/trackHtml.ts'

const tokens = new LinkTokens(randomBytes(32))
const tracker = new LinkTracker(tokens, 'https://mail.example')
const workspaceId = '01960000-0000-7000-8000-00000000000a'
const messageId = '01960000-0000-7000-8000-00000000000b'
const individual: TrackedMessage = { workspaceId, messageId, template: 'news', mode: 'individual', honeypot: false }

describe('the links of a mail', () => {
  test('lead to us, and say where they were meant to lead', () => {
    const { html, links } = tracker.trackHtml(
      '<body><p>See <a class="b" href="https://shop.example/?a=1&amp;b=2">this</a></p></body>',
      individual,
    )
    expect(links).toEqual(['https://shop.example/?a=1&b=2'])
    const [click, open] = tracked(html)
    expect(click).toEqual({ workspaceId, kind: 'click', messageId, template: '', index: 0, target: links[0] })
    expect(open).toEqual({ workspaceId, kind: 'open', messageId, template: '', index: 0, target: '' })
    expect(html).toMatch(
      /^<body><p>See <a class="b" href="https:\/\/mail\.example\/l\/[\w-]+">this<\/a><\/p><img [^>]*><\/body>$/,
    )
  })

  test.each([
    ['mail', '<a href="mailto:ada@example.com">x</a>'],
    ['telephone', '<a href="tel:+33123456789">x</a>'],
    ['a place in the mail', '<a href="#top">x</a>'],
    ['script', '<a href="javascript:alert(1)">x</a>'],
    ['marked', '<a data-no-track href="https://shop.example/">x</a>'],
    ['unsubscribe', '<a href="https://mail.example/u/abc">x</a>'],
    ['relative', '<a href="/p/x">x</a>'],
    ['broken', '<a href="https://">x</a>'],
    ['longer than mail programs take', `<a href="https://shop.example/${'x'.repeat(2_000)}">x</a>`],
    ['without an address', '<a name="x">x</a>'],
    ['in a comment for Outlook', '<!--[if mso]><a href="https://shop.example/">x</a><![endif]-->'],
    ['in text', '&lt;a href="https://shop.example/"&gt; https://shop.example/'],
    ['of a style', '<style>a[href="https://shop.example/"]{color:red}</style>'],
  ])('stay as they are: %s', (_name, html) => {
    const done = tracker.trackHtml(html, individual)
    expect(done.links).toEqual([])
    expect(done.html.replace(/<img [^>]*>$/, '')).toBe(html)
  })

  test.each([
    ['capitals', '<A HREF="HTTPS://Shop.Example/">x</A>', 'HTTPS://Shop.Example/'],
    ['no quotes', '<a href=https://shop.example/>x</a>', 'https://shop.example/'],
    ['single quotes', '<a href=\'https://shop.example/?q="x"\'>x</a>', 'https://shop.example/?q="x"'],
    ['line breaks', '<a\n href="\n https://shop.example/ "\n>x</a>', 'https://shop.example/'],
    ['a > in an attribute', '<a title="a > b" href="https://shop.example/">x</a>', 'https://shop.example/'],
    ['an area of a picture', '<map><area href="https://shop.example/"></map>', 'https://shop.example/'],
    ['umlauts', '<a href="https://bücher.example/ü?q=é">x</a>', 'https://bücher.example/ü?q=é'],
  ])('are found however they are written: %s', (_name, html, target) => {
    const done = tracker.trackHtml(html, individual)
    expect(done.links).toEqual([target])
    expect(tracked(done.html)[0]?.target).toBe(target)
    expect(textOf(done.html)).toBe(textOf(html))
  })

  test('and nothing around them changes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 12 }), (parts) => {
        const html = parts.join('')
        const { html: done, links } = tracker.trackHtml(html, individual)
        expect(textOf(done)).toBe(textOf(html))
        expect(
          tracked(done)
            .filter(({ kind }) => kind === 'click')
            .map(({ target }) => target),
        ).toEqual(links)
        expect(
          done
            .replace(/<img src="https:\/\/mail\.example\/o[^>]*>/, '')
            .replace(/https:\/\/mail\.example\/l\/[\w-]+/g, 'https://a.example/'),
        ).toBe(html)
      }),
      { numRuns: 300 },
    )
  })
})

test('without tracking the mail leaves as it is', () => {
  const html = '<a href="https://shop.example/">x</a>'
  expect(tracker.trackHtml(html, { ...individual, mode: 'none' })).toEqual({ html, links: [] })
})

test('counting in aggregate, nothing in the mail tells one receiver from another', () => {
  const html = '<body><a href="https://shop.example/">x</a></body>'
  const of = (id: string) => tracker.trackHtml(html, { ...individual, messageId: id, mode: 'aggregate' }).html
  expect(of(messageId)).toBe(of('01960000-0000-7000-8000-00000000000c'))
  expect(tracked(of(messageId))).toEqual([
    { workspaceId, kind: 'click', messageId: null, template: 'news', index: 0, target: 'https://shop.example/' },
    { workspaceId, kind: 'open', messageId: null, template: 'news', index: 0, target: '' },
  ])
})

test('counting in aggregate, each link says its own workspace, template, place and target, however often it was written', () => {
  const workspaces = [individual.workspaceId, '01960000-0000-7000-8000-0000000000ff']
  const told = workspaces.flatMap((workspaceId) =>
    ['news', 'offers'].map((template) => ({ ...individual, workspaceId, template, mode: 'aggregate' as const })),
  )
  for (const message of [...told, ...told]) {
    const { html } = tracker.trackHtml('<a href="https://a.example/">a</a><a href="https://b.example/">b</a>', message)
    const { workspaceId, template } = message
    expect([...html.matchAll(/\/[lo]\/([\w-]+)/g)].map(([, token]) => tokens.read(token as string))).toEqual([
      { workspaceId, template, messageId: null, kind: 'click', index: 0, target: 'https://a.example/' },
      { workspaceId, template, messageId: null, kind: 'click', index: 1, target: 'https://b.example/' },
      { workspaceId, template, messageId: null, kind: 'open', index: 0, target: '' },
    ])
  }
})

test('the link that no person sees is out of sight, out of the keyboard’s way and silent', () => {
  const { html, links } = tracker.trackHtml('<body>x</body>', { ...individual, honeypot: true })
  expect(html).toMatch(/<a href="[^"]+" style="display:none" tabindex="-1" aria-hidden="true" rel="nofollow"><\/a>/)
  expect(tracked(html)[0]).toMatchObject({ kind: 'click', index: honeypotIndex })
  expect(links).toEqual([])
})

describe('a token', () => {
  const token = tokens.sign({
    workspaceId,
    kind: 'click',
    messageId,
    template: '',
    index: 3,
    target: 'https://a.example/é',
  })

  test('changed anywhere is none', () => {
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'A' ? 'B' : 'A'
      expect(tokens.read(token.slice(0, index) + other + token.slice(index + 1))).toBeUndefined()
    }
    expect(tokens.read(token)).toMatchObject({ index: 3, target: 'https://a.example/é' })
  })

  test.each([
    ['empty', ''],
    ['no base64', '%%%'],
    ['cut off', token.slice(0, -4)],
    ['longer', `${token}AA`],
    ['huge', 'A'.repeat(10_000)],
  ])('that is %s is none', (_name, text) => expect(tokens.read(text)).toBeUndefined())

  test('of another installation is none', () => {
    expect(new LinkTokens(randomBytes(32)).read(token)).toBeUndefined()
  })
})

const fragments = [
  '<p title="a > b">Été &amp; hiver</p>',
  '<a href="https://a.example/">x</a>',
  '<!--[if mso]><a href="https://b.example/">x</a><![endif]-->',
  '<style>a { color: red }</style>',
  '<a href="mailto:a@b.example">x</a>',
  '<br/>',
  '</p>',
  '<body>',
  '</body>',
  '<',
  '<table><tr><td>',
  '<a href="https://a.example/">',
]

function tracked(html: string) {
  return [...html.matchAll(/https:\/\/mail\.example\/[lo]\/([\w-]+)/g)].map(([, token = '']) => {
    const facts = tokens.read(token)
    if (!facts) throw new Error(`Not a token: ${token}`)
    return facts
  })
}

function textOf(html: string): string {
  let text = ''
  new Parser({
    ontext: (piece) => {
      text += piece
    },
  }).end(html)
  return text
}
