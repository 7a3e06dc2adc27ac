import pg from 'pg'

// The parts of pg 8.23 (lib/query.js, lib/client.js) that isolation stands on and its types leave out.
declare module 'pg' {
  interface ClientBase {
    /** False while a statement runs, also after its error until the server is ready for the next. */
    readonly readyForQuery: boolean
  }
  interface Query {
    prepare(connection: pg.Connection): void
    handleDataRow(message: unknown): void
    handleCommandComplete(message: unknown, connection: pg.Connection): void
  }
}

/** Every connection of the app pool prepares this once, when it connects. */
const setWorkspace = { name: 'espalier_workspace', text: "select set_config('app.workspace', $1, true)" }

/** Readies a new connection for {@link WorkspaceQuery}. */
export async function prepareConnection(client: pg.ClientBase): Promise<void> {
  await client.query({ ...setWorkspace, values: [''] })
}

/**
 * A query that runs inside a workspace in one round trip.
 *
 * In the extended protocol everything before a Sync is one implicit transaction. So a Bind/Execute of
 * `set_config(…, is_local => true)` goes ahead of the query's own messages, and the value dies with that
 * transaction at the Sync: nothing stays on the connection for the next borrower.
 */
export class WorkspaceQuery extends pg.Query {
  readonly #workspaceId: string
  #workspaceIsSet = false

  constructor(
    workspaceId: string,
    config: pg.QueryConfig,
    settle: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    // Without values pg would take the simple protocol, which brings its own Sync.
    super({ ...config, queryMode: 'extended' } as pg.QueryConfig, undefined, settle as never)
    this.#workspaceId = workspaceId
  }

  override prepare(connection: pg.Connection): void {
    connection.bind({ portal: '', statement: setWorkspace.name, values: [this.#workspaceId] }, true)
    connection.execute({ portal: '' }, true)
    super.prepare(connection)
  }

  // The first row and the first CommandComplete belong to set_config: dropped.
  override handleDataRow(message: unknown): void {
    if (this.#workspaceIsSet) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: pg.Connection): void {
    if (this.#workspaceIsSet) super.handleCommandComplete(message, connection)
    this.#workspaceIsSet = true
  }
}
