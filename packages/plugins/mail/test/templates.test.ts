import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import mail, { type MailService } from '../src/index.ts'
import { greeter, hello, readMessage } from './workspaceWithMail.ts'

let service: MailService
const { kernel, signIn, createWorkspace } = await servedKernel([mail, greeter(mail, (it) => (service = it))])
const owner = await signIn()
const context = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
const elsewhere = kernel.contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })

const text = (content: string) => `<mj-section><mj-column><mj-text>${content}</mj-text></mj-column></mj-section>`

const saveMutation = `mutation ($input: SaveMailTemplateInput!) { saved: saveMailTemplate(input: $input) {
  __typename
  ... on SaveMailTemplateSuccess { data { id version class topic } }
  ... on InvalidInputError { issues { path message } }
  ... on Error { message }
} }`

type Saved = {
  saved: {
    __typename: string
    data: { id: string; version: number; class: string; topic: string | null }
    issues: { path: string; message: string }[]
    message: string
  }
}

async function save(template: Record<string, unknown>): Promise<Saved['saved']> {
  const input = { name: 'news.welcome', language: 'EN', subject: 'Hello', sample: {}, ...template }
  return (await owner.ask<Saved>(saveMutation, { input })).saved
}

test.each([
  ['what is no MJML', text('x').replace('mj-text', 'mj-txt'), {}, 'input.body', /mj-txt/],
  ['liquid that does not end', text('{% if name %}x'), { name: 'Ada' }, 'input.body', /if/],
  ['a filter that does not exist', text('{{ name | shout }}'), { name: 'Ada' }, 'input.body', /shout/],
  ['markup of others', text('{{ name | raw }}'), { name: 'Ada' }, 'input.body', /"raw"/],
  ['the same within a tag', text('{% assign x = name | raw %}{{ x }}'), { name: 'Ada' }, 'input.body', /"raw"/],
  ['other files', text('{% include "/etc/passwd" %}'), {}, 'input.body', /include/],
  ['files of MJML', `<mj-include path="/etc/passwd" />${text('x')}`, {}, 'input.body', /mj-include|passwd/i],
  ['a script', `<mj-raw><script>alert(1)</script></mj-raw>${text('x')}`, {}, 'input.body', /<script>/],
  ['a handler', text('<img src="https://example.com/x.png" onerror="alert(1)">'), {}, 'input.body', /onerror/],
  ['a link that runs something', text('<a href="javascript:alert(1)">x</a>'), {}, 'input.body', /javascript/],
  [
    'the same in the sample',
    text('<a href="{{ url }}">x</a>'),
    { url: ' java\nscript:alert(1)' },
    'input.sample',
    /script:alert/,
  ],
  ['a variable without a sample', text('{{ customer.name }}'), { customer: {} }, 'input.sample', /customer\.name/],
  [
    'one that only shows in a branch that the sample does not take',
    text('{% if a %}{{ b }}{% endif %}'),
    { a: false },
    'input.sample',
    /\bb\b/,
  ],
  ['a loop without an end', text('{% for i in (1..100000000) %}x{% endfor %}'), {}, 'input.sample', /memory|limit/i],
] as const)('%s is refused at save', async (_what, body, sample, path, message) => {
  const { issues } = await save({ body, sample })
  expect(issues?.[0]).toMatchObject({ path, message: expect.stringMatching(message) })
  expect(await context.db.query(sql`select from "MailTemplate"`)).toHaveLength(0)
})

test('the subject is checked as the body is', async () => {
  const { issues } = await save({ subject: 'Hello {{ nobody }}', body: text('x') })
  expect(issues).toMatchObject([{ path: 'input.sample', message: expect.stringContaining('nobody') }])
})

test('what data says is text in the mail, wherever it stands', async () => {
  const body = text('<a href="{{ url }}" title="{{ name }}">{{ name }}</a>')
  await save({ name: 'news.escaped', body, sample: { name: 'Ada', url: 'https://example.com/' } })
  const id = await service.send(
    context,
    hello({
      template: 'news.escaped',
      data: { name: '"><script>alert(1)</script>{{ url }}</mj-text>', url: 'https://example.com/?a=1&b="2"' },
    }),
  )
  const { html } = await readMessage(context, id)
  expect(html).not.toContain('<script>')
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;{{ url }}&lt;/mj-text&gt;')
  const bad = hello({
    template: 'news.escaped',
    data: { name: 'Ada', url: 'data:text/html,<script>alert(1)</script>' },
  })
  await expect(service.send(context, bad)).rejects.toMatchObject({ issues: [{ code: 'MARKUP' }] })
})

test('a variable that is missing refuses the send with its name, and nothing is written', async () => {
  await expect(service.send(context, hello({ data: {}, idempotencyKey: 'missing' }))).rejects.toMatchObject({
    issues: [{ path: 'input.data.name', code: 'MISSING' }],
  })
  expect(await context.db.query(sql`select from "MailMessage" where "idempotencyKey" = 'missing'`)).toHaveLength(0)
})

test('a workspace’s own template stands before the plugin’s, in its language, and there alone', async () => {
  const body = text('Salut {{ name }}, {{ name | size }}')
  const saved = await save({
    name: 'greeter.news',
    language: 'FR',
    subject: 'Salut {{ name }}',
    body,
    sample: { name: 'Ada' },
    class: 'TRANSACTIONAL',
  })
  // What can be unsubscribed from stays the plugin's to say.
  expect(saved.data).toMatchObject({ version: 1, class: 'MARKETING', topic: 'news' })
  const subjects = async (where: typeof context, language: 'en' | 'fr') =>
    (await readMessage(where, await service.send(where, hello({ template: 'greeter.news', language })))).subject
  expect(await subjects(context, 'fr')).toBe('Salut Ada')
  expect(await subjects(context, 'en')).toBe('Hello Ada')
  expect(await subjects(elsewhere, 'fr')).toBe('Bonjour Ada')

  const again = await save({ name: 'greeter.news', language: 'FR', subject: 'Coucou', body: text('x'), version: 1 })
  expect(again.data.version).toBe(2)
  expect(await subjects(context, 'fr')).toBe('Coucou')
  expect(
    await save({ name: 'greeter.news', language: 'FR', subject: 'Late', body: text('x'), version: 1 }),
  ).toMatchObject({
    __typename: 'ConflictError',
  })
  await owner.ask('mutation ($id: ID!) { deleteMailTemplate(id: $id) { __typename } }', { id: again.data.id })
  expect(await subjects(context, 'fr')).toBe('Bonjour Ada')
})

test('marketing mail says how to unsubscribe, also where its template does not', async () => {
  const html = async (template: string) =>
    (await readMessage(context, await service.send(context, hello({ template })))).html
  expect(await html('greeter.news')).toMatch(/<a href="http:\/\/espalier\.test\/u\/[\w-]+"[^>]*>Unsubscribe<\/a>/)
  expect(await html('greeter.hello')).not.toContain('/u/')
})

test('a preview shows what is not saved yet, and what is wrong with it', async () => {
  const preview = (variables: Record<string, unknown>) =>
    owner.ask<{ preview: { subject: string; html: string; text: string; problems: string[] } }>(
      `query ($name: String!, $body: String, $subject: String, $sample: JSON) {
        preview: mailTemplatePreview(name: $name, language: FR, body: $body, subject: $subject, sample: $sample) { subject html text problems }
      }`,
      variables,
    )
  const stored = await preview({ name: 'greeter.hello' })
  expect(stored.preview).toMatchObject({
    subject: 'Bonjour Zoé',
    text: expect.stringContaining('Bonjour Zoé'),
    problems: [],
  })
  const changed = await preview({ name: 'greeter.hello', body: text('Tu es {{ name }}'), sample: { name: 'Zoë' } })
  expect(changed.preview.html).toContain('Tu es Zoë')
  const wrong = await preview({ name: 'greeter.hello', body: text('{{ what }}') })
  expect(wrong.preview).toMatchObject({ html: '', problems: [expect.stringContaining('what')] })
})

test('what plugins bring is described in the language of whoever asks, and has an example in each', async () => {
  const french = await signIn()
  await french.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
  const broughtTo = async (client: typeof owner) => {
    const { brought } = await client.ask<{ brought: { name: string }[] }>(
      '{ brought: mailTemplateDefinitions { name description sample texts { language sample } } }',
    )
    return brought.find(({ name }) => name === 'greeter.hello')
  }
  const texts = [
    { language: 'en', sample: { name: 'Ada' } },
    { language: 'fr', sample: { name: 'Zoé' } },
  ]
  expect(await broughtTo(owner)).toMatchObject({ description: 'Says hello.', sample: { name: 'Ada' }, texts })
  expect(await broughtTo(french)).toMatchObject({ description: 'Dit bonjour.', sample: { name: 'Zoé' }, texts })
})

test('a plugin’s template that does not do stops the start, with its name and language', async () => {
  service.defineTemplate({
    name: 'greeter.broken',
    description: { en: 'Broken.', fr: 'Cassé.' },
    class: 'transactional',
    subject: { en: 'Hello', fr: 'Bonjour' },
    body: { en: text('Hello'), fr: text('{{ nom }}') },
    sample: { en: {}, fr: {} },
  })
  await expect(service.templates.compileAll()).rejects.toThrow(/greeter\.broken" \(fr\).*nom/)
  expect(() =>
    service.defineTemplate({
      name: 'greeter.hello',
      description: { en: '', fr: '' },
      class: 'transactional',
      subject: { en: '', fr: '' },
      body: { en: '', fr: '' },
      sample: { en: {}, fr: {} },
    }),
  ).toThrow(/Two mail templates are named "greeter.hello"/)
})
