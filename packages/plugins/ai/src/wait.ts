import { setTimeout as sleep } from 'node:timers/promises'

/** Waits, or until the signal aborts: never raises. Injected, so that tests do not sleep. */
export type Wait = (milliseconds: number, signal?: AbortSignal) => Promise<void>

export const systemWait: Wait = (milliseconds, signal) =>
  sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {})
