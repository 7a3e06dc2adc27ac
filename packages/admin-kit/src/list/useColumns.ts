import { useState } from 'react'
import type { ListColumn, ListRow } from './listDefinition.ts'

/** Which columns a person sees of a list, in which order and how wide. */
export interface ColumnChoice {
  /** Ids of those shown, in order. Columns that the list gained since are shown as it says. */
  order: string[]
  hidden: string[]
  /** Pixels. */
  widths: Record<string, number>
}

export interface Columns<Row extends ListRow> {
  /** All of them, in the chosen order. */
  all: readonly ListColumn<Row>[]
  /** Those that are shown. */
  shown: readonly ListColumn<Row>[]
  choice: ColumnChoice | undefined
  isShown: (id: string) => boolean
  show: (id: string, shown: boolean) => void
  /** Moves a column by so many places. */
  move: (id: string, by: number) => void
  widen: (id: string, width: number) => void
  take: (choice: ColumnChoice | undefined) => void
}

/**
 * The columns as this person arranged them in this browser. The first column names the row: it is always shown, first.
 * @param list names the choice
 */
export function useColumns<Row extends ListRow>(list: string, columns: readonly ListColumn<Row>[]): Columns<Row> {
  const key = `columns:${list}`
  const [choice, setChoice] = useState<ColumnChoice | undefined>(() => read(key))
  const take = (next: ColumnChoice | undefined) => {
    setChoice(next)
    try {
      if (next) localStorage.setItem(key, JSON.stringify(next))
      else localStorage.removeItem(key)
    } catch {
      // Storage is full or forbidden: the choice holds until the page is left.
    }
  }
  const place = (id: string) => {
    const at = choice?.order.indexOf(id) ?? -1
    return at === -1 ? columns.length + columns.findIndex((column) => column.id === id) : at
  }
  const [first, ...others] = columns
  const all = first ? [first, ...others.toSorted((one, other) => place(one.id) - place(other.id))] : []
  const isShown = (id: string) => {
    if (id === first?.id) return true
    if (choice && (choice.order.includes(id) || choice.hidden.includes(id))) return !choice.hidden.includes(id)
    return !columns.find((column) => column.id === id)?.hidden
  }
  const written = (): ColumnChoice => ({
    order: all.map(({ id }) => id),
    hidden: all.filter(({ id }) => !isShown(id)).map(({ id }) => id),
    widths: choice?.widths ?? {},
  })
  const withWidths = all.map((column) => ({ ...column, width: choice?.widths[column.id] ?? column.width ?? 120 }))
  return {
    all: withWidths,
    shown: withWidths.filter(({ id }) => isShown(id)),
    choice,
    isShown,
    show: (id, shown) => {
      const now = written()
      take({ ...now, hidden: shown ? now.hidden.filter((hidden) => hidden !== id) : [...now.hidden, id] })
    },
    move: (id, by) => {
      const now = written()
      const from = now.order.indexOf(id)
      const to = Math.min(Math.max(1, from + by), now.order.length - 1)
      const order = now.order.filter((other) => other !== id)
      order.splice(to, 0, id)
      take({ ...now, order })
    },
    widen: (id, width) => {
      const now = written()
      take({ ...now, widths: { ...now.widths, [id]: Math.round(Math.min(Math.max(60, width), 900)) } })
    },
    take,
  }
}

function read(key: string): ColumnChoice | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return undefined
    const { order, hidden, widths } = kept as Partial<ColumnChoice>
    if (!Array.isArray(order) || !Array.isArray(hidden)) return undefined
    return { order, hidden, widths: widths ?? {} }
  } catch {
    return undefined
  }
}
