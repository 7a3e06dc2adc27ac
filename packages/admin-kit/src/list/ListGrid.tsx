import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useMessages } from '../language/messages.ts'
import type { AnyTarget } from '../routing/router.ts'
import { ColumnWidth } from './ColumnWidth.tsx'
import { GridRow } from './GridRow.tsx'
import { gridKey } from './gridKeys.ts'
import type { ListColumn, ListRow } from './listDefinition.ts'
import { listMessages } from './messages.ts'
import type { ChainView, PageChain } from './pageChain.ts'
import { isSelected, type Selection } from './selection.ts'
import { useRoom } from './useRoom.ts'

interface ListGridProps<Row extends ListRow> {
  label: string
  chain: PageChain<Row>
  view: ChainView
  columns: readonly ListColumn<Row>[]
  /** Rows drawn as cards: there is no room for columns. */
  cards: boolean
  selection: Selection<Row> | undefined
  onSelect: (rows: readonly Row[], chosen: boolean) => void
  onSelectAll: (chosen: boolean) => void
  onClearSelection: () => void
  sort: string | undefined
  onSort: (sort: string) => void
  onWiden: (column: string, width: number) => void
  target: ((row: Row) => AnyTarget) | undefined
  opens: boolean
  onOpen: (row: Row) => void
  labelOf: (row: Row) => string
  /** Rows that come into view, for the pages to follow. */
  onRange: (first: number, last: number) => void
  /** Makes the last row known without reading all before it; undefined where the list cannot. */
  reachEnd: (() => void) | undefined
  /** Stands in the place of the first row that could not be loaded. */
  failure: ReactNode
  searchField: RefObject<HTMLInputElement | null>
  topToken: number
}

/** Heights in pixels; the style sheet says the same. */
export const rowHeight = { row: 40, card: 100 }

/**
 * The rows in view out of as many as there are: a grid for assistive technology, one stop for the Tab key, in which
 * arrows move, Enter opens, Space selects.
 */
export function ListGrid<Row extends ListRow>(props: ListGridProps<Row>) {
  const { chain, view, columns, cards, selection, sort, label } = props
  const m = useMessages(listMessages)
  const scroller = useRef<HTMLDivElement>(null)
  const height = cards ? rowHeight.card : rowHeight.row
  const [active, setActive] = useState(0)
  const [focused, setFocused] = useState(false)
  const anchor = useRef<number | undefined>(undefined)
  const room = useRoom(scroller)

  // One row stands for those that are on their way, so that the end of the scroll bar is not the end of the list.
  const failedFrom = view.failure && view.failure.page * chain.pageSize
  const failsAtEnd = failedFrom === undefined || failedFrom >= view.known || chain.row(failedFrom) !== undefined
  const pending = view.state === 'first' ? 12 : view.failure && failsAtEnd ? 1 : view.more ? 8 : 0
  const count = view.known + pending
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    // Several changes of one frame are drawn once.
    useFlushSync: false,
    rangeExtractor: ({ startIndex, endIndex, overscan }) => {
      const rows: number[] = []
      const last = Math.min(count - 1, endIndex + overscan)
      for (let row = Math.max(0, startIndex - overscan); row <= last; row++) rows.push(row)
      // The row with the focus stays, or the focus would be lost by scrolling with the wheel.
      if (focused && active < count && !rows.includes(active)) rows.push(active)
      return rows.sort((one, other) => one - other)
    },
  })
  const measure = virtual.measure
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows have another height as cards
  useLayoutEffect(() => measure(), [height, measure])

  const items = virtual.getVirtualItems()
  const range = virtual.range
  // It is said where one looks.
  const failureAt = failsAtEnd
    ? view.known
    : Math.min(Math.max(failedFrom, (range?.startIndex ?? 0) + 1), failedFrom + chain.pageSize - 1)
  const { onRange } = props
  useEffect(() => {
    if (range) onRange(range.startIndex, range.endIndex)
  }, [range, onRange])

  const { topToken } = props
  useLayoutEffect(() => {
    if (topToken > 0 && scroller.current) scroller.current.scrollTop = 0
  }, [topToken])

  const rowCount = view.known
  const reachable = Math.max(0, rowCount - 1)
  const current = Math.min(active, reachable)

  // After a key the row that became active takes the focus, once it is drawn.
  const wantsFocus = useRef<number>(undefined)
  useEffect(() => {
    // Of a row that went away with the focus in it no browser says so: keys would be heard by nobody.
    const lost = focused && document.activeElement === document.body
    // What was drawn before the key was heard has another row for the current one.
    const wanted = wantsFocus.current !== undefined && Math.min(wantsFocus.current, reachable) === current
    if (!wanted && !lost) return
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${current}"]`)
    if (!row) return
    if (wanted) wantsFocus.current = undefined
    row.focus({ preventScroll: true })
  })

  const moveTo = (index: number) => {
    const next = Math.min(Math.max(0, index), reachable)
    wantsFocus.current = next
    setActive(next)
    scrollTo(next)
  }

  const frame = useRef(0)
  const scrollTo = (index: number) => {
    cancelAnimationFrame(frame.current)
    virtual.scrollToIndex(index, { align: 'auto' })
    // Chromium may give a list that has just grown its new height some frames late: there is nowhere to scroll to before.
    const needed = Math.min(index + 1, virtual.options.count) * height
    if (scroller.current && scroller.current.scrollHeight < needed)
      frame.current = requestAnimationFrame(() => scrollTo(index))
  }
  useEffect(() => () => cancelAnimationFrame(frame.current), [])

  // The last row is one to go to once it is known which that is: after the answer, if need be, to another question.
  const goesToEnd = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each version of the view may know it
  useEffect(() => {
    if (!goesToEnd.current || view.state !== 'ready') return
    if (view.more && props.reachEnd && (view.total ?? 0) > view.known) return props.reachEnd()
    goesToEnd.current = false
    moveTo(reachable)
  }, [view.version])

  const rowsBetween = (one: number, other: number): Row[] => {
    const rows: Row[] = []
    for (let index = Math.min(one, other); index <= Math.max(one, other); index++) {
      const row = chain.row(index)
      if (row) rows.push(row)
    }
    return rows
  }

  const choose = (index: number, withRange: boolean) => {
    const row = chain.row(index)
    if (!row || !selection) return
    if (withRange && anchor.current !== undefined) props.onSelect(rowsBetween(anchor.current, index), true)
    else {
      props.onSelect([row], !isSelected(selection, row.id))
      anchor.current = index
    }
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target.role !== 'row') return
    const perPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 2)
    const deed = gridKey(event, { index: current, last: reachable, perPage })
    if (!deed) return
    event.preventDefault()
    if (deed.kind === 'move') {
      if (deed.selects && selection) {
        anchor.current ??= current
        props.onSelect(rowsBetween(current, deed.to), true)
      } else anchor.current = undefined
      moveTo(deed.to)
      goesToEnd.current = event.key === 'End' && (view.state !== 'ready' || (view.more && props.reachEnd !== undefined))
      if (goesToEnd.current && view.state === 'ready') props.reachEnd?.()
    } else if (deed.kind === 'select') choose(current, deed.range)
    else if (deed.kind === 'selectAll') selection && props.onSelectAll(true)
    else if (deed.kind === 'clear') props.onClearSelection()
    else if (deed.kind === 'search') props.searchField.current?.focus()
    else {
      const row = chain.row(current)
      if (row) props.onOpen(row)
    }
  }

  const template = [
    ...(selection ? ['2.25rem'] : []),
    ...columns.map((column) =>
      column.fixed ? `${leastWidth(column)}px` : `minmax(${leastWidth(column)}px, ${column.width ?? 120}fr)`,
    ),
  ].join(' ')
  const least = columns.reduce((sum, column) => sum + leastWidth(column), selection ? 36 : 0)
  const loadedAll = [...chain.rows()].every(([, row]) => selection && isSelected(selection, row.id))

  return (
    <div
      ref={scroller}
      className={cards ? 'e-list-scroll e-list-cards' : 'e-list-scroll'}
      style={{ '--list-room': `${room}px` } as CSSProperties}
      data-changing={view.state === 'changing' || undefined}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be drawn in parts by place */}
      <div
        role="grid"
        tabIndex={-1}
        aria-label={label}
        aria-description={m.keys}
        aria-rowcount={view.more ? (view.total ?? -1) + (view.total === undefined ? 0 : 1) : rowCount + 1}
        aria-colcount={columns.length + (selection ? 1 : 0)}
        aria-multiselectable={selection ? true : undefined}
        aria-busy={view.state !== 'ready'}
        className="e-list-grid"
        style={{ '--list-columns': template, minWidth: cards ? undefined : `${least + 24}px` } as CSSProperties}
        onKeyDown={onKeyDown}
        onFocus={({ target }) => {
          setFocused(true)
          // However it came to a row, it is where keys go on from.
          if (target.role === 'row' && target.dataset.index) setActive(Number(target.dataset.index))
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false)
        }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" className="e-list-head">
          {/* biome-ignore lint/a11y/useFocusableInteractive: its cells are what can be used */}
          {/* biome-ignore lint/a11y/useSemanticElements: as above */}
          <div role="row" aria-rowindex={1} className="e-list-row">
            {selection && (
              // biome-ignore lint/a11y/useFocusableInteractive: the box in it is
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div role="columnheader" className="e-list-cell e-list-select">
                <input
                  type="checkbox"
                  ref={(box) => {
                    if (box) box.indeterminate = !loadedAll && selection.kind === 'some' && selection.rows.size > 0
                  }}
                  aria-label={m.selectAllShown}
                  checked={rowCount > 0 && loadedAll}
                  disabled={rowCount === 0}
                  onChange={(event) => props.onSelectAll(event.target.checked)}
                />
              </div>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={props.onSort} onWiden={props.onWiden} />
            ))}
          </div>
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" className="e-list-body" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map(({ index, start }) => {
            const row = chain.row(index)
            return view.failure && index === failureAt ? (
              // biome-ignore lint/a11y/useFocusableInteractive: the button in it is
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div role="row" key="failure" className="e-list-failure" style={{ transform: `translateY(${start}px)` }}>
                {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
                {/* biome-ignore lint/a11y/useSemanticElements: as above */}
                <div role="gridcell">{props.failure}</div>
              </div>
            ) : (
              <GridRow
                key={index}
                index={index}
                top={start}
                row={row}
                columns={columns}
                cards={cards}
                active={index === current}
                selected={selection && row ? isSelected(selection, row.id) : undefined}
                target={props.target}
                opens={props.opens}
                labelOf={props.labelOf}
                onOpen={props.onOpen}
                onActivate={setActive}
                onChoose={choose}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function HeaderCell<Row extends ListRow>({
  column,
  sort,
  onSort,
  onWiden,
}: {
  column: ListColumn<Row>
  sort: string | undefined
  onSort: (sort: string) => void
  onWiden: (column: string, width: number) => void
}) {
  const m = useMessages(listMessages)
  const up = sort !== undefined && sort === column.sort
  const down = sort !== undefined && sort === `-${column.sort}`
  const next = () => {
    if (!column.sort) return
    const firstDown = column.sortFirst === 'down'
    const toDown = up || (!down && firstDown)
    onSort(toDown ? `-${column.sort}` : column.sort)
  }
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the button in it is
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be drawn in parts by place
    <div
      role="columnheader"
      className="e-list-cell"
      data-align={column.align}
      aria-sort={up ? 'ascending' : down ? 'descending' : undefined}
    >
      {column.sort ? (
        <button type="button" className="e-list-sort" onClick={next} title={m.sortBy(column.label)}>
          {column.label}
          {up ? (
            <ArrowUp size={14} aria-hidden />
          ) : down ? (
            <ArrowDown size={14} aria-hidden />
          ) : (
            <ChevronsUpDown size={14} aria-hidden className="e-list-sortable" />
          )}
        </button>
      ) : (
        <span>{column.label}</span>
      )}
      <ColumnWidth
        label={m.resize(column.label)}
        width={column.width ?? 120}
        onWiden={(width) => onWiden(column.id, width)}
      />
    </div>
  )
}

/** In pixels. Columns give way a little before the list scrolls sideways; those that are fixed say no less. */
function leastWidth({ width = 120, fixed }: { width?: number; fixed?: boolean }): number {
  return fixed ? width : Math.round(width * 0.72)
}
