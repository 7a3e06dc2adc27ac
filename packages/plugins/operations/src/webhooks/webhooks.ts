import {
  type Clock,
  ConflictError,
  type Db,
  jobFailed,
  NotFoundError,
  type PluginHost,
  type PublicEvent,
  type SqlContext,
  type SystemContext,
  sql,
  type ToldEvent,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Kinds } from '../notifications/kinds.ts'
import { type Again, batchSize, queue, queueAgain } from './deliveries.ts'
import { Endpoints } from './endpoints.ts'
import { EventTypes } from './eventTypes.ts'
import { deliverWebhooks, redeliverWebhooks } from './jobs.ts'
import { bodyOf, notificationData, type ToldNotification } from './payload.ts'
import { Poster, type PosterOptions } from './poster.ts'
import { Subscriptions } from './subscriptions.ts'

export interface WebhooksOptions extends Omit<PosterOptions, 'switchedOff'> {
  readonly kinds: Kinds
  readonly publicEvents: ReadonlyMap<string, PublicEvent>
  readonly publicUrl: string
  readonly clock: Clock
  readonly keepDays: (context: SqlContext) => Promise<number>
  /** The workspace outside of a transaction, for what begins after its commit. */
  readonly workspace: PluginHost['workspace']
}

/** Posts public events and notifications to other systems, signed as Standard Webhooks say, again and again until they are taken. */
export class Webhooks {
  readonly types: EventTypes
  readonly endpoints: Endpoints
  readonly #subscriptions: Subscriptions
  readonly #poster: Poster
  readonly #options: WebhooksOptions

  constructor(options: WebhooksOptions) {
    this.#options = options
    this.types = new EventTypes(options.publicEvents, options.kinds, options.publicUrl)
    this.#subscriptions = new Subscriptions(this.types, options.clock)
    this.#poster = new Poster({ ...options, switchedOff: (workspaceId) => this.#subscriptions.forget(workspaceId) })
    this.endpoints = new Endpoints({
      types: this.types,
      secrets: options.secrets,
      reach: options,
      changed: (tx, endpointId) => {
        tx.afterCommit(() => this.#subscriptions.forget(tx.workspaceId))
        this.wake(tx, [endpointId])
      },
    })
  }

  /** Whether an endpoint of the workspace wants a type of events: from memory, mostly. */
  async wanted(db: Pick<Db, 'workspaceId' | 'query'>, type: string): Promise<boolean> {
    return this.#subscriptions.wanted(db, type)
  }

  /** Writes down that a public event goes to every endpoint that wants it. The caller's transaction is open. */
  async tell(tx: SqlContext, { id, name: type, key, data, publishedAt: at }: ToldEvent): Promise<void> {
    if (type === jobFailed.name && isAboutWebhooks(data)) return
    const body = bodyOf({ id, type, at, workspaceId: tx.workspaceId, data })
    await this.#queue(tx, { id, type, body, orderKey: key ?? null, notificationId: null, isTest: false })
  }

  /** The same for a notification. */
  async tellNotification(tx: SqlContext, told: ToldNotification): Promise<void> {
    const type = `notification.${told.kind}`
    const { workspaceId } = tx
    const isFailedJob = told.kind === 'failedJob'
    if (isFailedJob && isAboutWebhooks(told.data)) return
    // What an error says may quote a visitor, or name an address of the house.
    const outside = isFailedJob ? { ...told, body: { en: '', fr: '' } } : told
    const data = notificationData(outside, workspaceId, this.#options.publicUrl)
    const body = bodyOf({ id: told.id, type, at: tx.clock.now(), workspaceId, data })
    await this.#queue(tx, { id: told.id, type, body, orderKey: null, notificationId: told.id, isTest: false })
  }

  async #queue(tx: SqlContext, message: Parameters<typeof queue>[1]): Promise<void> {
    const endpoints = await tx.db.query<{ id: string; eventTypes: string[] }>(sql`
      select "id", "eventTypes" from "WebhookEndpoint" where "active"`)
    const wanting = endpoints.filter(({ eventTypes }) => this.types.wants(eventTypes, message.type)).map(({ id }) => id)
    if (wanting.length === 0) return
    await queue(tx, message, wanting)
    this.wake(tx, wanting)
  }

  /**
   * Posts the example of a type to try an endpoint out, once; also to one that is switched off.
   *
   * @param type "test" says nothing at all
   * @returns the delivery's id
   */
  async test(context: SqlContext, endpointId: string, type = 'test'): Promise<string> {
    const { workspaceId } = context
    const data = type === 'test' ? { workspaceId } : this.types.find(type)?.example
    if (!data) throw this.endpoints.unknownType('eventType', type)
    return context.sqlTransaction(async (tx) => {
      const [endpoint] = await tx.db.query(sql`select 1 from "WebhookEndpoint" where "id" = ${endpointId}`)
      if (!endpoint) throw new NotFoundError('WebhookEndpoint', endpointId)
      const id = uuidv7()
      const body = bodyOf({ id, type, at: tx.clock.now(), workspaceId, data, isTest: true })
      const message = { id, type, body, orderKey: null, notificationId: null, isTest: true }
      const [deliveryId = ''] = await queue(tx, message, [endpointId])
      tx.audit({ resourceType: 'WebhookDelivery', resourceId: deliveryId, after: { endpointId, type, test: true } })
      this.wake(tx, [endpointId])
      return deliveryId
    })
  }

  /** Posts once more what has failed or was taken. @throws NotFoundError, ConflictError for one that waits, or an endpoint that is off */
  async retry(context: SqlContext, deliveryId: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [delivery] = await tx.db.query<{
        status: string
        attempts: number
        endpointId: string
        isTest: boolean
        active: boolean
      }>(sql`
        select delivery."status", delivery."attempts", delivery."endpointId", delivery."isTest", endpoint."active"
        from "WebhookDelivery" delivery join "WebhookEndpoint" endpoint
          on endpoint."workspaceId" = delivery."workspaceId" and endpoint."id" = delivery."endpointId"
        where delivery."id" = ${deliveryId} for update of delivery`)
      if (!delivery) throw new NotFoundError('WebhookDelivery', deliveryId)
      if (delivery.status === 'waiting')
        throw new ConflictError({
          en: 'The delivery is waiting: it is posted by itself.',
          fr: 'Cette livraison attend encore : elle sera postée d’elle-même.',
        })
      if (!delivery.active && !delivery.isTest) throw switchedOff()
      await queueAgain(tx, delivery.endpointId, { deliveryId })
      tx.audit({ resourceType: 'WebhookDelivery', resourceId: deliveryId, before: delivery })
      this.wake(tx, [delivery.endpointId])
    })
  }

  /**
   * Posts once more all that has failed since a time: a batch of it at once, the rest by a job, a batch at a time.
   *
   * @returns how many at once
   * @throws NotFoundError, ConflictError for an endpoint that is off
   */
  async redeliver(context: SqlContext, endpointId: string, since: Date, most = batchSize): Promise<number> {
    return context.sqlTransaction(async (tx) => {
      const [endpoint] = await tx.db.query<{ active: boolean }>(sql`
        select "active" from "WebhookEndpoint" where "id" = ${endpointId} for update`)
      if (!endpoint) throw new NotFoundError('WebhookEndpoint', endpointId)
      if (!endpoint.active) throw switchedOff()
      const [redeliveryId, now] = [uuidv7(), tx.clock.now()]
      const count = await this.#redeliverBatch(tx, endpointId, { redeliveryId, since, until: now, most })
      if (count > 0)
        await tx.db.query(sql`
          update "WebhookEndpoint" set "redeliveryId" = ${redeliveryId}, "redeliveryAt" = ${now} where "id" = ${endpointId}`)
      tx.audit({ resourceType: 'WebhookEndpoint', resourceId: endpointId, after: { redeliveredSince: since, count } })
      return count
    })
  }

  /** The next batch of a redelivery, unless a newer one has begun or the endpoint is off. @returns how many */
  async goOnRedelivering(context: SqlContext, endpointId: string, redeliveryId: string, since: Date): Promise<number> {
    return context.sqlTransaction(async (tx) => {
      const [endpoint] = await tx.db.query<{ redeliveryAt: Date }>(sql`
        select "redeliveryAt" from "WebhookEndpoint"
        where "id" = ${endpointId} and "active" and "redeliveryId" = ${redeliveryId} for update`)
      if (!endpoint) return 0
      const until = endpoint.redeliveryAt
      return this.#redeliverBatch(tx, endpointId, { redeliveryId, since, until, most: batchSize })
    })
  }

  async #redeliverBatch(tx: SqlContext, endpointId: string, batch: Exclude<Again, { deliveryId: string }>) {
    const count = await queueAgain(tx, endpointId, batch)
    const { redeliveryId, since, most } = batch
    if (count === most) await tx.enqueue(redeliverWebhooks, { endpointId, redeliveryId, since: since.toISOString() })
    this.wake(tx, [endpointId])
    return count
  }

  /** How far a redelivery has come. */
  async redelivery(context: SqlContext, id: string, startedAt: Date) {
    const rows = await context.db.query<{ status: 'waiting' | 'delivered' | 'failed'; count: number }>(sql`
      select "status", count(*)::int as "count" from "WebhookDelivery" where "redeliveryId" = ${id} group by "status"`)
    const count = (status: string) => rows.find((row) => row.status === status)?.count ?? 0
    const [waiting, delivered, failed] = [count('waiting'), count('delivered'), count('failed')]
    return { startedAt, total: waiting + delivered + failed, waiting, delivered, failed }
  }

  /**
   * Posts what is due at an endpoint: see {@link Poster.deliver}.
   *
   * @returns how many attempts were made
   */
  deliver(context: SqlContext, endpointId: string, signal: AbortSignal): Promise<{ attempts: number }> {
    return this.#poster.deliver(context, endpointId, signal)
  }

  /** Takes up what has been due for a minute: whoever was to post it has died. @returns at how many endpoints */
  async resume(system: SystemContext): Promise<number> {
    const now = system.clock.now()
    const before = new Date(now.getTime() - 60_000)
    // The system door: deliveries of any workspace.
    const left = await system.system.query<{ workspaceId: string; endpointId: string }>(sql`
      select distinct delivery."workspaceId", delivery."endpointId"
      from "WebhookDelivery" delivery join "WebhookEndpoint" endpoint
        on endpoint."workspaceId" = delivery."workspaceId" and endpoint."id" = delivery."endpointId"
      where delivery."status" = 'waiting' and delivery."nextAt" < ${before}
        and (delivery."claimedUntil" is null or delivery."claimedUntil" < statement_timestamp())
        and (endpoint."restUntil" is null or endpoint."restUntil" < ${now})
      limit 10000`)
    for (const { workspaceId, endpointId } of left)
      await system.workspace(workspaceId).enqueue(deliverWebhooks, { endpointId })
    return left.length
  }

  /**
   * Erases messages that are older than the workspace keeps them, with their deliveries and what was answered; not those that are
   * still on their way.
   *
   * @returns how many
   */
  async forget(context: SqlContext): Promise<number> {
    const before = new Date(context.clock.now().getTime() - (await this.#options.keepDays(context)) * 86_400_000)
    for (let gone = 0; ; ) {
      const batch = await context.db.query(sql`
        delete from "WebhookMessage" where "id" in (
          select "id" from "WebhookMessage" message where "createdAt" < ${before} and not exists (
            select 1 from "WebhookDelivery" delivery where delivery."workspaceId" = message."workspaceId"
              and delivery."messageId" = message."id" and delivery."status" = 'waiting')
          order by "createdAt" limit 1000) returning 1`)
      gone += batch.length
      if (batch.length < 1000) return gone
    }
  }

  /** Has endpoints posted to, once the transaction has committed. */
  wake(tx: SqlContext, endpointIds: readonly string[]): void {
    tx.afterCommit(() => {
      for (const endpointId of endpointIds)
        this.#options
          .workspace(tx.workspaceId)
          .enqueue(deliverWebhooks, { endpointId })
          // What is not woken now is found a minute later.
          .catch((err: unknown) => tx.log.warn({ err, endpointId }, 'a webhook waits for the next minute'))
    })
  }
}

/** Of a failed job: posting that webhooks could not be posted would fail as well, and say so, and so on. */
const isAboutWebhooks = ({ job }: Readonly<Record<string, unknown>>) => job === deliverWebhooks.name

function switchedOff(): ConflictError {
  return new ConflictError({
    en: 'The endpoint is switched off. Switch it on first.',
    fr: 'Cette destination est désactivée. Réactivez-la d’abord.',
  })
}
