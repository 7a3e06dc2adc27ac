import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** A row of a list: an object of the API. */
export interface ListRow {
  id: string
}

/** What a connection of the API answers with, as far as a list needs it: select `nodes` or `edges { node }`. */
export interface ListConnection<Row extends ListRow> {
  nodes?: readonly Row[]
  edges?: readonly { node: Row }[]
  /** `startCursor` where the document can be asked from the end: see `document` of the list. */
  pageInfo: { hasNextPage: boolean; endCursor?: string | null; startCursor?: string | null }
  /**
   * Counting costs a look at the whole list, so it is asked for once, with the first page:
   * `totalCount @include(if: $count)` in the document, with `$count: Boolean = false` among its variables.
   */
  totalCount?: number | null
}

/** What of a list stands in the address: search text, order, filters, the view that was chosen. */
export interface ListState {
  q?: string
  /** The column's `sort`, with a minus before it where the order is downwards: `-CREATED_AT`. */
  sort?: string
  /** By the filter's id: ids of options, a text, or for a date `from` and `to` as days (`2026-11-01`, `''` is open). */
  filter?: Record<string, string[]>
  /** Id of a saved view. */
  view?: string
}

/** A column of a {@link List}. */
export interface ListColumn<Row extends ListRow> {
  id: string
  label: string
  cell: (row: Row) => ReactNode
  /** What the API calls the order by this column. Without it the column's header does not sort. */
  sort?: string
  /** The direction of the first press on its header: newest or most first where that is what people look for. */
  sortFirst?: 'up' | 'down'
  /** Pixels that it wants at least, 120 unless told. What is left over is shared by the columns in proportion. */
  width?: number
  /** A column of fixed width takes no part of what is left over: numbers, badges, instants. */
  fixed?: boolean
  align?: 'start' | 'end'
  /** Not shown unless somebody chooses it. */
  hidden?: boolean
}

/** A filter of a {@link List}. */
export type ListFilter =
  | { id: string; label: string; options: readonly { id: string; label: string }[]; single?: boolean }
  | { id: string; label: string; kind: 'date' | 'text' }

/** What became of one row of a bulk action: what `run` of `useMutation` answers fits. */
export interface BulkOutcome {
  problem?: { message: string; code?: string } | null | undefined
}

/** Something that can be done to all the rows that are selected. */
export interface BulkAction<Row extends ListRow> {
  id: string
  label: string
  icon?: LucideIcon
  /** Asked before it runs, with the number of rows. */
  confirm?: { title: (count: number) => string; body?: string; action: string; danger?: boolean }
  run: (row: Row) => Promise<BulkOutcome>
  /** Takes back what `run` did; offered for as long as the toast stays. */
  undo?: (row: Row) => Promise<BulkOutcome>
  /** Rows that it does not apply to are left out and counted. */
  applies?: (row: Row) => boolean
  /** False hides it. */
  may?: boolean
  danger?: boolean
}

/** The nodes of a page, whichever way the document selects them. */
export function nodesOf<Row extends ListRow>(connection: ListConnection<Row>): readonly Row[] {
  return connection.nodes ?? connection.edges?.map(({ node }) => node) ?? []
}
