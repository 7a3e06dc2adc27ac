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
    prepare(connection: pg.Connection): void
    handleDataRow(message: unknown): void
    handleCommandComplete(message: unknown, connection: pg.Connection): void
  }
}

/** Every connection of the app pool prepares these once, when it connects. */
const setWorkspace = { name: 'espalier_workspace', text: "select set_config('app.workspace', $1, true)" }
const begin = { name: 'espalier_begin', text: 'begin' }

/** Readies a new connection for {@link WorkspaceQuery} and {@link OpeningQuery}. */
export async function prepareConnection(client: pg.ClientBase): Promise<void> {
  await client.query({ ...setWorkspace, values: [''] })
  await client.query(begin)
  await client.query('rollback')
}

/** A query as pg has it, made from a statement without what pg does to keep whoever made it from changing it afterwards. */
export class StatementQuery extends pg.Query {
  constructor(config: pg.QueryConfig, settle: (error: Error | null, result: pg.QueryResult) => void) {
    const { name, text, values } = config
    // pg copies an object property by property, which takes as long as the rest of making a query; rows in another shape are Prisma's.
    const isPlain = !('rowMode' in config) && config.types === undefined
    super(isPlain ? text : { ...config }, isPlain ? values : undefined, settle as never)
    if (isPlain) this.name = name
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

  // The row and the CommandComplete of what goes ahead: dropped.
  override handleDataRow(message: unknown): void {
    if (this.entered) super.handleDataRow(message)
  }

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
