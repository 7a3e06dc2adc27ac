import { type Clock, type SqlDb, sql } from '@espalier/core'
import type { EventTypes } from './eventTypes.ts'

/** For so long a process believes what it read of a workspace's subscriptions. Milliseconds. */
const freshForMs = 1_000
const mostWorkspaces = 10_000

/** Who wants what, from memory: every publication asks, also those of traffic. */
export class Subscriptions {
  readonly #types: EventTypes
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly at: number; readonly wanted: readonly string[] }>()

  constructor(types: EventTypes, clock: Clock) {
    this.#types = types
    this.#clock = clock
  }

  /** Whether any endpoint of the workspace wants events of a type; as it was a second ago at most. */
  async wanted(db: Pick<SqlDb, 'workspaceId' | 'query'>, type: string): Promise<boolean> {
    return this.#types.wants(await this.#read(db), type)
  }

  /** Endpoints of the workspace have changed. */
  forget(workspaceId: string): void {
    this.#known.delete(workspaceId)
  }

  async #read(db: Pick<SqlDb, 'workspaceId' | 'query'>): Promise<readonly string[]> {
    const now = this.#clock.now().getTime()
    const known = this.#known.get(db.workspaceId)
    // Clocks are set back, too.
    if (known && Math.abs(now - known.at) < freshForMs) return known.wanted
    // Named, for failed jobs are published through the door of the system.
    const rows = await db.query<{ type: string }>(sql`
      select distinct unnest("eventTypes") as "type" from "WebhookEndpoint"
      where "workspaceId" = ${db.workspaceId} and "active"`)
    if (this.#known.size >= mostWorkspaces) this.#known.clear()
    const wanted = rows.map(({ type }) => type)
    this.#known.set(db.workspaceId, { at: now, wanted })
    return wanted
  }
}
