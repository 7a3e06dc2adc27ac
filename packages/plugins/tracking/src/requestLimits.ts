/** Largest body of a request to the collector in bytes: also what browsers let `sendBeacon` carry. */
export const maxBodyBytes = 64 * 1024
export const maxEvents = 100
export const maxPropertiesBytes = 4096
export const maxPropertiesDepth = 5

/** Most characters of a text. */
export const longest = {
  site: 64,
  context: 8192,
  name: 64,
  goal: 64,
  url: 2048,
  referrer: 4096,
  property: 128,
  userAgent: 1024,
} as const

/** What the name of an event is made of. */
export const namePattern = /^[a-z][a-z0-9_.:-]*$/i

/** Whether PostgreSQL stores all text in a value: without NUL and halves of surrogate pairs. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, child]) => isStorable(key) && isStorable(child))
}
