import type { Timers } from './timers.ts'

/** At most four deliveries a second: the pace of what a person watches. */
export const coalescingMilliseconds = 250

export interface CoalescerOptions<Message> {
  readonly merge: (earlier: Message, later: Message) => Message
  readonly deliver: (message: Message) => void
  readonly timers: Timers
  /** Called when a quiet spell begins: nothing waits and no timer runs. */
  readonly onIdle?: () => void
}

/** Lets the first message through at once, and what follows within a quarter of a second as one merged message. */
export class Coalescer<Message> {
  readonly #options: CoalescerOptions<Message>
  #waiting: { message: Message } | undefined
  #cancel: (() => void) | undefined

  constructor(options: CoalescerOptions<Message>) {
    this.#options = options
  }

  add(message: Message): void {
    if (!this.#cancel) {
      this.#pause()
      this.#options.deliver(message)
    } else {
      this.#waiting = { message: this.#waiting ? this.#options.merge(this.#waiting.message, message) : message }
    }
  }

  /** Delivers what waits now and stops the timer. */
  flush(): void {
    const waiting = this.#waiting
    this.stop()
    if (waiting) this.#options.deliver(waiting.message)
  }

  /** Throws away what waits and stops the timer. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#waiting = undefined
  }

  #pause(): void {
    this.#cancel = this.#options.timers.after(coalescingMilliseconds, () => {
      this.#cancel = undefined
      const waiting = this.#waiting
      this.#waiting = undefined
      if (!waiting) return this.#options.onIdle?.()
      this.#pause()
      this.#options.deliver(waiting.message)
    })
  }
}
