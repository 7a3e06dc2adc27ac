import { type SqlContext, sql } from '@espalier/core'

/** How long a job that says nothing is believed to be at work. Longer than any call to a model takes. Milliseconds. */
const leaseMs = 15 * 60_000

/** The job has lost its lease: another one took it for dead, and goes on from where it was. */
export class LeaseLostError extends Error {
  readonly code = 'LOOP_LEASE_LOST'

  constructor() {
    super('Another job works on the loops of this workspace by now. This one ends; nothing is lost.')
  }
}

/**
 * Makes a job the only one that works on the loops of its workspace, in all processes. A job takes back what it held itself: it is
 * its own next attempt.
 *
 * @param holder the job's id
 * @returns the token that {@link holdLease} wants, or undefined while another job is at work
 */
export async function takeLease(context: SqlContext, holder: string): Promise<number | undefined> {
  const now = context.clock.now()
  return context.sqlTransaction(async (tx) => {
    await tx.db.query(
      sql`insert into "PageLoopLease" ("holder", "expiresAt") values ('', ${now}) on conflict do nothing`,
    )
    await lock(tx)
    const [taken] = await tx.db.query<{ token: number }>(sql`
      update "PageLoopLease" set "holder" = ${holder}, "token" = "token" + 1, "expiresAt" = ${new Date(now.getTime() + leaseMs)}
      where "holder" in ('', ${holder}) or "expiresAt" <= ${now} returning "token"`)
    return taken?.token
  })
}

/** Holds the lease to the end of the transaction: what it writes was written by the one job that may. @throws LeaseLostError */
export async function holdLease(tx: SqlContext, token: number): Promise<void> {
  const held = await tx.db.query(sql`
    update "PageLoopLease" set "expiresAt" = ${new Date(tx.clock.now().getTime() + leaseMs)}
    where "token" = ${token} returning 1`)
  if (held.length === 0) throw new LeaseLostError()
}

/**
 * Gives the lease back, unless there is something left to do: whoever asked for it meanwhile found the lease taken, and relies on
 * this job.
 *
 * @returns whether it was given back, or is lost anyway
 */
export async function giveLeaseBack(context: SqlContext, token: number): Promise<boolean> {
  return context.sqlTransaction(async (tx) => {
    await lock(tx)
    // A statement of its own, so that it sees whoever found the lease taken before it was locked.
    const [found] = await tx.db.query<{ waiting: boolean; lost: boolean }>(sql`
      select exists (select 1 from "PageLoopRun" where "status" in ('waiting', 'running')) as "waiting",
        not exists (select 1 from "PageLoopLease" where "token" = ${token}) as "lost"`)
    if (found?.waiting && !found.lost) return false
    await tx.db.query(sql`update "PageLoopLease" set "holder" = '' where "token" = ${token}`)
    return true
  })
}

/** Gives the lease back whatever there is left to do. */
export async function letGo(context: SqlContext, token: number): Promise<void> {
  await context.db.query(sql`update "PageLoopLease" set "holder" = '' where "token" = ${token}`)
}

async function lock(tx: SqlContext): Promise<void> {
  await tx.db.query(sql`select 1 from "PageLoopLease" for update`)
}
