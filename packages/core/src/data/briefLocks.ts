import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'

export interface LockPatience {
  /** How long a statement waits for a table at a time. Milliseconds, default 1,000. */
  readonly waitMs?: number
  /** How long everybody passes before it is tried again. Milliseconds, default 1,000. */
  readonly pauseMs?: number
  /** Default 60: two minutes. */
  readonly attempts?: number
}

/**
 * Runs a transaction that alters tables of an installation that others use meanwhile. Whoever wants a table waits behind a statement
 * that waits for it, so that one long report would stop all visitors. So it waits for a lock but briefly; then its transaction is
 * rolled back, everybody passes, and it begins again.
 *
 * @param work runs within the transaction, perhaps several times
 * @throws what `work` throws, and in the end what PostgreSQL says of the lock (55P03, 40P01)
 */
export async function withBriefLocks(
  owner: pg.ClientBase,
  work: () => Promise<void>,
  { waitMs = 1_000, pauseMs = 1_000, attempts = 60 }: LockPatience = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await owner.query(`begin; set local lock_timeout = ${Math.round(waitMs)}`)
    try {
      await work()
      await owner.query('commit')
      return
    } catch (error) {
      await owner.query('rollback')
      if (!isLockTrouble(error) || attempt >= attempts) throw error
      await pause(pauseMs)
    }
  }
}

/** A lock that did not come in time, or a deadlock that PostgreSQL ended: nothing is wrong with what was to be done. */
export function isLockTrouble(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  return [code, cause?.code].some((found) => found === '55P03' || found === '40P01')
}

/** What a person does about it. */
export const heldUp =
  ' Another transaction held a table that it alters for two minutes, such as a backup or a report: wait for its end, or end it, then start again.'
