import { type PluginHost, type SqlContext, sql } from '@espalier/core'
import { historyDays, historyInput } from './demoHistory.ts'

/** How far the demo's past is written. */
export interface DemoFilling {
  readonly state: 'writing' | 'done' | 'failed'
  /** Of {@link historyDays}, those whose visitors are there. */
  readonly days: number
}

const dayMs = 24 * 3600_000

/** Looks at how the past of a demo is being written, for the members of its workspace. */
export class DemoFillings {
  readonly #workspace: PluginHost['workspace']

  constructor(workspace: PluginHost['workspace']) {
    this.#workspace = workspace
  }

  /** @returns undefined for who is no member, and where no past was ever wished for */
  async of(workspaceId: string, userId: string): Promise<DemoFilling | undefined> {
    const context = this.#workspace(workspaceId)
    const [member] = await context.db.query(sql`select 1 from "Member" where "userId" = ${userId}`)
    if (!member) return undefined
    // The workspace's own part of the ledger of jobs: one of another's is not seen through this door.
    const [job] = await context.db.query<{ state: string; data: unknown }>({
      text: `select state::text as state, data from pgboss.job where name = 'demo.write-history' order by created_on desc limit 1`,
      values: [],
    })
    if (!job) return undefined
    if (job.state === 'completed') return { state: 'done', days: historyDays }
    const days = await writtenDays(context, historyInput.parse(job.data).until)
    return { state: job.state === 'failed' || job.state === 'cancelled' ? 'failed' : 'writing', days }
  }
}

/** Days are written in their order, so the latest event says how far it is. */
async function writtenDays(context: SqlContext, until: string): Promise<number> {
  const [latest] = await context.db.query<{ at: Date }>(sql`
    select "at" from "TrackingEvent" where "id" < first_event_id(${until}::timestamptz) order by "id" desc limit 1`)
  const since = new Date(until).getTime() - historyDays * dayMs
  if (!latest || latest.at.getTime() < since) return 0
  return Math.min(historyDays - 1, Math.floor((latest.at.getTime() - since) / dayMs))
}
