import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

const { signIn } = await servedKernel([tracking, experiments, landingPages])
const editor = await signIn()
const french = await signIn()
await french.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')

interface Form {
  title?: string
  description?: string
  input?: string
  maxLength?: number
  maxItems?: number
  enumTitles?: Record<string, string>
  properties?: Record<string, Form>
  items?: Form
}

interface Kind {
  type: string
  label: string
  purpose: string
  form: Form
  example: object | null
  slots: string[]
}

interface Rendered {
  html: string | null
  slots: string[]
  issues: { path: string; message: string }[]
}

const kinds = async (client: typeof editor, language = 'en') =>
  (
    await client.ask<{ pageBlocks: Kind[] }>(
      'query ($language: String!) { pageBlocks { type label purpose form example(language: $language) slots } }',
      { language },
    )
  ).pageBlocks

const render = async (blocks: object[], language = 'en') =>
  (
    await editor.ask<{ renderBlocks: Rendered[] }>(
      'query ($blocks: [JSON!]!, $language: String!) { renderBlocks(blocks: $blocks, language: $language) { html slots issues { path message } } }',
      { blocks, language },
    )
  ).renderBlocks

describe('what an editor is told of blocks', () => {
  test('is in the language of the reader: names, purposes, and every prop', async () => {
    const [en, fr] = [await kinds(editor), await kinds(french)]
    const of = (list: Kind[], type: string) => list.find((kind) => kind.type === type)
    expect(of(en, 'Hero')).toMatchObject({ label: 'Headline', form: { properties: { title: { title: 'Headline' } } } })
    expect(of(fr, 'Hero')).toMatchObject({
      label: 'Accroche',
      form: {
        properties: {
          title: { title: 'Titre principal', maxLength: 160 },
          action: { title: 'Bouton', properties: { href: { title: 'Lien', input: 'link' } } },
          image: { title: 'Image', input: 'image' },
        },
      },
    })
    expect(of(fr, 'Form')?.form.properties?.fields?.items?.properties?.type?.enumTitles).toMatchObject({
      textarea: 'Texte long',
    })
    expect(of(en, 'Features')?.form.properties?.items).toMatchObject({ maxItems: 24 })
    for (const list of [en, fr])
      for (const { type, form } of list) expect({ type, nameless: nameless(form) }).toEqual({ type, nameless: [] })
  })

  test('holds an example that can be shown and saved, but where it takes a picture', async () => {
    for (const language of ['en', 'fr'])
      for (const { type, example } of await kinds(editor, language)) {
        if (type === 'Image' || type === 'Logos') continue
        const [shown] = await render([{ type, props: { ...example, id: 'x' } }], language)
        expect({ type, issues: shown?.issues }).toEqual({ type, issues: [] })
        expect(shown?.html).toContain('<')
      }
  })
})

describe('a block in the editor', () => {
  test('is what visitors see of it', async () => {
    const [shown] = await render([{ type: 'Hero', props: { id: 'h', title: 'A & B <i>' } }])
    expect(shown).toMatchObject({ issues: [], slots: [] })
    expect(shown?.html).toContain('<h1>A &amp; B &lt;i&gt;</h1>')
  })

  test('has marks where blocks within it go, as many as its props ask for', async () => {
    const [two, three] = await render([
      { type: 'Columns', props: { id: 'c' } },
      { type: 'Columns', props: { id: 'd', columns: 3 } },
    ])
    expect(two?.slots).toEqual(['column-1', 'column-2'])
    expect(three?.html).toContain('<div><e-slot name="column-3"></e-slot></div>')
    expect((await kinds(editor)).find(({ type }) => type === 'Columns')?.slots).toHaveLength(4)
  })

  test('that cannot be saved says at which prop, and why', async () => {
    const [hero, gone] = await render([
      { type: 'Features', props: { id: 'f', heading: 'H', items: [{ title: '', text: 'T' }] } },
      { type: 'Gone', props: { id: 'g' } },
    ])
    expect(hero).toMatchObject({ html: null, issues: [{ path: 'items.0.title', message: 'is empty' }] })
    expect(gone).toMatchObject({ html: null, issues: [{ path: '' }] })
  })

  test('whose forms have the same fields have ids of their own', async () => {
    const { example } = (await kinds(editor)).find(({ type }) => type === 'Form') as Kind
    const [one, other] = await render(['one', 'other'].map((id) => ({ type: 'Form', props: { ...example, id } })))
    const ids = (shown: Rendered | undefined) => [...(shown?.html ?? '').matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(ids(one).length).toBeGreaterThan(3)
    expect(ids(one).filter((id) => ids(other).includes(id))).toEqual([])
  })

  test('is refused by name where it is no block', async () => {
    await expect(render([{ props: {} }])).rejects.toThrow(/blocks\.0/)
  })
})

test.each(['en', 'fr'])('every starter makes a page that can be published, in %s', async (language) => {
  const { pageStarters } = await editor.ask<{ pageStarters: { key: string; content: object }[] }>(
    'query ($language: String!) { pageStarters { key content(language: $language) } }',
    { language },
  )
  expect(pageStarters.map(({ key }) => key)).toEqual(['blank', 'product', 'lead-form', 'event', 'waitlist'])
  for (const { key, content } of pageStarters) {
    const { createPage } = await editor.ask<{ createPage: { data?: { id: string } } }>(
      `mutation ($input: CreatePageInput!) { createPage(input: $input) {
        ... on CreatePageSuccess { data { id } } ... on InvalidInputError { issues { path message } } } }`,
      { input: { slug: `${key}-${language}`, title: key, language, variants: [{ key: 'a', content }] } },
    )
    const { publishPage } = await editor.ask<{ publishPage: { data?: { status: string } } }>(
      `mutation ($id: ID!) { publishPage(id: $id) {
        ... on PublishPageSuccess { data { status } } ... on InvalidInputError { issues { path message } } } }`,
      { id: createPage.data?.id },
    )
    expect({ key, publishPage }).toMatchObject({ key, publishPage: { data: { status: 'ACTIVE' } } })
  }
})

/** Props without a name for people, with their paths. */
function nameless({ properties, items, input }: Form, path = ''): string[] {
  // A picture and a price have an input of their own.
  if (input === 'image' || input === 'price') return []
  if (items?.properties) return nameless(items, `${path}[]`)
  return Object.entries(properties ?? {}).flatMap(([name, form]) => [
    ...(form.title ? [] : [`${path}.${name}`]),
    ...nameless(form, `${path}.${name}`),
  ])
}
