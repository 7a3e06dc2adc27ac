import { defineJob, definePlugin, sql } from '@espalier/core'
import experiments from '@espalier/experiments'
import operations, { type Operations } from '@espalier/operations'
import { z } from 'zod'

/** Every Monday at nine in Paris: which experiments have been running for four weeks and more. */
const remindOfOldExperiments = defineJob({
  name: 'reminders.old-experiments',
  input: z.object({}),
  schedule: { cron: '0 9 * * 1', timeZone: 'Europe/Paris' },
  // Once in each workspace: `ctx` is bound to one, and reads no other's rows.
  run: async (_input, ctx, service: Operations) => {
    const since = new Date(ctx.clock.now().getTime() - 28 * 86_400_000)
    const old = await ctx.db.query<{ id: string; name: string }>(
      sql`select "id", "name" from "Experiment" where "status" = 'running' and "startedAt" < ${since} order by "startedAt"`,
    )
    for (const { id, name } of old)
      await service.notify(ctx, {
        kind: 'oldExperiment',
        // A run may happen twice. The same key is one notification.
        key: `old-experiment/${id}`,
        severity: 'info',
        title: { en: `“${name}” has been running for four weeks`, fr: `« ${name} » tourne depuis quatre semaines` },
      })
    return { old: old.length }
  },
})

export default definePlugin({
  name: 'reminders',
  requires: [experiments, operations],
  setup: ({ use }) => {
    const service = use(operations)
    service.addKind({
      name: 'oldExperiment',
      description: { en: 'An experiment has been running for long', fr: 'Une expérience tourne depuis longtemps' },
      mail: 'digest',
    })
    return service
  },
  jobs: [remindOfOldExperiments],
})
