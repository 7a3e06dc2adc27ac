import { html } from 'hono/html'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineBlock, text } from '../src/blocks/block.ts'
import { Catalog } from '../src/blocks/catalog.ts'
import { pageContent } from '../src/content.ts'
import { renderPage } from '../src/document.ts'

/** The kinds of blocks of Puck's guide to slots and of the tests of its own migration. */
const catalog = new Catalog()
catalog.add(
  defineBlock({
    type: 'HeadingBlock',
    description: 'H',
    props: z.object({ title: text(100) }),
    render: ({ title }) => html`<h2>${title}</h2>`,
  }),
)
const container = (type: string, slots: string[]) =>
  catalog.add(
    defineBlock({
      type,
      description: 'C',
      props: z.object({}),
      slots: () => slots,
      render: (_, page) => html`${slots.map((name) => html`<div>${page.slot(name)}</div>`)}`,
    }),
  )
container('Grid', ['items'])
container('Flex', ['flexA', 'flexB'])

const schema = pageContent(catalog)
const title = { title: 'T' }
const root = { props: title }
const heading = (id: string) => ({ type: 'HeadingBlock', props: { id, title: 'Hello, world' } })

describe('what Puck wrote before 0.19', () => {
  test('has its zones as slots: the example of Puck’s guide', () => {
    const zones = { 'Grid-12345:items': [heading('Heading-12345')] }
    expect(schema.parse({ root, content: [{ type: 'Grid', props: { id: 'Grid-12345' } }], zones })).toEqual({
      root,
      content: [{ type: 'Grid', props: { id: 'Grid-12345', items: [heading('Heading-12345')] } }],
    })
  })

  test('has zones within zones as slots within slots', async () => {
    const migrated = schema.parse({
      root,
      content: [{ type: 'Flex', props: { id: 'Flex-123' } }],
      zones: {
        // As Puck wrote them: in the order in which they were filled, not from the outside in.
        'Grid-123:items': [heading('Heading-456')],
        'Flex-123:flexA': [{ type: 'Grid', props: { id: 'Grid-123' } }],
        'Flex-123:flexB': [heading('Heading-123')],
      },
    })
    expect(migrated.content).toEqual([
      {
        type: 'Flex',
        props: {
          id: 'Flex-123',
          flexA: [{ type: 'Grid', props: { id: 'Grid-123', items: [heading('Heading-456')] } }],
          flexB: [heading('Heading-123')],
        },
      },
    ])
    const { afterTracker } = await renderPage(migrated, {
      catalog,
      language: 'en',
      address: 'https://example.com/p/a/b',
    })
    expect(afterTracker.match(/Hello, world/g)).toHaveLength(2)
  })

  test('fills our columns', () => {
    const zones = { 'Columns-1:column-1': [heading('a')], 'Columns-1:column-2': [] }
    const content = [{ type: 'Columns', props: { id: 'Columns-1', columns: 2 } }]
    expect(schema.parse({ root, content, zones }).content).toEqual([
      { type: 'Columns', props: { id: 'Columns-1', columns: 2, 'column-1': [heading('a')] } },
    ])
  })

  test('gets the props of its root', () => {
    expect(schema.parse({ root: title, content: [] }).root).toEqual({ props: title })
    expect(schema.parse({ root: title, content: [], zones: {} })).toEqual({ root, content: [] })
  })

  test('stays as it is when it has been migrated already', () => {
    const migrated = schema.parse({
      root: title,
      content: [{ type: 'Grid', props: { id: 'g' } }],
      zones: { 'g:items': [heading('h')] },
    })
    expect(schema.parse(migrated)).toEqual(migrated)
    expect(schema.parse({ ...migrated, zones: {} })).toEqual(migrated)
  })

  test.each([
    ['a block that is not there', [], { 'Grid-9:items': [heading('h')] }, 'Grid-9:items', 'belongs to no block'],
    ['the page itself', [], { 'root:footer': [heading('h')] }, 'root:footer', 'belongs to no block'],
    ['no block at all', [], { footer: [heading('h')] }, 'footer', 'belongs to no block'],
    [
      'a block without such a slot',
      [{ type: 'Grid', props: { id: 'Grid-1' } }],
      { 'Grid-1:aside': [heading('h')] },
      'Grid-1:aside',
      'the Grid "Grid-1" has the slots items',
    ],
    [
      'a column that is not there',
      [{ type: 'Columns', props: { id: 'c', columns: 2 } }],
      { 'c:column-3': [heading('h')] },
      'c:column-3',
      'has the slots column-1, column-2',
    ],
    ['a block without slots', [heading('h')], { 'h:items': [heading('i')] }, 'h:items', 'has no slots'],
    [
      'a block whose slot is full',
      [{ type: 'Grid', props: { id: 'g', items: [heading('h')] } }],
      { 'g:items': [heading('i')] },
      'g:items',
      'in its slot "items" already',
    ],
    [
      'blocks that hold each other',
      [],
      {
        'a:items': [{ type: 'Grid', props: { id: 'b' } }],
        'b:items': [{ type: 'Grid', props: { id: 'a' } }],
      },
      'a:items',
      'belongs to no block',
    ],
  ])('is refused where a zone is of %s, by the name of the zone', (_what, content, zones, zone, why) => {
    const { error } = schema.safeParse({ root, content, zones })
    expect(error?.issues).toContainEqual(
      expect.objectContaining({ path: ['zones', zone], message: expect.stringMatching(`"${zone}".*${why}`) }),
    )
  })
})
