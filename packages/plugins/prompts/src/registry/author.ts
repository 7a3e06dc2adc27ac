import type { Principal } from '@espalier/core'

/** Who wrote a variant, as it is kept with it: names last longer than accounts. */
export function authorOf(principal: Principal): {
  createdByType: string
  createdById: string | null
  createdByName: string
} {
  const { type, name } = principal
  return { createdByType: type, createdById: principal.type === 'system' ? null : principal.id, createdByName: name }
}
