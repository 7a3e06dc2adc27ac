import type { Logger } from 'pino'
import { MemoryLive } from './memoryLive.ts'
import { RedisLive } from './redisLive.ts'
import { systemTimers, type Timers } from './timers.ts'
import type { Live } from './topic.ts'

export interface LiveOptions {
  /** Where several server processes meet. Without it, topics live in this process alone. */
  redisUrl?: string | undefined
  log: Logger
  /** Default: the system's. */
  timers?: Timers
}

export interface ClosableLive extends Live {
  /** Resolves when messages reach other processes; rejects with a StartError when Redis does not answer. */
  readonly ready: Promise<void>
  /** Ends every subscription and sends what still waits. */
  close(): Promise<void>
}

/** Live topics: in this process, or through Redis across processes. */
export function createLive({ redisUrl, log, timers = systemTimers }: LiveOptions): ClosableLive {
  return redisUrl ? new RedisLive({ url: redisUrl, log, timers }) : new MemoryLive({ log, timers })
}
