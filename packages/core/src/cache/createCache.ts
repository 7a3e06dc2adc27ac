import type { Logger } from 'pino'
import { type Clock, systemClock } from '../clock.ts'
import { systemTimers, type Timers } from '../live/timers.ts'
import type { Cache } from './cache.ts'
import { MemoryStore } from './memoryStore.ts'
import { RedisStore } from './redisStore.ts'
import { TaggedCache } from './taggedCache.ts'

export interface CacheSettings {
  /** Where several server processes share what they computed. Without it, this process keeps it in memory. */
  redisUrl?: string | undefined
  log: Logger
  /** Default: the system's. */
  clock?: Clock
  /** Default: the system's. */
  timers?: Timers
}

export interface ClosableCache extends Cache {
  /** Resolves when the cache can keep something; rejects with a StartError when Redis does not answer. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** The cache: in memory, or in Redis for all processes. */
export function createCache({
  redisUrl,
  log,
  clock = systemClock,
  timers = systemTimers,
}: CacheSettings): ClosableCache {
  return new TaggedCache(redisUrl ? new RedisStore({ url: redisUrl, log, timers }) : new MemoryStore(clock))
}
