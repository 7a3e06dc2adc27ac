import { definePlugin } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import landingPages, { defineBlock, html, text } from '../src/index.ts'

const quote = (type: string) =>
  defineBlock({
    type,
    description: 'Words of somebody else.',
    props: z.object({ text: text(500) }),
    styles: '.quote{font-style:italic}',
    render: ({ text }) => html`<blockquote class="quote">${text}</blockquote>`,
  })

const quotes = (name: string, type = 'Quote') =>
  definePlugin({
    name,
    requires: [landingPages],
    setup: ({ use }) => use(landingPages).addBlock(quote(type)),
  })

const ours = [tracking, experiments, landingPages]

const { url, signIn } = await servedKernel([...ours, quotes('quotes')])
const refusal = (...plugins: ReturnType<typeof quotes>[]) =>
  servedKernel([...ours, ...plugins]).then(
    () => 'It started.',
    (error: Error) => error.message,
  )
const refusals = {
  'a type that comes along': await refusal(quotes('quotes', 'Hero')),
  'the type of another plugin': await refusal(quotes('one'), quotes('two')),
}

describe('a plugin that brings a block', () => {
  test('has it in the catalogue, checked, escaped and styled', async () => {
    const client = await signIn()
    const { pageBlocks } = await client.ask<{ pageBlocks: { type: string }[] }>('{ pageBlocks { type } }')
    expect(pageBlocks.map(({ type }) => type)).toContain('Quote')
    const create = (text: string) =>
      client.ask<{ createPage: { data?: { id: string; url: string }; issues?: { path: string }[] } }>(
        `mutation ($content: JSON!) { createPage(input: { slug: "q", title: "Q", variants: [{ key: "a", content: $content }] }) {
          ... on CreatePageSuccess { data { id url } } ... on InvalidInputError { issues { path } } } }`,
        {
          content: {
            root: { props: { title: 'T' } },
            content: [{ type: 'Quote', props: { id: 'q', text } }],
          },
        },
      )
    expect((await create('')).createPage.issues).toEqual([{ path: 'input.variants.0.content.content.0.props.text' }])
    const { data } = (await create('<b>Words</b>')).createPage
    await client.ask('mutation ($id: ID!) { publishPage(id: $id) { __typename } }', { id: data?.id })
    const page = await (await fetch(url + new URL(data?.url ?? '').pathname)).text()
    expect(page).toContain('<blockquote class="quote">&lt;b&gt;Words&lt;/b&gt;</blockquote>')
    expect(page).toContain('.quote{font-style:italic}')
  })

  test.each([
    ['a type that comes along', 'The block "Hero" is defined twice.'],
    ['the type of another plugin', 'The block "Quote" is defined twice.'],
  ] as const)('with %s stops the start, in one line', (reason, line) => {
    expect(refusals[reason]).toMatch(new RegExp(`^${line}[^\n]*$`))
  })
})
