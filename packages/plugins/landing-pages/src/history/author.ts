import type { Principal } from '@espalier/core'

/** Who wrote something, as it is kept with it: names last longer than accounts. */
export interface Author {
  readonly type: 'user' | 'apiKey' | 'system'
  readonly id: string | null
  readonly name: string
}

export function authorOf(principal: Principal): Author {
  return { type: principal.type, id: principal.type === 'system' ? null : principal.id, name: principal.name }
}
