import {
  ConflictError,
  isPublic,
  NotFoundError,
  type PluginHost,
  PrivateAddressError,
  publicRequest,
  type SqlContext,
  type SystemContext,
  sql,
  whyUnreachable,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Kinds } from '../notifications/kinds.ts'
import type { NewNotification } from '../notifier.ts'
import { Endpoints, nameOf, previousNameOf } from './endpoints.ts'
import { type Attempt, deliverWebhook } from './jobs.ts'
import { bodyOf, type Delivery } from './payload.ts'
import { givenUpAfterMs, nextAttempt } from './retries.ts'
import { signedHeaders } from './signature.ts'

export interface WebhooksOptions {
  readonly kinds: Kinds
  readonly secrets: PluginHost['secrets']
  readonly publicUrl: string
  readonly production: boolean
  /** Which servers may be posted to. Default: public ones. */
  readonly mayAsk?: ((address: string, port: number) => boolean) | undefined
  /** Tells people that an endpoint was switched off. */
  readonly notify: (context: SqlContext, notification: NewNotification) => Promise<unknown>
}

/** A receiver has so long to answer. Milliseconds; the standard says 15 to 30 s. */
const timeoutMs = 20_000

/** Posts notifications to other systems, signed as Standard Webhooks say, again and again until they are taken. */
export class Webhooks {
  readonly endpoints: Endpoints
  readonly #options: WebhooksOptions
  readonly #mayAsk: (address: string, port: number) => boolean

  constructor(options: WebhooksOptions) {
    this.#options = options
    this.#mayAsk = options.mayAsk ?? isPublic
    const { kinds, secrets, production } = options
    this.endpoints = new Endpoints({ kinds, secrets, httpsOnly: production, mayAsk: this.#mayAsk })
  }

  /** Writes down that a notification goes to every endpoint that wants its kind. The caller's transaction is open. */
  async queue(tx: SqlContext, { notificationId, kind }: { notificationId: string; kind: string }): Promise<void> {
    const endpoints = await tx.db.query<{ id: string }>(sql`
      select "id" from "WebhookEndpoint" where "active" and ("kinds" = '{}' or ${kind} = any("kinds"))`)
    if (endpoints.length === 0) return
    const deliveries = endpoints.map(({ id }) => ({ id: uuidv7(), endpointId: id }))
    await tx.db.query(sql`
      insert into "WebhookDelivery" ("id", "endpointId", "notificationId", "createdAt", "nextAt")
      select *, ${notificationId}::uuid, ${tx.clock.now()}::timestamptz, ${tx.clock.now()}::timestamptz
      from unnest(${deliveries.map(({ id }) => id)}::uuid[], ${deliveries.map(({ endpointId }) => endpointId)}::uuid[])`)
    for (const { id } of deliveries) await tx.enqueue(deliverWebhook, { deliveryId: id, attempt: 0 })
  }

  /** Posts a message that says nothing, to try an endpoint out; also one that is switched off. @returns the delivery's id */
  async test(context: SqlContext, endpointId: string): Promise<string> {
    const id = uuidv7()
    await context.sqlTransaction(async (tx) => {
      const [endpoint] = await tx.db.query(sql`select 1 from "WebhookEndpoint" where "id" = ${endpointId}`)
      if (!endpoint) throw new NotFoundError('WebhookEndpoint', endpointId)
      await tx.db.query(sql`
        insert into "WebhookDelivery" ("id", "endpointId", "createdAt", "nextAt")
        values (${id}, ${endpointId}, ${tx.clock.now()}, ${tx.clock.now()})`)
      await tx.enqueue(deliverWebhook, { deliveryId: id, attempt: 0 })
      tx.audit({ resourceType: 'WebhookDelivery', resourceId: id, after: { endpointId, test: true } })
    })
    return id
  }

  /** Tries a delivery once more that has failed for good. @throws NotFoundError, ConflictError for one that has not */
  async retry(context: SqlContext, deliveryId: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [delivery] = await tx.db.query<{ status: string; attempts: number }>(sql`
        select "status", "attempts" from "WebhookDelivery" where "id" = ${deliveryId} for update`)
      if (!delivery) throw new NotFoundError('WebhookDelivery', deliveryId)
      if (delivery.status !== 'failed')
        throw new ConflictError(`The delivery is ${delivery.status}. Only one that has failed can be tried again.`)
      await tx.db.query(sql`
        update "WebhookDelivery" set "status" = 'waiting', "nextAt" = ${tx.clock.now()} where "id" = ${deliveryId}`)
      await tx.enqueue(deliverWebhook, { deliveryId, attempt: delivery.attempts })
      tx.audit({ resourceType: 'WebhookDelivery', resourceId: deliveryId, before: delivery })
    })
  }

  /**
   * Makes one attempt and writes down what came of it. A crash in between makes the same attempt again, under the same
   * `webhook-id`: by it receivers tell a repetition.
   */
  async deliver(context: SqlContext, { deliveryId, attempt }: Attempt, signal: AbortSignal): Promise<string> {
    const [delivery] = await context.db.query<Delivery>(sql`
      select delivery."id", delivery."endpointId", delivery."attempts", delivery."createdAt", endpoint."url",
        endpoint."active", endpoint."previousSecretUntil", to_jsonb(notification) as "notification"
      from "WebhookDelivery" delivery
        join "WebhookEndpoint" endpoint on endpoint."workspaceId" = delivery."workspaceId" and endpoint."id" = delivery."endpointId"
        left join "Notification" notification
          on notification."workspaceId" = delivery."workspaceId" and notification."id" = delivery."notificationId"
      where delivery."id" = ${deliveryId} and delivery."status" = 'waiting' and delivery."attempts" = ${attempt}`)
    if (!delivery) return 'nothing to do'
    if (!delivery.active && delivery.notification !== null) {
      await settle(context, delivery, { status: 'failed', error: 'The endpoint is switched off.' })
      return 'failed'
    }
    return this.#record(context, delivery, await this.#post(context, delivery, signal))
  }

  /** Takes up deliveries that were due a quarter of an hour ago: their job was lost. @returns how many */
  async resume(system: SystemContext): Promise<number> {
    const before = new Date(system.clock.now().getTime() - 15 * 60_000)
    // The system door: deliveries of any workspace.
    const lost = await system.system.query<{ workspaceId: string; id: string; attempts: number }>(sql`
      select "workspaceId", "id", "attempts" from "WebhookDelivery" where "status" = 'waiting' and "nextAt" < ${before} limit 10000`)
    for (const { workspaceId, id, attempts } of lost)
      await system.workspace(workspaceId).enqueue(deliverWebhook, { deliveryId: id, attempt: attempts })
    return lost.length
  }

  async #post(context: SqlContext, delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const url = new URL(delivery.url)
    const { secrets, publicUrl, production } = this.#options
    if (production && url.protocol !== 'https:') return { error: 'The address does not begin with https://.' }
    const now = context.clock.now()
    const current = await secrets.get(context, nameOf(delivery.endpointId))
    const { previousSecretUntil: until } = delivery
    const previous = until && until > now ? await secrets.get(context, previousNameOf(delivery.endpointId)) : undefined
    const body = bodyOf(delivery, context.workspaceId, publicUrl)
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const { status, headers } = await publicRequest(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Espalier webhooks',
          ...signedHeaders(
            delivery.id,
            now,
            body,
            [current, previous].filter((secret) => secret !== undefined),
          ),
        },
        signal: AbortSignal.any([signal, timeout]),
        mayAsk: this.#mayAsk,
      })
      const after = headers['retry-after']
      return { responseStatus: status, ...(typeof after === 'string' && { retryAfter: after }) }
    } catch (error) {
      if (error instanceof PrivateAddressError) return { error: error.message }
      if (timeout.aborted) return { error: `It did not answer within ${timeoutMs / 1000} s.` }
      // The worker stops: the attempt is made again.
      if (signal.aborted) throw error
      return { error: `It cannot be reached: ${whyUnreachable(error)}.` }
    }
  }

  async #record(context: SqlContext, delivery: Delivery, outcome: Outcome): Promise<string> {
    const { responseStatus = null, retryAfter } = outcome
    const now = context.clock.now()
    return context.sqlTransaction(async (tx) => {
      if (responseStatus !== null && responseStatus >= 200 && responseStatus < 300) {
        if (!(await settle(tx, delivery, { status: 'delivered', responseStatus }))) return 'settled before'
        await tx.db.query(sql`
          update "WebhookEndpoint" set "failingSince" = null where "id" = ${delivery.endpointId} and "failingSince" is not null`)
        return 'delivered'
      }
      const error = outcome.error ?? whyRefused(responseStatus)
      const isTest = delivery.notification === null
      const nextAt =
        isTest || responseStatus === 410 ? null : nextAttempt(delivery.attempts + 1, now, tx.random, retryAfter)
      const status = nextAt ? 'waiting' : 'failed'
      if (!(await settle(tx, delivery, { status, responseStatus, error, nextAt }))) return 'settled before'
      if (isTest) return status
      const [endpoint] = await tx.db.query<{ failingSince: Date; active: boolean }>(sql`
        update "WebhookEndpoint" set "failingSince" = coalesce("failingSince", ${now}) where "id" = ${delivery.endpointId}
        returning "failingSince", "active"`)
      const since = endpoint?.failingSince ?? now
      if (endpoint?.active && (responseStatus === 410 || now.getTime() - since.getTime() >= givenUpAfterMs)) {
        await this.#switchOff(tx, delivery, error, responseStatus === 410)
        return 'switched off'
      }
      if (nextAt) {
        const next = { deliveryId: delivery.id, attempt: delivery.attempts + 1 }
        await tx.enqueue(deliverWebhook, next, { startAfter: nextAt })
      }
      return status
    })
  }

  async #switchOff(tx: SqlContext, delivery: Delivery, error: string, gone: boolean): Promise<void> {
    const reason = gone ? 'It answered 410 Gone.' : `It has failed for three days; at last: ${error}`
    await tx.db.query(sql`
      update "WebhookEndpoint" set "active" = false, "disabledReason" = ${reason} where "id" = ${delivery.endpointId}`)
    tx.audit({
      resourceType: 'WebhookEndpoint',
      resourceId: delivery.endpointId,
      before: { active: true },
      after: { active: false, disabledReason: reason },
    })
    const { host } = new URL(delivery.url)
    await this.#options.notify(tx, {
      kind: 'problem',
      key: `webhook-off/${delivery.endpointId}/${delivery.id}`,
      severity: 'warning',
      title: { en: `Webhooks to ${host} were switched off`, fr: `Les webhooks vers ${host} ont été désactivés` },
      body: gone
        ? {
            en: 'The receiver answered 410 Gone, which asks for no more. Switch the endpoint on again if that was a mistake.',
            fr: 'Le destinataire a répondu 410 Gone : il n’en veut plus. Réactivez-le si c’était une erreur.',
          }
        : {
            en: 'Nothing could be delivered for three days. Mend the receiver and switch the endpoint on again.',
            fr: 'Rien n’a pu être livré pendant trois jours. Réparez le destinataire, puis réactivez-le.',
          },
      link: '/settings/webhooks',
      data: { endpointId: delivery.endpointId },
    })
  }
}

/** What an attempt came to: an answer, or why there is none. */
interface Outcome {
  readonly responseStatus?: number
  readonly retryAfter?: string
  readonly error?: string
}

function whyRefused(status: number | null): string {
  if (status !== null && status >= 300 && status < 400)
    return `It answered ${status}: redirects are not followed. Give the address that it leads to.`
  return `It answered ${status}, not 2xx.`
}

/** Writes down the end of an attempt, unless somebody else has. @returns whether it was written */
async function settle(
  tx: SqlContext,
  { id, attempts }: Delivery,
  end: { status: string; responseStatus?: number | null; error?: string; nextAt?: Date | null },
): Promise<boolean> {
  const now = tx.clock.now()
  const written = await tx.db.query(sql`
    update "WebhookDelivery" set "status" = ${end.status}, "attempts" = "attempts" + 1, "lastAttemptAt" = ${now},
      "responseStatus" = ${end.responseStatus ?? null}, "error" = ${end.error?.slice(0, 500) ?? null},
      "nextAt" = ${end.nextAt ?? null}, "deliveredAt" = ${end.status === 'delivered' ? now : null}
    where "id" = ${id} and "status" = 'waiting' and "attempts" = ${attempts} returning 1`)
  return written.length > 0
}
