import { describe, expect, test } from 'vitest'
import { outOf, payload, withPayload } from './injection/markup.ts'
import { asOwner, attackedProduct } from './product/attackedProduct.ts'

const product = await attackedProduct()
const person = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
}

test('the parser sees what a browser would run', () => {
  expect(outOf(`<p>${payload}</p>`)).not.toEqual([])
  expect(outOf(`<a title="${payload}">`)).not.toEqual([])
  expect(outOf('<a href="javascript:alert(1)">')).not.toEqual([])
})

describe('Whatever a page says stays text', () => {
  test('where it is published, previewed and filled in wrongly', async () => {
    const { page } = await product.owner.ask<{ page: { variants: { content: unknown }[] } }>(
      '{ page(slug: "welcome") { variants { content } } }',
    )
    const form = {
      type: 'Form',
      props: {
        id: 'attack',
        heading: payload,
        fields: [{ name: 'email', type: 'email', label: payload }],
        label: payload,
        thanks: { heading: payload, text: payload },
      },
    }
    const variants = page.variants.map(({ content }, index) => {
      const attacked = withPayload(content) as { content: unknown[] }
      return { key: `v${index}`, content: { ...attacked, content: [...attacked.content, form] } }
    })
    const made = await asOwner(
      product,
      'mutation ($input: CreatePageInput!) { createPage(input: $input) { __typename ... on CreatePageSuccess { data { id } } ... on InvalidInputError { issues { path message } } ... on Error { message } } }',
      {
        input: { slug: 'attacked', title: payload, language: 'en', variants: variants.slice(0, 1) },
      },
    )
    const id = made.body.data?.createPage.data?.id
    expect(made.text).toContain('CreatePageSuccess')
    await asOwner(product, 'mutation ($id: ID!) { publishPage(id: $id) { __typename } }', { id })
    const html = await (await product.stranger('/p/demo/attacked', { headers: person })).text()
    // It is there, as text.
    expect(html).toContain('data-attack&gt;')
    expect(outOf(html)).toEqual([])
    const refused = await product.stranger('/p/demo/attacked/forms/attack', {
      method: 'POST',
      headers: { ...person, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ _token: payload, homepage_url: '', email: payload }),
    })
    const again = await refused.text()
    expect(refused.status).toBe(422)
    expect(again).toContain('data-attack')
    expect(outOf(again)).toEqual([])
  })

  test.each([
    '/p/demo/welcome?utm_source=',
    '/p/demo/',
    '/p/',
    '/preview/',
    '/proposals/',
    '/u/',
    '/l/',
    '/invitation?token=',
    '/admin/',
    '/admin/?next=',
    '/nowhere/',
    '/experiments/',
  ])('at the address %s', async (path) => {
    const response = await product.stranger(path + encodeURIComponent(payload), {
      headers: { ...person, referer: payload.replaceAll(/[^ -~]/g, ''), 'accept-language': 'fr' },
    })
    const text = await response.text()
    if (response.headers.get('content-type')?.includes('html')) expect(outOf(text)).toEqual([])
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('location') ?? '').not.toMatch(/^(https?:)?\/\/(?!127\.0\.0\.1)/)
  })
})

describe('A template of mail', () => {
  let saves = 0
  const letter = (content: string) => `<mj-section><mj-column><mj-text>${content}</mj-text></mj-column></mj-section>`
  const save = (input: object) =>
    asOwner(
      product,
      'mutation ($input: SaveMailTemplateInput!) { saveMailTemplate(input: $input) { __typename ... on InvalidInputError { issues { path message } } } }',
      {
        input: {
          name: `attack.number-${++saves}`,
          language: 'EN',
          subject: 'x',
          body: letter('x'),
          sample: { name: payload },
          version: 0,
          ...input,
        },
      },
    )

  test.each([
    ['runs without end', '{% for i in (1..999999999) %}{% for j in (1..999999999) %}x{% endfor %}{% endfor %}'],
    [
      'grows without end',
      '{% assign a = "xxxxxxxxxx" %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    ],
    ['reads a file', '{% include "/etc/passwd" %}'],
    ['renders a file', '{% render "../../../package.json" %}'],
    ['has a layout', '{% layout "/etc/passwd" %}'],
    ['walks to a prototype', '{{ name.constructor.constructor }}{{ name.__proto__.toString }}'],
  ])('that %s harms nobody', async (_, body) => {
    const began = performance.now()
    const { status, text } = await save({ body: letter(body) })
    expect(status).toBe(200)
    expect(performance.now() - began).toBeLessThan(60_000)
    expect(text).not.toMatch(/INTERNAL_ERROR|CONFLICT|root:x:|function |native code/)
  })

  test.each(['x\r\nBcc: eve@evil.example', 'x\nBcc: eve@evil.example', 'x\u0000y'])(
    'whose subject is %j adds no header',
    async (subject) => {
      const { text, body } = await save({ subject })
      expect(text).not.toContain('INTERNAL_ERROR')
      const saved = body.data.saveMailTemplate
      if (saved.__typename !== 'SaveMailTemplateSuccess') {
        expect(saved.issues.map(({ path }: { path: string }) => path)).toEqual(['input.subject'])
        return
      }
      const sent = await asOwner(
        product,
        'mutation ($template: String!) { sendTestMail(template: $template, language: EN) { __typename ... on Error { code } ... on SendTestMailSuccess { data { subject } } } }',
        { template: `attack.number-${saves}` },
      )
      expect(sent.body.data.sendTestMail).toEqual({
        __typename: 'SendTestMailSuccess',
        data: { subject: expect.stringMatching(/^[^\r\n\0]+$/) },
      })
    },
  )
})

describe('A line of the log is one line, without signs that a terminal obeys, whatever is said in', () => {
  const forged = '{"level":50,"time":1,"msg":"forged"}'
  const sly = `\u001b[2J\u001b]0;owned\u0007\u009b31m\u2028\r\n${forged}\n","level":50,"msg":"forged","x":"`
  const json = { 'content-type': 'application/json', origin: product.url }
  const ask = (body: object, headers: Record<string, string> = {}) =>
    product.stranger('/graphql', { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })
  // What a header may hold of it: neither NUL nor the end of a line.
  const header = sly.replaceAll(/[^\t -~\u0080-\u00ff]/g, '')

  test.each<[string, () => Promise<unknown>]>([
    ['an address', () => product.stranger(`/p/demo/${encodeURIComponent(sly)}?q=${encodeURIComponent(sly)}`)],
    [
      'signing in',
      () =>
        product.stranger('/api/auth/sign-in/email', {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ email: sly, password: sly, callbackURL: sly }),
        }),
    ],
    [
      'signing in by GraphQL',
      () =>
        ask({
          query: `mutation ($x: String!) { signIn(input: { email: $x, password: $x }) { __typename } }`,
          variables: { x: sly },
        }),
    ],
    ['the name of an operation', () => ask({ query: '{ __typename }', operationName: sly })],
    ['a document', () => ask({ query: sly, variables: { [sly]: sly }, extensions: { [sly]: sly } })],
    [
      'headers',
      () =>
        ask(
          { query: '{ viewer { user { email } } }' },
          {
            'user-agent': header,
            referer: header,
            'x-request-id': header,
            traceparent: header,
            cookie: header,
            'x-espalier-workspace': header,
            authorization: `Bearer esp_${header}`,
            'idempotency-key': header,
            'graphql-client-name': header,
            'x-forwarded-for': header,
          },
        ),
    ],
    [
      'what is collected',
      () =>
        product.stranger('/collect', {
          method: 'POST',
          headers: { ...json, 'user-agent': header },
          body: JSON.stringify({ site: sly, events: [{ name: sly }] }),
        }),
    ],
    [
      'an invitation',
      () => product.stranger(`/api/auth/invitation?token=${encodeURIComponent(sly)}`, { headers: json }),
    ],
    ['a preview', () => product.stranger(`/preview/${encodeURIComponent(sly)}`)],
    [
      'what SNS says',
      () =>
        product.stranger('/mail/sns/demo', {
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
          body: JSON.stringify({ Type: sly, Message: sly, SigningCertURL: sly }),
        }),
    ],
  ])('%s', async (_, say) => {
    await say()
    await product.owner.ask('{ __typename }')
    // Every line that begins like one is JSON, which is how it is read here.
    expect(product.log().filter(({ msg }) => msg === 'forged')).toEqual([])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(product.output()).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
    expect(
      product
        .output()
        .split('\n')
        .filter((line) => line.startsWith(forged)),
    ).toEqual([])
  })

  test('and is written at all', () => {
    expect(product.log().length).toBeGreaterThan(0)
    expect(product.output()).toContain('owned')
  })
})
