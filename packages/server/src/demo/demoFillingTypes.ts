import type { Builder } from '@espalier/core'
import { z } from 'zod'
import type { DemoFilling, DemoFillings } from './demoFilling.ts'
import { historyDays } from './demoHistory.ts'

/** `demoFilling`: how far the invented past of a demo is. */
export function demoFillingTypes(builder: Builder, fillings: DemoFillings): void {
  const State = builder.enumType('DemoFillingState', {
    description: 'Whether the past of a demo is there.',
    values: {
      WRITING: { value: 'writing', description: 'It is being written.' },
      DONE: { value: 'done', description: 'All of it is there.' },
      FAILED: { value: 'failed', description: 'It was given up. Its job says why.' },
    } as const,
  })

  const Filling = builder.objectRef<DemoFilling>('DemoFilling').implement({
    description: 'How far the invented past of a demo is written.',
    authScopes: { public: true },
    fields: (t) => ({
      state: t.expose('state', { type: State, description: 'Whether it is there.' }),
      days: t.exposeInt('days', { description: 'Days whose visitors are there.' }),
      of: t.int({ description: 'Days in all.', resolve: () => historyDays }),
    }),
  })

  builder.queryField('demoFilling', (t) =>
    t.field({
      type: Filling,
      nullable: true,
      description:
        'How far the past of a demo is, for a member of its workspace, whichever one they are in. Null for others, and where there is none.',
      authScopes: { signedIn: true },
      complexity: 5,
      args: { workspace: t.arg.globalID({ required: true, description: 'The workspace of the demo.' }) },
      resolve: async (_root, { workspace: { typename, id } }, ctx) => {
        if (typename !== 'Workspace' || !z.uuid().safeParse(id).success || !ctx.user) return null
        return (await fillings.of(id, ctx.user.id)) ?? null
      },
    }),
  )
}
