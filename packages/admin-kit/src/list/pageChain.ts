import { type ListConnection, type ListRow, nodesOf } from './listDefinition.ts'

/** What the grid draws: how far the list is known, and how it ends there. */
export interface ChainView {
  /** Rows known by place, whether or not they are still held. */
  known: number
  /** Whether rows follow after those that are known. */
  more: boolean
  total: number | undefined
  /** Rows on top that others added since the first page was asked for; they show when the reader says so. */
  fresh: number
  /** `first`: nothing was ever shown. `changing`: the rows shown belong to the question before. */
  state: 'first' | 'changing' | 'ready'
  failure: { page: number; error: unknown } | undefined
  version: number
}

/** How a page is asked for: after the end of the one before it, or before the beginning of the one that follows. */
export type PageAsk = { first: number; after: string | null } | { last: number; before: string | null }

/**
 * A list as a chain of cursor pages. Each page starts where the one before it ended, so a page that is asked for again
 * moves the beginnings of all that follow. Pages far from the view give up their rows and keep their cursor, by
 * which they come back: what stays of 100,000 rows is one cursor for each page.
 *
 * Whoever wants the end of a list does not wait for all that lies before it: a second chain grows from the last page
 * towards the top. Where the two meet, pages are asked for from the top again, which closes a gap or an overlap that
 * came of rows which were added or removed meanwhile.
 */
export class PageChain<Row extends ListRow> {
  readonly pageSize: number
  readonly #now: () => number
  #held = new Map<number, readonly Row[]>()
  /** `#ends[k]`: the cursor after page k. */
  #ends: string[] = []
  /** Once the end was asked for: how many rows there were then, which gives its pages their places. */
  #tail: { rows: number; starts: Map<number, string> } | undefined
  #known = 0
  #more = true
  #total: number | undefined
  #fresh = 0
  /** Until when an answer is one to a look in passing, in milliseconds. */
  #looksUntil = Number.NEGATIVE_INFINITY
  #failures = new Map<number, unknown>()
  #state: ChainView['state'] = 'first'
  #view: ChainView
  #listeners = new Set<() => void>()
  #question: string | undefined
  /** An answer for the first page that would push rows down; it waits until the reader asks for it. */
  #pending: ListConnection<Row> | undefined

  /** @param now milliseconds of any beginning */
  constructor(pageSize: number, now: () => number = () => performance.now()) {
    this.pageSize = pageSize
    this.#now = now
    this.#view = this.#look()
  }

  view = (): ChainView => this.#view

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  row(index: number): Row | undefined {
    return this.#held.get(Math.floor(index / this.pageSize))?.[index % this.pageSize]
  }

  /** Rows held now with their places, from the top. */
  *rows(): Generator<[index: number, row: Row]> {
    for (const page of [...this.#held.keys()].sort((one, other) => one - other))
      for (const [place, row] of this.#held.get(page)?.entries() ?? []) yield [page * this.pageSize + place, row]
  }

  /** How page `page` is asked for; undefined while neither the one before it nor the one after it is known. */
  askFor(page: number): PageAsk | undefined {
    if (page === 0) return { first: this.pageSize, after: null }
    if (this.#state !== 'ready') return undefined
    const after = this.#ends[page - 1]
    if (after !== undefined) return { first: this.pageSize, after }
    if (!this.#tail || page > this.#lastPage) return undefined
    if (page === this.#lastPage) return { last: this.#tail.rows - page * this.pageSize, before: null }
    const before = this.#tail.starts.get(page + 1)
    return before === undefined ? undefined : { last: this.pageSize, before }
  }

  /**
   * Makes the end of the list known, where it is known how many rows there are. Called where the document can be asked
   * from the end.
   */
  reachEnd(): void {
    if (this.#state !== 'ready' || !this.#more || this.#tail || !this.#total || this.#total <= this.#known) return
    this.#tail = { rows: this.#total, starts: new Map() }
    this.#known = this.#total
    this.#more = false
    this.#changed()
  }

  /**
   * Pages to hold for a view of these rows: those in it, one before and two after, as far as they can be asked for, and the
   * first, by which it is seen that rows were added. In the middle between the two chains it is the page by which the
   * nearer one grows towards the view.
   */
  wanted(firstRow: number, lastRow: number): number[] {
    if (this.#state !== 'ready') return [0]
    const from = Math.max(1, Math.floor(firstRow / this.pageSize) - 1)
    const to = Math.floor(lastRow / this.pageSize) + 2
    const pages = [0]
    let unreached = false
    for (let page = from; page <= to; page++) {
      if (this.askFor(page)) pages.push(page)
      else if (this.#tail && page < this.#lastPage) unreached = true
    }
    if (unreached) {
      const down = this.#ends.length
      const up = Math.min(this.#lastPage + 1, ...(this.#tail?.starts.keys() ?? [])) - 1
      const nearer = from - down <= up - to ? down : up
      if (!pages.includes(nearer)) pages.push(nearer)
    }
    return pages
  }

  get #lastPage(): number {
    return Math.floor(((this.#tail?.rows ?? 1) - 1) / this.pageSize)
  }

  /**
   * The question that answers belong to: search, filter, order. With another one, what is shown stays until its first
   * page is there. Called while rendering, so it tells nobody, and asking the same twice changes nothing.
   */
  ask(question: string): void {
    if (question === this.#question) return
    this.#question = question
    this.#state = this.#state === 'first' ? 'first' : 'changing'
    this.#fresh = 0
    this.#pending = undefined
    this.#tail = undefined
    this.#looksUntil = Number.NEGATIVE_INFINITY
    this.#failures.clear()
    this.#view = this.#look()
  }

  /**
   * The pages are about to be asked for again in passing: rows that are new on top must not push the others. What one
   * adds oneself comes at once: it is asked for by whoever added it.
   */
  lookAgain(): void {
    this.#looksUntil = this.#now() + lookTakes
  }

  /** The reader wants what is new: it takes its place on top. */
  takeFresh(): void {
    const pending = this.#pending
    this.#looksUntil = Number.NEGATIVE_INFINITY
    this.#fresh = 0
    this.#pending = undefined
    this.#forgetTail()
    if (pending && this.#question !== undefined) this.answer(this.#question, 0, pending)
  }

  /** @param fromEnd the page was asked for by what follows it */
  answer(question: string, page: number, connection: ListConnection<Row>, fromEnd = false): void {
    if (question !== this.#question) return
    if (fromEnd) {
      this.#answerFromEnd(page, connection)
      return
    }
    if (this.#state !== 'ready') {
      if (page !== 0) return
      this.#held.clear()
      this.#ends = []
      this.#known = 0
      this.#state = 'ready'
    }
    this.#failures.delete(page)
    if (page === 0 && connection.totalCount != null) this.#total = connection.totalCount
    const rows = nodesOf(connection)
    const shown = this.#held.get(page)
    if (page === 0 && shown && shown.length > 0 && (this.#pending || this.#now() < this.#looksUntil)) {
      const isShown = new Set(shown.map(({ id }) => id))
      const added = rows.findIndex(({ id }) => isShown.has(id))
      const fresh = added === -1 ? rows.length : added
      if (fresh > 0) {
        const byId = new Map(rows.map((row) => [row.id, row]))
        this.#held.set(
          0,
          shown.map((row) => byId.get(row.id) ?? row),
        )
        this.#fresh = fresh
        this.#pending = connection
        this.#changed()
        return
      }
    }
    if (page === 0) {
      this.#fresh = 0
      this.#pending = undefined
    }
    this.#held.set(page, rows)
    const { hasNextPage, endCursor } = connection.pageInfo
    const end = page * this.pageSize + rows.length
    if (hasNextPage && endCursor) {
      this.#ends[page] = endCursor
      if (end > this.#known || (this.#tail && page >= this.#lastPage)) {
        this.#known = end
        this.#more = true
        this.#tail = undefined
      }
    } else {
      this.#ends.length = page
      this.#known = end
      this.#more = false
      this.#tail = undefined
      for (const later of [...this.#held.keys()].filter((held) => held > page)) this.#held.delete(later)
    }
    this.#changed()
  }

  #answerFromEnd(page: number, connection: ListConnection<Row>): void {
    const tail = this.#tail
    if (!tail || this.#state !== 'ready') return
    this.#failures.delete(page)
    const rows = nodesOf(connection)
    const { startCursor } = connection.pageInfo
    const places = Math.min(this.pageSize, tail.rows - page * this.pageSize)
    if (!startCursor || rows.length < places) {
      // The list became so short that this is no longer its place: it is read from the top.
      this.#forgetTail()
    } else {
      this.#held.set(page, rows)
      tail.starts.set(page, startCursor)
    }
    this.#changed()
  }

  /** Rows are known as far as they were read from the top. */
  #forgetTail(): void {
    if (!this.#tail) return
    this.#tail = undefined
    this.#known = this.#ends.length * this.pageSize
    this.#more = true
    for (const page of [...this.#held.keys()]) if (page >= this.#ends.length) this.#held.delete(page)
  }

  fail(question: string, page: number, error: unknown): void {
    if (question !== this.#question) return
    this.#failures.set(page, error)
    this.#changed()
  }

  /** Gives up the rows of pages that nobody looks at. */
  letGo(wanted: readonly number[]): void {
    if (this.#state !== 'ready') return
    const stays = new Set([0, ...wanted])
    for (const page of [...this.#held.keys()]) if (!stays.has(page)) this.#held.delete(page)
  }

  /** How many pages hold rows now. */
  get heldPages(): number {
    return this.#held.size
  }

  #look(): ChainView {
    const failed = [...this.#failures.keys()].sort((one, other) => one - other)[0]
    return {
      known: this.#known,
      more: this.#more,
      total: this.#total,
      fresh: this.#fresh,
      state: this.#state,
      failure: failed === undefined ? undefined : { page: failed, error: this.#failures.get(failed) },
      version: (this.#view?.version ?? 0) + 1,
    }
  }

  #changed(): void {
    this.#view = this.#look()
    for (const listener of this.#listeners) listener()
  }
}

/** Longest time that an answer to a look takes, in milliseconds; what comes later is taken as asked for. */
const lookTakes = 8_000
