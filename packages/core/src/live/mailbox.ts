export interface MailboxOptions<Message, Item> {
  /** Messages that wait at most; the oldest makes room for one more. At least 1. */
  readonly capacity: number
  /** What the reader gets for a message before which `gap` others were dropped. */
  readonly deliver: (message: Message, gap: number) => Item
  /** Called once, when nothing will be put in any more: the reader left, or the box was ended. */
  readonly onEnd?: () => void
  /** Called when a message was put into a full box. */
  readonly onOverflow?: () => void
  /** Called when the reader takes something. */
  readonly onTake?: () => void
}

/** What takes items as they come, in place of a reader that asks for each: a socket. */
export interface Sink<Item> {
  /** Whether it takes one more now. */
  hasRoom(): boolean
  take(item: Item): void
  /** Calls back once, when it has room again. */
  onceRoom(resume: () => void): void
}

/** Items that can be read one by one, or poured into a sink: then none costs a promise, as many as there are of them. */
export interface Pourable<Item> extends AsyncIterableIterator<Item> {
  /** @returns once all have been taken, or the sink was left with `return`; rejects where the items ended with an error */
  pour(sink: Sink<Item>): Promise<void>
}

/**
 * What waits for one reader: a bounded line of messages, read as an async iterator or poured into a sink. Putting never
 * waits and never throws, so that a reader that sleeps costs its capacity and nothing more.
 */
export class Mailbox<Message, Item> implements Pourable<Item> {
  readonly #options: MailboxOptions<Message, Item>
  readonly #line: { message: Message; gap: number }[] = []
  readonly #waiting: PromiseWithResolvers<IteratorResult<Item>>[] = []
  #sink: Sink<Item> | undefined
  #poured: PromiseWithResolvers<void> | undefined
  #awaitsRoom = false
  #gap = 0
  #ended = false
  #failure: { error: unknown } | undefined

  constructor(options: MailboxOptions<Message, Item>) {
    if (!(options.capacity >= 1)) throw new RangeError(`A mailbox holds at least 1 message, not ${options.capacity}.`)
    this.#options = options
  }

  /** Messages that wait for the reader. */
  get size(): number {
    return this.#line.length
  }

  put(message: Message): void {
    if (this.#ended) return
    if (this.#sink && this.#line.length === 0 && this.#sink.hasRoom()) {
      this.#handTo(this.#sink, { message, gap: this.#takeGap() })
      return
    }
    const reader = this.#waiting.shift()
    if (reader) {
      reader.resolve({ done: false, value: this.#options.deliver(message, this.#takeGap()) })
      return
    }
    const full = this.#line.length >= this.#options.capacity
    if (full) this.#dropOldest()
    this.#line.push({ message, gap: this.#takeGap() })
    if (full) this.#options.onOverflow?.()
    this.#flow()
  }

  /** Notes that messages were lost on their way here; the next one says so. */
  lose(count: number): void {
    this.#gap += count
  }

  /** No more will come: the reader gets what waits, then the end, or the error where one is given. */
  end(failure?: { error: unknown }): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    // Readers wait only where nothing is left to read.
    for (const reader of this.#waiting.splice(0)) this.#finish(reader)
    this.#flow()
    this.#options.onEnd?.()
  }

  /** Ends at once: what waits is thrown away. */
  close(failure?: { error: unknown }): void {
    this.#line.length = 0
    if (this.#ended) {
      this.#failure = undefined
      this.#flow()
    } else this.end(failure)
  }

  pour(sink: Sink<Item>): Promise<void> {
    this.#sink = sink
    this.#poured = Promise.withResolvers()
    this.#flow()
    return this.#poured.promise
  }

  next(): Promise<IteratorResult<Item>> {
    const first = this.#line.shift()
    if (first) {
      this.#options.onTake?.()
      return Promise.resolve({ done: false, value: this.#options.deliver(first.message, first.gap) })
    }
    const reader = Promise.withResolvers<IteratorResult<Item>>()
    if (this.#ended) this.#finish(reader)
    else this.#waiting.push(reader)
    return reader.promise
  }

  return(): Promise<IteratorResult<Item>> {
    this.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<Item>> {
    this.close()
    return Promise.reject(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Hands what waits to the sink, as long as it has room. */
  #flow(): void {
    const sink = this.#sink
    if (!sink) return
    while (sink.hasRoom()) {
      const first = this.#line.shift()
      if (!first) break
      this.#options.onTake?.()
      this.#handTo(sink, first)
    }
    if (this.#line.length === 0) {
      if (this.#ended) this.#endPouring()
    } else if (!this.#awaitsRoom) {
      this.#awaitsRoom = true
      sink.onceRoom(() => {
        this.#awaitsRoom = false
        this.#flow()
      })
    }
  }

  #handTo(sink: Sink<Item>, { message, gap }: { message: Message; gap: number }): void {
    try {
      sink.take(this.#options.deliver(message, gap))
    } catch (error) {
      // Whoever puts has others to tell.
      this.close({ error })
    }
  }

  #endPouring(): void {
    const poured = this.#poured
    const failure = this.#failure
    this.#sink = undefined
    this.#poured = undefined
    this.#failure = undefined
    if (failure) poured?.reject(failure.error)
    else poured?.resolve()
  }

  #takeGap(): number {
    const gap = this.#gap
    this.#gap = 0
    return gap
  }

  #dropOldest(): void {
    const dropped = (this.#line.shift()?.gap ?? 0) + 1
    const next = this.#line[0]
    if (next) next.gap += dropped
    else this.#gap += dropped
  }

  /** The error goes to one reader, once; after it there is only the end. */
  #finish(reader: PromiseWithResolvers<IteratorResult<Item>>): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure) reader.reject(failure.error)
    else reader.resolve({ done: true, value: undefined })
  }
}
