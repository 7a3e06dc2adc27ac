import pg from 'pg'
import { isUuid } from '../uuid.ts'
import { dataError } from './errors.ts'
import { PrismaPool } from './prismaPool.ts'
import type { PrismaClientClass } from './prismaTypes.ts'
import type { ReadDatamodel } from './reads/readModel.ts'
import { Reads } from './reads/reads.ts'
import { type SystemDb, systemDb } from './systemDb.ts'
import { PooledWorkspaceConnections, watchConnections } from './workspaceConnections.ts'
import { type Db, workspaceDb } from './workspaceDb.ts'
import { prepareConnection, speakUtc } from './workspaceQuery.ts'

export type { SystemDb } from './systemDb.ts'
export type { Db, SqlDb } from './workspaceDb.ts'

/** The two connections to the database, and the Prisma client over them. */
export interface DatabaseOptions {
  /** Connection string of the app role: no ownership, no bypass of policies. */
  appUrl: string
  /** Connection string of the system role: the second door. */
  systemUrl: string
  prisma: PrismaClientClass
  /** What the client reads. With it most reads are one statement of SQL; without it Prisma does them all. */
  datamodel?: ReadDatamodel | undefined
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

/** The two doors to the data: one workspace at a time, or the system's. */
export class Database {
  readonly #app: pg.Pool
  readonly #system: pg.Pool
  readonly #connections: PooledWorkspaceConnections
  readonly #prisma: PrismaPool
  readonly #reads: Reads | undefined
  /** The second door: sees every workspace. Each use says why in a comment. */
  readonly system: SystemDb

  constructor(options: DatabaseOptions) {
    const { poolSize = 10, connectionWaitMs = 10_000 } = options
    this.#app = appPool(options)
    this.#system = systemPool(options)
    this.#connections = new PooledWorkspaceConnections(this.#app)
    // Twice the connections: half of the clients may be busy turning rows into objects.
    this.#prisma = new PrismaPool(options.prisma, this.#connections, { size: 2 * poolSize, waitMs: connectionWaitMs })
    if (options.datamodel) this.#reads = new Reads(this.#app, options.datamodel)
    this.system = systemDb(this.#system)
  }

  /** The door for everything that a workspace owns. */
  workspace(workspaceId: string): Db {
    if (!isUuid(workspaceId)) throw dataError('WORKSPACE_ID_INVALID', JSON.stringify(workspaceId))
    return workspaceDb(workspaceId, this.#connections, this.#prisma, this.#reads)
  }

  /** Settles when reads are SQL from now on, which they are by themselves soon after the first of them. */
  async ready(): Promise<void> {
    await this.#reads?.ready()
  }

  /** Both pools, for their numbers. */
  get pools(): Readonly<Record<'app' | 'system', Pick<pg.Pool, 'totalCount' | 'idleCount' | 'waitingCount'>>> {
    return { app: this.#app, system: this.#system }
  }

  async close(): Promise<void> {
    await this.#prisma.close()
    await Promise.all([this.#app.end(), this.#system.end()])
  }
}

/** Connections of the app role. Belongs behind {@link PooledWorkspaceConnections}: by itself it sees no row. */
export function appPool(options: Omit<DatabaseOptions, 'systemUrl' | 'prisma'>): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.appUrl,
    max: options.poolSize ?? 10,
    application_name: 'espalier',
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    // Of a process that stands still: what it has locked, others wait for.
    idle_in_transaction_session_timeout: 10_000,
    connectionTimeoutMillis: options.connectionWaitMs ?? 10_000,
    onConnect: prepareConnection,
    // What a transaction starts without waiting goes out at once; a connection that runs single statements has one at a time.
    pipeline: true,
  })
  return survivingBrokenConnections(pool, options.onError)
}

function systemPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.systemUrl,
    max: options.systemPoolSize ?? 5,
    application_name: 'espalier system',
    connectionTimeoutMillis: options.connectionWaitMs ?? 10_000,
    onConnect: speakUtc,
  })
  return survivingBrokenConnections(pool, options.onError)
}

function survivingBrokenConnections(pool: pg.Pool, onError: (error: Error) => void = () => {}): pg.Pool {
  pool.on('error', onError)
  watchConnections(pool)
  return pool
}
