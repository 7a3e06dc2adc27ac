import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { SqlContext } from '../context.ts'
import type { ObservedOperation, OperationRecorder } from '../schema/serve/observation.ts'
import { writeOperations } from './writeOperations.ts'

/** An operation with its time. `times`: refusals by a rate limit are kept as one. */
export interface LoggedOperation extends ObservedOperation {
  readonly at: Date
  /** Tells those of one millisecond apart, in the order in which they came. */
  readonly sequence: number
  times: number
}

export interface OperationLogOptions {
  readonly workspace: (workspaceId: string) => SqlContext
  readonly clock: Clock
  readonly log: Logger
  /** How many may wait to be written; more are dropped and counted. Default 10,000. */
  readonly most?: number
  /** Milliseconds, default a second. */
  readonly everyMs?: number
}

/**
 * What API keys ask for, written off the request's path: together every second and when the server stops. A crash loses a second of
 * it, and a database that does not answer in time loses what does not fit into memory; both is counted, and nobody's answer waits.
 */
export class OperationLog implements OperationRecorder {
  readonly #options: OperationLogOptions
  readonly #most: number
  #waiting: LoggedOperation[] = []
  /** Refusals since the last writing, by key and schema. */
  #refusals = new Map<string, LoggedOperation>()
  /** What could not be written once, and is tried with the next ones. */
  #again: LoggedOperation[] = []
  #sequence = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  /** Operations by what became of them. */
  readonly counts = { written: 0, dropped: 0 }

  constructor(options: OperationLogOptions) {
    this.#options = options
    this.#most = options.most ?? 10_000
  }

  record(operation: ObservedOperation): void {
    const refusal = operation.outcome === 'RATE_LIMITED' ? `${operation.apiKeyId} ${operation.schema}` : undefined
    const known = refusal && this.#refusals.get(refusal)
    if (known) {
      known.times += 1
      return
    }
    if (this.#waiting.length + this.#again.length >= this.#most) {
      this.counts.dropped += 1
      return
    }
    this.#sequence = (this.#sequence + 1) % 2 ** 31
    const logged = { ...operation, at: this.#options.clock.now(), sequence: this.#sequence, times: 1 }
    this.#waiting.push(logged)
    if (refusal) this.#refusals.set(refusal, logged)
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.everyMs ?? 1000).unref()
  }

  /** Writes what waits. What cannot be written is tried once more with the next ones, then dropped. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    const [waiting, again] = [this.#waiting, this.#again]
    this.#waiting = []
    this.#again = []
    this.#refusals = new Map()
    const last = new Set(again)
    for (const [workspaceId, operations] of Map.groupBy([...again, ...waiting], (one) => one.workspaceId)) {
      for (let from = 0; from < operations.length; from += batch) {
        const some = operations.slice(from, from + batch)
        await this.#writeSome(workspaceId, some).catch((error: unknown) => {
          const kept = some.filter((one) => !last.has(one))
          this.counts.dropped += some.length - kept.length
          this.#again.push(...kept)
          this.#options.log.warn(
            { err: error, workspace: workspaceId, operations: some.length },
            'Operations of API keys could not be logged; tried once more with the next ones',
          )
        })
      }
    }
    if (this.#again.length > 0) this.#timer ??= setTimeout(() => void this.flush(), retryMs).unref()
  }

  async #writeSome(workspaceId: string, operations: readonly LoggedOperation[]): Promise<void> {
    await this.#options.workspace(workspaceId).sqlTransaction((tx) => writeOperations(tx, operations))
    this.counts.written += operations.length
  }
}

/** Rows of one transaction. */
const batch = 1_000
const retryMs = 5_000
