import { type SqlContext, sql } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
import type { RolloutFigures, RolloutSide } from './guardrails.ts'
import type { Rollout } from './rollout.ts'
import { readVitals } from './vitals.ts'

/** Both sides of a rollout so far. Visits are tracking's, which begin with the hour in which the rollout began. */
export async function readFigures(
  context: SqlContext,
  tracking: Pick<Tracking, 'totals'>,
  { id, pageId, variantKey, startedAt }: Pick<Rollout, 'id' | 'pageId' | 'variantKey' | 'startedAt'>,
): Promise<RolloutFigures> {
  const visitors = await context.db.query<{ candidate: boolean; exposures: number; conversions: number }>(sql`
    select "candidate", count(*)::int as "exposures", count("convertedAt")::int as "conversions"
    from "PageRolloutVisitor" where "rolloutId" = ${id} group by "candidate"`)
  const variants = await context.db.query<{ id: string; key: string }>(sql`
    select "id", "key" from "PageVariant" where "pageId" = ${pageId} and "published" is not null order by "position"`)
  const side = async (candidate: boolean): Promise<RolloutSide> => {
    const { exposures = 0, conversions = 0 } = visitors.find((row) => row.candidate === candidate) ?? {}
    const variant = candidate ? variants.find(({ key }) => key === variantKey) : variants[0]
    const { sessions, bounces } = variant
      ? await tracking.totals(context, { pageId, from: startedAt, value: ['variant', variant.id] })
      : { sessions: 0, bounces: 0 }
    return { exposures, conversions, sessions, bounces, vitals: await readVitals(context, id, candidate) }
  }
  return { baseline: await side(false), candidate: await side(true) }
}
