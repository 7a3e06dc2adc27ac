import { defineJob, defineSystemJob, sql } from '@espalier/core'
import { z } from 'zod'
import type { PageLoops } from './loops.ts'

interface Looping {
  readonly loops: PageLoops
}

/** Takes the turns that wait: one job at a time in a workspace, which {@link takeLease} sees to, over any number of processes. */
export const improvePages = defineJob({
  name: 'landing-pages.improve',
  input: z.object({}),
  timeoutSeconds: 1_800,
  run: async (_input, context, { loops }: Looping, job) => loops.runner.work(context, job),
})

/** Every six hours: how the variants did, and what follows from it. */
export const analyzePages = defineJob({
  name: 'landing-pages.analyze-loops',
  input: z.object({}),
  schedule: { cron: '0 */6 * * *' },
  run: async (_input, context, { loops }: Looping) => ({ runs: await loops.requestDue(context, 'analysis') }),
})

/** Every day, after the first analysis: new variants, where the traffic can tell more of them apart. */
export const generateVariants = defineJob({
  name: 'landing-pages.generate-variants',
  input: z.object({}),
  schedule: { cron: '30 6 * * *' },
  run: async (_input, context, { loops }: Looping) => ({ runs: await loops.requestDue(context, 'generation') }),
})

/** Every five minutes: turns whose job has failed for good, or died with its process, are taken up again. */
export const resumeLoops = defineSystemJob({
  name: 'landing-pages.resume-loops',
  input: z.object({}),
  schedule: { cron: '*/5 * * * *' },
  singletonKey: () => 'all',
  run: async (_input, system) => {
    // Through the second door: which workspaces have something to do is what it asks.
    const open = await system.system.query<{ workspaceId: string }>(sql`
      select distinct "workspaceId" from "PageLoopRun" where "status" in ('waiting', 'running')`)
    for (const { workspaceId } of open) await system.workspace(workspaceId).enqueue(improvePages, {})
    return { workspaces: open.length }
  },
})
