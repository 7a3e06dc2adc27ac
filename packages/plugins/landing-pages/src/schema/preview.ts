import {
  type Builder,
  both,
  deprecated,
  type GraphQLContext,
  prismaList,
  type WorkspaceNodeRef,
  workspaceNode,
} from '@espalier/core'
import type { Pages } from '../pages.ts'
import type { Previews } from '../previews/previews.ts'
import { getVariant } from '../variantRows.ts'
import { pageObject } from './publicTypes.ts'
import type { pageAuthorType } from './revision.ts'

const read = { permission: 'pages:read' } as const

export function previewTypes(
  builder: Builder,
  PageVariant: WorkspaceNodeRef<'PageVariant'>,
  PageAuthorType: ReturnType<typeof pageAuthorType>,
  pages: Pages,
): void {
  const Preview = workspaceNode(builder, 'PagePreview', {
    description: 'A preview link that was made. The link itself is told once, to whoever made it.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      variant: t.relation('variant', { description: 'The variant that it shows.' }),
      createdByType: t.field({
        type: PageAuthorType,
        description: 'On whose behalf it was made.',
        resolve: ({ createdByType }) => createdByType,
      }),
      createdByName: t.exposeString('createdByName', { description: 'Who made it, by the name of that time.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself.' }),
      revokedAt: t.expose('revokedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was called back. Null: it was not.',
      }),
      active: t.boolean({
        description: 'Whether it shows the draft now, as far as its time goes.',
        resolve: (preview, _args, ctx) => isActive(preview, ctx),
      }),
      isActive: t.boolean({
        description: 'Whether it shows the draft now.',
        deprecationReason: deprecated('2026-11-22', 'active'),
        resolve: (preview, _args, ctx) => isActive(preview, ctx),
      }),
    }),
  })

  const list = prismaList(builder, Preview, {
    filter: { variantId: 'id', expiresAt: 'dateTime', revokedAt: 'dateTime', createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })

  builder.queryField('pagePreviews', (t) =>
    list.field(t, {
      description: 'Preview links of the workspace, the newest first; those that have ended too.',
      authScopes: read,
      subGraphs: both,
    }),
  )

  const Link = pageObject<Awaited<ReturnType<Previews['create']>>>(builder, 'PreviewLink', {
    description: 'Shows a draft to whoever holds it, until it expires or is revoked.',
    fields: (t) => ({
      url: t.exposeString('url', { description: 'Hand it only to those who may see the draft.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends.' }),
      preview: t.field({
        type: Preview,
        description: 'What revokes it.',
        resolve: ({ preview }) => preview,
      }),
    }),
  })

  builder.mutationField('createPreviewLink', (t) =>
    t.field({
      type: Link,
      description:
        'Makes a link to what editors see of a variant, as it is whenever the link is followed. Nothing is tracked there, and search engines are told to stay away.',
      authScopes: read,
      subGraphs: both,
      args: {
        variantId: t.arg.globalID({ for: PageVariant, required: true, description: 'The variant to show.' }),
        expiresAt: t.arg({ type: 'DateTime', description: 'When it ends: at most 30 days from now. Default: a week.' }),
      },
      resolve: async (_root, { variantId, expiresAt }, ctx) => {
        const { id } = await getVariant(ctx, variantId.id)
        return pages.previews.create(ctx, id, expiresAt ?? undefined)
      },
    }),
  )

  builder.mutationField('revokePreviewLink', (t) =>
    t.field({
      type: Preview,
      description: 'Ends a preview link at once. Whoever made it may, and whoever may change pages (`pages:write`).',
      authScopes: read,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Preview, required: true, description: 'The link.' }) },
      resolve: (_root, { id }, ctx) => pages.previews.revoke(ctx, id.id),
    }),
  )
}

function isActive(
  { expiresAt, revokedAt }: { expiresAt: Date; revokedAt: Date | null },
  { clock }: GraphQLContext,
): boolean {
  return revokedAt === null && expiresAt > clock.now()
}
