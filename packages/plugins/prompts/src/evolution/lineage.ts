import { defineJob, type SqlContext, sql } from '@espalier/core'
import { z } from 'zod'
import { performanceBefore, performanceNow, type VariantPerformance } from './performance.ts'

/** Scored executions that a child needs before it is said how it does. */
const leastScored = 20
/** Lineages that are looked at in one night and workspace. */
const most = 500

/** Every night: children that have been used enough are held against their parents. */
export const measureLineages = defineJob({
  name: 'prompts.measure-lineages',
  input: z.object({}),
  schedule: { cron: '20 3 * * *' },
  singletonKey: () => 'all',
  run: async (_input, context) => ({ measured: await measureAll(context) }),
})

/**
 * How much of the room above the parent a child gained: max(0, (child − parent) / (1 − parent)), from 0 to 1. A parent that
 * left no room cannot be improved on: 0. Null where the parent's quality is not known.
 */
export function improvement(parent: number | null, child: number): number | null {
  if (parent === null) return null
  if (parent >= 1) return 0
  return Math.min(1, Math.max(0, (child - parent) / (1 - parent)))
}

async function measureAll(context: SqlContext): Promise<number> {
  const due = await context.db.query<Due>(sql`
    select l."id", l."parentId", l."childId", l."createdAt", l."parentPerformance"
    from "PromptLineage" l
      join "PromptVariant" c on c."workspaceId" = l."workspaceId" and c."id" = l."childId"
    where l."measuredAt" is null and c."qualityCount" >= ${leastScored}
    order by l."createdAt", l."id" limit ${most}`)
  for (const lineage of due) await context.sqlTransaction((tx) => measureOne(tx, lineage))
  return due.length
}

interface Due {
  readonly id: string
  readonly parentId: string
  readonly childId: string
  readonly createdAt: Date
  readonly parentPerformance: Partial<VariantPerformance>
}

async function measureOne(tx: SqlContext, { id, parentId, childId, createdAt, parentPerformance }: Due): Promise<void> {
  const now = tx.clock.now()
  const child = await performanceNow(tx, childId)
  // Children by hand are written without a look at their parent: it is taken now, as it was then.
  const parent =
    'executions' in parentPerformance ? parentPerformance : await performanceBefore(tx, parentId, createdAt)
  await tx.db.query(sql`
    update "PromptLineage" set "parentPerformance" = ${JSON.stringify(parent)}::jsonb,
      "childPerformance" = ${JSON.stringify(child)}::jsonb,
      "improvement" = ${improvement(parent.quality ?? null, child.quality as number)}, "measuredAt" = ${now}
    where "id" = ${id} and "measuredAt" is null`)
}
