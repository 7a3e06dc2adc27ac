import type { z } from 'zod'
import type { WorkspaceContext } from '../context.ts'
import type { JobOptions } from '../jobs/defineJob.ts'

/** A fact of the domain: something that has happened, named in the past. */
export interface EventDefinition<Payload = unknown> {
  /** Prefixed with the plugin's name: "tracking.goal-reached". */
  readonly name: string
  readonly payload: z.ZodType<Payload>
  /** What the event is about. Handlers that ask for order get events of one key one after another, in order. */
  readonly key?: (payload: Payload) => string
}

/**
 * @example
 * export const experimentCompleted = defineEvent({
 *   name: 'experiments.completed',
 *   payload: z.object({ experimentId: z.uuid(), winner: z.string().nullable() }),
 *   key: ({ experimentId }) => experimentId,
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

export interface HandlerOptions extends Pick<JobOptions<unknown>, 'retry' | 'concurrency'> {
  /** Distinguishes two handlers of one event in one plugin. */
  name?: string
  /** One after another per key, in the order of publication. Needs the event's `key`. */
  ordered?: boolean
}

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
