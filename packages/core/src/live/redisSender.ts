import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { redisUnreachable } from '../redisUnreachable.ts'
import { keepAlive } from './heartbeat.ts'
import type { Timers } from './timers.ts'

/** What may wait for Redis's answer. A Redis that hangs costs this much memory and no more. */
const maxUnanswered = 10_000
const maxUnansweredBytes = 8 * 1024 * 1024
const closeMilliseconds = 1_000

export interface RedisSenderOptions {
  readonly url: string
  readonly log: Logger
  readonly timers: Timers
  readonly retry: (attempt: number) => number
  /** Called when Redis answers again after messages were dropped. */
  readonly tellLoss: (count: number) => void
}

/** Publishes, or drops and counts: publishing never waits, never throws and never piles up. */
export class RedisSender {
  /** Resolves with the first connection, rejects when the first attempt fails. */
  readonly ready: Promise<void>
  readonly #options: RedisSenderOptions
  readonly #redis: Redis
  readonly #endHeartbeat: () => void
  #unanswered = 0
  #unansweredBytes = 0
  #dropped = 0
  #outage = false
  #closed = false

  constructor(options: RedisSenderOptions) {
    this.#options = options
    this.#redis = new Redis(options.url, {
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: options.retry,
      connectTimeout: 5_000,
    })
    this.#endHeartbeat = keepAlive(this.#redis, options.timers)
    this.ready = this.#follow()
    this.ready.catch(() => {})
  }

  send(channel: string, payload: string): void {
    const bytes = channel.length + payload.length
    if (
      this.#redis.status !== 'ready' ||
      this.#unanswered >= maxUnanswered ||
      this.#unansweredBytes + bytes > maxUnansweredBytes
    ) {
      this.#dropped += 1
      return
    }
    this.#unanswered += 1
    this.#unansweredBytes += bytes
    this.#redis.publish(channel, payload).then(
      () => {
        this.#answered(bytes)
        if (this.#unanswered === 0) this.#tellLoss()
      },
      () => {
        // It may have arrived before the connection broke: a gap told for nothing is harmless.
        this.#dropped += 1
        this.#answered(bytes)
      },
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#endHeartbeat()
    if (this.#redis.status !== 'ready') return this.#redis.disconnect()
    const expired = Promise.withResolvers<void>()
    const cancel = this.#options.timers.after(closeMilliseconds, expired.resolve)
    await Promise.race([this.#redis.quit().catch(() => {}), expired.promise])
    cancel()
    this.#redis.disconnect()
  }

  #answered(bytes: number): void {
    this.#unanswered -= 1
    this.#unansweredBytes -= bytes
  }

  #tellLoss(): void {
    if (this.#dropped === 0 || this.#closed || this.#redis.status !== 'ready') return
    const dropped = this.#dropped
    this.#dropped = 0
    this.#options.log.warn(
      { dropped },
      'Live messages did not reach other processes; their subscribers are told of a gap.',
    )
    this.#options.tellLoss(dropped)
  }

  #follow(): Promise<void> {
    const { log, url } = this.#options
    const first = Promise.withResolvers<void>()
    this.#redis.on('ready', () => {
      first.resolve()
      if (this.#outage) log.info('Redis is back.')
      this.#outage = false
      this.#tellLoss()
    })
    this.#redis.on('error', (error: Error) => {
      const problem = redisUnreachable(url, error)
      first.reject(problem)
      if (!this.#outage) log.warn({ err: error }, `Live topics reach this process alone for now. ${problem.message}`)
      this.#outage = true
    })
    this.#redis.on('close', () => {
      if (this.#outage || this.#closed) return
      log.warn('The connection to Redis broke. Live topics reach this process alone until it is back.')
      this.#outage = true
    })
    return first.promise
  }
}
