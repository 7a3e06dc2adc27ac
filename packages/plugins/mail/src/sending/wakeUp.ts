import type { SqlContext } from '@espalier/core'
import { dispatchMail } from '../jobs.ts'

/** Has messages sent once the transaction has committed that wrote them down. */
export class WakeUp {
  readonly #workspace: (workspaceId: string) => SqlContext
  /** Of transactions that have not committed yet: when what they write is due, "" for now. */
  readonly #told = new WeakMap<object, Set<string>>()
  /** Workspaces for which a job is being queued, and whether another has to follow. */
  readonly #queueing = new Map<string, 'once' | 'again'>()

  /** @param workspace a context outside of any transaction */
  constructor(workspace: (workspaceId: string) => SqlContext) {
    this.#workspace = workspace
  }

  /**
   * Once for each transaction, however many messages it writes, and one job for all transactions that commit before it starts.
   *
   * After the commit, not in it: a job that waits already might start, look, and end before what it should have seen is there. The
   * messages are what must not be lost, and they are rows; where the process dies in between, the sweep of the next minute finds them.
   *
   * @param notBefore when they are due. Default: now
   */
  dispatch(tx: SqlContext, notBefore?: Date): void {
    const later = notBefore && notBefore > tx.clock.now()
    const due = later ? new Date(Math.ceil(notBefore.getTime() / 1_000) * 1_000).toISOString() : ''
    const told = this.#told.get(tx.db) ?? new Set<string>()
    if (told.has(due)) return
    this.#told.set(tx.db, told.add(due))
    tx.afterCommit(() => {
      const enqueued = due ? this.#enqueue(tx, due) : this.#enqueueNow(tx)
      enqueued.catch((error: unknown) =>
        tx.log.warn({ err: error }, 'Mail waits for the next minute: no job could be queued'),
      )
    })
  }

  /** What commits while a job is being queued shares the one after it. */
  async #enqueueNow(tx: SqlContext): Promise<void> {
    const { workspaceId } = tx
    if (this.#queueing.has(workspaceId)) {
      this.#queueing.set(workspaceId, 'again')
      return
    }
    try {
      do {
        this.#queueing.set(workspaceId, 'once')
        await this.#enqueue(tx, '')
      } while (this.#queueing.get(workspaceId) === 'again')
    } finally {
      this.#queueing.delete(workspaceId)
    }
  }

  async #enqueue({ workspaceId }: SqlContext, due: string): Promise<void> {
    const context = this.#workspace(workspaceId)
    if (due) await context.enqueue(dispatchMail, { due }, { startAfter: new Date(due) })
    else await context.enqueue(dispatchMail, {})
  }
}
