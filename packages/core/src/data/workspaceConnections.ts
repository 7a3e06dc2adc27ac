import pg from 'pg'
import { DataError, dataError } from './errors.ts'
import { OpeningQuery, StatementQuery, WorkspaceQuery } from './workspaceQuery.ts'

/** A source of connections that are all bound to one workspace. */
export interface WorkspaceConnections {
  query(workspaceId: string, config: pg.QueryConfig): Promise<pg.QueryResult>
  /** A connection for a transaction in the workspace, which opens with its first statement. {@link WorkspaceTransaction.release} it. */
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
    return new WorkspaceTransaction(await this.#pool.connect(), workspaceId)
  }
}

/**
 * One connection inside `begin … commit`, bound to a workspace from its first statement on, with which both travel. Statements run
 * in the order in which they were started; those that nobody waited for in between share a round trip. Once the transaction ends
 * nothing more gets through: whoever kept this object (work that outlived its time-out) must not speak on a connection that others
 * have borrowed since.
 */
export class WorkspaceTransaction {
  readonly #client: pg.PoolClient
  readonly #workspaceId: string | undefined
  /** Settles when the first statement has answered; it is not there before somebody has started one. */
  #opened: Promise<void> | undefined
  #entered = false
  readonly #sent: Promise<unknown>[] = []
  /** Whether what was sent waits for company. */
  #holding = false
  #over = false
  #expired = false
  #released = false
  #failure: Error | undefined

  /** @param workspaceId to begin in; without one the connection is in a transaction already */
  constructor(client: pg.PoolClient, workspaceId?: string) {
    this.#client = client
    this.#workspaceId = workspaceId
    if (workspaceId !== undefined) return
    this.#opened = Promise.resolve()
    this.#entered = true
  }

  query(config: pg.QueryConfig): Promise<pg.QueryResult> {
    return this.#run(config)
  }

  async #run(config: pg.QueryConfig, held?: boolean): Promise<pg.QueryResult> {
    const result = await this.#enqueue(config, held)
    if (this.#client.getTransactionStatus() === 'I' && !this.#over) {
      this.#over = true
      throw dataError('TRANSACTION_ENDED_BY_SQL', config.text)
    }
    return result
  }

  /** As {@link query}, for what nobody waits for: it travels with what is started next, and {@link commit} raises its error. */
  send(config: pg.QueryConfig): void {
    const sent = this.#run(config, true)
    sent.catch(() => {})
    this.#sent.push(sent)
  }

  /** Commits; a failed transaction cannot be committed and raises instead of pretending. */
  async commit(): Promise<void> {
    const [ended] = await Promise.all([this.#end('commit'), ...this.#sent])
    if (ended && ended.command !== 'COMMIT') throw dataError('TRANSACTION_FAILED')
  }

  async rollback(): Promise<void> {
    await this.#end('rollback')
  }

  /** Rolls back under whoever still works in it: what they start from now on fails. */
  expire(): void {
    if (this.#over) return
    this.#expired = true
    this.rollback().catch(() => {})
  }

  /** Whether {@link expire} ended it. */
  get expired(): boolean {
    return this.#expired
  }

  /** Returns the connection; one that is still inside a transaction is destroyed, never lent again. */
  release(failure?: Error): void {
    if (this.#released) return
    this.#released = true
    this.#over = true
    this.#letGo()
    giveBack(this.#client, failure ?? this.#failure)
  }

  /** Hears of a connection that breaks between two statements. */
  on(event: 'error', listener: (error: Error) => void): void {
    this.#client.on(event, listener)
  }

  removeListener(event: 'error', listener: (error: Error) => void): void {
    this.#client.removeListener(event, listener)
  }

  /** @returns undefined where no statement was ever started: nothing is to be ended */
  #end(command: 'commit' | 'rollback'): Promise<pg.QueryResult | undefined> {
    const ended = this.#opened || this.#over ? this.#enqueue({ text: command }) : Promise.resolve(undefined)
    this.#over = true
    return ended
  }

  /** @param held whether it may wait for what is started next, so that PostgreSQL wakes up once for both */
  async #enqueue(config: pg.QueryConfig, held = false): Promise<pg.QueryResult> {
    if (this.#over) throw dataError('TRANSACTION_OVER')
    if (!this.#opened) return this.#open(config)
    // Waited for even where it is long over: so whatever waits goes first.
    await this.#opened
    if (!this.#entered && config.text !== 'rollback') throw dataError('TRANSACTION_OVER')
    return new Promise((resolve, reject) => {
      if (held) this.#hold()
      this.#client.query(
        new StatementQuery(config, (error, result) => (error ? reject(this.#reason(error)) : resolve(result))),
      )
      if (!held) this.#letGo()
    })
  }

  #hold(): void {
    if (!this.#holding) this.#client.connection.stream.cork()
    this.#holding = true
  }

  #letGo(): void {
    if (this.#holding) this.#client.connection.stream.uncork()
    this.#holding = false
  }

  /**
   * Why a statement failed: one that a failed transaction refuses (25P02), or did not get to prepare (26000), for what failed it,
   * which may be one that nobody waits for.
   */
  #reason(error: Error): Error {
    const { code } = error as pg.DatabaseError
    if (code !== '25P02' && !(code === '26000' && this.#failure)) this.#failure = error
    return this.#failure ?? error
  }

  #open(config: pg.QueryConfig): Promise<pg.QueryResult> {
    const first = new Promise<pg.QueryResult>((resolve, reject) => {
      const query = new OpeningQuery(this.#workspaceId as string, config, (error, result) => {
        this.#entered ||= query.entered
        if (error) reject(this.#reason(error))
        else resolve(result)
      })
      this.#client.query(query)
    })
    const done = () => {}
    this.#opened = first.then(done, done)
    return first
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
  // FATAL: the server closes the connection. 26000: someone dropped what prepareConnection had prepared. 0A000: what it has
  // prepared has other rows since a migration.
  return !['FATAL', 'PANIC'].includes(failure.severity ?? '') && !['26000', '0A000'].includes(failure.code ?? '')
}
