import type { SqlContext } from '@espalier/core'
import { sql } from '@espalier/core'
import { type Claimed, giveUpWaiting, type Settled, settle } from './deliveries.ts'
import { type Outcome, whyRefused } from './post.ts'
import { givenUpAfterMs, nextAttempt, restMs, secondsAsked } from './retries.ts'

/** An endpoint as deliveries see it. */
export interface DueEndpoint {
  readonly id: string
  readonly url: string
  readonly active: boolean
  readonly ordered: boolean
  readonly restUntil: Date | null
  readonly previousSecretUntil: Date | null
}

/** An attempt that was made. */
export interface Made {
  readonly delivery: Claimed
  readonly outcome: Outcome
}

/** Why an endpoint is switched off by itself. */
export interface SwitchedOff {
  readonly reason: string
  readonly gone: boolean
}

const isTaken = ({ responseStatus: status = 0 }: Outcome) => status >= 200 && status < 300

/**
 * Writes down what a round of attempts at one endpoint came to: on each delivery, in the log, and on the endpoint, which rests
 * where it could not be reached, and is switched off where it asks for no more or has taken nothing for three days.
 *
 * @returns why it was switched off, where it was
 */
export async function recordRound(
  tx: SqlContext,
  endpoint: DueEndpoint,
  made: readonly Made[],
): Promise<SwitchedOff | undefined> {
  const now = tx.clock.now()
  const written = await settle(
    tx,
    made.map((one) => settled(tx, one)),
  )
  // Of two who tried the same, who came second has nothing to say about the endpoint.
  const counted = made.filter(({ delivery }) => written.has(delivery.id) && !delivery.isTest)
  if (made.some(({ delivery, outcome }) => written.has(delivery.id) && isTaken(outcome))) {
    await tx.db.query(sql`
      update "WebhookEndpoint" set "failingSince" = null, "restUntil" = null
      where "id" = ${endpoint.id} and ("failingSince" is not null or "restUntil" is not null)`)
    if (counted.every(({ outcome }) => outcome.responseStatus !== 410)) {
      await rest(tx, endpoint, restAsked(counted, now))
      return undefined
    }
  }
  if (counted.length === 0) return undefined

  const [row] = await tx.db.query<{ failingSince: Date; active: boolean }>(sql`
    update "WebhookEndpoint" set "failingSince" = coalesce("failingSince", ${now}) where "id" = ${endpoint.id}
    returning "failingSince", "active"`)
  const failingForMs = row ? now.getTime() - row.failingSince.getTime() : 0
  const gone = counted.some(({ outcome }) => outcome.responseStatus === 410)
  if (row?.active && (gone || failingForMs >= givenUpAfterMs)) {
    const last = counted.at(-1)?.outcome
    const error = last ? errorOf(last) : ''
    const reason = gone ? 'It answered 410 Gone.' : `It has failed for three days; at last: ${error}`
    await tx.db.query(sql`
      update "WebhookEndpoint" set "active" = false, "disabledReason" = ${reason} where "id" = ${endpoint.id}`)
    await giveUpWaiting(tx, endpoint.id)
    return { reason, gone }
  }
  // Who could not be reached at all is left alone for a while, so that it holds nobody else up.
  const isUnreachable = counted.every(({ outcome }) => outcome.responseStatus === undefined)
  await rest(tx, endpoint, isUnreachable ? new Date(now.getTime() + restMs(failingForMs)) : restAsked(counted, now))
  return undefined
}

async function rest(tx: SqlContext, { id }: DueEndpoint, until: Date | undefined): Promise<void> {
  if (until) await tx.db.query(sql`update "WebhookEndpoint" set "restUntil" = ${until} where "id" = ${id}`)
}

function settled(tx: SqlContext, { delivery, outcome }: Made): Settled {
  const { id, attempts, earlierAttempts, isTest, giveUpAt } = delivery
  const { responseStatus = null, responseBody = '', retryAfter, at, durationMs } = outcome
  const end = { id, attempts, at, durationMs, responseStatus, responseBody }
  if (isTaken(outcome)) return { ...end, status: 'delivered', error: null, nextAt: null }
  const nextAt =
    isTest || responseStatus === 410
      ? null
      : nextAttempt(attempts - earlierAttempts + 1, tx.clock.now(), tx.random, { retryAfter, giveUpAt })
  return { ...end, status: nextAt ? 'waiting' : 'failed', error: errorOf(outcome).slice(0, 500), nextAt }
}

/** Until when who answered 429 wants to be left alone, an hour at most, whatever else it took meanwhile. */
function restAsked(made: readonly Made[], now: Date): Date | undefined {
  const asked = made
    .filter(({ outcome }) => outcome.responseStatus === 429)
    .map(({ outcome }) => Math.min(secondsAsked(outcome.retryAfter, now), 3600))
  const longest = Math.max(0, ...asked)
  return longest > 0 ? new Date(now.getTime() + longest * 1000) : undefined
}

function errorOf({ error, responseStatus }: Outcome): string {
  return error ?? whyRefused(responseStatus ?? 0)
}
