import { isUuid } from '@espalier/core'
import type { z } from 'zod'
import type { batchSchema, eventSchema } from './collectRequest.ts'
import { reservedNames } from './event.ts'
import { isEventId } from './eventId.ts'
import { isStorable, longest, maxEvents, maxPropertiesBytes, namePattern } from './requestLimits.ts'

/**
 * What the tracker sends with nearly every request, read in a seventh of the time that the schemas take. Whatever is not exactly
 * that, or nearly too long, is theirs to judge: here nothing is refused, and what is read is what they would read.
 */

/** @returns undefined where {@link batchSchema} has to say what it is */
export function usualBatch(json: unknown): z.output<typeof batchSchema> | undefined {
  if (!isRecord(json)) return undefined
  const { site, context, visitorId, sessionId, events } = json
  if (!isText(site, longest.site) || site === '') return undefined
  if (!(context === undefined || isText(context, longest.context))) return undefined
  if (!(isUuidOrNone(visitorId) && isUuidOrNone(sessionId))) return undefined
  if (!Array.isArray(events) || events.length === 0 || events.length > maxEvents) return undefined
  return { site, context, visitorId: visitorId?.toLowerCase(), sessionId: sessionId?.toLowerCase(), events }
}

/** @returns undefined where {@link eventSchema} has to say what it is */
export function usualEvent(candidate: unknown): z.output<typeof eventSchema> | undefined {
  if (!isRecord(candidate)) return undefined
  const { id, name, goal, url, referrer, properties, value, metrics } = candidate
  if (typeof id !== 'string' || !isEventId(id)) return undefined
  if (typeof name !== 'string' || name.length > longest.name || !namePattern.test(name) || reservedNames.has(name))
    return undefined
  if (!(isTextOrNone(goal, longest.goal) && isTextOrNone(url, longest.url))) return undefined
  if (!isTextOrNone(referrer, longest.referrer)) return undefined
  if (value != null || metrics != null || !(properties == null || isFlat(properties))) return undefined
  return {
    id: id.toLowerCase(),
    name,
    goal: goal || null,
    url: url || null,
    referrer: referrer || null,
    properties: properties ?? null,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most && isStorable(value)
}

function isTextOrNone(value: unknown, most: number): value is string | null | undefined {
  return value == null || isText(value, most)
}

function isUuidOrNone(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && isUuid(value))
}

/** Texts, numbers, truth values and nulls by their names, far from too long. */
function isFlat(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false
  let most = 2
  for (const key of Object.keys(value)) {
    const part = value[key]
    if (key === '__proto__' || !isText(key, longest.property)) return false
    if (typeof part === 'string') {
      if (!isStorable(part)) return false
      most += mostBytes(part)
    } else if (typeof part === 'object' ? part === null : typeof part === 'number' || typeof part === 'boolean') {
      most += numberBytes
    } else return false
    most += mostBytes(key) + 2
  }
  return most <= maxPropertiesBytes
}

/** As JSON: a character is written as six at most, such as \u001f. */
function mostBytes({ length }: string): number {
  return 6 * length + 2
}

/** The longest that a number is written: -1.2345678901234567e+300. */
const numberBytes = 25
