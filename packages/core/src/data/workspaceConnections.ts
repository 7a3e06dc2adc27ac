import pg from 'pg'
import { WorkspaceQuery } from './workspaceQuery.ts'

/** A source of connections that are all bound to one workspace. */
export interface WorkspaceConnections {
  query(workspaceId: string, config: pg.QueryConfig): Promise<pg.QueryResult>
  /** A connection with an open transaction in the workspace. {@link WorkspaceTransaction.release} it. */
  begin(workspaceId: string): Promise<WorkspaceTransaction>
}

/** Runs queries of many workspaces over one pool of the app role. */
export class PooledWorkspaceConnections implements WorkspaceConnections {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  async query(workspaceId: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
    const client = await this.#pool.connect()
    let failure: Error | undefined
    try {
      return await runInWorkspace(client, workspaceId, config)
    } catch (error) {
      failure = error as Error
      throw error
    } finally {
      giveBack(client, failure)
    }
  }

  async begin(workspaceId: string): Promise<WorkspaceTransaction> {
    const client = await this.#pool.connect()
    try {
      // One round trip: the simple protocol runs both, the second inside the transaction of the first.
      await client.query(`begin; select set_config('app.workspace', ${pg.escapeLiteral(workspaceId)}, true)`)
      return new WorkspaceTransaction(client)
    } catch (error) {
      giveBack(client, error as Error)
      throw error
    }
  }
}

/** One connection inside `begin … commit`, bound to a workspace from its first statement on. */
export class WorkspaceTransaction {
  readonly client: pg.PoolClient
  #released = false

  constructor(client: pg.PoolClient) {
    this.client = client
  }

  /** Commits; a failed transaction cannot be committed and raises instead of pretending. */
  async commit(): Promise<void> {
    const result = await this.client.query('commit')
    if (result.command === 'ROLLBACK') throw new Error('The transaction had failed, so PostgreSQL rolled it back at commit.')
  }

  async rollback(): Promise<void> {
    await this.client.query('rollback')
  }

  /** Returns the connection; one that is still inside a transaction is destroyed, never lent again. */
  release(failure?: Error): void {
    if (this.#released) return
    this.#released = true
    giveBack(this.client, failure)
  }
}

function runInWorkspace(client: pg.ClientBase, workspaceId: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    client.query(new WorkspaceQuery(workspaceId, config, (error, result) => (error ? reject(error) : resolve(result))))
  })
}

/** A statement that fails leaves the connection usable; a connection that broke or hangs does not. */
function giveBack(client: pg.PoolClient, failure?: Error): void {
  const serverAnswered = !failure || failure instanceof pg.DatabaseError
  const idle = client.getTransactionStatus() === 'I'
  client.release(serverAnswered && idle ? undefined : (failure ?? true))
}
