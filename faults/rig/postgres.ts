import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { accountThatReaches, postgresAccount, postgresBinaries } from '../../packages/core/src/data/embeddedBinaries.ts'
import { type Cluster, type Connection, prepareFolder, urlOf } from '../../packages/core/src/data/embeddedCluster.ts'
import { postmasterOf, startPostmaster, stopPostmaster } from '../../packages/core/src/data/embeddedServer.ts'
import { clusterFolder } from '../../packages/core/src/testing/clusterFolder.ts'
import { freePort } from '../../packages/core/src/testing/freePort.ts'

export interface FaultPostgresOptions {
  /** Where it keeps its data, such as a small file system. Default: a new folder. Made where it is missing. */
  readonly folder?: string
  /** Default 100. */
  readonly maxConnections?: number
}

/**
 * A PostgreSQL as people run it themselves, beside the product: nobody starts it again but the test. It writes as one in
 * production does (fsync and all), so that what was acknowledged is still there after {@link crash}.
 */
export class FaultPostgres {
  readonly #cluster: Cluster
  readonly #options: FaultPostgresOptions
  readonly #connection: Connection

  private constructor(cluster: Cluster, options: FaultPostgresOptions, connection: Connection) {
    this.#cluster = cluster
    this.#options = options
    this.#connection = connection
  }

  static async start(options: FaultPostgresOptions = {}): Promise<FaultPostgres> {
    const folder = options.folder ?? (await clusterFolder())
    await mkdir(folder, { recursive: true })
    const [binaries, account] = await Promise.all([postgresBinaries(), postgresAccount()])
    const reached = await accountThatReaches(account, [binaries.initdb, folder])
    const cluster = { binaries, account: reached, folder, data: join(folder, 'data') }
    const { password } = await prepareFolder(cluster, { folder, durable: false })
    const postgres = new FaultPostgres(cluster, options, { port: await freePort(), password })
    await postgres.restart()
    return postgres
  }

  get port(): number {
    return this.#connection.port
  }

  /** As its superuser. */
  superuserUrl(database = 'postgres'): string {
    return urlOf(this.#connection.port, this.#connection.password, database)
  }

  /** Makes a database with an owner of its own, who is no superuser. @returns the owner's connection string */
  async database(name: string): Promise<string> {
    await this.asSuperuser('postgres', `create role ${name}_owner login createrole password 'of its own'`)
    await this.asSuperuser('postgres', `create database ${name} owner ${name}_owner`)
    return `postgresql://${name}_owner:of%20its%20own@127.0.0.1:${this.port}/${name}`
  }

  /** Runs one statement over a connection of its own. */
  async asSuperuser<Row>(database: string, text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.superuserUrl(database), application_name: 'fault' })
    await client.connect()
    try {
      return (await client.query(text, values)).rows
    } finally {
      await client.end()
    }
  }

  /** As `pg_ctl stop -m fast` does: who is connected is thrown out, everything is written out. */
  async stop(): Promise<void> {
    if (await postmasterOf(this.#cluster)) await stopPostmaster(this.#cluster)
  }

  /** As a crash or `pg_ctl stop -m immediate`: nothing is written out, the next start recovers from the log. */
  async crash(): Promise<void> {
    const running = await postmasterOf(this.#cluster)
    if (running) await stopPostmaster(this.#cluster, 'immediate')
  }

  /** Starts it, on the same port and folder as before, and waits until it takes connections. */
  async restart(): Promise<void> {
    const { maxConnections } = this.#options
    await startPostmaster(this.#cluster, this.#connection, {
      folder: this.#cluster.folder,
      ...(maxConnections !== undefined && { maxConnections }),
    })
  }

  /** Starts it where it has ended by itself, and waits until it takes connections. */
  async ensureRunning(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (!(await postmasterOf(this.#cluster))) await this.restart()
        await this.asSuperuser('postgres', 'select 1')
        return
      } catch (error) {
        if (attempt === 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  /** Stops it and takes its data away. */
  async dispose(): Promise<void> {
    await this.crash()
    await rm(this.#cluster.folder, { recursive: true, force: true })
  }
}
