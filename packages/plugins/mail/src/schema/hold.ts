import { type Builder, both, prismaList, workspaceNode } from '@espalier/core'
import type { SendingHolds } from '../feedback/sendingHolds.ts'

const read = { authScopes: { permission: 'mail:read' }, subGraphs: both } as const

/** Holds of marketing mail. */
export function holdTypes(builder: Builder, holds: SendingHolds): void {
  const Hold = workspaceNode(builder, 'MailHold', {
    description: 'Marketing mail stands still: too much of it came back, or was called spam.',
    ...read,
    fields: (t) => ({
      reason: t.exposeString('reason', { description: 'bounces or complaints.' }),
      sent: t.exposeInt('sent', { description: 'Messages that were looked at.' }),
      failed: t.exposeInt('failed', { description: 'How many of them came back, or were called spam.' }),
      heldAt: t.expose('heldAt', { type: 'DateTime', description: 'Since when.' }),
      releasedAt: t.expose('releasedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Until when. Null: it holds.',
      }),
    }),
  })

  const list = prismaList(builder, Hold, { filter: { heldAt: 'dateTime' }, orderBy: ['heldAt'] })
  builder.queryField('mailHolds', (t) => list.field(t, { description: 'Holds of marketing mail.', ...read }))

  builder.mutationField('releaseMailHold', (t) =>
    t.field({
      type: Hold,
      description: 'Lets marketing mail leave again. Rates are counted anew from then on.',
      authScopes: { permission: 'mail:configure' },
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Hold, required: true, description: 'The hold.' }) },
      resolve: async (_root, { id }, ctx) => {
        await holds.release(ctx, id.id)
        return ctx.db.prisma.mailHold.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )
}
