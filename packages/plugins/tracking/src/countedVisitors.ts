import type { SqlContext } from '@espalier/core'
import { LRUCache } from 'lru-cache'
import type { HourRow } from './changedRows.ts'
import { hasCell, noCells, setCell } from './visitorCells.ts'
import { exactUpTo, type HashedVisitor } from './visitorCounts.ts'

/** Some 6 kB each at most. */
const rememberedRows = 2000

/**
 * Visitors whom this process has counted in rows of the rollups, so that it does not hand them to the database again: there each
 * batch would unpack a row's visitors to find them in it. Other processes count in the same rows; nobody is ever
 * taken out of one, so who was counted stays counted.
 */
export class CountedVisitors {
  readonly #rows = new LRUCache<string, Known>({ max: rememberedRows })

  /** For one batch, in a transaction. */
  during(tx: SqlContext): NewVisitors {
    const added: { key: string; visitors: readonly HashedVisitor[] }[] = []
    return {
      of: (rows, time) =>
        rows.map((row) => {
          if (row.visitors.size === 0) return row
          const { siteId, pageId, dimension, value } = row
          const key = `${tx.workspaceId} ${siteId} ${pageId} ${time} ${row[time]} ${dimension} ${value}`
          const known = this.#rows.get(key)
          const visitors = known ? lacking(known, row.visitors) : [...row.visitors]
          if (visitors.length > 0) added.push({ key, visitors })
          return { ...row, visitors: new Set(visitors) }
        }),
      written: () =>
        tx.afterCommit(() => {
          for (const { key, visitors } of added) this.#rows.set(key, together(this.#rows.get(key), visitors))
        }),
    }
  }

  /** Hands everybody to the database again. */
  forget(): void {
    this.#rows.clear()
  }
}

/** Visitors of one batch who may be new to its rows. */
export interface NewVisitors {
  /** The rows with those of their visitors alone. */
  of<Time extends 'hour' | 'minute', Row extends HourRow & Readonly<Record<Time, string>>>(
    rows: readonly Row[],
    time: Time,
  ): Row[]
  /** To be called when they have been written: who was left is remembered once the transaction has committed. */
  written(): void
}

/** By their hashes while the row keeps those, then by their cells: it keeps no more either. */
type Known = Set<bigint> | Uint8Array

function lacking(known: Known, visitors: ReadonlySet<HashedVisitor>): HashedVisitor[] {
  const left: HashedVisitor[] = []
  for (const visitor of visitors)
    if (!(known instanceof Set ? known.has(visitor.hash) : hasCell(known, visitor.cell))) left.push(visitor)
  return left
}

function together(known: Known = new Set(), visitors: readonly HashedVisitor[]): Known {
  if (known instanceof Set) {
    for (const { hash } of visitors) known.add(hash)
    if (known.size <= exactUpTo) return known
    const cells = noCells()
    for (const hash of known) setCell(cells, Number(hash & 65_535n))
    return cells
  }
  for (const { cell } of visitors) setCell(known, cell)
  return known
}
