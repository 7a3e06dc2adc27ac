import type { ListRow } from './listDefinition.ts'

/** Which rows are chosen: some of them, held by id so that they survive scrolling, or all that match. */
export type Selection<Row extends ListRow> =
  | { kind: 'some'; rows: ReadonlyMap<string, Row> }
  | { kind: 'all'; without: ReadonlySet<string> }

export function nothingSelected<Row extends ListRow>(): Selection<Row> {
  return { kind: 'some', rows: new Map() }
}

export function isSelected<Row extends ListRow>(selection: Selection<Row>, id: string): boolean {
  return selection.kind === 'all' ? !selection.without.has(id) : selection.rows.has(id)
}

/** How many are chosen; undefined where all that match are, and how many match is not known. */
export function countSelected<Row extends ListRow>(
  selection: Selection<Row>,
  total: number | undefined,
): number | undefined {
  if (selection.kind === 'some') return selection.rows.size
  return total === undefined ? undefined : Math.max(0, total - selection.without.size)
}

/** Chooses these rows, or lets go of them. */
export function select<Row extends ListRow>(
  selection: Selection<Row>,
  rows: Iterable<Row>,
  chosen: boolean,
): Selection<Row> {
  if (selection.kind === 'all') {
    const without = new Set(selection.without)
    for (const { id } of rows) {
      if (chosen) without.delete(id)
      else without.add(id)
    }
    return { kind: 'all', without }
  }
  const kept = new Map(selection.rows)
  for (const row of rows) {
    if (chosen) kept.set(row.id, row)
    else kept.delete(row.id)
  }
  return { kind: 'some', rows: kept }
}
