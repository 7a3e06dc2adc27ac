import type { ListFilter, ListState } from './listDefinition.ts'

/**
 * What of an address means something. Addresses are written by hand, kept as bookmarks and sent to others: a day that no
 * calendar has and what no database stores count as absent, in what is said and in what is asked for. Options are left as
 * they are: those of some lists come from the server after the address was read.
 */
export function meaningful(state: ListState, filters: readonly ListFilter[]): ListState {
  const { q, filter, ...others } = state
  const kept: Record<string, string[]> = {}
  for (const [id, values] of Object.entries(filter ?? {})) {
    const known = filters.find((filter) => filter.id === id)
    const isDays = known && 'kind' in known && known.kind === 'date'
    const meant = isDays ? values.slice(0, 2).map((day) => (isDay(day) ? day : '')) : values.map(storable)
    if (meant.some((value) => value !== '')) kept[id] = meant
  }
  const text = q && storable(q)
  return { ...others, ...(text && { q: text }), ...(Object.keys(kept).length > 0 && { filter: kept }) }
}

/** As the field for a day writes it: 2026-11-21, and a day that there is. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** Without NUL and halves of characters. */
function storable(text: string): string {
  return text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '')
}
