import type { ExecutionResult } from 'graphql'
import { RequestError, type UnauthenticatedError } from '../errors.ts'
import { mailboxCapacity } from './channels.ts'
import { Mailbox, type MailboxOptions } from './mailbox.ts'
import type { Timers } from './timers.ts'

/** How long a subscriber may leave a full buffer untouched. */
const stallMilliseconds = 10_000

/** A subscriber read nothing for 10 s while results were dropped in front of it. */
export class SubscriberStalledError extends RequestError {
  override readonly name = 'SubscriberStalledError'
  readonly code = 'SUBSCRIBER_STALLED'
  readonly status = 408

  constructor() {
    const seconds = stallMilliseconds / 1_000
    super({
      en: `The subscription was closed: nothing was read for ${seconds} s. Subscribe again to go on.`,
      fr: `L’abonnement a été fermé : rien n’a été lu pendant ${seconds} s. Abonnez-vous de nouveau pour continuer.`,
    })
  }
}

/** Why a subscriber was ended against its will. */
export type CutReason = SubscriberStalledError | UnauthenticatedError

export interface SubscriberOptions {
  readonly timers: Timers
  /** Ends it. */
  readonly signal: AbortSignal | undefined
  readonly onCut: ((error: CutReason) => void) | undefined
  /** Called once, when it gets no more. */
  readonly onEnd: (subscriber: Subscriber) => void
}

/**
 * One of those who get the results of a group, through a bounded buffer of its own. There may be thousands, so it is one object
 * with methods, where closures would weigh more than what they close over.
 */
export class Subscriber implements MailboxOptions<ExecutionResult, ExecutionResult> {
  readonly capacity = mailboxCapacity
  readonly results: Mailbox<ExecutionResult, ExecutionResult>
  /** Ends what watches over it. */
  forget: (() => void) | undefined
  /** Called when it has left. */
  onLeft: (() => void) | undefined
  readonly #options: SubscriberOptions
  readonly #leave: (() => void) | undefined
  #cancelStall: (() => void) | undefined

  constructor(options: SubscriberOptions) {
    this.#options = options
    this.results = new Mailbox(this)
    if (!options.signal) return
    this.#leave = () => this.results.close()
    options.signal.addEventListener('abort', this.#leave, { once: true })
  }

  /** Ends it against its will. */
  cut(error: CutReason): void {
    this.results.close({ error })
    this.#options.onCut?.(error)
  }

  deliver(result: ExecutionResult, gap: number): ExecutionResult {
    return gap === 0 ? result : { ...result, extensions: { ...result.extensions, gap } }
  }

  onTake(): void {
    this.#cancelStall?.()
    this.#cancelStall = undefined
  }

  onOverflow(): void {
    this.#cancelStall ??= this.#options.timers.after(stallMilliseconds, () => this.cut(new SubscriberStalledError()))
  }

  onEnd(): void {
    this.onTake()
    if (this.#leave) this.#options.signal?.removeEventListener('abort', this.#leave)
    this.forget?.()
    this.#options.onEnd(this)
    this.onLeft?.()
  }
}
