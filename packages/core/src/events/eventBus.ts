import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { SqlContext } from '../context.ts'
import type { Database, SqlDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { StartError } from '../errors.ts'
import { defineJob, type JobDefinition } from '../jobs/defineJob.ts'
import { invalidInput, UnusableInputError } from '../jobs/jobErrors.ts'
import type { JobQueue } from '../jobs/jobQueue.ts'
import type { RegisteredJob } from '../jobs/registeredJob.ts'
import type { EventDefinition, EventHandler, PublicListener } from './defineEvent.ts'
import type { PublicEvent } from './publicEvents.ts'
import { publicEventsQueue } from './publicEventsQueue.ts'

/** A handler, the plugin that brings it, and the service it gets as its last argument. */
export interface RegisteredHandler {
  readonly plugin: string
  // biome-ignore lint/suspicious/noExplicitAny: events with payloads of any type stand side by side
  readonly handler: EventHandler<any, any>
  readonly service: unknown
}

/** One that hears all public events, the plugin that brings it, and the service it gets as its last argument. */
export interface RegisteredListener {
  readonly plugin: string
  // biome-ignore lint/suspicious/noExplicitAny: services of any type stand side by side
  readonly listener: PublicListener<any>
  readonly service: unknown
}

/** Where an event is written: a transaction of the workspace, or of the system in its name. */
type PublishDb = Pick<SqlDb, 'workspaceId' | 'query'> & { readonly inTransaction?: boolean }

/** Takes domain events from who publishes them to who handles them: one job for each handler. */
export class EventBus {
  readonly #database: Database
  readonly #queue: () => JobQueue
  readonly #clock: Clock
  readonly #jobs: RegisteredJob[] = []
  readonly #handlers = new Map<string, JobDefinition<StoredEvent>[]>()
  readonly #publicEvents: ReadonlyMap<string, PublicEvent> | undefined
  readonly #listeners: (RegisteredListener & { readonly job: JobDefinition<StoredEvent> })[] = []

  /**
   * @param options.queue the queue that {@link jobs} were given to
   * @throws StartError on an ordered handler of an event without a key, or two handlers of one name
   */
  constructor(options: {
    handlers: readonly RegisteredHandler[]
    listeners?: readonly RegisteredListener[]
    /** Default: nobody asks for them. */
    publicEvents?: ReadonlyMap<string, PublicEvent>
    database: Database
    queue: () => JobQueue
    clock: Clock
  }) {
    this.#database = options.database
    this.#queue = options.queue
    this.#clock = options.clock
    this.#publicEvents = options.publicEvents
    for (const registered of options.handlers) {
      const entry = handlerJob(registered)
      const { name } = registered.handler.event
      this.#jobs.push(entry)
      this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), entry.job])
    }
    for (const registered of options.listeners ?? []) {
      const entry = listenerJob(registered, this.#publicEvents ?? new Map())
      this.#jobs.push(entry)
      this.#listeners.push({ ...registered, job: entry.job })
    }
  }

  /** The handlers as jobs, for the queue. */
  jobs(): readonly RegisteredJob[] {
    return this.#jobs
  }

  /**
   * Tells every handler of the event. Inside a transaction: together with it or not at all; else in one of
   * its own. Writes nothing when nobody handles it.
   *
   * @throws InvalidInputError when the event's schema refuses the payload; an Error for a public one that is in no plugin's `events`
   */
  async publish<Payload>(db: PublishDb, event: EventDefinition<Payload>, payload: Payload): Promise<void> {
    const parsed = event.payload.safeParse(payload)
    if (!parsed.success) throw invalidInput('payload', parsed.error, payload)
    if (event.public && this.#publicEvents && !this.#publicEvents.has(event.name))
      throw new Error(
        `"${event.name}" is public. Put it into the \`events\` of its plugin, so that others can find it.`,
      )
    const handlers = [...(this.#handlers.get(event.name) ?? []), ...(await this.#listening(db, event))]
    const stored: StoredEvent = {
      eventId: uuidv7(),
      ...(event.public ? { name: event.name } : {}),
      publishedAt: this.#clock.now().toISOString(),
      payload: parsed.data,
    }
    if (db.inTransaction || handlers.length < 2) return this.#enqueue(db, handlers, stored)

    let transaction: PublishDb | undefined
    await this.#database.workspace(db.workspaceId).sqlTransaction((tx) => {
      transaction = tx
      return this.#enqueue(tx, handlers, stored)
    })
    if (transaction) this.#queue().committed(transaction)
  }

  /** The listeners that want the event in this workspace, as jobs. */
  async #listening(
    db: PublishDb,
    event: Pick<EventDefinition, 'name'> & { readonly public?: unknown },
  ): Promise<JobDefinition<StoredEvent>[]> {
    if (!event.public) return []
    const wanting: JobDefinition<StoredEvent>[] = []
    for (const { listener, service, job } of this.#listeners)
      if (await listener.wanted(db, event.name, service)) wanting.push(job)
    return wanting
  }

  async #enqueue(db: PublishDb, handlers: readonly JobDefinition<StoredEvent>[], stored: StoredEvent): Promise<void> {
    for (const job of handlers) await this.#queue().enqueue(db.workspaceId, db, job, stored)
  }
}

/** An event as it waits on a handler's queue. */
const storedEvent = z.object({
  eventId: z.uuid(),
  /** Of a public event, for those who hear them all. */
  name: z.string().optional(),
  publishedAt: z.iso.datetime(),
  payload: z.unknown(),
})
type StoredEvent = z.output<typeof storedEvent>

function handlerJob({ plugin, handler, service }: RegisteredHandler): RegisteredJob {
  const { event, options } = handler
  const { key } = event
  const name = [plugin, 'on', event.name, options.name].filter(Boolean).join('.')
  if (options.ordered && !key)
    throw new StartError(
      'EVENT_WITHOUT_KEY',
      `Plugin "${plugin}" handles "${event.name}" in order, but the event has no key to order by. Give the event a \`key\`.`,
    )
  const job = defineJob<StoredEvent>({
    name,
    input: storedEvent,
    ...(options.retry ? { retry: options.retry } : {}),
    ...(options.concurrency ? { concurrency: options.concurrency } : {}),
    run: ({ eventId, publishedAt, payload: stored }, context) => {
      const payload = event.payload.safeParse(stored)
      if (!payload.success)
        throw new UnusableInputError(
          `"${name}" cannot use event ${eventId}: ${invalidInput('payload', payload.error, stored).message}`,
        )
      const published = { id: eventId, name: event.name, payload: payload.data, publishedAt: new Date(publishedAt) }
      return context.transaction((tx) => once(tx, name, eventId, () => handler.handle(published, tx, service)))
    },
  })
  return {
    plugin,
    job,
    service,
    ...(options.ordered && key ? { orderKey: (stored: StoredEvent) => key(stored.payload) } : {}),
  }
}

function listenerJob(
  { plugin, listener, service }: RegisteredListener,
  publicEvents: ReadonlyMap<string, PublicEvent>,
): RegisteredJob {
  const { retry, concurrency } = listener.options
  const jobName = `${plugin}${publicEventsQueue}`
  const job = defineJob<StoredEvent>({
    name: jobName,
    input: storedEvent,
    ...(retry ? { retry } : {}),
    ...(concurrency ? { concurrency } : {}),
    run: ({ eventId: id, name = '', publishedAt, payload }, context) => {
      const event = publicEvents.get(name)
      // Its plugin was switched off, or it is public no more.
      if (!event) return Promise.resolve({ handled: 'never' })
      const told = {
        id,
        name,
        key: event.keyOf(payload),
        data: event.tell(payload),
        publishedAt: new Date(publishedAt),
      }
      return context.sqlTransaction((tx) => once(tx, jobName, id, () => listener.hear(told, tx, service)))
    },
  })
  return {
    plugin,
    job,
    service,
    orderKey: ({ name = '', payload, eventId }: StoredEvent) => publicEvents.get(name)?.keyOf(payload) ?? eventId,
  }
}

/** Runs `work` in a transaction, which then also says that it is done; not at all if one has said so before. */
async function once(
  tx: SqlContext,
  handler: string,
  eventId: string,
  work: () => Promise<void>,
): Promise<{ handled: 'now' | 'before' }> {
  const marked = await tx.db.query(
    sql`insert into "HandledEvent" ("handler", "eventId") values (${handler}, ${eventId}) on conflict do nothing returning 1`,
  )
  if (marked.length === 0) return { handled: 'before' }
  await work()
  return { handled: 'now' }
}
