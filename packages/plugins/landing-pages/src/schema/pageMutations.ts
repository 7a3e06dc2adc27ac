import { type Builder, both, type WorkspaceNodeRef, withoutNulls } from '@espalier/core'
import type { VariantInput } from '../page.ts'
import type { Pages } from '../pages.ts'

const write = { permission: 'pages:write' } as const
const expectedVersion =
  'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.'

export function pageMutations(
  builder: Builder,
  Page: WorkspaceNodeRef<'Page'>,
  PageVariant: WorkspaceNodeRef<'PageVariant'>,
  pages: Pages,
): void {
  const PageVariantInput = builder.inputType('PageVariantInput', {
    description: 'One version of a page.',
    subGraphs: both,
    fields: (t) => ({
      key: t.string({
        required: true,
        description: 'The key of the experiment’s variant that it shows, or any name. Example: `bold`.',
      }),
      content: t.field({
        type: 'JSON',
        required: true,
        description:
          'Blocks in the data shape of Puck: { content: [{ type, props: { id, … } }], root: { props: { title } } }. The blocks are those of `pageBlocks`; blocks within a block are in its props, under the names of its slots. What Puck wrote before 0.19 (`zones`, `root` without `props`) is taken and kept in this shape.',
      }),
      parentVariantId: t.globalID({
        for: PageVariant,
        description: 'The variant that it is derived from. For a new variant.',
      }),
    }),
  })

  const CreatePageInput = builder.inputType('CreatePageInput', {
    description: 'A new page.',
    subGraphs: both,
    fields: (t) => ({
      slug: t.string({
        required: true,
        description: 'Lower-case letters, digits and hyphens, unique in the workspace. Example: `spring-sale`.',
      }),
      title: t.string({ required: true, description: 'What people here call it. Example: `Spring sale`.' }),
      language: t.string({
        required: true,
        defaultValue: 'en',
        description: 'Language of its content, BCP 47. Example: `fr-CA`.',
      }),
      experimentId: t.globalID({ description: 'The experiment that picks the variant.' }),
      variants: t.field({ type: [PageVariantInput], required: true, description: '1 to 20 versions.' }),
    }),
  })

  const UpdatePageInput = builder.inputType('UpdatePageInput', {
    description: 'A change of what editors see. What is left out stays.',
    subGraphs: both,
    fields: (t) => ({
      slug: t.string({
        description: 'Lower-case letters, digits and hyphens, unique in the workspace. Example: `spring-sale`.',
      }),
      title: t.string({ description: 'What people here call it. Example: `Spring sale`.' }),
      language: t.string({ description: 'Language of its content, BCP 47. Example: `fr-CA`.' }),
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
          variants: input.variants.map(variantOf),
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
        expectedVersion: t.arg.int({ description: expectedVersion }),
      },
      resolve: (_root, { id, input: { experimentId, variants, ...fields }, expectedVersion }, ctx) => {
        const change = {
          ...withoutNulls(fields),
          ...(experimentId === undefined ? {} : { experimentId: experimentId?.id ?? null }),
          ...(variants ? { variants: variants.map(variantOf) } : {}),
        }
        return pages.update(ctx, id.id, change, expectedVersion)
      },
    }),
  )

  builder.mutationField('addPageVariant', (t) =>
    t.field({
      type: PageVariant,
      description: 'Adds a draft of another version to a page. Visitors see it after publishPage.',
      authScopes: write,
      subGraphs: both,
      args: {
        pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }),
        input: t.arg({ type: PageVariantInput, required: true, description: 'The variant.' }),
      },
      resolve: (_root, { pageId, input }, ctx) => pages.variants.add(ctx, pageId.id, variantOf(input)),
    }),
  )

  builder.mutationField('updatePageVariant', (t) =>
    t.field({
      type: PageVariant,
      description: 'Changes what editors see of one variant. Visitors see it after publishPage.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: PageVariant, required: true, description: 'The variant to change.' }),
        content: t.arg({
          type: 'JSON',
          required: true,
          description: 'Blocks in the data shape of Puck. Example: `{ "root": {}, "content": [] }`.',
        }),
        expectedVersion: t.arg.int({ description: expectedVersion }),
      },
      resolve: (_root, { id, content, expectedVersion }, ctx) =>
        pages.variants.change(ctx, id.id, { content }, expectedVersion),
    }),
  )

  builder.mutationField('archivePageVariant', (t) =>
    t.field({
      type: PageVariant,
      description: 'Takes a variant from its page and from visitors. Its history stays, and can be restored.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: PageVariant, required: true, description: 'The variant to archive.' }) },
      resolve: (_root, { id }, ctx) => pages.variants.archive(ctx, id.id),
    }),
  )

  builder.mutationField('renamePageVariant', (t) =>
    t.field({
      type: PageVariant,
      description: 'Gives a variant another key. Refused while an experiment or a rollout counts by it.',
      authScopes: write,
      args: {
        id: t.arg.globalID({ for: PageVariant, required: true, description: 'The variant to rename.' }),
        key: t.arg.string({
          required: true,
          description: 'Lower-case letters, digits and single hyphens, unique in the page.',
        }),
      },
      resolve: (_root, { id, key }, ctx) => pages.variants.rename(ctx, id.id, key),
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

  builder.mutationField('unarchivePage', (t) =>
    t.field({
      type: Page,
      description:
        'Brings an archived page back as it was: visitors see again what was published last; a page that never was is a draft.',
      authScopes: write,
      args: { id: t.arg.globalID({ for: Page, required: true, description: 'The page to bring back.' }) },
      resolve: (_root, { id }, ctx) => pages.unarchive(ctx, id.id),
    }),
  )
}

function variantOf({
  parentVariantId,
  ...variant
}: {
  key: string
  content?: unknown
  parentVariantId?: { id: string } | null | undefined
}) {
  return { ...variant, ...(parentVariantId ? { parentVariantId: parentVariantId.id } : {}) } as VariantInput
}
