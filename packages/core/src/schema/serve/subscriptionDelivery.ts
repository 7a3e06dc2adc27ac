import type { ExecutionResult } from 'graphql'
import type { Pourable, Sink } from '../../live/mailbox.ts'

/**
 * What graphql-ws follows in place of a subscription's results: those are poured into the socket, past it, and it hears of
 * the end alone.
 */
export class SubscriptionDelivery implements AsyncIterableIterator<never> {
  readonly #results: Pourable<ExecutionResult>
  readonly #sink: Sink<ExecutionResult>

  constructor(results: Pourable<ExecutionResult>, sink: Sink<ExecutionResult>) {
    this.#results = results
    this.#sink = sink
  }

  // Without async: its frame would be kept for each subscriber as long as the subscription lasts.
  next(): Promise<IteratorResult<never>> {
    return this.#results.pour(this.#sink).then(end)
  }

  async return(): Promise<IteratorResult<never>> {
    await this.#results.return?.()
    return ended
  }

  async throw(error: unknown): Promise<IteratorResult<never>> {
    await this.#results.return?.()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

const ended: IteratorResult<never> = { done: true, value: undefined }
const end = () => ended
