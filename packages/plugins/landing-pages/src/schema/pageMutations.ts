import { type Builder, both, type WorkspaceNodeRef, withoutNulls } from '@espalier/core'
import type { PageInput } from '../page.ts'
import type { Pages } from '../pages.ts'

const write = { permission: 'pages:write' } as const

export function pageMutations(builder: Builder, Page: WorkspaceNodeRef<'Page'>, pages: Pages): void {
  const PageVariantInput = builder.inputType('PageVariantInput', {
    description: 'One version of a page.',
    subGraphs: both,
    fields: (t) => ({
      key: t.string({ required: true, description: 'The key of the experiment’s variant that it shows, or any name.' }),
      content: t.field({
        type: 'JSON',
        required: true,
        description:
          'Blocks in the data shape of Puck: { content: [{ type, props: { id, … } }], root: { props: { title } } }.',
      }),
    }),
  })

  const CreatePageInput = builder.inputType('CreatePageInput', {
    description: 'A new page.',
    subGraphs: both,
    fields: (t) => ({
      slug: t.string({
        required: true,
        description: 'Lower-case letters, digits and hyphens, unique in the workspace.',
      }),
      title: t.string({ required: true, description: 'What people here call it.' }),
      language: t.string({ required: true, defaultValue: 'en', description: 'Language of its content, BCP 47.' }),
      experimentId: t.globalID({ description: 'The experiment that picks the variant.' }),
      variants: t.field({ type: [PageVariantInput], required: true, description: '1 to 20 versions.' }),
    }),
  })

  const UpdatePageInput = builder.inputType('UpdatePageInput', {
    description: 'A change of what editors see. What is left out stays.',
    subGraphs: both,
    fields: (t) => ({
      slug: t.string({ description: 'Lower-case letters, digits and hyphens, unique in the workspace.' }),
      title: t.string({ description: 'What people here call it.' }),
      language: t.string({ description: 'Language of its content, BCP 47.' }),
      experimentId: t.globalID({ description: 'The experiment that picks the variant. Null takes it away.' }),
      variants: t.field({ type: [PageVariantInput], description: 'Replaces all versions.' }),
    }),
  })

  builder.mutationField('createPage', (t) =>
    t.field({
      type: Page,
      description: 'Makes a draft.',
      authScopes: write,
      subGraphs: both,
      args: { input: t.arg({ type: CreatePageInput, required: true, description: 'The page.' }) },
      resolve: (_root, { input }, ctx) =>
        pages.create(ctx, {
          ...input,
          experimentId: input.experimentId?.id ?? null,
          variants: input.variants as PageInput['variants'],
        }),
    }),
  )

  builder.mutationField('updatePage', (t) =>
    t.field({
      type: Page,
      description: 'Changes what editors see. Visitors see it after publishPage.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: Page, required: true, description: 'The page to change.' }),
        input: t.arg({ type: UpdatePageInput, required: true, description: 'What to change.' }),
      },
      resolve: (_root, { id, input: { experimentId, variants, ...fields } }, ctx) =>
        pages.update(ctx, id.id, {
          ...withoutNulls(fields),
          ...(experimentId === undefined ? {} : { experimentId: experimentId?.id ?? null }),
          ...(variants ? { variants: variants as PageInput['variants'] } : {}),
        }),
    }),
  )

  builder.mutationField('publishPage', (t) =>
    t.field({
      type: Page,
      description: 'Shows visitors what editors see.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Page, required: true, description: 'The page to publish.' }) },
      resolve: (_root, { id }, ctx) => pages.publish(ctx, id.id),
    }),
  )

  builder.mutationField('archivePage', (t) =>
    t.field({
      type: Page,
      description: 'Takes a page from the public.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Page, required: true, description: 'The page to archive.' }) },
      resolve: (_root, { id }, ctx) => pages.archive(ctx, id.id),
    }),
  )
}
