import { type SqlContext, sql } from '@espalier/core'
import type { Suppressions } from '../suppressions.ts'

const dayMs = 24 * 3600_000

/** How many, within how long, how far apart: a mailbox that is full for a weekend is none that nobody empties. */
const rule = { count: 3, withinMs: 30 * dayMs, apartMs: 3 * dayMs, holdMs: 30 * dayMs }

/**
 * Counts a bounce that may pass. The third within 30 days, each at least 72 hours after the one counted before, holds the address for
 * 30 days.
 */
export async function countSoftBounce(
  tx: SqlContext,
  suppressions: Suppressions,
  { address, messageId, at }: { address: string; messageId: string; at: Date },
): Promise<void> {
  const hash = suppressions.hashOf(address)
  if (!hash) return
  // Two at a time would each see one too few.
  await tx.db.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`soft bounces ${hash.toString('base64')}`}, 0))`,
  )
  await tx.db.query(sql`
    insert into "MailSoftBounce" ("addressHash", "at", "messageId") values (${hash}, ${at}, ${messageId}) on conflict do nothing`)
  const bounces = await tx.db.query<{ at: Date }>(sql`
    select "at" from "MailSoftBounce" where "addressHash" = ${hash} order by "at"`)
  const until = heldUntil(bounces.map((bounce) => bounce.at))
  if (until) await suppressions.add(tx, { address, reason: 'softBounces', until, messageId })
}

/** @param bounces in their order. @returns until when the address is held; undefined when it is not */
export function heldUntil(bounces: readonly Date[]): Date | undefined {
  const counted: number[] = []
  for (const at of bounces.map((bounce) => bounce.getTime())) {
    const last = counted.at(-1)
    if (last === undefined || at - last >= rule.apartMs) counted.push(at)
  }
  const held = counted.filter((at, index) => {
    const first = counted[index - rule.count + 1]
    return first !== undefined && at - first <= rule.withinMs
  })
  const last = held.at(-1)
  return last === undefined ? undefined : new Date(last + rule.holdMs)
}
