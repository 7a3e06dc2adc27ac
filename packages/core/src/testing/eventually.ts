import { vi } from 'vitest'

/**
 * What `work` returns as soon as it does not throw. For what happens by itself, at a time that nobody knows: the
 * limit only ends a wait for what never comes, however slow the machine is.
 *
 * @param interval milliseconds between two attempts
 */
export function eventually<T>(work: () => T | Promise<T>, { interval = 25 } = {}): Promise<T> {
  return vi.waitFor(work, { timeout: 60_000, interval })
}
