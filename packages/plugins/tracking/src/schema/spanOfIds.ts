import { filterBy } from '@espalier/core'
import { firstIdAt } from '../eventId.ts'

/**
 * Filters by time of what has the id of an event: the instant is in the id, so the span is read along the key.
 *
 * @param happened what happens at that instant: "Began"
 */
export function spanOfIds(happened: string) {
  return {
    from: filterBy('DateTime', `${happened} at this instant or later.`, (from) => ({ id: { gte: firstIdAt(from) } })),
    until: filterBy('DateTime', `${happened} before this instant.`, (until) => ({ id: { lt: firstIdAt(until) } })),
  }
}
