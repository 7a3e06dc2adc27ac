import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Timers } from '../live/timers.ts'
import { redisUnreachable } from '../redisUnreachable.ts'
import { type Store, stampLength } from './store.ts'

/** A cache that takes longer than this is slower than computing. */
const answerMilliseconds = 500
/** After a failure Redis is left alone for so long, so that a Redis that hangs is not waited for again and again. */
const restMilliseconds = 1_000
/** How often a Redis that has taken the connection may be late with its first answer: some ten seconds in all. */
const patientAttempts = 8
/** Beyond so many removals that could not be made, everything is removed. */
const maxUnremoved = 10_000

/** Redis compares and writes in one step. ARGV: first characters of the text that was read, text, milliseconds. */
const replaceScript = `
if redis.call('getrange', KEYS[1], 0, ${stampLength - 1}) == ARGV[1] then
  redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
end`

/** Shared by all processes; every read asks Redis, so that an invalidation counts everywhere once it has returned. */
export class RedisStore implements Store {
  readonly ready: Promise<void>
  readonly #redis: Redis
  readonly #timers: Timers
  readonly #log: Logger
  /** Removals that Redis has not confirmed; made before anything is read. 'all' when there were too many. */
  #unremoved: Set<string> | 'all' = new Set()
  #rest: (() => void) | undefined

  constructor({ url, log, timers }: { url: string; log: Logger; timers: Timers }) {
    this.#timers = timers
    this.#log = log
    this.#redis = new Redis(url, {
      keyPrefix: 'espalier:cache:',
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: answerMilliseconds,
      connectTimeout: 5_000,
      keepAlive: 10_000,
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt - 1, 6), 2_000),
    })
    const first = Promise.withResolvers<void>()
    this.#redis.on('ready', () => {
      this.#wake()
      first.resolve()
    })
    let late = 0
    this.#redis.on('error', (error: Error) => {
      // On a machine that is busy with this very start an answer lies unread for longer than a cache may take: ask anew.
      if (error.message === 'Command timed out' && ++late < patientAttempts) return
      first.reject(redisUnreachable(url, error))
    })
    this.ready = first.promise
    this.ready.catch(() => {})
  }

  read(keys: readonly string[]): Promise<(string | undefined)[]> {
    return this.#ask(async () => {
      const texts = await this.#redis.mget(...keys)
      return texts.map((text) => text ?? undefined)
    })
  }

  async replace(key: string, read: string | undefined, text: string, ttlMilliseconds: number): Promise<void> {
    await this.#ask(() =>
      this.#redis.eval(replaceScript, 1, key, read?.slice(0, stampLength) ?? '', text, Math.ceil(ttlMilliseconds)),
    )
  }

  async write(key: string, text: string, ttlMilliseconds: number): Promise<void> {
    await this.#ask(() => this.#redis.set(key, text, 'PX', Math.ceil(ttlMilliseconds)))
  }

  async remove(keys: readonly string[]): Promise<void> {
    if (this.#unremoved !== 'all') {
      for (const key of keys) this.#unremoved.add(key)
      if (this.#unremoved.size > maxUnremoved) this.#unremoved = 'all'
    }
    await this.#ask(async () => {}).catch(() => {})
  }

  async close(): Promise<void> {
    this.#wake()
    this.#redis.disconnect()
  }

  /** Asks Redis, after what had to be removed is; leaves it alone for a while when it fails. */
  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (this.#rest) throw new Error('Redis is left alone for a moment after a failure.')
    try {
      await this.#removeTheUnremoved()
      return await question()
    } catch (error) {
      if (!this.#rest) {
        this.#log.warn({ err: error }, 'The cache in Redis does not answer; values are computed until it does.')
        this.#rest = this.#timers.after(restMilliseconds, () => {
          this.#rest = undefined
        })
      }
      throw error
    }
  }

  async #removeTheUnremoved(): Promise<void> {
    const keys = this.#unremoved
    if (keys === 'all') {
      await this.#removeAll()
      this.#unremoved = new Set()
    } else if (keys.size > 0) {
      const batch = [...keys]
      await this.#redis.unlink(...batch)
      for (const key of batch) keys.delete(key)
    }
  }

  async #removeAll(): Promise<void> {
    const prefix = this.#redis.options.keyPrefix ?? ''
    let cursor = '0'
    do {
      const [next, keys] = await this.#redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000)
      if (keys.length > 0) await this.#redis.unlink(...keys.map((key) => key.slice(prefix.length)))
      cursor = next
    } while (cursor !== '0')
  }

  #wake(): void {
    this.#rest?.()
    this.#rest = undefined
  }
}
