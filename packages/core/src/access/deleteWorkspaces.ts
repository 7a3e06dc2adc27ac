import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import type { SystemContext, WorkspaceContext } from '../context.ts'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { type TenantTable, tenantTables } from '../data/tenantTables.ts'
import { defineSystemJob } from '../jobs/defineJob.ts'
import { jobSchema } from '../jobs/installation.ts'

/** What the job asks plugins for: to remove what they keep of a workspace beside their tables. */
export interface Forgetting {
  forget(context: WorkspaceContext): Promise<void>
}

/** Rows in one transaction: it holds locks, and its statement may not take longer than 10 s. */
const batch = 5_000

/**
 * What is under way in other processes when a workspace goes may still write into it: for this long its empty row stays, and is
 * looked at again before it goes as well. Milliseconds.
 */
const lateMs = 15 * 60_000

/** Until a worker has noticed that a job which it runs is gone: it looks every 5 s. Milliseconds. */
const abortedMs = 6_000
/** Between two passes, while something still writes: what is known of its sites is known for seconds. Milliseconds. */
const pauseMs = 1_000
/** After so many the rest is left to the look that comes later. */
const mostPasses = 30

/** Deletes every row of the workspaces that their owners have deleted. Goes on where a run was interrupted. */
export const deleteWorkspaces = defineSystemJob({
  name: 'core.delete-workspaces',
  input: z.object({}),
  schedule: { cron: '*/5 * * * *' },
  timeoutSeconds: 3_600,
  concurrency: 1,
  waitingKey: () => 'all',
  run: async (_input, context, plugins: Forgetting, { signal }) => {
    const marked = await context.system.query<Marked>(sql`
      select "id", "name", "deletedAt", "deletingById" from "Workspace" where "deletingSince" is not null order by "deletingSince"`)
    const tables = marked.length > 0 ? await tenantTables(context.system) : []
    let rows = 0
    for (const { id, name, deletedAt, deletingById } of marked) {
      if (deletedAt && deletedAt.getTime() > context.clock.now().getTime() - lateMs) continue
      await plugins.forget(context.workspace(id))
      const deleted = await new Deletion(context, tables, id, signal).run()
      rows += deleted
      if (deletedAt) await context.system.query(sql`delete from "Workspace" where "id" = ${id}`)
      else await bury(context, id)
      // Its own trail is gone, and another workspace's is no place for it.
      if (!deletedAt)
        context.log.warn(
          { workspace: id, name, by: deletingById, rows: deleted },
          'A workspace was deleted by its owner',
        )
    }
    return { rows }
  },
})

interface Marked {
  readonly id: string
  readonly name: string
  readonly deletedAt: Date | null
  readonly deletingById: string
}

/** Of the workspace nothing remains but that there was one. */
async function bury({ system, clock }: SystemContext, id: string): Promise<void> {
  await system.query(sql`
    update "Workspace" set "name" = '', "logo" = null, "metadata" = null, "deletingShare" = 1, "deletedAt" = ${clock.now()}
    where "id" = ${id}`)
}

class Deletion {
  readonly #system: SystemDb
  readonly #tables: readonly TenantTable[]
  readonly #id: string
  readonly #signal: AbortSignal
  #deleted = 0
  #total = 0

  constructor({ system }: SystemContext, tables: readonly TenantTable[], id: string, signal: AbortSignal) {
    this.#system = system
    this.#tables = tables
    this.#id = id
    this.#signal = signal
  }

  /** @returns how many rows went */
  async run(): Promise<number> {
    for (const { name } of this.#tables) {
      const [row] = await this.#system.query<{ count: number }>({
        text: `select count(*)::float8 as "count" from ${name} where "workspaceId" = $1`,
        values: [this.#id],
      })
      this.#total += row?.count ?? 0
    }
    for (let pass = 0; pass < mostPasses; pass++) {
      const before = this.#deleted
      const running = await this.#stopJobs()
      await this.#pass()
      if (running === 0 && this.#deleted === before) break
      await setTimeout(running > 0 ? abortedMs : pauseMs, undefined, { signal: this.#signal })
    }
    return this.#deleted
  }

  /** Takes its jobs from the queues. Those that run are aborted by their workers. @returns how many ran */
  async #stopJobs(): Promise<number> {
    const [row] = await this.#system.query<{ running: number }>({
      text: `with gone as (delete from ${jobSchema}.job where group_id = $1 returning state)
        select count(*) filter (where state = 'active')::int as "running" from gone`,
      values: [this.#id],
    })
    return row?.running ?? 0
  }

  async #pass(): Promise<void> {
    for (const table of this.#tables) {
      if (!table.deletable) continue
      while ((await this.#step(deleteFrom(table, this.#id))) === batch) this.#signal.throwIfAborted()
    }
    // The log of events and the audit trail, from which no role of the server may delete.
    const kept = { text: 'select delete_kept_rows($1, $2) as "count"', values: [this.#id, batch] }
    while ((await this.#step(kept)) > 0) this.#signal.throwIfAborted()
  }

  async #step(statement: { text: string; values: unknown[] }): Promise<number> {
    const [{ count } = { count: 0 }] = await this.#system.query<{ count: number }>(statement)
    this.#deleted += count
    const share = this.#total === 0 ? 1 : Math.min(1, this.#deleted / this.#total)
    if (count > 0)
      await this.#system.query(sql`update "Workspace" set "deletingShare" = ${share} where "id" = ${this.#id}`)
    return count
  }
}

/** Of a table whose rows refer to each other all go at once: half of them would leave the others pointing at nothing. */
function deleteFrom({ name, refersToItself }: TenantTable, id: string): { text: string; values: unknown[] } {
  const which = refersToItself
    ? '"workspaceId" = $1'
    : `ctid = any (array(select ctid from ${name} where "workspaceId" = $1 limit ${batch}))`
  return {
    text: `with gone as (delete from ${name} where ${which} returning 1) select count(*)::int as "count" from gone`,
    values: [id],
  }
}
