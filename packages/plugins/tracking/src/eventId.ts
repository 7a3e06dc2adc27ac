import type { Random } from '@espalier/core'

/**
 * Event ids are UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds since 1970, then chance. The log is
 * partitioned by them, so the instant of an event is part of its identity.
 */
const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

export function isEventId(text: string): boolean {
  return pattern.test(text)
}

/** The instant within an event's id. */
export function instantOf(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
}

export function newEventId(at: Date, random: Random): string {
  const version = 0x7000 + Math.floor(random.next() * 0x1000)
  const variant = 0x8000 + Math.floor(random.next() * 0x4000)
  const rest = Math.floor(random.next() * 2 ** 48)
  return `${timePart(at)}-${hex(version, 4)}-${hex(variant, 4)}-${hex(rest, 12)}`
}

/** A random id (UUIDv4) for a visitor. Says nothing about them. */
export function newVisitorId(random: Random): string {
  const [first, second] = [Math.floor(random.next() * 2 ** 48), Math.floor(random.next() * 2 ** 48)]
  const version = 0x4000 + Math.floor(random.next() * 0x1000)
  const variant = 0x8000 + Math.floor(random.next() * 0x4000)
  const start = hex(first, 12)
  return `${start.slice(0, 8)}-${start.slice(8)}-${hex(version, 4)}-${hex(variant, 4)}-${hex(second, 12)}`
}

/** The smallest id of an instant: `id >= firstIdAt(from) and id < firstIdAt(to)` is a span of time. */
export function firstIdAt(at: Date): string {
  return `${timePart(at)}-0000-0000-000000000000`
}

/** 48 bits hold no instant before 1970: nothing happened then, so its place is the beginning. */
function timePart(at: Date): string {
  const milliseconds = hex(Math.max(0, at.getTime()), 12)
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
