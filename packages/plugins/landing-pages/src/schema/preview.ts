import { type Builder, both, type WorkspaceNodeRef } from '@espalier/core'
import type { Pages } from '../pages.ts'
import type { PreviewLink } from '../previews/previews.ts'

export function previewTypes(builder: Builder, PageVariant: WorkspaceNodeRef<'PageVariant'>, pages: Pages): void {
  const Link = builder.objectRef<PreviewLink>('PreviewLink').implement({
    description: 'Shows a draft to whoever holds it, until it expires.',
    authScopes: { permission: 'pages:read' },
    subGraphs: both,
    fields: (t) => ({
      url: t.exposeString('url', { description: 'Hand it only to those who may see the draft.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends.' }),
    }),
  })

  builder.mutationField('createPreviewLink', (t) =>
    t.field({
      type: Link,
      description:
        'Makes a link to what editors see of a variant, as it is whenever the link is followed. Nothing is tracked there, and search engines are told to stay away.',
      authScopes: { permission: 'pages:read' },
      subGraphs: both,
      args: {
        variantId: t.arg.globalID({ for: PageVariant, required: true, description: 'The variant to show.' }),
        expiresAt: t.arg({ type: 'DateTime', description: 'When it ends: at most 30 days from now. Default: a week.' }),
      },
      resolve: async (_root, { variantId, expiresAt }, ctx) => {
        const { id } = await pages.variants.get(ctx, variantId.id)
        const link = pages.previews.link(ctx, id, expiresAt ?? undefined)
        // Not the address: whoever reads the trail is not thereby invited.
        ctx.audit({ resourceType: 'PageVariant', resourceId: id, after: { previewUntil: link.expiresAt } })
        return link
      },
    }),
  )
}
