import { InvalidInputError } from '../../errors.ts'
import type { Told } from '../../told.ts'

export const defaultPageSize = 20
export const maxPageSize = 100

/** The arguments of a Relay connection. */
export interface PageArguments {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
}

/** Upwards or downwards. */
export type Direction = 'asc' | 'desc'

/** How a list is sorted. Ties are broken by id, in the same direction. */
export interface Order<Field extends string = string> {
  field: Field
  direction: Direction
}

/** Which rows of a sorted list to read, and in which direction to walk. */
export interface Page<Field extends string = string> {
  /** Rows to read: one more than the page shows, to know whether there are others. */
  readonly limit: number
  /** Walks from the end: rows come in reverse and are turned around afterwards. */
  readonly backward: boolean
  /** The list's order as the caller sees it. */
  readonly order: Order<Field>
  /** The direction of the walk: the order's, reversed when {@link Page.backward}. */
  readonly direction: Direction
  /** Only rows after this one, in the direction of the walk. */
  readonly from: Position | undefined
}

/** Where a row lies in the order. */
export interface Position {
  readonly value: unknown
  readonly id: string
}

/** Reads the arguments of a connection. @throws InvalidInputError that names the argument */
export function readPage<Field extends string>(
  args: PageArguments,
  order: Order<Field>,
  readCursor: (cursor: string, order: Order<Field>, argument: string) => Position,
): Page<Field> {
  const { first, last, after, before } = args
  checkSize('first', first)
  checkSize('last', last)
  if (first != null && last != null)
    throw invalid('last', 'CONFLICTING', {
      en: 'Give either "first" or "last", not both.',
      fr: 'Donnez « first » ou « last », pas les deux.',
    })
  if (after != null && before != null)
    throw invalid('before', 'CONFLICTING', {
      en: 'Give either "after" or "before", not both.',
      fr: 'Donnez « after » ou « before », pas les deux.',
    })
  if (first != null && before != null)
    throw invalid('before', 'CONFLICTING', {
      en: '"before" goes with "last", not with "first".',
      fr: '« before » va avec « last », pas avec « first ».',
    })
  if (last != null && after != null)
    throw invalid('after', 'CONFLICTING', {
      en: '"after" goes with "first", not with "last".',
      fr: '« after » va avec « first », pas avec « last ».',
    })
  const backward = last != null || before != null
  const cursor = backward ? before : after
  return {
    limit: (first ?? last ?? defaultPageSize) + 1,
    backward,
    order,
    direction: backward ? opposite(order.direction) : order.direction,
    from: cursor == null ? undefined : readCursor(cursor, order, backward ? 'before' : 'after'),
  }
}

export function opposite(direction: Direction): Direction {
  return direction === 'asc' ? 'desc' : 'asc'
}

function checkSize(argument: string, size: number | null | undefined): void {
  if (size == null) return
  if (size < 0)
    throw invalid(argument, 'TOO_SMALL', { en: `${size} is less than 0.`, fr: `${size} est inférieur à 0.` })
  if (size > maxPageSize)
    throw invalid(argument, 'TOO_BIG', {
      en: `${size} is more than ${maxPageSize}, the largest page. Ask for the rest with "after".`,
      fr: `${size} dépasse ${maxPageSize}, la plus grande page. Demandez la suite avec « after ».`,
    })
}

function invalid(path: string, code: string, message: Told): InvalidInputError {
  return InvalidInputError.of(path, code, message)
}
