import type { Redis } from 'ioredis'
import type { Timers } from './timers.ts'

const beatMilliseconds = 5_000
const answerMilliseconds = 5_000

/**
 * Finds a connection that is dead although nobody closed it, as after a cut network: asks every 5 s, and opens
 * a new one when there is no answer within 5 s. A subscriber that only listens would not notice for long.
 *
 * @returns ends it
 */
export function keepAlive(redis: Redis, timers: Timers): () => void {
  let cancel: (() => void) | undefined
  let ended = false
  const rest = () => {
    cancel?.()
    if (ended) return
    cancel = timers.after(beatMilliseconds, beat)
  }
  const beat = () => {
    cancel = timers.after(answerMilliseconds, () => redis.disconnect(true))
    // A connection that breaks meanwhile begins anew by itself.
    redis.ping().then(rest, () => {})
  }
  const stop = () => {
    cancel?.()
    cancel = undefined
  }
  redis.on('ready', rest)
  redis.on('close', stop)
  return () => {
    ended = true
    stop()
  }
}
