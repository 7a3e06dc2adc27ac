import { setImmediate } from 'node:timers/promises'
import type { ExecutionResult } from 'graphql'
import type { Logger } from 'pino'
import { UnauthenticatedError } from '../errors.ts'
import { isCurrentValue } from './currentValue.ts'
import { Mailbox, type Pourable } from './mailbox.ts'
import { Revalidation, type StillValid } from './revalidation.ts'
import { type CutReason, Subscriber } from './subscriber.ts'
import { systemTimers, type Timers } from './timers.ts'

/** Subscribers that are told in one go, before others of the process have their turn: some 5 ms. */
const portion = 500

export interface SharedSubscriptionsOptions {
  readonly log: Logger
  /** Which of these credentials may still receive. Asked about all open subscriptions at once, every 2 s. */
  readonly stillValid?: StillValid
  /** Default: the system's. */
  readonly timers?: Timers
}

export interface SubscriptionRequest {
  /**
   * Requests of the same group get the same results, from one execution: that of whoever came first. It must
   * therefore tell apart everything that the results depend on, the rights of who asks first of all; take it
   * from `subscriptionGroup`.
   */
  readonly group: string
  /** Executes the operation. The signal aborts when the last subscriber has left. */
  readonly start: (signal: AbortSignal) => Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
  /** Ends this subscriber, and nobody else. */
  readonly signal?: AbortSignal | undefined
  /** What `stillValid` is asked about, such as a session's id. Without it the subscriber is never checked again. */
  readonly credential?: string | undefined
  /**
   * Each result is the whole current value, not a happening: who comes later gets the latest one at once.
   * Default: what the source says of itself (`marksCurrentValue`).
   */
  readonly currentValue?: boolean | undefined
  /**
   * Called when the subscriber is ended against its will. Its iterator fails with the same error, but a
   * transport that waits for a client that does not read does not get there: it closes the connection here.
   */
  readonly onCut?: ((error: CutReason) => void) | undefined
}

interface Group {
  readonly subscribers: Set<Subscriber>
  /** Takes out one who gets no more. */
  readonly left: (subscriber: Subscriber) => void
  readonly stop: AbortController
  /** The result, where the operation was refused instead of started. */
  started: Promise<ExecutionResult | undefined>
  latest?: ExecutionResult
  /** What the source says of itself. */
  currentValue?: boolean
}

/**
 * Executes equal subscriptions once and hands the results to each subscriber through a bounded buffer of its
 * own. When a subscriber is slower than the results, the oldest are dropped, and `extensions.gap` of the next
 * one says how many. The source is read at its own pace: no subscriber holds back another.
 */
export class SharedSubscriptions {
  readonly #timers: Timers
  readonly #groups = new Map<string, Group>()
  readonly #revalidation: Revalidation | undefined
  #closed = false

  constructor({ log, stillValid, timers = systemTimers }: SharedSubscriptionsOptions) {
    this.#timers = timers
    if (stillValid) this.#revalidation = new Revalidation({ log, stillValid, timers })
  }

  /** Executions that run now, and the subscribers they serve. */
  get counts(): { groups: number; subscribers: number } {
    let subscribers = 0
    for (const group of this.#groups.values()) subscribers += group.subscribers.size
    return { groups: this.#groups.size, subscribers }
  }

  /** @returns the results as they come, or the one result of an operation that was refused */
  async subscribe(request: SubscriptionRequest): Promise<Pourable<ExecutionResult> | ExecutionResult> {
    if (this.#closed || request.signal?.aborted) return ended()
    const group = this.#groups.get(request.group) ?? this.#open(request)
    const subscriber = this.#join(group, request)
    const { results } = subscriber
    if ((request.currentValue ?? group.currentValue) && group.latest) results.put(group.latest)
    try {
      const refusal = await startedOrLeft(group, subscriber)
      if (!refusal) return results
      results.close()
      return refusal
    } catch (error) {
      results.close()
      throw error
    }
  }

  /** Ends every subscription. */
  close(): void {
    this.#closed = true
    for (const group of this.#groups.values()) for (const subscriber of group.subscribers) subscriber.results.close()
  }

  #open(request: SubscriptionRequest): Group {
    const stop = new AbortController()
    const subscribers = new Set<Subscriber>()
    const left = (subscriber: Subscriber) => {
      subscribers.delete(subscriber)
      if (subscribers.size === 0) stop.abort()
    }
    const group: Group = { subscribers, left, stop, started: Promise.resolve(undefined) }
    this.#groups.set(request.group, group)
    stop.signal.addEventListener('abort', () => {
      // A newer group may have taken the name.
      if (this.#groups.get(request.group) === group) this.#groups.delete(request.group)
    })
    group.started = start(group, request.start)
    // Those who wait for it hear of its failure; there may be nobody left who does.
    group.started.catch(() => {})
    return group
  }

  #join(group: Group, { signal, credential, onCut }: SubscriptionRequest): Subscriber {
    const subscriber = new Subscriber({ timers: this.#timers, signal, onCut, onEnd: group.left })
    group.subscribers.add(subscriber)
    if (credential !== undefined)
      subscriber.forget = this.#revalidation?.watch(credential, () => subscriber.cut(noLongerValid()))
    return subscriber
  }
}

/** Waits for the group to have started. @returns its refusal; nothing where the subscriber left before */
async function startedOrLeft(group: Group, subscriber: Subscriber): Promise<ExecutionResult | undefined> {
  const left = Promise.withResolvers<undefined>()
  subscriber.onLeft = () => left.resolve(undefined)
  try {
    return await Promise.race([group.started, left.promise])
  } finally {
    subscriber.onLeft = undefined
  }
}

function noLongerValid(): UnauthenticatedError {
  return new UnauthenticatedError({
    en: 'The subscription was closed: its sign-in or key is no longer valid. Sign in again.',
    fr: 'L’abonnement a été fermé : sa connexion ou sa clé n’est plus valable. Reconnectez-vous.',
  })
}

/** Executes the operation and begins to hand out its results. @returns the result, where it was refused */
async function start(group: Group, execute: SubscriptionRequest['start']): Promise<ExecutionResult | undefined> {
  // Not before whoever opened the group has joined it.
  await Promise.resolve()
  if (group.stop.signal.aborted) return undefined
  const source = await execute(group.stop.signal)
  if (!(Symbol.asyncIterator in source)) return source
  group.currentValue = isCurrentValue(source)
  void handOut(group, source[Symbol.asyncIterator]())
  return undefined
}

async function handOut(group: Group, source: AsyncIterator<ExecutionResult>): Promise<void> {
  const { signal } = group.stop
  const release = () => {
    // A source that fails while it is being stopped has nobody left to tell.
    source.return?.().then(undefined, () => {})
  }
  if (signal.aborted) return release()
  signal.addEventListener('abort', release, { once: true })
  try {
    for (let next = await source.next(); !next.done && !signal.aborted; next = await source.next()) {
      group.latest = next.value
      await putInPortions([...group.subscribers], next.value)
    }
    endAll(group)
  } catch (error) {
    endAll(group, { error })
  }
}

/** Those who have joined meanwhile are not among these, and those who have left take nothing. */
async function putInPortions(subscribers: readonly Subscriber[], result: ExecutionResult): Promise<void> {
  for (const [place, subscriber] of subscribers.entries()) {
    if (place > 0 && place % portion === 0) await setImmediate()
    subscriber.results.put(result)
  }
}

/** Each subscriber gets what waits for it first. */
function endAll(group: Group, failure?: { error: unknown }): void {
  for (const subscriber of group.subscribers) subscriber.results.end(failure)
}

function ended(): Pourable<ExecutionResult> {
  const none = new Mailbox<ExecutionResult, ExecutionResult>({ capacity: 1, deliver: (result) => result })
  none.close()
  return none
}
