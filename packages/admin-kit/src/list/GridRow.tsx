import { type MouseEvent, memo } from 'react'
import { useMessages } from '../language/messages.ts'
import type { AnyTarget } from '../routing/router.ts'
import type { ListColumn, ListRow } from './listDefinition.ts'
import { listMessages } from './messages.ts'
import { RowLink } from './RowLink.tsx'

interface GridRowProps<Row extends ListRow> {
  /** Place in the list, from 0. */
  index: number
  /** Pixels from the top of the body. */
  top: number
  /** Undefined while it is on its way. */
  row: Row | undefined
  columns: readonly ListColumn<Row>[]
  cards: boolean
  active: boolean
  /** Undefined where rows cannot be selected. */
  selected: boolean | undefined
  target: ((row: Row) => AnyTarget) | undefined
  /** Whether a press opens the row. */
  opens: boolean
  labelOf: (row: Row) => string
  onOpen: (row: Row) => void
  onActivate: (index: number) => void
  onChoose: (index: number, range: boolean) => void
}

/** One row: drawn again only when something of it changed, since scrolling draws many. */
export const GridRow = memo(DrawnRow, (before, after) =>
  (Object.keys(after) as (keyof typeof after)[]).every(
    // What is done with a row is decided when it is done, by the functions of then.
    (name) => name.startsWith('on') || name === 'target' || name === 'labelOf' || before[name] === after[name],
  ),
) as typeof DrawnRow

function DrawnRow<Row extends ListRow>(props: GridRowProps<Row>) {
  const { index, top, row, columns, cards, active, selected, target, opens, labelOf, onOpen, onActivate, onChoose } =
    props
  const m = useMessages(listMessages)
  const onClick = (event: MouseEvent) => {
    onActivate(index)
    if (!row || (event.target as Element).closest('a, button, input, label')) return
    if (event.shiftKey || event.ctrlKey || event.metaKey) onChoose(index, event.shiftKey)
    else if (opens && !getSelection()?.toString()) onOpen(row)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be drawn in parts by place
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by the grid
    <div
      role="row"
      tabIndex={active ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={row ? undefined : true}
      data-index={index}
      data-opens={opens || undefined}
      className="e-list-row"
      style={{ transform: `translateY(${top}px)` }}
      onClick={onClick}
    >
      {selected !== undefined && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: the row is
        <div role="gridcell" className="e-list-cell e-list-select">
          {row && (
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={m.selectRow(labelOf(row))}
              checked={selected}
              onChange={(event) => onChoose(index, (event.nativeEvent as { shiftKey?: boolean }).shiftKey === true)}
            />
          )}
        </div>
      )}
      {columns.map((column, place) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: the row is
        <div
          role="gridcell"
          key={column.id}
          className={place === 0 ? 'e-list-cell e-list-first' : 'e-list-cell'}
          data-align={cards ? undefined : column.align}
          data-label={column.label}
        >
          {!row ? (
            <span className="e-list-skeleton" data-wide={(index + place) % 3} />
          ) : place === 0 && target ? (
            <RowLink to={target(row)}>{column.cell(row)}</RowLink>
          ) : (
            column.cell(row)
          )}
        </div>
      ))}
    </div>
  )
}
