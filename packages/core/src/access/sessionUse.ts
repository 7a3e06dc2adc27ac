import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { SystemDb } from '../data/database.ts'
import { prepared } from '../data/sql.ts'

/** Notes when sessions were last used: at most once a minute each, and nobody waits for it. */
export class SessionUse {
  readonly #system: SystemDb
  readonly #log: Logger
  readonly #noted = new LRUCache<string, number>({ max: 10_000 })
  readonly #writing = new Set<Promise<unknown>>()

  constructor(system: SystemDb, log: Logger) {
    this.#system = system
    this.#log = log
  }

  note(sessionId: string, lastSeenAt: Date, now: Date): void {
    const last = Math.max(lastSeenAt.getTime(), this.#noted.get(sessionId) ?? 0)
    if (now.getTime() - last < everyMs) return
    this.#noted.set(sessionId, now.getTime())
    // The system door: a session belongs to a person.
    const writing = this.#system
      .query(noteUse(sessionId, now))
      .catch((err) => this.#log.warn({ err, sessionId }, 'could not note when a session was last used'))
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  /** Waits for what is still being written. */
  async close(): Promise<void> {
    await Promise.all(this.#writing)
  }
}

const everyMs = 60_000

const noteUse = prepared(
  'access_note_session_use',
  `update "Session" set "updatedAt" = $2 where "id" = $1 and "updatedAt" < $2`,
)
