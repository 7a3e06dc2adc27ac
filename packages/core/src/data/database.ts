import pg from 'pg'
import { eagerPrisma } from './eagerPrisma.ts'
import { dataError } from './errors.ts'
import { PrismaPool } from './prismaPool.ts'
import type { PrismaClientClass, WorkspacePrisma } from './prismaTypes.ts'
import type { Statement } from './sql.ts'
import { PooledWorkspaceConnections, type WorkspaceTransaction } from './workspaceConnections.ts'
import { prepareConnection } from './workspaceQuery.ts'

export interface DatabaseOptions {
  /** Connection string of the app role: no ownership, no bypass of policies. */
  appUrl: string
  /** Connection string of the system role: the second door. */
  systemUrl: string
  prisma: PrismaClientClass
  /** Connections of the app role. Default 10. */
  poolSize?: number
  /** Connections of the system role. Default 5. */
  systemPoolSize?: number
  /** A statement of the app role that runs longer is canceled. Milliseconds, default 10,000. */
  statementTimeoutMs?: number
  /** How long anyone waits for a free connection. Milliseconds, default 10,000. */
  connectionWaitMs?: number
  /** Hears of idle connections that broke. */
  onError?: (error: Error) => void
}

/** Reads and writes within one workspace, alone or inside a transaction. */
export interface Db {
  readonly workspaceId: string
  /** Models of the control plane. */
  readonly prisma: WorkspacePrisma
  /** Rows of a statement: one round trip, workspace included. */
  query<Row extends object = Record<string, unknown>>(statement: Statement): Promise<Row[]>
  /** Runs `work` in a transaction: all or nothing. Inside one already, joins it. */
  transaction<T>(work: (tx: Db) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** As {@link transaction}, for the data plane: SQL only, without starting Prisma. */
  sqlTransaction<T>(work: (tx: SqlDb) => Promise<T>): Promise<T>
  readonly inTransaction: boolean
}

/** The part of {@link Db} that needs no Prisma. */
export type SqlDb = Pick<Db, 'workspaceId' | 'query' | 'inTransaction'>

export interface TransactionOptions {
  /** Rolled back when it takes longer. Milliseconds, default 10,000. */
  timeoutMs?: number
}

/** System work across workspaces: sign-in, migrations, schedules, partitions. Never a request's data. */
export interface SystemDb {
  query<Row extends object = Record<string, unknown>>(statement: Statement): Promise<Row[]>
  transaction<T>(work: (tx: Pick<SystemDb, 'query'>) => Promise<T>): Promise<T>
  readonly pool: pg.Pool
}

export class Database {
  readonly #app: pg.Pool
  readonly #system: pg.Pool
  readonly #connections: PooledWorkspaceConnections
  readonly #prisma: PrismaPool
  /** The second door: sees every workspace. Each use says why in a comment. */
  readonly system: SystemDb

  constructor(options: DatabaseOptions) {
    const onError = options.onError ?? (() => {})
    const waitMs = options.connectionWaitMs ?? 10_000
    this.#app = new pg.Pool({
      connectionString: options.appUrl,
      max: options.poolSize ?? defaultPoolSize,
      application_name: 'espalier',
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      idle_in_transaction_session_timeout: 30_000,
      connectionTimeoutMillis: waitMs,
      onConnect: prepareConnection,
    })
    this.#system = new pg.Pool({
      connectionString: options.systemUrl,
      max: options.systemPoolSize ?? 5,
      application_name: 'espalier system',
      connectionTimeoutMillis: waitMs,
    })
    this.#app.on('error', onError)
    this.#system.on('error', onError)
    this.#connections = new PooledWorkspaceConnections(this.#app)
    // Twice the connections: half of the clients may be busy turning rows into objects.
    const size = 2 * (options.poolSize ?? defaultPoolSize)
    this.#prisma = new PrismaPool(options.prisma, this.#connections, { size, waitMs })
    this.system = systemDb(this.#system)
  }

  /** The door for everything that a workspace owns. */
  workspace(workspaceId: string): Db {
    if (!uuid.test(workspaceId)) throw dataError('WORKSPACE_ID_INVALID', JSON.stringify(workspaceId))
    const connections = this.#connections
    const prismaPool = this.#prisma
    const prisma = eagerPrisma((operation) => prismaPool.run(workspaceId, operation))
    return {
      workspaceId,
      prisma,
      inTransaction: false,
      query: async <Row>(statement: Statement) =>
        (await connections.query(workspaceId, statement as pg.QueryConfig)).rows as Row[],
      transaction: (work, options) =>
        prismaPool.transaction(workspaceId, { timeoutMs: options?.timeoutMs ?? 10_000 }, (client, raw) =>
          work(
            transactionDb(
              workspaceId,
              eagerPrisma(async (operation) => operation(client)),
              raw,
            ),
          ),
        ),
      sqlTransaction: async (work) => {
        const raw = await connections.begin(workspaceId)
        let failure: Error | undefined
        try {
          const result = await work(sqlDb(workspaceId, raw))
          await raw.commit()
          return result
        } catch (error) {
          failure = error as Error
          await raw.rollback().catch(() => {})
          throw error
        } finally {
          raw.release(failure)
        }
      },
    }
  }

  async close(): Promise<void> {
    await this.#prisma.close()
    await Promise.all([this.#app.end(), this.#system.end()])
  }
}

const defaultPoolSize = 10

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function sqlDb(workspaceId: string, raw: WorkspaceTransaction): SqlDb {
  return {
    workspaceId,
    inTransaction: true,
    query: async <Row>(statement: Statement) => (await raw.query(statement as pg.QueryConfig)).rows as Row[],
  }
}

function transactionDb(workspaceId: string, prisma: WorkspacePrisma, raw: WorkspaceTransaction): Db {
  const db: Db = {
    ...sqlDb(workspaceId, raw),
    prisma,
    transaction: (work) => work(db),
    sqlTransaction: (work) => work(db),
  }
  return db
}

function systemDb(pool: pg.Pool): SystemDb {
  const query = async <Row>(target: pg.Pool | pg.PoolClient, statement: Statement) =>
    (await target.query({ ...statement } as pg.QueryConfig)).rows as Row[]
  return {
    pool,
    query: (statement) => query(pool, statement),
    transaction: async (work) => {
      const client = await pool.connect()
      // A connection that breaks between two statements says so here; the next statement fails.
      const ignore = () => {}
      client.on('error', ignore)
      let failed = true
      try {
        await client.query('begin')
        const result = await work({ query: (statement) => query(client, statement) })
        await client.query('commit')
        failed = false
        return result
      } catch (error) {
        await client.query('rollback').then(
          () => (failed = false),
          () => {},
        )
        throw error
      } finally {
        client.removeListener('error', ignore)
        client.release(failed)
      }
    },
  }
}
