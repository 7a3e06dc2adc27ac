import { type Builder, both, deprecated, told } from '@espalier/core'
import { z } from 'zod'
import type { AnyBlock } from '../blocks/catalog.ts'
import { formSchema } from '../blocks/fieldWords.ts'
import type { Pages } from '../pages.ts'
import { slotNames } from '../previews/renderedBlocks.ts'
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
      label: t.string({
        description: 'What people call it, in the reader’s language.',
        resolve: ({ type, label }, _args, ctx) => (label ? told(ctx.request.locale, label) : type),
      }),
      purpose: t.string({
        description: 'What it is for, in the reader’s language.',
        resolve: ({ description, purpose }, _args, ctx) => (purpose ? told(ctx.request.locale, purpose) : description),
      }),
      form: t.field({
        type: 'JSON',
        description:
          'JSON Schema of its props as a form shows them: `title` and `description` in the reader’s language, `maxLength`, `maxItems`, `enumTitles`, and `input` where a plain one would not do.',
        resolve: ({ props }, _args, ctx) => formSchema(props, (words) => told(ctx.request.locale, words)),
      }),
      example: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Props for a new one, to be written over. Null where its definition has none.',
        args: {
          language: t.arg.string({
            required: true,
            defaultValue: 'en',
            description: 'Of the page, BCP 47. Example: `fr`.',
          }),
        },
        resolve: ({ example }, { language }) => example?.(language) ?? null,
      }),
      slots: t.stringList({
        description: 'Every name that its slots may have; which of them it has depends on its props.',
        extensions: { boundedList: 'as many as the kind of block defines in code' },
        resolve: (block) => [...slotNames(block)],
      }),
      atEnd: t.boolean({
        description: 'Whether it is shown after everything else, wherever it stands in the page.',
        resolve: ({ place }) => place === 'end',
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
        deprecationReason: deprecated('2026-11-21', 'hasSlots: blocks within a block are in its props since Puck 0.19'),
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
