import { defineEvent, defineJob, definePlugin, getPlain, when } from '@espalier/core'
import tracking, { goalReached } from '@espalier/tracking'
import { z } from 'zod'

/** A plugin of middling size that no other knows: a type, fields, an event with a handler, a job, a route, a setting, health. */
export function generatedPlugin(number: number) {
  const name = `grown-${number}`
  const type = `Grown${number}`
  const permission = `${name}:read` as const
  const happened = defineEvent({ name: `${name}.happened`, payload: z.object({ count: z.int() }) })
  return definePlugin({
    name,
    requires: [tracking],
    permissions: { [permission]: `See what ${name} keeps` },
    settings: z.object({ limit: z.int().default(10).describe('How many it keeps.') }),
    setup: () => ({ counts: new Map<string, number>() }),
    schema: [
      (builder, service: { counts: Map<string, number> }) => {
        const read = { authScopes: { permission } } as const
        const Grown = builder.objectRef<{ name: string; count: number }>(type).implement({
          description: 'Something that it keeps.',
          ...read,
          fields: (t) => ({
            name: t.exposeString('name', { description: 'What it is called.' }),
            count: t.exposeInt('count', { description: 'How often it happened.' }),
          }),
        })
        builder.queryField(`grown${number}`, (t) =>
          t.field({
            type: Grown,
            description: 'What it keeps.',
            ...read,
            resolve: (_root, _args, { workspaceId }) => ({ name, count: service.counts.get(workspaceId) ?? 0 }),
          }),
        )
      },
    ],
    events: [],
    on: [
      when(goalReached, async (_event, { workspaceId }, { counts }: { counts: Map<string, number> }) => {
        counts.set(workspaceId, (counts.get(workspaceId) ?? 0) + 1)
      }),
      when(happened, async () => {}),
    ],
    jobs: [
      defineJob({ name: `${name}.tidy`, input: z.object({}), schedule: { cron: '5 4 * * *' }, run: async () => ({}) }),
    ],
    routes: [getPlain(`/${name}`, { access: 'anonymous' }, () => ({ status: 200, headers: {}, body: name }))],
  })
}
