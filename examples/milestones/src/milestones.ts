import { announceChange, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { milestoneReached } from './events.ts'
import type { Settings } from './settings.ts'
import { isMilestone, nextMilestone } from './steps.ts'

export interface Milestone {
  readonly id: string
  readonly pageId: string
  /** The how-manieth goal of the page it was. */
  readonly goals: number
  readonly reachedAt: Date
}

/** How far a page is. */
export interface Progress {
  readonly goals: number
  readonly next: number
}

/** The service: knows neither GraphQL nor where goals come from. */
export class Milestones {
  readonly #settings: (context: SqlContext) => Promise<Settings>

  constructor(settings: (context: SqlContext) => Promise<Settings>) {
    this.#settings = settings
  }

  /** Counts a goal of a page, and keeps it where it is a milestone. */
  async count(context: SqlContext, pageId: string, at: Date): Promise<void> {
    const { every } = await this.#settings(context)
    await context.sqlTransaction(async (tx) => {
      // The row is locked until the commit, so of two goals at once each has a number of its own.
      const [tally] = await tx.db.query<{ goals: number }>(sql`
        insert into "MilestoneTally" ("pageId", "goals") values (${pageId}, 1)
        on conflict ("workspaceId", "pageId") do update set "goals" = "MilestoneTally"."goals" + 1
        returning "goals"`)
      const goals = tally?.goals ?? 0
      announceChange(tx, 'Page', pageId)
      if (!isMilestone(goals, every)) return
      const id = uuidv7()
      await tx.db.query(sql`
        insert into "Milestone" ("id", "pageId", "goals", "reachedAt") values (${id}, ${pageId}, ${goals}, ${at})`)
      await tx.publish(milestoneReached, { milestoneId: id, pageId, goals })
      announceChange(tx, 'Milestone', id)
    })
  }

  /** How far pages are, in the order in which they are asked for. */
  async progressOf(context: SqlContext, pageIds: readonly string[]): Promise<Progress[]> {
    const { every } = await this.#settings(context)
    const rows = await context.db.query<{ pageId: string; goals: number }>(sql`
      select "pageId", "goals" from "MilestoneTally" where "pageId" = any(${pageIds})`)
    const goalsOf = new Map(rows.map(({ pageId, goals }) => [pageId, goals]))
    return pageIds.map((pageId) => {
      const goals = goalsOf.get(pageId) ?? 0
      return { goals, next: nextMilestone(goals, every) }
    })
  }
}
