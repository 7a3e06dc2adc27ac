import type { SortKind } from './cursor.ts'
import type { Page } from './page.ts'

/** A column that a list may be sorted by. */
export interface SortColumn {
  readonly kind: SortKind
  readonly nullable: boolean
}

/** Prisma's `orderBy` for a page: the field, then the id, so that no two rows tie. Nulls are last in the list. */
export function prismaOrder(page: Page, column: SortColumn): object[] {
  const { field } = page.order
  const { direction } = page
  if (field === 'id') return [{ id: direction }]
  const sort = column.nullable ? { sort: direction, nulls: page.backward ? 'first' : 'last' } : direction
  return [{ [field]: sort }, { id: direction }]
}

/** Prisma's `where` for the rows after {@link Page.from}, in the direction of the walk. */
export function afterPosition(page: Page, column: SortColumn): object | undefined {
  if (!page.from) return undefined
  const { field } = page.order
  const { value, id } = page.from
  const beyond = page.direction === 'asc' ? 'gt' : 'lt'
  if (field === 'id') return { id: { [beyond]: id } }
  const sameValue = { [field]: value, id: { [beyond]: id } }
  if (value === null) return page.backward ? { OR: [sameValue, { NOT: { [field]: null } }] } : sameValue
  const furtherOrSame = { OR: [{ [field]: { [beyond]: value } }, sameValue] }
  if (column.nullable) return page.backward ? furtherOrSame : { OR: [furtherOrSame, { [field]: null }] }
  // Says nothing new, but it is a range that PostgreSQL can start an index scan at; the OR is not.
  return { AND: [{ [field]: { [`${beyond}e`]: value } }, furtherOrSame] }
}
