import { type Builder, both } from '@espalier/core'
import { z } from 'zod'
import type { AnyBlock } from '../blocks/catalog.ts'
import type { Pages } from '../pages.ts'
import { pageObject } from './publicTypes.ts'

/** The kinds of blocks, for editors and for whatever writes pages. */
export function blockTypes(builder: Builder, pages: Pages): void {
  const PageBlock = pageObject<AnyBlock>(builder, 'PageBlock', {
    description: 'A kind of block that pages are made of.',
    fields: (t) => ({
      type: t.exposeString('type', { description: 'Its `type` in the content of a page.' }),
      description: t.exposeString('description', { description: 'What it is for.' }),
      props: t.field({
        type: 'JSON',
        description: 'JSON Schema of its props, beside `id`, which every block has.',
        resolve: ({ props }) => z.toJSONSchema(props, { io: 'input', unrepresentable: 'any' }),
      }),
      nests: t.boolean({
        description: 'Whether it may stand within another block. Others stand in the page itself.',
        resolve: ({ place = 'anywhere' }) => place === 'anywhere',
      }),
      hasSlots: t.boolean({
        description: 'Whether other blocks may stand within it, in its slots, which its description names.',
        resolve: ({ slots }) => slots !== undefined,
      }),
      hasZones: t.boolean({
        description: 'Whether other blocks may stand within it.',
        deprecationReason: 'Use hasSlots: blocks within a block are in its props since Puck 0.19.',
        resolve: ({ slots }) => slots !== undefined,
      }),
    }),
  })

  builder.queryField('pageBlocks', (t) =>
    t.field({
      type: [PageBlock],
      description: 'The kinds of blocks that pages are made of: those that come along, and those of plugins.',
      authScopes: { permission: 'pages:read' },
      subGraphs: both,
      extensions: { boundedList: 'as many as plugins define in code' },
      resolve: () => [...pages.catalog.blocks],
    }),
  )
}
