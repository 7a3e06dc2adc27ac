import { setImmediate } from 'node:timers/promises'
import type { SqlContext } from '@espalier/core'
import type { Transport } from '../transports/transport.ts'
import { type Answered, recordOutcomes } from './outcomes.ts'

/** Before an answer is written down again; milliseconds, in all less than a lease. */
const recordPauses = [100, 300, 1_000, 3_000, 10_000]
const neverAborted = new AbortController().signal

/** What a writer works with. */
export interface OutcomeWriterParts {
  readonly context: SqlContext
  readonly transport: Transport
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Writes down what providers answer. Answers that come during a write go together in the next one: a busy run takes few
 * transactions, a quiet one never waits.
 */
export class OutcomeWriter {
  readonly #parts: OutcomeWriterParts
  #waiting: { readonly answered: Answered; readonly settle: PromiseWithResolvers<void> }[] = []
  #writing = false

  constructor(parts: OutcomeWriterParts) {
    this.#parts = parts
  }

  /** Resolves when it is written down. @throws where the database was away for longer than an answer is held */
  add(answered: Answered): Promise<void> {
    const settle = Promise.withResolvers<void>()
    this.#waiting.push({ answered, settle })
    if (!this.#writing) void this.#write()
    return settle.promise
  }

  async #write(): Promise<void> {
    this.#writing = true
    // Answers that come together are written together.
    await setImmediate()
    while (this.#waiting.length > 0) {
      const together = this.#waiting
      this.#waiting = []
      const { context, transport } = this.#parts
      const outcomes = together.map(({ answered }) => answered)
      const written = await recordOutcomes(context, outcomes, transport).then(
        () => true,
        () => false,
      )
      if (written) for (const { settle } of together) settle.resolve()
      // One of them may be what failed, such as a row that somebody holds: from here each is written by itself.
      else
        await Promise.all(
          together.map(({ answered, settle }) => this.#persistently(answered).then(settle.resolve, settle.reject)),
        )
    }
    this.#writing = false
  }

  /**
   * The provider's answer is told once. Without the database it is held for as long as a restart of it takes: what is not written
   * down would be sent again.
   */
  async #persistently(answered: Answered): Promise<void> {
    const { context, transport, wait } = this.#parts
    for (const pause of recordPauses) {
      await wait(pause, neverAborted)
      const written = await recordOutcomes(context, [answered], transport).then(
        () => true,
        () => false,
      )
      if (written) return
    }
    await recordOutcomes(context, [answered], transport)
  }
}
