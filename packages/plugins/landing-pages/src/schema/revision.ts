import {
  type Builder,
  both,
  deprecated,
  prismaList,
  type WorkspaceNodeRef,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import type { PageContent } from '../content.ts'
import { type ContentChange, changesBetween } from '../history/changes.ts'
import type { Pages } from '../pages.ts'
import { pageObject } from './publicTypes.ts'

const read = { permission: 'pages:read' } as const
const write = { permission: 'pages:write' } as const

export function revisionTypes(
  builder: Builder,
  PageVariant: WorkspaceNodeRef<'PageVariant'>,
  PageAuthorType: ReturnType<typeof pageAuthorType>,
  pages: Pages,
): void {
  const ChangeKind = wordEnum(builder, 'PageChangeKind', 'How one content of a variant differs from the one before.', {
    added: 'A block is new.',
    removed: 'A block is gone.',
    changed: 'A block says something else.',
    order: 'Blocks stand elsewhere.',
    settings: 'Title, description or the like of the page.',
  })

  const Change = pageObject<ContentChange>(builder, 'PageChange', {
    description: 'One difference between two contents of a variant.',
    fields: (t) => ({
      kind: t.field({ type: ChangeKind, description: 'What kind of difference.', resolve: ({ kind }) => kind }),
      blockId: t.exposeString('blockId', { nullable: true, description: 'The block, by its `props.id`.' }),
      blockType: t.exposeString('blockType', { nullable: true, description: 'The kind of block.' }),
    }),
  })

  const Revision = workspaceNode(builder, 'PageRevision', {
    description: 'What the content of a variant was at one time. It never changes.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      number: t.exposeInt('number', { description: '1, 2, 3 … within the variant.' }),
      content: t.expose('content', { type: 'JSON', description: 'Blocks in the data shape of Puck.' }),
      changes: t.field({
        type: [Change],
        description: 'Against the revision before.',
        extensions: { boundedList: 'at most one for each block of two pages of at most 200 blocks' },
        resolve: ({ changes }) => changes as unknown as ContentChange[],
      }),
      authorType: t.field({
        type: PageAuthorType,
        description: 'On whose behalf it was written.',
        resolve: ({ authorType }) => authorType,
      }),
      authorName: t.exposeString('authorName', { description: 'Who wrote it, by the name of that time.' }),
      restoredFrom: t.exposeInt('restoredFrom', {
        nullable: true,
        description: 'Number of the revision whose content came back with this one.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
      publishedAt: t.expose('publishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last published. Null: visitors never saw it.',
      }),
      published: t.boolean({ description: 'Whether it is what visitors see now.', ...isPublished }),
      isPublished: t.boolean({
        description: 'Whether it is what visitors see now.',
        deprecationReason: deprecated('2026-11-22', 'published'),
        ...isPublished,
      }),
      variant: t.relation('variant', { description: 'The variant that it is of.' }),
    }),
  })

  const list = prismaList(builder, Revision, {
    filter: { createdAt: 'dateTime', publishedAt: 'dateTime', number: 'int' },
    orderBy: ['number', 'createdAt'],
  })

  builder.prismaObjectField('PageVariant', 'revisions', (t) =>
    list.field(t, {
      description: 'Its history, the newest first.',
      where: (_args, _ctx, variant: { id: string }) => ({ variantId: variant.id }),
    }),
  )

  builder.objectField(PageVariant, 'unpublishedChanges', (t) =>
    t.field({
      type: [Change],
      description: 'What a publication would change for visitors. Empty for a variant that they have never seen.',
      extensions: { boundedList: 'at most one for each block of two pages of at most 200 blocks' },
      resolve: ({ content, published }) =>
        published === null
          ? []
          : changesBetween(published as unknown as PageContent, content as unknown as PageContent),
    }),
  )

  builder.mutationField('restorePageVariant', (t) =>
    t.field({
      type: PageVariant,
      description:
        'Brings the content of a revision back to the editors, as a new revision. Visitors see it after publishPage. An archived variant comes back with it.',
      authScopes: write,
      subGraphs: both,
      args: { revisionId: t.arg.globalID({ for: Revision, required: true, description: 'What to bring back.' }) },
      resolve: (_root, { revisionId }, ctx) => pages.variants.restore(ctx, revisionId.id),
    }),
  )

  builder.mutationField('rollBackPageVariant', (t) =>
    t.field({
      type: PageVariant,
      description:
        'Shows visitors a revision that they saw before, at once. What editors are working on stays as it is.',
      authScopes: write,
      subGraphs: both,
      args: {
        revisionId: t.arg.globalID({ for: Revision, required: true, description: 'What visitors are to see again.' }),
      },
      resolve: (_root, { revisionId }, ctx) => pages.variants.rollBack(ctx, revisionId.id),
    }),
  )
}

export function pageAuthorType(builder: Builder) {
  return wordEnum(builder, 'PageAuthorType', 'On whose behalf something was written.', {
    user: 'A person.',
    apiKey: 'An integration.',
    system: 'The installation itself.',
  })
}

const isPublished = {
  select: { variant: { select: { publishedRevisionId: true } } } as never,
  resolve: (revision: { id: string; variant?: { publishedRevisionId: string | null } }) =>
    revision.variant?.publishedRevisionId === revision.id,
}
