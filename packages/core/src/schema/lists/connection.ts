import { writeCursor } from './cursor.ts'
import type { Page, PageArguments, Position } from './page.ts'

/** Where a page of a list lies. */
export interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}

/** Marks types, in their extensions, that only hold the rows of a list: its connection, its edges, where a page lies. */
export const connectionPart = 'espalierConnectionPart'

/** What a connection's fields read. Rows and total are fetched when a field first asks for them, and once. */
export class Connection<Row> {
  readonly #page: Page
  readonly #args: PageArguments
  readonly #read: () => Promise<readonly Row[]>
  readonly #count: () => Promise<number>
  readonly #position: (row: Row) => Position
  #rows: Promise<readonly Row[]> | undefined
  #total: Promise<number> | undefined

  constructor(options: {
    page: Page
    args: PageArguments
    read: () => Promise<readonly Row[]>
    count: () => Promise<number>
    position: (row: Row) => Position
  }) {
    this.#page = options.page
    this.#args = options.args
    this.#read = options.read
    this.#count = options.count
    this.#position = options.position
  }

  get edges(): Promise<{ readonly cursor: string; readonly node: Row }[]> {
    const cursor = (row: Row) => this.#cursor(row)
    return this.#shown().then((rows) => rows.map((node) => new Edge(node, cursor)))
  }

  get pageInfo(): Promise<PageInfo> {
    return this.#load().then((rows) => {
      const page = this.#page
      const args = this.#args
      const more = rows.length === page.limit
      return new ShownPage({
        // What lies behind the cursor that one came from is not asked of the database: the cursor was a row.
        hasNextPage: page.backward ? args.before != null : more,
        hasPreviousPage: page.backward ? more : args.after != null,
        rows: this.#shownOf(rows),
        cursor: (row) => this.#cursor(row),
      })
    })
  }

  totalCount(): Promise<number> {
    this.#total ??= this.#count()
    return this.#total
  }

  #load(): Promise<readonly Row[]> {
    this.#rows ??= this.#read()
    return this.#rows
  }

  #shown(): Promise<readonly Row[]> {
    return this.#load().then((rows) => this.#shownOf(rows))
  }

  #shownOf(rows: readonly Row[]): readonly Row[] {
    const shown = rows.slice(0, this.#page.limit - 1)
    return this.#page.backward ? shown.reverse() : shown
  }

  #cursor(row: Row): string {
    return writeCursor(this.#page.order, this.#position(row))
  }
}

/**
 * Where a page lies that was read, with cursors for whom asks. A class: V8 gives each object that is written down with `get` a shape of its own, which
 * keeps what its getters know, here all rows, until the next large collection of garbage.
 */
class ShownPage<Row> implements PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly #rows: readonly Row[]
  readonly #cursor: (row: Row) => string

  constructor(
    options: Pick<PageInfo, 'hasNextPage' | 'hasPreviousPage'> & {
      rows: readonly Row[]
      cursor: (row: Row) => string
    },
  ) {
    this.hasNextPage = options.hasNextPage
    this.hasPreviousPage = options.hasPreviousPage
    this.#rows = options.rows
    this.#cursor = options.cursor
  }

  get startCursor(): string | null {
    const [first] = this.#rows
    return first === undefined ? null : this.#cursor(first)
  }

  get endCursor(): string | null {
    const last = this.#rows.at(-1)
    return last === undefined ? null : this.#cursor(last)
  }
}

/** Most lists are asked for their rows, and no cursor but the last. */
class Edge<Row> {
  readonly node: Row
  readonly #cursor: (row: Row) => string

  constructor(node: Row, cursor: (row: Row) => string) {
    this.node = node
    this.#cursor = cursor
  }

  get cursor(): string {
    return this.#cursor(this.node)
  }
}
