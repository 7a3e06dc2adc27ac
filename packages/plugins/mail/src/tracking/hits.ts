import { hash } from 'node:crypto'
import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { tellMessagesChanged } from '../events.ts'
import { type LockedMessage, lockMessages, refold } from '../feedback/folding.ts'
import { judge } from './actor.ts'
import { settleHits } from './jobs.ts'
import type { Tracked } from './linkTokens.ts'
import type { TrackingMode } from './trackHtml.ts'
import { type HitDetail, judgeMessages } from './verdicts.ts'

export interface NewHit extends Tracked, Pick<HitDetail, 'method' | 'userAgent' | 'network' | 'prefetch'> {
  readonly at: Date
}

export interface HitsOptions {
  readonly workspace: (workspaceId: string) => SqlContext
  readonly mode: (context: SqlContext) => Promise<TrackingMode>
  /** Default: a second. */
  readonly everyMs?: number
}

/** Hits that wait for the database; when it is away for long, the newest are dropped. */
const maxWaiting = 20_000

/** Of one workspace, in one transaction: it holds locks, and may not take longer than 10 s. */
const batch = 500

/** Hits of one message that are kept: whoever holds a link could make up more without end. */
const maxOfMessage = 300

/** The same from the same agent within this time is one hit. Milliseconds. */
const sameWithinMs = 10_000

/** Until what happened around a hit is known. Milliseconds. */
const settleAfterMs = 90_000

/**
 * Opens and clicks, in memory until they are written, together every second and when the server stops: whoever follows a link must
 * not wait for the database. A crash loses a second of them.
 */
export class Hits {
  readonly #options: HitsOptions
  #waiting: NewHit[] = []
  #dropped = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(options: HitsOptions) {
    this.#options = options
  }

  add(hit: NewHit): void {
    if (this.#waiting.length >= maxWaiting) this.#dropped++
    else this.#waiting.push(hit)
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.everyMs ?? 1000).unref()
  }

  /** Writes what has come; what could not be written waits for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    const waiting = Map.groupBy(this.#waiting, ({ workspaceId }) => workspaceId)
    this.#waiting = []
    for (const [workspaceId, hits] of waiting) {
      const context = this.#options.workspace(workspaceId)
      if (this.#dropped > 0) context.log.warn({ dropped: this.#dropped }, 'Opens and clicks of mails were dropped')
      this.#dropped = 0
      try {
        const mode = await this.#options.mode(context)
        while (hits.length > 0) {
          await context.sqlTransaction((tx) => writeHits(tx, hits.slice(0, batch), mode))
          hits.splice(0, batch)
        }
      } catch (error) {
        context.log.warn(
          { err: error },
          'Opens and clicks of mails could not be written; tried again with the next ones',
        )
        for (const hit of hits) this.add(hit)
      }
    }
  }
}

/** Writes hits as the workspace wants them now, whatever it wanted when the mail left. */
async function writeHits(tx: SqlContext, hits: readonly NewHit[], mode: TrackingMode): Promise<void> {
  if (mode === 'none') return
  const ids = new Set(hits.flatMap(({ messageId }) => (messageId === null ? [] : [messageId])))
  const messages = ids.size === 0 ? [] : await lockMessages(tx, [...ids])
  const byId = new Map(messages.map((message) => [message.id, message]))
  const personal = hits.filter(({ messageId }) => messageId !== null && byId.has(messageId))
  if (mode === 'aggregate') {
    const named = personal.map((hit) => ({ ...hit, template: byId.get(hit.messageId ?? '')?.template ?? '' }))
    return tally(tx, [...hits.filter(({ messageId }) => messageId === null), ...named])
  }
  await tally(
    tx,
    hits.filter(({ messageId }) => messageId === null),
  )
  if (personal.length > 0) await keep(tx, personal, messages)
}

async function keep(tx: SqlContext, hits: readonly NewHit[], messages: readonly LockedMessage[]): Promise<void> {
  const now = tx.clock.now()
  const rows = hits.map(({ messageId, kind, at, index, target, method, userAgent, network, prefetch }) => ({
    id: uuidv7({ msecs: at.getTime() }),
    messageId,
    kind,
    source: kind === 'open' ? 'pixel' : 'link',
    fingerprint: fingerprint({ kind, at, index, method, userAgent, network }),
    detail: { index, link: target, method, userAgent, network, prefetch } satisfies HitDetail,
    at,
  }))
  await tx.db.query(sql`
    insert into "MailEvent" ("id", "messageId", "kind", "source", "fingerprint", "detail", "at", "receivedAt")
    select r."id", r."messageId", r."kind", r."source", r."fingerprint", r."detail", r."at", ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("id" uuid, "messageId" uuid, "kind" text, "source" text,
      "fingerprint" text, "detail" jsonb, "at" timestamptz)
    where (select count(*) from "MailEvent" e where e."messageId" = r."messageId") < ${maxOfMessage}
    on conflict ("workspaceId", "messageId", "fingerprint") do nothing`)
  await judgeMessages(tx, messages)
  await refold(
    tx,
    messages.map(({ id }) => id),
  )
  tellMessagesChanged(tx)
  await settleLater(tx, now)
}

/** Has the hits of this minute judged for good once what is around them is known. */
export async function settleLater(tx: SqlContext, receivedAt: Date): Promise<void> {
  const minute = new Date(Math.floor(receivedAt.getTime() / 60_000) * 60_000)
  const startAfter = new Date(minute.getTime() + 60_000 + settleAfterMs)
  await tx.enqueue(settleHits, { minute: minute.toISOString() }, { startAfter })
}

/** Counts of a day, a template and a kind: nothing in them is about anybody. */
async function tally(tx: SqlContext, hits: readonly NewHit[]): Promise<void> {
  const counts = Map.groupBy(hits, (hit) => {
    const [verdict] = judge([{ ...hit, id: '' }], null).values()
    return JSON.stringify([hit.at.toISOString().slice(0, 10), hit.template, hit.kind, verdict?.actor ?? 'unknown'])
  })
  // In their order, so that two transactions do not wait for each other.
  for (const key of [...counts.keys()].sort()) {
    const [day, template, kind, actor] = JSON.parse(key) as string[]
    const count = counts.get(key)?.length ?? 0
    await tx.db.query(sql`
      insert into "MailTally" ("day", "template", "kind", "actor", "count")
      values (${day}::date, ${template}, ${kind}, ${actor}, ${count})
      on conflict ("workspaceId", "day", "template", "kind", "actor") do update
      set "count" = "MailTally"."count" + excluded."count"`)
  }
}

function fingerprint({
  kind,
  at,
  index,
  method,
  userAgent,
  network,
}: Pick<NewHit, 'kind' | 'at' | 'index' | 'method' | 'userAgent' | 'network'>) {
  const agent = hash('sha256', JSON.stringify([method, userAgent, network]), 'base64url').slice(0, 16)
  return `${kind}:${index}:${agent}:${Math.floor(at.getTime() / sameWithinMs)}`
}
