import { defineSystemJob, type SystemContext, sql } from '@espalier/core'
import { z } from 'zod'
import type { Counting } from './counting.ts'

type Service = { readonly counting: Counting }

/** Every hour: what percentiles metrics are capped at, and the totals of those whose cap moved. */
export const capMetrics = defineSystemJob({
  name: 'experiments.cap-metrics',
  input: z.object({}),
  schedule: { cron: '41 * * * *' },
  singletonKey: () => 'all',
  timeoutSeconds: 900,
  run: async (_input, system, { counting }: Service) => {
    let moved = 0
    for (const workspaceId of await workspacesThatCap(system))
      moved += await counting.capAtPercentiles(system.workspace(workspaceId))
    return { moved }
  },
})

/** Every day: measurements that are older than the installation keeps events. */
export const forgetMeasurements = defineSystemJob({
  name: 'experiments.forget-measurements',
  input: z.object({}),
  schedule: { cron: '23 3 * * *' },
  singletonKey: () => 'all',
  run: async (_input, { system, clock }, { counting: { retentionDays } }: Service) => {
    if (retentionDays === undefined) return { forgotten: 0 }
    const before = new Date(clock.now().getTime() - retentionDays * 24 * 3600_000).toISOString()
    // Across workspaces: how long events are kept is the installation's.
    const [row] = await system.query<{ count: number }>(sql`
      with gone as (delete from "ExperimentMeasurement" where "at" < ${before}::timestamptz returning 1)
      select count(*)::int as "count" from gone`)
    return { forgotten: row?.count ?? 0 }
  },
})

/** Across workspaces: few of them cap at a percentile. */
async function workspacesThatCap({ system }: SystemContext): Promise<string[]> {
  const rows = await system.query<{ workspaceId: string }>(sql`
    select distinct g."workspaceId" from "ExperimentGoal" g
      join "ExperimentMetric" m on m."workspaceId" = g."workspaceId" and m."id" = g."metricId" and m."capPercentile" is not null
      join "Experiment" e on e."workspaceId" = g."workspaceId" and e."id" = g."experimentId" and e."status" = 'running'`)
  return rows.map(({ workspaceId }) => workspaceId)
}
