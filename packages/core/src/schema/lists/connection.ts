import { writeCursor } from './cursor.ts'
import type { Page, PageArguments, Position } from './page.ts'

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

  get edges(): Promise<{ cursor: string; node: Row }[]> {
    return this.#shown().then((rows) => rows.map((node) => ({ cursor: this.#cursor(node), node })))
  }

  get pageInfo(): Promise<{
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }> {
    return this.#load().then(async (rows) => {
      const shown = await this.#shown()
      const more = rows.length === this.#page.limit
      const first = shown[0]
      const last = shown.at(-1)
      return {
        // What lies behind the cursor that one came from is not asked of the database: the cursor was a row.
        hasNextPage: this.#page.backward ? this.#args.before != null : more,
        hasPreviousPage: this.#page.backward ? more : this.#args.after != null,
        startCursor: first === undefined ? null : this.#cursor(first),
        endCursor: last === undefined ? null : this.#cursor(last),
      }
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

  async #shown(): Promise<readonly Row[]> {
    const rows = (await this.#load()).slice(0, this.#page.limit - 1)
    return this.#page.backward ? rows.reverse() : rows
  }

  #cursor(row: Row): string {
    return writeCursor(this.#page.order, this.#position(row))
  }
}
