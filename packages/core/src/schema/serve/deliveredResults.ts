import type { ExecutionResult } from 'graphql'
import type { ErrorRecipient } from '../../http/requestState.ts'
import type { Pourable, Sink } from '../../live/mailbox.ts'

/**
 * The results of a subscription on their way to one subscriber: with errors in their shape. A failure becomes the last result,
 * so that every client hears of it.
 */
export class DeliveredResults implements Pourable<ExecutionResult>, Sink<ExecutionResult> {
  readonly #results: Pourable<ExecutionResult>
  readonly #recipient: ErrorRecipient
  readonly #shape: (error: Error, recipient: ErrorRecipient) => Error
  readonly #onEnd: () => void
  #sink: Sink<ExecutionResult> | undefined
  #over = false

  /**
   * @param shape an error as this subscriber gets it
   * @param onEnd called once, when the subscriber gets no more
   */
  constructor(
    results: Pourable<ExecutionResult>,
    recipient: ErrorRecipient,
    shape: (error: Error, recipient: ErrorRecipient) => Error,
    onEnd: () => void,
  ) {
    this.#results = results
    this.#recipient = recipient
    this.#shape = shape
    this.#onEnd = onEnd
  }

  pour(sink: Sink<ExecutionResult>): Promise<void> {
    this.#sink = sink
    return this.#results.pour(this).then(
      () => this.#end(),
      (error: unknown) => {
        if (!this.#over) sink.take(this.#last(error))
        this.#end()
      },
    )
  }

  hasRoom(): boolean {
    return this.#sink?.hasRoom() ?? false
  }

  take(result: ExecutionResult): void {
    this.#sink?.take(this.#shaped(result))
  }

  onceRoom(resume: () => void): void {
    this.#sink?.onceRoom(resume)
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.#over) return ended
    try {
      const next = await this.#results.next()
      if (next.done) this.#end()
      return next.done ? next : { done: false, value: this.#shaped(next.value) }
    } catch (error) {
      this.#end()
      return { done: false, value: this.#last(error) }
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    this.#end()
    await this.#results.return?.()
    return ended
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #end(): void {
    if (!this.#over) this.#onEnd()
    this.#over = true
  }

  /** Without errors it is the very same object for all subscribers, which is what it is encoded once by. */
  #shaped(result: ExecutionResult): ExecutionResult {
    if (!result.errors) return result
    return { ...result, errors: result.errors.map((error) => this.#shape(error, this.#recipient)) as never }
  }

  #last(error: unknown): ExecutionResult {
    return { errors: [this.#shape(error as Error, this.#recipient)] as never }
  }
}

const ended: IteratorResult<never> = { done: true, value: undefined }
