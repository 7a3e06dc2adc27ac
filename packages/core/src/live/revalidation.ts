import type { Logger } from 'pino'
import type { Timers } from './timers.ts'

/**
 * Which of these credentials still count. It must answer no also where the rights behind one have become
 * fewer: what its subscriptions receive was computed with those they were opened with.
 */
export type StillValid = (credentials: readonly string[]) => Promise<ReadonlySet<string>>

const sweepMilliseconds = 2_000
/** Together with the wait before it: a revoked credential is found within 4 s. */
const answerMilliseconds = 2_000
/** So many sweeps in a row without an answer, and nobody counts as valid any more. */
const maxUnanswered = 5

/** Asks about every watched credential, all at once, again and again while there are any. */
export class Revalidation {
  readonly #options: { log: Logger; stillValid: StillValid; timers: Timers }
  readonly #watched = new Map<string, Set<() => void>>()
  #cancel: (() => void) | undefined
  #sweeping = false
  #unanswered = 0

  constructor(options: { log: Logger; stillValid: StillValid; timers: Timers }) {
    this.#options = options
  }

  /** @param onInvalid called once, when the credential no longer counts. @returns ends the watch */
  watch(credential: string, onInvalid: () => void): () => void {
    const watchers = this.#watched.get(credential) ?? new Set()
    this.#watched.set(credential, watchers.add(onInvalid))
    this.#schedule()
    return () => {
      watchers.delete(onInvalid)
      if (watchers.size === 0 && this.#watched.get(credential) === watchers) this.#watched.delete(credential)
      if (this.#watched.size > 0) return
      this.#cancel?.()
      this.#cancel = undefined
    }
  }

  #schedule(): void {
    if (this.#cancel || this.#sweeping || this.#watched.size === 0) return
    this.#cancel = this.#options.timers.after(sweepMilliseconds, () => {
      this.#cancel = undefined
      void this.#sweep()
    })
  }

  async #sweep(): Promise<void> {
    this.#sweeping = true
    const asked = [...this.#watched.keys()]
    const valid = await this.#ask(asked)
    this.#sweeping = false
    for (const credential of asked) {
      if (!valid.has(credential)) for (const onInvalid of this.#watched.get(credential) ?? []) onInvalid()
    }
    this.#schedule()
  }

  async #ask(asked: readonly string[]): Promise<ReadonlySet<string>> {
    const { log, stillValid, timers } = this.#options
    const late = Promise.withResolvers<never>()
    const cancel = timers.after(answerMilliseconds, () =>
      late.reject(new Error(`No answer within ${answerMilliseconds} ms.`)),
    )
    try {
      const valid = await Promise.race([stillValid(asked), late.promise])
      this.#unanswered = 0
      return valid
    } catch (error) {
      this.#unanswered += 1
      log.error({ err: error }, 'It could not be checked whether open subscriptions are still allowed.')
      return this.#unanswered < maxUnanswered ? new Set(asked) : new Set()
    } finally {
      cancel()
    }
  }
}
