import pg from 'pg'
import { DataError, dataError } from './errors.ts'
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

/**
 * One connection inside `begin … commit`, bound to a workspace from its first statement on. Statements run
 * one after the other. Once the transaction ends nothing more gets through: whoever kept this object (work
 * that outlived its time-out) must not speak on a connection that others have borrowed since.
 */
export class WorkspaceTransaction {
  readonly #client: pg.PoolClient
  #over = false
  #rolledBack = false
  #released = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  async query(config: pg.QueryConfig): Promise<pg.QueryResult> {
    const result = await this.#enqueue(config)
    if (this.#client.getTransactionStatus() === 'I' && !this.#over) {
      this.#over = true
      throw dataError('TRANSACTION_ENDED_BY_SQL', config.text)
    }
    return result
  }

  /** Commits; a failed transaction cannot be committed and raises instead of pretending. */
  async commit(): Promise<void> {
    const ended = await this.#end('commit')
    if (ended.command === 'ROLLBACK') throw dataError('TRANSACTION_FAILED')
  }

  rollback(): Promise<unknown> {
    this.#rolledBack ||= !this.#over
    return this.#end('rollback')
  }

  /** Whether {@link rollback} ended it. */
  get rolledBack(): boolean {
    return this.#rolledBack
  }

  /** Returns the connection; one that is still inside a transaction is destroyed, never lent again. */
  release(failure?: Error): void {
    if (this.#released) return
    this.#released = true
    this.#over = true
    giveBack(this.#client, failure)
  }

  /** Hears of a connection that breaks between two statements. */
  on(event: 'error', listener: (error: Error) => void): void {
    this.#client.on(event, listener)
  }

  removeListener(event: 'error', listener: (error: Error) => void): void {
    this.#client.removeListener(event, listener)
  }

  #end(command: 'commit' | 'rollback'): Promise<pg.QueryResult> {
    const ended = this.#enqueue({ text: command })
    this.#over = true
    return ended
  }

  async #enqueue(config: pg.QueryConfig): Promise<pg.QueryResult> {
    if (this.#over) throw dataError('TRANSACTION_OVER')
    const result = this.#last.then(() => this.#client.query(config))
    this.#last = result.catch(() => {})
    return result
  }
}

function runInWorkspace(client: pg.ClientBase, workspaceId: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    client.query(new WorkspaceQuery(workspaceId, config, (error, result) => (error ? reject(error) : resolve(result))))
  })
}

/** Connections that broke: they answer nothing any more, so nothing may wait for them. */
const broken = new WeakSet<pg.ClientBase>()

/** Notes connections that break. Somebody has to listen: an error event that nobody hears ends the process. */
export function watchConnections(pool: pg.Pool): void {
  pool.on('connect', (client) => client.on('error', () => broken.add(client)))
}

/** A statement that fails leaves the connection usable; a connection that broke or hangs does not. */
function giveBack(client: pg.PoolClient, failure?: Error): void {
  const release = () => client.release(broken.has(client) || client.getTransactionStatus() !== 'I')
  if (failure && !leavesConnectionUsable(failure)) client.release(failure)
  else if (client.readyForQuery || broken.has(client)) release()
  else afterCurrentStatement(client, release)
}

/** An error arrives before the server is ready again, and only then says whether a transaction is open. */
function afterCurrentStatement(client: pg.PoolClient, then: () => void): void {
  const settle = () => {
    client.removeListener('drain', settle)
    client.removeListener('end', settle)
    then()
  }
  client.on('drain', settle)
  client.on('end', settle)
}

function leavesConnectionUsable(failure: Error): boolean {
  if (failure instanceof DataError) return true
  if (!(failure instanceof pg.DatabaseError)) return false
  // FATAL: the server closes the connection. 26000: someone dropped what prepareConnection had prepared.
  return failure.severity !== 'FATAL' && failure.severity !== 'PANIC' && failure.code !== '26000'
}
