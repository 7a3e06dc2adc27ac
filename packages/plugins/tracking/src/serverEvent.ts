import type { Random } from '@espalier/core'
import { type TrackedEvent, unknownSource } from './event.ts'
import { newEventId } from './eventId.ts'

/** What the server itself reports. */
export interface ServerEvent extends Partial<Omit<TrackedEvent, 'siteId' | 'visitorId' | 'name'>> {
  readonly siteId: string
  readonly visitorId: string
  readonly name: string
}

/** An event with all that was left out: nothing, and an id of its instant. */
export function completeEvent(event: ServerEvent, now: Date, random: Random): TrackedEvent {
  const at = event.at ?? now
  return {
    ...unknownSource,
    pageId: null,
    sessionId: null,
    goal: null,
    url: null,
    referrer: null,
    experiments: null,
    properties: null,
    value: null,
    metrics: null,
    ...event,
    id: event.id ?? newEventId(at, random),
    at,
  }
}
