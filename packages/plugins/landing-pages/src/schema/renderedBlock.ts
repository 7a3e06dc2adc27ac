import { asIs, type Builder, InvalidInputError, issueTold } from '@espalier/core'
import type { PageContent } from '../content.ts'
import type { Pages } from '../pages.ts'
import {
  type BlockIssue,
  blocksToRender,
  editorStyles,
  type RenderedBlock,
  renderBlock,
} from '../previews/renderedBlocks.ts'

const read = { permission: 'pages:read' } as const

/** What the visual editor shows: blocks as the renderer of visitors' pages makes them. */
export function renderedBlockTypes(builder: Builder, pages: Pages): void {
  const Issue = builder.objectRef<BlockIssue>('BlockIssue').implement({
    description: 'What keeps a block from being shown.',
    authScopes: read,
    fields: (t) => ({
      path: t.exposeString('path', {
        description: 'Within its props: "items.0.title". Empty for the block as a whole.',
      }),
      message: t.exposeString('message', { description: 'Why.' }),
    }),
  })

  const Rendered = builder.objectRef<RenderedBlock>('RenderedBlock').implement({
    description: 'A block as visitors would see it.',
    authScopes: read,
    fields: (t) => ({
      html: t.exposeString('html', {
        nullable: true,
        description:
          'Its markup, with <e-slot name="…"></e-slot> where the blocks within it go. Null where it cannot be shown as it is.',
      }),
      slots: t.stringList({
        description: 'The slots that it has with these props.',
        extensions: { boundedList: 'as many as the kind of block defines in code' },
        resolve: ({ slots }) => [...slots],
      }),
      issues: t.field({
        type: [Issue],
        description: 'What keeps it from being shown, and from being saved.',
        extensions: { boundedList: 'a few for each prop of the block' },
        resolve: ({ issues }) => [...issues],
      }),
    }),
  })

  builder.queryField('renderBlocks', (t) =>
    t.field({
      type: [Rendered],
      description:
        'Shows blocks as visitors would see them, each by itself and in the order given; nothing is stored. Forms send nothing.',
      authScopes: read,
      complexity: 20,
      extensions: { boundedList: 'as many as blocks are given, at most 200' },
      args: {
        language: t.arg.string({ required: true, description: 'Of the page, BCP 47. Example: `fr`.' }),
        blocks: t.arg({
          type: ['JSON'],
          required: true,
          description: 'Blocks in the data shape of Puck: { type, props: { id, … } }.',
        }),
      },
      resolve: async (_root, { language, blocks }, ctx) => {
        const parsed = blocksToRender.safeParse(blocks)
        if (!parsed.success) {
          const [issue] = parsed.error.issues
          throw InvalidInputError.of(
            ['blocks', ...(issue?.path ?? [])].join('.'),
            'INVALID',
            issue ? issueTold(issue, blocks) : asIs(''),
          )
        }
        const content: PageContent = { content: parsed.data, root: { props: { title: '' } } }
        const images = await pages.published.imagesOf(ctx, content)
        return Promise.all(parsed.data.map((block) => renderBlock(block, { catalog: pages.catalog, language, images })))
      },
    }),
  )

  builder.queryField('pageStyles', (t) =>
    t.string({
      description: 'The CSS of pages, with that of every kind of block.',
      authScopes: read,
      resolve: () => editorStyles(pages.catalog),
    }),
  )
}
