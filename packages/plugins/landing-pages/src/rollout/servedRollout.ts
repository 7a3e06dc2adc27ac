import { type SqlContext, sql } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { type RolloutStatus, shareOf } from './rollout.ts'

/** What serving a page needs of its rollout: read with the page. */
export interface ServedRollout {
  readonly id: string
  readonly variantKey: string
  /** In [0, 1]. */
  readonly share: number
  /** Whether its visitors are counted: until it has ended. */
  readonly running: boolean
}

/** The rollout that decides on a page now: the latest, unless it was rolled back. */
export async function readServedRollout(context: SqlContext, pageId: string): Promise<ServedRollout | undefined> {
  const [latest] = await context.db.query<{
    id: string
    variantKey: string
    status: RolloutStatus
    steps: number[]
    step: number
  }>(sql`
    select "id", "variantKey", "status", "steps", "step" from "PageRollout"
    where "pageId" = ${pageId} order by "startedAt" desc, "id" desc limit 1`)
  if (!latest || latest.status === 'rolledBack') return undefined
  const { id, variantKey, status } = latest
  return { id, variantKey, share: shareOf(latest), running: status === 'running' }
}

/** The key of the variant that a rollout gives a visitor, or undefined for the page's first. The share only ever grows, and nobody leaves it. */
export function rolledOutTo(
  rollout: ServedRollout | undefined,
  visitorId: string,
  experiments: Pick<Experiments, 'inShare'>,
): string | undefined {
  if (!rollout) return undefined
  return experiments.inShare(`rollout ${rollout.id}`, visitorId, rollout.share) ? rollout.variantKey : undefined
}
