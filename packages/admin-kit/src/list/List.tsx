import { SearchX } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { ask } from '../client/ask.ts'
import type { TypedDocument } from '../client/typedDocument.ts'
import type { LiveSource } from '../client/useLive.ts'
import { Button } from '../components/Button.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { Failure } from '../components/Failure.tsx'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { useGoToTarget, usePage } from '../routing/navigation.tsx'
import type { Page } from '../routing/page.ts'
import type { AnyTarget } from '../routing/router.ts'
import { BulkBar } from './BulkBar.tsx'
import { ColumnsMenu } from './ColumnsMenu.tsx'
import { FilterBar } from './FilterBar.tsx'
import { ListGrid } from './ListGrid.tsx'
import {
  type BulkAction,
  type ListColumn,
  type ListConnection,
  type ListFilter,
  type ListRow,
  type ListState,
  nodesOf,
} from './listDefinition.ts'
import { isNarrowed } from './listVariables.ts'
import { meaningful } from './meaningful.ts'
import { listMessages } from './messages.ts'
import { PageOfRows, type PageVariables } from './PageOfRows.tsx'
import { type PageAsk, PageChain } from './pageChain.ts'
import { SearchField } from './SearchField.tsx'
import { isSelected, nothingSelected, type Selection, select } from './selection.ts'
import { useBulkRun } from './useBulkRun.ts'
import { useColumns } from './useColumns.ts'
import { LookWhenTold, useLooks } from './useLooks.tsx'
import { useNarrow } from './useNarrow.ts'
import { ViewsMenu } from './views/ViewsMenu.tsx'
import './list.css'

/** What a {@link List} takes: its query, columns, filters and actions. */
export interface ListProps<Row extends ListRow, Result, Variables, Path extends string, Search extends ListState> {
  /** Names its saved views and the choice of columns: "<plugin>.<what>". */
  id: string
  /** What it lists, for assistive technology. */
  label: string
  /** The page whose address keeps search, order, filters and view: its `search` has `...listSearch`. */
  page: Page<Path, Search>
  /**
   * Takes `$first: Int, $after: String`, what `variables` makes, and `$count: Boolean = false` for `totalCount`. With
   * `$last: Int, $before: String` and `startCursor` as well, the End key leads to the last row of however many.
   */
  document: TypedDocument<Result, Variables>
  connection: (data: Result) => ListConnection<Row>
  /** The state in the address as variables of the document. See `orderOf`, `chosenOf`, `daysOf`. */
  variables?: (state: ListState & { filter: Record<string, string[]> }) => Omit<Variables, keyof PageVariables>
  columns: readonly ListColumn<NoInfer<Row>>[]
  filters?: readonly ListFilter[]
  /** What the search looks in: "Search name or address". False where the list cannot be searched. */
  search?: string | false
  /** The order while nobody chose another, as in `ListState.sort`: only shown, the API has the same default. */
  sort?: string
  /** Where a row leads to; made by `target`. */
  rowPage?: (row: NoInfer<Row>) => AnyTarget
  /** Instead of a page: what Enter and a press on the row do. */
  onOpen?: (row: NoInfer<Row>) => void
  /** What a row is called, where it is selected and where it failed. */
  rowLabel: (row: NoInfer<Row>) => string
  bulk?: readonly BulkAction<NoInfer<Row>>[]
  /** Shown where there is not one row: what would be here, what for, how to get the first. */
  empty: ReactNode
  /** Says that rows came or changed; without it the list looks every 15 seconds. */
  live?: LiveSource
  /** Rows in one page, 100 unless told, which is as many as the API gives out. */
  pageSize?: number
  /** Beside the filters: what only this list has. */
  tools?: ReactNode
}

/**
 * A list of the API: search, filters, order, columns, views, bulk actions, as many rows as there are. Asks for a page
 * when it comes near the view and gives it up when it is far from it.
 */
export function List<Row extends ListRow, Result, Variables, Path extends string, Search extends ListState>(
  props: ListProps<Row, Result, Variables, Path, Search>,
) {
  const { document, connection, filters = [], pageSize = 100, rowPage, onOpen, empty, live } = props
  const m = useMessages(listMessages)
  const { number } = useFormat()
  const { search: address, setSearch } = usePage(props.page)
  const state = meaningful(address, filters)
  const set = (change: ListState) => setSearch(change as Partial<Search>)
  const goTo = useGoToTarget()
  const narrow = useNarrow()
  const columns = useColumns(props.id, props.columns)
  const searchField = useRef<HTMLInputElement>(null)

  const asked = {
    ...(props.variables?.({ ...state, filter: state.filter ?? {} }) ?? {}),
  }
  const question = JSON.stringify(asked)
  const [chain] = useState(() => new PageChain<Row>(pageSize))
  chain.ask(question)
  const view = useSyncExternalStore(chain.listen, chain.view)
  const [wanted, setWanted] = useState<readonly number[]>([0])
  const [again, setAgain] = useState(0)
  const [topToken, setTopToken] = useState(0)
  const [looks, look] = useLooks(view.state !== 'ready')
  const [selection, setSelection] = useState<Selection<Row>>(nothingSelected)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question has other rows
  useEffect(() => {
    setWanted([0])
    setSelection(nothingSelected())
    setTopToken((token) => token + 1)
  }, [question])
  const lastLook = useRef(looks)
  if (lastLook.current !== looks) {
    lastLook.current = looks
    chain.lookAgain()
  }

  const range = useRef<[number, number]>([0, 0])
  const follow = useCallback(() => {
    const pages = chain.wanted(...range.current)
    setWanted((before) => (before.join() === pages.join() ? before : pages))
    chain.letGo(pages)
  }, [chain])
  const onRange = useCallback(
    (first: number, last: number) => {
      range.current = [first, last]
      follow()
    },
    [follow],
  )
  // A page that arrived may be what the next one waits for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each version of the view may have new cursors
  useEffect(follow, [view.version, follow])

  const bulkActions = (props.bulk ?? []).filter(({ may }) => may !== false)
  const variablesOf = (ask: PageAsk, count: boolean) => ({ ...asked, ...ask, count }) as unknown as Variables
  const allRows = async function* () {
    for (let after: string | null | undefined = null; after !== undefined; ) {
      const found: ListConnection<Row> = connection(
        await ask<Result, unknown>(
          document as TypedDocument<Result, unknown>,
          variablesOf({ first: pageSize, after }, false),
          {
            apart: true,
          },
        ),
      )
      yield nodesOf(found)
      after = found.pageInfo.hasNextPage ? (found.pageInfo.endCursor ?? undefined) : undefined
    }
  }
  const bulk = useBulkRun<Row>(view.total, allRows, (left) => {
    // What it failed on can be tried again.
    setSelection(select(nothingSelected(), left, true))
    setAgain((count) => count + 1)
  })

  const narrowed = isNarrowed(state)
  const clear = () => set({ q: undefined, filter: undefined, view: undefined } as ListState)
  const retry = () => setAgain((count) => count + 1)
  const open = (row: Row) => {
    if (onOpen) onOpen(row)
    else if (rowPage) goTo(rowPage(row))
  }
  const nothing = view.state === 'ready' && view.known === 0 && !view.failure
  const failedWhole = view.failure && view.known === 0 ? view.failure : undefined
  const labelOf = props.rowLabel

  return (
    <div className="e-list">
      <div className="e-list-bar">
        {props.search !== false && (
          <SearchField
            value={state.q ?? ''}
            onChange={(q) => set({ q: q || undefined } as ListState)}
            field={searchField}
            label={props.search ?? m.search}
          />
        )}
        <FilterBar
          filters={filters}
          values={state.filter ?? {}}
          onChange={(filter) => set({ filter: Object.keys(filter).length > 0 ? filter : undefined } as ListState)}
        />
        <div className="e-list-bar-end">
          <span className="e-list-count" role="status">
            {count(view.total, view.known, view.more)}
          </span>
          {props.tools}
          <ViewsMenu
            list={props.id}
            current={state.view}
            state={{
              ...(state.q && { q: state.q }),
              ...(state.sort && { sort: state.sort }),
              ...(state.filter && { filter: state.filter }),
              ...(columns.choice && { columns: columns.choice }),
            }}
            onTake={({ id, state: kept }) => {
              columns.take(kept.columns)
              set({ q: kept.q, sort: kept.sort, filter: kept.filter, view: id } as ListState)
            }}
          />
          {!narrow && <ColumnsMenu columns={columns} />}
        </div>
      </div>
      {view.fresh > 0 && (
        <div className="e-list-fresh" role="status">
          <Button
            size="small"
            variant="primary"
            onPress={() => {
              chain.takeFresh()
              setTopToken((token) => token + 1)
            }}
          >
            {m.newRows(`${number(view.fresh)}${view.fresh === pageSize ? '+' : ''}`)}
          </Button>
        </div>
      )}
      {failedWhole ? (
        <Failure error={asProblem(failedWhole.error)} again={retry} />
      ) : nothing ? (
        narrowed ? (
          <EmptyState icon={SearchX} title={m.nothingFits} action={<Button onPress={clear}>{m.clearFilters}</Button>}>
            {m.nothingFitsWhy}
          </EmptyState>
        ) : (
          empty
        )
      ) : (
        <ListGrid
          label={props.label}
          chain={chain}
          view={view}
          columns={columns.shown}
          cards={narrow}
          selection={bulkActions.length > 0 ? selection : undefined}
          onSelect={(rows, chosen) => setSelection((before) => select(before, rows, chosen))}
          onSelectAll={(chosen) =>
            setSelection((before) =>
              chosen
                ? select(
                    before,
                    Array.from(chain.rows(), ([, row]) => row),
                    true,
                  )
                : nothingSelected(),
            )
          }
          onClearSelection={() => setSelection(nothingSelected())}
          sort={state.sort ?? props.sort}
          onSort={(sort) => set({ sort: sort === props.sort ? undefined : sort } as ListState)}
          onWiden={columns.widen}
          target={rowPage}
          opens={(rowPage ?? onOpen) !== undefined}
          onOpen={open}
          labelOf={labelOf}
          onRange={onRange}
          reachEnd={document.toString().includes('$before') ? () => chain.reachEnd() : undefined}
          failure={
            view.failure && (
              <span className="e-list-failed" role="alert">
                {m.moreFailed} {asProblem(view.failure.error).message}{' '}
                <Button size="small" onPress={retry}>
                  {m.retry}
                </Button>
              </span>
            )
          }
          searchField={searchField}
          topToken={topToken}
        />
      )}
      <BulkBar
        actions={bulkActions}
        selection={selection}
        total={view.total}
        more={
          selection.kind === 'some' &&
          (view.more || [...chain.rows()].some(([, row]) => !isSelected(selection, row.id)))
        }
        bulk={bulk}
        labelOf={labelOf}
        onSelectAll={() => setSelection({ kind: 'all', without: new Set() })}
        onClear={() => setSelection(nothingSelected())}
      />
      {live && <LookWhenTold live={live} look={look} />}
      {wanted.map((page) => {
        const ask = chain.askFor(page)
        return (
          ask && (
            <PageOfRows
              key={`${question} ${page} ${JSON.stringify(ask)}`}
              chain={chain}
              question={question}
              page={page}
              fromEnd={'last' in ask}
              document={document}
              variables={variablesOf(ask, page === 0)}
              connection={connection}
              look={looks}
              again={again}
            />
          )
        )
      })}
    </div>
  )

  function count(total: number | undefined, known: number, more: boolean): string {
    if (view.state === 'first') return ''
    if (total !== undefined) return m.rows(number(total))
    return more ? m.atLeast(number(known)) : m.rows(number(known))
  }
}

function asProblem(error: unknown): { message: string; code?: string | undefined } {
  return error instanceof Error ? error : { message: String(error) }
}
