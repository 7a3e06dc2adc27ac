/** The queue is full: come back in {@link retryAfterSeconds}. Nothing was taken. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError'
  readonly retryAfterSeconds = 1
}

export interface GroupCommitOptions<Item, Outcome> {
  /**
   * Commits items of one key together. One outcome for each item, in order. A throw fails them all.
   * @param letNext to be called where the key's next commit may begin beside this one; without it that waits for
   * the end. Two of a key are under way at most
   */
  commit: (key: string, items: readonly Item[], letNext: () => void) => Promise<Outcome[]>
  /** Items in one commit. A single addition may be larger. */
  maxBatch: number
  /** Items waiting or being committed, of all keys. Beyond it additions are refused. */
  maxPending: number
  /** The same for one key, so that one workspace's flood leaves room for the others. */
  maxPendingPerKey: number
  /** Commits at the same time, of all keys. */
  concurrency: number
}

/**
 * Puts additions that arrive while a commit is under way into the next one. There is no timer: an idle key
 * commits at once, a busy one in batches that grow with its load, and keys take turns.
 */
export class GroupCommit<Item, Outcome> {
  readonly #options: GroupCommitOptions<Item, Outcome>
  readonly #queues = new Map<string, KeyQueue<Item, Outcome>>()
  /** Keys that have something to commit and may begin, in the order of their turn. */
  readonly #ready = new Set<string>()
  #running = 0
  #pending = 0
  #idle: (() => void)[] = []

  constructor(options: GroupCommitOptions<Item, Outcome>) {
    this.#options = options
  }

  /** Items taken and not committed yet. */
  get pending(): number {
    return this.#pending
  }

  /** @returns the outcomes of the items, after their commit. @throws QueueFullError */
  add(key: string, items: readonly Item[]): Promise<Outcome[]> {
    const queue = this.#queues.get(key) ?? { waiting: [], pending: 0, underWay: 0, held: false }
    const { maxPending, maxPendingPerKey } = this.#options
    if (this.#pending + items.length > maxPending || queue.pending + items.length > maxPendingPerKey)
      return Promise.reject(
        new QueueFullError('Too many events are waiting to be written. Send these again in a moment.'),
      )
    this.#queues.set(key, queue)
    this.#pending += items.length
    queue.pending += items.length
    return new Promise((resolve, reject) => {
      queue.waiting.push({ items, resolve, reject })
      // The first addition makes the key ready; the commit starts after this turn of the event loop.
      if (queue.waiting.length === 1 && this.#makeReady(key, queue)) setImmediate(() => this.#work())
    })
  }

  /** Resolves when nothing is pending. */
  drain(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** @returns whether the key can begin a commit, now or when its turn comes */
  #makeReady(key: string, { waiting, underWay, held }: KeyQueue<Item, Outcome>): boolean {
    const ready = waiting.length > 0 && !held && underWay < mostOfAKey
    if (ready) this.#ready.add(key)
    return ready
  }

  #work(): void {
    for (const key of this.#ready) {
      if (this.#running >= this.#options.concurrency) return
      this.#ready.delete(key)
      void this.#commitNext(key, this.#queues.get(key) as KeyQueue<Item, Outcome>)
    }
  }

  async #commitNext(key: string, queue: KeyQueue<Item, Outcome>): Promise<void> {
    const group = takeGroup(queue.waiting, this.#options.maxBatch)
    const items = group.flatMap((addition) => addition.items)
    this.#running++
    queue.underWay++
    queue.held = true
    let holding = true
    const letNext = () => {
      if (!holding) return
      holding = false
      queue.held = false
      if (this.#makeReady(key, queue)) this.#work()
    }
    try {
      const outcomes = await this.#options.commit(key, items, letNext)
      let first = 0
      for (const { items, resolve } of group) {
        resolve(outcomes.slice(first, first + items.length))
        first += items.length
      }
    } catch (error) {
      for (const addition of group) addition.reject(error as Error)
    }
    this.#running--
    this.#pending -= items.length
    queue.pending -= items.length
    queue.underWay--
    if (holding) queue.held = false
    if (queue.waiting.length > 0) this.#makeReady(key, queue)
    else if (queue.underWay === 0) this.#queues.delete(key)
    if (this.#pending === 0) for (const resolve of this.#idle.splice(0)) resolve()
    this.#work()
  }
}

/** One that has let the next begin, and that next one. */
const mostOfAKey = 2

interface KeyQueue<Item, Outcome> {
  readonly waiting: Addition<Item, Outcome>[]
  pending: number
  underWay: number
  /** A commit has begun and does not let the next one begin yet. */
  held: boolean
}

interface Addition<Item, Outcome> {
  readonly items: readonly Item[]
  readonly resolve: (outcomes: Outcome[]) => void
  readonly reject: (error: Error) => void
}

function takeGroup<Item, Outcome>(waiting: Addition<Item, Outcome>[], maxBatch: number): Addition<Item, Outcome>[] {
  let size = 0
  let count = 0
  for (const { items } of waiting) {
    if (count > 0 && size + items.length > maxBatch) break
    size += items.length
    count++
  }
  return waiting.splice(0, count)
}
