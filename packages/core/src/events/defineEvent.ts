import type { z } from 'zod'
import type { Awaitable } from '../awaitable.ts'
import type { SqlContext, WorkspaceContext } from '../context.ts'
import type { SqlDb } from '../data/database.ts'
import type { JobOptions } from '../jobs/defineJob.ts'
import type { PublicEventOptions } from './publicEvents.ts'

/** A fact of the domain: something that has happened, named in the past. */
export interface EventDefinition<Payload = unknown> {
  /** Prefixed with the plugin's name: "tracking.goal-reached". */
  readonly name: string
  readonly payload: z.ZodType<Payload>
  /** What the event is about. Handlers that ask for order get events of one key one after another, in order. */
  readonly key?: (payload: Payload) => string
  /** Other systems may hear of it too. Then it belongs into the plugin's `events` as well. */
  readonly public?: PublicEventOptions<Payload>
}

/**
 * Defines an event: a fact that the plugin publishes and others handle.
 *
 * @example
 * export const experimentCompleted = defineEvent({
 *   name: 'experiments.completed',
 *   payload: z.object({ experimentId: z.uuid(), winner: z.string().nullable() }),
 *   key: ({ experimentId }) => experimentId,
 *   public: {
 *     description: { en: 'An experiment has ended.', fr: 'Une expérience est terminée.' },
 *     ids: { experimentId: 'Experiment' },
 *     example: { experimentId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8', winner: 'b' },
 *   },
 * })
 */
export function defineEvent<Payload>(definition: EventDefinition<Payload>): EventDefinition<Payload> {
  return definition
}

/** An event on its way to one handler. */
export interface PublishedEvent<Payload> {
  readonly id: string
  readonly name: string
  readonly payload: Payload
  readonly publishedAt: Date
}

/** How a handler is retried, and whether it wants events in order. */
export interface HandlerOptions extends Pick<JobOptions<unknown>, 'retry' | 'concurrency'> {
  /** Distinguishes two handlers of one event in one plugin. */
  name?: string
  /** One after another per key, in the order of publication. Needs the event's `key`. */
  ordered?: boolean
}

/** What a plugin does about an event; made by {@link when}. */
export interface EventHandler<Payload = unknown, Service = unknown> {
  readonly event: EventDefinition<Payload>
  readonly options: HandlerOptions
  readonly handle: (event: PublishedEvent<Payload>, context: WorkspaceContext, service: Service) => Promise<void>
}

/**
 * Handles an event inside a transaction in which it is also marked as handled: what the handler writes
 * through its context happens once, however often the event is delivered. It has 10 s, as every transaction:
 * what takes longer belongs into a job that it enqueues. What leaves the house must carry
 * an idempotency key of its own, such as the event's id.
 */
export function when<Payload, Service = unknown>(
  event: EventDefinition<Payload>,
  handle: (event: PublishedEvent<Payload>, context: WorkspaceContext, service: Service) => Promise<void>,
  options: HandlerOptions = {},
): EventHandler<Payload, Service> {
  return { event, handle, options }
}

/** A public event on its way to a listener: what others are told of it, never what stays in the house. */
export interface ToldEvent {
  readonly id: string
  /** "experiments.started" */
  readonly name: string
  /** Events of one key come one after another, in the order of publication. Undefined: it has no order. */
  readonly key: string | undefined
  readonly data: Readonly<Record<string, unknown>>
  readonly publishedAt: Date
}

/** Hears the public events of all plugins. */
export interface PublicListener<Service = unknown> {
  readonly wanted: (db: Pick<SqlDb, 'workspaceId' | 'query'>, event: string, service: Service) => Awaitable<boolean>
  readonly hear: (event: ToldEvent, context: SqlContext, service: Service) => Promise<void>
  readonly options: Pick<HandlerOptions, 'retry' | 'concurrency'>
}

/**
 * Hears the public events of all plugins, of one key in their order; in a transaction, as {@link when} does.
 *
 * @param wanted asked at each publication, over the transaction that is open: answer from memory, traffic waits for it. Where it
 *   says no, nothing is written
 */
export function whenPublic<Service = unknown>(
  wanted: PublicListener<Service>['wanted'],
  hear: PublicListener<Service>['hear'],
  options: PublicListener<Service>['options'] = {},
): PublicListener<Service> {
  return { wanted, hear, options }
}
