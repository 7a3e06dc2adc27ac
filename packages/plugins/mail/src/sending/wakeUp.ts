import type { SqlContext } from '@espalier/core'
import { dispatchMail } from '../jobs.ts'

/** Has messages sent once the transaction has committed that wrote them down. */
export class WakeUp {
  readonly #workspace: (workspaceId: string) => SqlContext
  readonly #told = new WeakSet<object>()

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
    if (notBefore && notBefore > tx.clock.now()) {
      const due = new Date(Math.ceil(notBefore.getTime() / 1_000) * 1_000)
      this.#afterCommit(tx, { due: due.toISOString() }, due)
      return
    }
    if (this.#told.has(tx.db)) return
    this.#told.add(tx.db)
    this.#afterCommit(tx, {})
  }

  #afterCommit(tx: SqlContext, input: { due?: string }, startAfter?: Date): void {
    tx.afterCommit(() => {
      this.#workspace(tx.workspaceId)
        .enqueue(dispatchMail, input, startAfter ? { startAfter } : {})
        .catch((error: unknown) =>
          tx.log.warn({ err: error }, 'Mail waits for the next minute: no job could be queued'),
        )
    })
  }
}
