import type { Principal } from '@espalier/core'
import type { JsonObject } from './json.ts'

/** Who did something, as it is kept with it: names last longer than accounts. */
export function actorOf(principal: Principal): JsonObject {
  return { type: principal.type, id: principal.type === 'system' ? null : principal.id, name: principal.name }
}
