import type { ListState } from './listDefinition.ts'

/**
 * The order that an address asks for, as the API takes it: `-CREATED_AT` → `{ field: 'CREATED_AT', direction: 'DESC' }`.
 * @param fields what the API can sort by; anything else in the address counts as absent
 */
export function orderOf<const Field extends string>(
  sort: string | undefined,
  fields: readonly Field[],
): { field: Field; direction: 'ASC' | 'DESC' } | undefined {
  const name = sort?.replace(/^-/, '')
  const field = fields.find((known) => known === name)
  return field && { field, direction: sort?.startsWith('-') ? 'DESC' : 'ASC' }
}

/** What a filter chose of the values that there are; undefined where nothing was, or nothing that exists. */
export function chosenOf<const Value extends string>(
  chosen: readonly string[] | undefined,
  values: readonly Value[],
): Value[] | undefined {
  const known = values.filter((value) => chosen?.includes(value))
  return known.length > 0 ? known : undefined
}

/** The days of a date filter as instants, both days included, in the time zone of the browser. */
export function daysOf(chosen: readonly string[] | undefined): { from?: string; until?: string } | undefined {
  const [first, last] = chosen ?? []
  const from = midnight(first, 0)
  const until = midnight(last, 1)
  return from || until ? { ...(from && { from }), ...(until && { until }) } : undefined
}

/** A text filter as the API takes it. */
export function containing(text: string | undefined): { contains: string } | undefined {
  const trimmed = text?.trim()
  return trimmed ? { contains: trimmed } : undefined
}

/** Whether anything narrows the list down. */
export function isNarrowed({ q, filter }: ListState): boolean {
  return Boolean(q?.trim()) || Object.values(filter ?? {}).some((values) => values.some((value) => value !== ''))
}

function midnight(day: string | undefined, later: number): string | undefined {
  const [year, month, date] = (day ?? '').split('-').map(Number)
  if (!year || !month || !date) return undefined
  const instant = new Date(year, month - 1, date + later)
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString()
}
