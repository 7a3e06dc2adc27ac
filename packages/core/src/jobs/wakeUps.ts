import pg from 'pg'
import type { Logger } from 'pino'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import type { RepeatedLog } from '../repeatedLog.ts'
import { jobSchema, jobTable, queueNow } from './installation.ts'

/**
 * Tells workers, in this process and in others, that a queue has something to run.
 *
 * A notification goes out after the commit and many go as one: inside the transaction it would serialize
 * every commit of the database. It only hurries; what finds every due job is one query for all queues,
 * twice a second, which also finds retries and delayed jobs.
 */
export class WakeUps {
  readonly #system: SystemDb
  readonly #log: Logger
  readonly #repeated: RepeatedLog
  readonly #pollMs: number
  readonly #wake: (queue: string) => void
  readonly #outgoing = new Set<string>()
  #queues: readonly string[] = []
  #listener: pg.Client | undefined
  #pollTimer: NodeJS.Timeout | undefined
  #sendTimer: NodeJS.Timeout | undefined
  #sending: Promise<unknown> = Promise.resolve()
  #polling: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: {
    system: SystemDb
    log: Logger
    repeated: RepeatedLog
    pollMs: number
    wake: (queue: string) => void
  }) {
    this.#system = options.system
    this.#log = options.log
    this.#repeated = options.repeated
    this.#pollMs = options.pollMs
    this.#wake = options.wake
  }

  /** Wakes this process's worker of the queue at once and everybody else's within {@link gatherMs}. */
  announce(queue: string): void {
    this.#wake(queue)
    this.#outgoing.add(queue)
    if (this.#stopped) return
    this.#sendTimer ??= setTimeout(() => this.#send(), gatherMs)
  }

  /** Begins to hear of work in these queues. */
  listen(queues: readonly string[]): void {
    this.#queues = queues
    this.#connect()
    this.#poll()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#pollTimer)
    clearTimeout(this.#sendTimer)
    this.#send()
    await Promise.allSettled([this.#sending, this.#polling])
    await this.#listener?.end().catch(() => {})
  }

  #send(): void {
    this.#sendTimer = undefined
    if (this.#outgoing.size === 0) return
    const queues = [...this.#outgoing]
    this.#outgoing.clear()
    this.#sending = this.#system
      .query(sql`select pg_notify(${channel}, queue) from unnest(${queues}::text[]) queue`)
      .catch((error) => this.#log.debug({ err: error }, 'workers of other processes were not notified; they poll'))
  }

  #poll(): void {
    if (this.#stopped) return
    this.#polling = this.#dueQueues()
      .then((queues) => {
        for (const queue of queues) this.#wake(queue)
      })
      .catch((error) => this.#repeated.warn({ err: error }, 'cannot look for due jobs; trying again'))
      .finally(() => {
        if (!this.#stopped) this.#pollTimer = setTimeout(() => this.#poll(), this.#pollMs)
      })
  }

  async #dueQueues(): Promise<string[]> {
    const rows = await this.#system.query<{ name: string }>({
      name: 'espalier_due_queues',
      text: `select queue as name from unnest($1::text[]) queue
        where exists (select from ${jobTable} where name = queue and state < 'active' and not blocked and start_after <= ${queueNow})`,
      values: [this.#queues],
    })
    return rows.map(({ name }) => name)
  }

  #connect(): void {
    if (this.#stopped) return
    const { connectionString } = this.#system.pool.options
    const listener = new pg.Client({
      connectionString,
      application_name: `espalier ${jobSchema} listener`,
      keepAlive: true,
    })
    const again = () => {
      if (this.#listener !== listener) return
      this.#listener = undefined
      if (!this.#stopped) setTimeout(() => this.#connect(), 1000).unref()
    }
    this.#listener = listener
    listener.on('notification', ({ payload }) => payload && this.#wake(payload))
    listener.on('error', again)
    listener.on('end', again)
    listener
      .connect()
      .then(() => listener.query(`listen ${channel}`))
      .catch(again)
  }
}

const channel = 'espalier_jobs'
/** Wake-ups within this time go out together. Milliseconds. */
const gatherMs = 10
