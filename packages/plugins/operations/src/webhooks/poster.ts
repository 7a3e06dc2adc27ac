import { type PluginHost, type SqlContext, sql } from '@espalier/core'
import type { NewNotification } from '../notifier.ts'
import {
  type Claimed,
  claim,
  giveUpWaiting,
  heldOnEveryMs,
  holdOn,
  release,
  takeOver,
  waitingAt,
} from './deliveries.ts'
import { nameOf, previousNameOf, readableSecret } from './endpoints.ts'
import { deliverWebhooks } from './jobs.ts'
import { post, type Reach } from './post.ts'
import { type DueEndpoint, type Made, recordRound, type SwitchedOff } from './round.ts'

export interface PosterOptions extends Reach {
  readonly secrets: PluginHost['secrets']
  /** Tells people that an endpoint was switched off. */
  readonly notify: (context: SqlContext, notification: NewNotification) => Promise<unknown>
  /** An endpoint was switched off: its subscriptions are no longer as they are remembered. Called once that is committed. */
  readonly switchedOff: (workspaceId: string) => void
}

/** Under way at one endpoint at the same time. */
const atOnce = 16
/** After so long another run goes on with an endpoint, so that the others have their turn. Milliseconds. */
const turnMs = 15_000

/** Posts what waits for an endpoint, signed, a round at a time, and writes down what came of it. */
export class Poster {
  readonly #options: PosterOptions

  constructor(options: PosterOptions) {
    this.#options = options
  }

  /**
   * Posts what is due at an endpoint, a round at a time, until nothing is or its turn is over. A crash between an attempt and its
   * record makes the same attempt again, under the same `webhook-id`: by it receivers tell a repetition.
   *
   * @returns how many attempts were made
   */
  async deliver(context: SqlContext, endpointId: string, signal: AbortSignal): Promise<{ attempts: number }> {
    const begun = performance.now()
    let attempts = 0
    let isRefused = false
    while (!signal.aborted && performance.now() - begun < turnMs) {
      const endpoint = await this.#endpoint(context, endpointId)
      if (!endpoint) return { attempts }
      if (!endpoint.active && (await giveUpWaiting(context, endpointId))) continue
      if (endpoint.restUntil && endpoint.restUntil > context.clock.now()) break
      const round = await claim(context, endpoint, atOnce)
      isRefused = round.length === 0
      if (isRefused) break
      const made = await holding(context, round, () => this.#post(context, endpoint, round, signal))
      await release(
        context,
        round.filter((delivery) => !made.some((one) => one.delivery === delivery)).map(({ id }) => id),
      )
      if (made.length > 0) await context.sqlTransaction((tx) => this.#record(tx, endpoint, made))
      attempts += made.length
    }
    // What is due and was not given belongs to those who post already: asking at once again, and again, is no use.
    await this.#goOnLater(context, endpointId, isRefused ? 1_000 : 0)
    return { attempts }
  }

  async #endpoint(context: SqlContext, id: string): Promise<DueEndpoint | undefined> {
    const [endpoint] = await context.db.query<DueEndpoint>(sql`
      select "id", "url", "active", "ordered", "restUntil", "previousSecretUntil" from "WebhookEndpoint" where "id" = ${id}`)
    return endpoint
  }

  async #post(
    context: SqlContext,
    endpoint: DueEndpoint,
    round: Awaited<ReturnType<typeof claim>>,
    signal: AbortSignal,
  ): Promise<Made[]> {
    const { secrets } = this.#options
    const { id, previousSecretUntil: until } = endpoint
    const current = await readableSecret(secrets, context, nameOf(id))
    if (current === undefined) {
      const outcome = { error: 'Its secret cannot be read. Make a new one.', at: context.clock.now(), durationMs: 0 }
      return round.map((delivery) => ({ delivery, outcome }))
    }
    const overlaps = until !== null && until > context.clock.now()
    const previous = overlaps ? await readableSecret(secrets, context, previousNameOf(id)) : undefined
    const signing = [current, previous].filter((secret) => secret !== undefined)
    const url = new URL(endpoint.url)
    const parts = { reach: this.#options, clock: context.clock, signal }
    const made = await Promise.all(
      round.map(async (delivery) => ({ delivery, outcome: await post(url, delivery, signing, parts) })),
    )
    return made.filter((one): one is Made => one.outcome !== undefined)
  }

  async #record(tx: SqlContext, endpoint: DueEndpoint, made: readonly Made[]): Promise<void> {
    const off = await recordRound(tx, endpoint, made)
    if (!off) return
    tx.afterCommit(() => this.#options.switchedOff(tx.workspaceId))
    tx.audit({
      resourceType: 'WebhookEndpoint',
      resourceId: endpoint.id,
      before: { active: true },
      after: { active: false, disabledReason: off.reason },
    })
    await this.#options.notify(tx, toldOff(endpoint, off, tx.clock.now()))
  }

  /** A run of its own for what is due later, or for the rest of what is due now. @param inMs it begins no earlier */
  async #goOnLater(context: SqlContext, endpointId: string, inMs: number): Promise<void> {
    const endpoint = await this.#endpoint(context, endpointId)
    if (!endpoint) return
    const { dueAt, heldUntil } = await waitingAt(context, endpoint)
    if (heldUntil) await takeOver(context, endpointId, heldUntil)
    if (!dueAt) return
    const now = context.clock.now().getTime()
    const at = Math.max(dueAt.getTime(), endpoint.restUntil?.getTime() ?? 0, now + inMs)
    if (at <= now) {
      await context.enqueue(deliverWebhooks, { endpointId })
      return
    }
    const second = new Date(Math.ceil(at / 1000) * 1000)
    await context.enqueue(deliverWebhooks, { endpointId, at: second.toISOString() }, { startAfter: second })
  }
}

/** Does what takes its time with what was claimed, which stays ours meanwhile. */
async function holding<Result>(
  context: SqlContext,
  round: readonly Claimed[],
  work: () => Promise<Result>,
): Promise<Result> {
  const ids = round.map(({ id }) => id)
  let said: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    // Who cannot say so is taken for dead: what is posted twice has one id.
    said = said
      .then(() => holdOn(context, ids))
      .catch((err) => context.log.warn({ err }, 'cannot hold on to deliveries'))
  }, heldOnEveryMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    // It and what comes next change the same rows.
    await said
  }
}

function toldOff({ id, url }: DueEndpoint, { gone }: SwitchedOff, now: Date): NewNotification {
  const { host } = new URL(url)
  return {
    kind: 'problem',
    key: `webhook-off/${id}/${now.toISOString()}`,
    severity: 'warning',
    title: { en: `Webhooks to ${host} were switched off`, fr: `Les webhooks vers ${host} ont été désactivés` },
    body: gone
      ? {
          en: 'The receiver answered 410 Gone, which asks for no more. Switch the endpoint on again if that was a mistake.',
          fr: 'Le destinataire a répondu 410 Gone : il n’en veut plus. Réactivez-le si c’était une erreur.',
        }
      : {
          en: 'Nothing could be delivered for three days. Mend the receiver, switch the endpoint on again and post again what has failed.',
          fr: 'Rien n’a pu être livré pendant trois jours. Réparez le destinataire, réactivez-le et repostez ce qui a échoué.',
        },
    link: `/settings/webhooks/${id}`,
    data: { endpointId: id },
  }
}
