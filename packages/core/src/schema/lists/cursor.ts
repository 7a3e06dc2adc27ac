import { InvalidInputError } from '../../errors.ts'
import { isUuid } from '../../uuid.ts'
import type { Order, Position } from './page.ts'

/** What kind of value a list is sorted by; decides how a cursor carries it. */
export type SortKind = 'string' | 'number' | 'boolean' | 'dateTime' | 'bigint'

/**
 * A cursor holds the row's value in the order, and its id: the next page starts right after that place, also
 * when the row has been deleted or has moved meanwhile. It holds no workspace: row level security decides.
 */
export function writeCursor(order: Order, position: Position): string {
  return Buffer.from(JSON.stringify([order.field, plain(position.value), position.id])).toString('base64url')
}

/** @throws InvalidInputError for anything that this list did not give out for this order */
export function readCursor(cursor: string, order: Order, argument: string, kind: SortKind): Position {
  const [field, value, id] = parse(cursor)
  const revived = revive(value, kind)
  if (field === undefined || typeof id !== 'string' || !isUuid(id) || revived === undefined) {
    throw InvalidInputError.of(argument, 'INVALID_CURSOR', {
      en: `${JSON.stringify(cursor)} is not a cursor of this list. Pass one that it returned.`,
      fr: `${JSON.stringify(cursor)} n’est pas un curseur de cette liste. Donnez-en un qu’elle a renvoyé.`,
    })
  }
  if (field !== order.field) {
    throw InvalidInputError.of(argument, 'INVALID_CURSOR', {
      en: `This cursor is of the list sorted by ${JSON.stringify(field)}, not ${JSON.stringify(order.field)}. Start at the first page when the order changes.`,
      fr: `Ce curseur est de la liste triée par ${JSON.stringify(field)}, pas par ${JSON.stringify(order.field)}. Repartez de la première page quand le tri change.`,
    })
  }
  return { value: revived, id }
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parsed) && parsed.length === 3 ? parsed : []
  } catch {
    return []
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  return String(value)
}

/** The value as its kind, null for null, undefined for what cannot be one. */
function revive(value: unknown, kind: SortKind): unknown {
  if (value === null) return null
  switch (kind) {
    case 'dateTime': {
      const date = new Date(String(value))
      return Number.isNaN(date.getTime()) ? undefined : date
    }
    case 'bigint':
      return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined
    default:
      return typeof value === kind ? value : undefined
  }
}
