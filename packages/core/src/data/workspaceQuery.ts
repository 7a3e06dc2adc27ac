import pg from 'pg'

// The parts of pg 8.23 (lib/query.js, lib/client.js) that isolation stands on and its types leave out.
declare module 'pg' {
  interface ClientBase {
    /** False while a statement runs, also after its error until the server is ready for the next. */
    readonly readyForQuery: boolean
  }
  interface Query {
    name?: string | undefined
    queryMode?: 'extended'
    hasBeenParsed(connection: pg.Connection): boolean
    prepare(connection: pg.Connection): void
    handleRowDescription(message: RowDescription): void
    handleCommandComplete(message: unknown, connection: pg.Connection): void
  }
}

/** Every connection of the app pool prepares these once, when it connects. Without a row, which would have to be sent and read. */
const setWorkspace = {
  name: 'espalier_workspace',
  text: "select where set_config('app.workspace', $1, true) is null",
}
const begin = { name: 'espalier_begin', text: 'begin' }

/** Readies a new connection for {@link WorkspaceQuery} and {@link OpeningQuery}. */
export async function prepareConnection(client: pg.ClientBase): Promise<void> {
  await speakUtc(client)
  await client.query({ ...setWorkspace, values: [''] })
  await client.query(begin)
  await client.query('rollback')
}

/** So that a day is one of UTC, and has 24 hours, whatever the time zone of the database: of its machine, where nobody has said one. */
export async function speakUtc(client: pg.ClientBase): Promise<void> {
  await client.query("set timezone = 'UTC'")
}

/** What the columns of rows are, as PostgreSQL says it. */
interface RowDescription {
  readonly fields: readonly unknown[]
}

/** What a connection has said of its prepared statements, by their names, and itself without asking it again. */
interface Described {
  readonly rows: Map<string, RowDescription>
  readonly connection: pg.Connection
}

const described = new WeakMap<pg.Connection, Described>()

function describedOn(connection: pg.Connection): Described {
  const known = described.get(connection)
  if (known) return known
  const made = { rows: new Map(), connection: Object.create(connection, { describe: { value: () => {} } }) }
  described.set(connection, made)
  return made
}

/** A query as pg has it, made from a statement without what pg does to keep whoever made it from changing it afterwards. */
export class StatementQuery extends pg.Query {
  #rows: Described['rows'] | undefined

  constructor(config: pg.QueryConfig, settle: (error: Error | null, result: pg.QueryResult) => void) {
    const { name, text, values } = config
    // pg copies an object property by property, which takes as long as the rest of making a query; rows in another shape are Prisma's.
    const isPlain = !('rowMode' in config) && config.types === undefined
    super(isPlain ? text : { ...config }, isPlain ? values : undefined, settle as never)
    if (isPlain) this.name = name
  }

  /**
   * PostgreSQL is asked once a connection what a prepared statement's rows are made of: it refuses to run one of which that has
   * changed since.
   */
  override prepare(connection: pg.Connection): void {
    const { rows, connection: without } = describedOn(connection)
    const known = this.name !== undefined && this.hasBeenParsed(connection) ? rows.get(this.name) : undefined
    if (known) {
      super.handleRowDescription(known)
      super.prepare(without)
    } else {
      this.#rows = rows
      super.prepare(connection)
    }
  }

  override handleRowDescription(message: RowDescription): void {
    if (this.name !== undefined) this.#rows?.set(this.name, message)
    super.handleRowDescription(message)
  }
}

/**
 * A query that runs inside a workspace in one round trip.
 *
 * In the extended protocol everything before a Sync is one implicit transaction. So a Bind/Execute of
 * `set_config(…, is_local => true)` goes ahead of the query's own messages, and the value dies with that
 * transaction at the Sync: nothing stays on the connection for the next borrower.
 */
export class WorkspaceQuery extends StatementQuery {
  readonly #workspaceId: string
  /** Statements ahead of the query's own that have not answered yet. */
  #ahead: number

  constructor(
    workspaceId: string,
    config: pg.QueryConfig,
    settle: (error: Error | null, result: pg.QueryResult) => void,
    ahead = 1,
  ) {
    super(config, settle)
    // Without values pg would take the simple protocol, which brings its own Sync.
    this.queryMode = 'extended'
    this.#workspaceId = workspaceId
    this.#ahead = ahead
  }

  /** Whether everything ahead of the query's own statement has been done. */
  get entered(): boolean {
    return this.#ahead === 0
  }

  override prepare(connection: pg.Connection): void {
    connection.bind({ portal: '', statement: setWorkspace.name, values: [this.#workspaceId] }, true)
    connection.execute({ portal: '' }, true)
    super.prepare(connection)
  }

  // The CommandComplete of what goes ahead: dropped.
  override handleCommandComplete(message: unknown, connection: pg.Connection): void {
    if (this.entered) super.handleCommandComplete(message, connection)
    else this.#ahead -= 1
  }
}

/** The first query of a transaction: `begin` and the workspace, which lasts as long as the transaction, go ahead of it in its round trip. */
export class OpeningQuery extends WorkspaceQuery {
  constructor(
    workspaceId: string,
    config: pg.QueryConfig,
    settle: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(workspaceId, config, settle, 2)
  }

  override prepare(connection: pg.Connection): void {
    connection.bind({ portal: '', statement: begin.name }, true)
    connection.execute({ portal: '' }, true)
    super.prepare(connection)
  }
}
