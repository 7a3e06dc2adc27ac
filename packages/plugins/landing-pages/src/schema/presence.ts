import type { Builder, WorkspaceNodeRef } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Pages } from '../pages.ts'
import { type PageEditor, whoIsHere } from '../presence/presence.ts'

const write = { permission: 'pages:write' } as const

export function presenceTypes(builder: Builder, Page: WorkspaceNodeRef<'Page'>, pages: Pages): void {
  const Editor = builder.objectRef<PageEditor>('PageEditor').implement({
    description: 'Somebody who has a page open in the editor.',
    authScopes: write,
    fields: (t) => ({
      sessionId: t.exposeString('sessionId', { description: 'Of one open tab.' }),
      name: t.exposeString('name', { description: 'Who it is.' }),
      variantKey: t.exposeString('variantKey', {
        nullable: true,
        description: 'Key of the variant that they look at.',
      }),
    }),
  })

  builder.subscriptionField('pageEditors', (t) =>
    t.field({
      type: [Editor],
      description:
        'Who else has a page open in the editor: at once, and again whenever somebody comes, goes or turns to another variant. Whoever listens is seen by the others.',
      authScopes: write,
      extensions: { boundedList: 'as many as people have the page open' },
      args: {
        pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }),
        variantKey: t.arg.string({ description: 'Key of the variant that is being looked at.' }),
      },
      subscribe: async (_root, { pageId, variantKey }, ctx) => {
        await pages.get(ctx, pageId.id)
        return whoIsHere({
          live: pages.published.live,
          clock: ctx.clock,
          workspaceId: ctx.workspaceId,
          pageId: pageId.id,
          me: { sessionId: uuidv7(), name: ctx.principal.name, variantKey: variantKey ?? null },
          signal: ctx.request.signal,
        })
      },
      resolve: (editors) => [...editors],
    }),
  )
}
