import { type Builder, told } from '@espalier/core'
import type { Starter } from '../starters/starter.ts'
import { starterContent, starters } from '../starters/starters.ts'

const read = { permission: 'pages:read' } as const

export function starterTypes(builder: Builder): void {
  const PageStarter = builder.objectRef<Starter>('PageStarter').implement({
    description: 'What a new page may begin as.',
    authScopes: read,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Stable: "product".' }),
      title: t.string({
        description: 'What people call it, in the reader’s language.',
        resolve: ({ title }, _args, ctx) => told(ctx.request.locale, title),
      }),
      purpose: t.string({
        description: 'What kind of page it is for, in the reader’s language.',
        resolve: ({ purpose }, _args, ctx) => told(ctx.request.locale, purpose),
      }),
      content: t.field({
        type: 'JSON',
        description: 'Content for a variant: blocks in the data shape of Puck.',
        args: {
          language: t.arg.string({ required: true, description: 'Of the page, BCP 47; in English where not French.' }),
        },
        resolve: (starter, { language }) => starterContent(starter, language),
      }),
    }),
  })

  builder.queryField('pageStarters', (t) =>
    t.field({
      type: [PageStarter],
      description: 'What new pages may begin as, the emptiest first.',
      authScopes: read,
      extensions: { boundedList: 'as many as are defined in code' },
      resolve: () => [...starters],
    }),
  )
}
