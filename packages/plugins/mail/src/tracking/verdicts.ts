import { type SqlContext, sql } from '@espalier/core'
import type { LockedMessage } from '../feedback/folding.ts'
import { type Actor, type Hit, judge, rulesVersion } from './actor.ts'

interface HitRow {
  readonly id: string
  readonly messageId: string
  readonly kind: 'open' | 'click'
  readonly at: Date
  readonly detail: Partial<HitDetail>
  readonly actor: Actor | null
  readonly rules: number | null
}

/** What is kept of a hit. Nothing of it tells one household from another. */
export interface HitDetail {
  readonly index: number
  readonly link: string
  readonly method: string
  readonly userAgent: string
  readonly network: string
  readonly prefetch: boolean
}

export interface SettledClick {
  readonly eventId: string
  readonly messageId: string
}

/**
 * Judges all hits of these messages, whose rows are locked.
 *
 * @param settle those that came before this instant are judged for good; the others may belong to a burst that is still going on
 * @returns clicks that were settled now, as nobody's that is known to be a machine
 */
export async function judgeMessages(
  tx: SqlContext,
  messages: readonly LockedMessage[],
  settle?: Date,
): Promise<SettledClick[]> {
  const rows = await tx.db.query<HitRow & { receivedAt: Date }>(sql`
    select "id", "messageId", "kind", "at", "detail", "actor", "rules", "receivedAt" from "MailEvent"
    where "messageId" = any(${messages.map(({ id }) => id)}::uuid[]) and "kind" in ('open', 'click')`)
  const byMessage = Map.groupBy(rows, ({ messageId }) => messageId)
  const changed: { id: string; actor: Actor; reason: string; rules: number | null }[] = []
  const clicks: SettledClick[] = []
  for (const { id: messageId, deliveredAt, sentAt } of messages) {
    const hits = byMessage.get(messageId) ?? []
    const verdicts = judge(hits.map(hitOf), deliveredAt ?? sentAt)
    for (const { id, kind, rules: before, receivedAt } of hits) {
      const verdict = verdicts.get(id)
      if (!verdict) continue
      const settled = before !== null || (settle !== undefined && receivedAt < settle)
      changed.push({ id, ...verdict, rules: settled ? rulesVersion : null })
      if (settled && before === null && kind === 'click' && verdict.actor !== 'machine')
        clicks.push({ eventId: id, messageId })
    }
  }
  await tx.db.query(sql`
    update "MailEvent" e set "actor" = v."actor", "actorReason" = v."reason", "rules" = v."rules"
    from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as v ("id" uuid, "actor" text, "reason" text, "rules" int)
    where e."id" = v."id"
      and (e."actor", e."actorReason", e."rules") is distinct from (v."actor", v."reason", v."rules")`)
  return clicks
}

function hitOf({ id, kind, at, detail }: HitRow): Hit {
  const { index = -1, method = 'GET', userAgent = '', network = '', prefetch = false } = detail
  return { id, kind, at, index, method, userAgent, network, prefetch }
}
