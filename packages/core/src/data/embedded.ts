import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { StartError } from '../errors.ts'
import { accountThatReaches, postgresAccount, postgresBinaries } from './embeddedBinaries.ts'
import {
  type Cluster,
  type Connection,
  type EmbeddedOptions,
  folderInUse,
  folderUnreadable,
  prepareFolder,
  readConnection,
  remember,
  startFailed,
  urlOf,
  usualDatabase,
} from './embeddedCluster.ts'
import {
  choosePort,
  pause,
  postmasterOf,
  startPostmaster,
  stopPostmaster,
  stopWithThisProcess,
} from './embeddedServer.ts'

// Left out of pg's types: whether a connection keeps the process alive.
declare module 'pg' {
  interface Client {
    ref(): void
    unref(): void
  }
}

export { StartError } from '../errors.ts'
export type { EmbeddedOptions } from './embeddedCluster.ts'

/** A PostgreSQL that runs with this process. */
export interface EmbeddedPostgres {
  /** Connection string of the owner for the database. */
  readonly url: string
  readonly port: number
  /** Ends every connection, writes everything out and returns when the last process is gone. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL in a folder of its own, on 127.0.0.1 only. Data stay from run to run. A server that
 * outlived its owner (kill -9) is stopped in order and started anew; one that dies under its owner is started
 * again on the same port; however this process ends, its own PostgreSQL ends with it.
 *
 * @throws {@link StartError} DATABASE_FOLDER_IN_USE when another process owns the folder, and
 * DATABASE_FOLDER_UNREADABLE, DATABASE_PORT_TAKEN, DATABASE_PLATFORM_UNSUPPORTED, DATABASE_START_FAILED.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder)
  const binaries = await postgresBinaries()
  const account = await postgresAccount()
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw folderUnreadable({ folder, account }, cause)
  })
  const cluster: Cluster = {
    binaries,
    account: await accountThatReaches(account, [binaries.initdb, folder]),
    folder,
    data: join(folder, 'data'),
  }
  const { port: lastPort, password } = await prepareFolder(cluster, options)
  await stopSurvivor(cluster, password, options)
  const port = await choosePort(options.port, lastPort)
  const connection = { port, password }
  if (port !== lastPort) await remember(cluster, connection)
  await startPostmaster(cluster, connection, options)

  const database = options.database ?? usualDatabase
  const kept = await keepRunning(cluster, connection, options)
  const { rowCount } = await kept.owner.query('select 1 from pg_database where datname = $1', [database])
  if (!rowCount) await kept.owner.query(`create database ${pg.escapeIdentifier(database)}`)

  // A program that forgot to stop may still end: the guard ends the server after it.
  kept.owner.unref()

  let stopping: Promise<void> | undefined
  return {
    port,
    url: urlOf(port, password, database),
    stop: () => {
      stopping ??= kept.stop()
      return stopping
    },
  }
}

/**
 * Where the server of a folder is reached that another process of ours runs: for what works beside it, such as a backup.
 *
 * @param folder as in {@link EmbeddedOptions}
 * @param database as in {@link EmbeddedOptions}
 * @returns undefined where none runs, or its owner is gone: then start it
 */
export async function runningEmbeddedPostgres(folder: string, database = usualDatabase): Promise<string | undefined> {
  const cluster = { folder: resolve(folder), data: join(resolve(folder), 'data') }
  const known = await readConnection(cluster)
  const postmaster = known && (await postmasterOf(cluster))
  if (!postmaster) return undefined
  const visitor = await connect(postmaster.port, known.password).catch(() => undefined)
  if (!visitor) return undefined
  try {
    const { rows } = await visitor.query(`select pg_try_advisory_lock(hashtext('espalier folder')) as free`)
    return rows[0].free ? undefined : urlOf(postmaster.port, known.password, database)
  } finally {
    await visitor.end()
  }
}

/** What ties the server to this process: a connection that owns its folder, and the guard that ends it after us. */
interface Hold {
  readonly owner: pg.Client
  readonly guard: ReturnType<typeof stopWithThisProcess>
}

async function hold(cluster: Cluster, connection: Connection): Promise<Hold> {
  const pid = (await postmasterOf(cluster))?.pid
  const guard = pid === undefined ? undefined : stopWithThisProcess(pid, cluster.account)
  try {
    return { owner: await claim(cluster, connection), guard }
  } catch (error) {
    release(guard)
    throw error
  }
}

/** Lets go of the server without ending it. Its child that waits for our end is ended by the closed pipe. */
function release(guard: Hold['guard']): void {
  guard?.kill('SIGKILL')
  guard?.stdin?.destroy()
}

/** Holds the server, and starts it again when it ends without being asked to: whoever uses it connects anew. */
async function keepRunning(cluster: Cluster, connection: Connection, options: EmbeddedOptions) {
  let held = await hold(cluster, connection)
  let stopping = false
  let restarting: Promise<void> = Promise.resolve()
  const watch = ({ owner, guard }: Hold) =>
    owner.once('end', () => {
      if (stopping) return
      release(guard)
      restarting = restart()
    })
  const restart = async () => {
    options.onProgress?.('The database server has ended by itself; starting it again')
    for (let wait = 250; !stopping; wait = Math.min(2 * wait, 10_000)) {
      try {
        if (!(await postmasterOf(cluster))) await startPostmaster(cluster, connection, options)
        held = await hold(cluster, connection)
        held.owner.unref()
        watch(held)
        return
      } catch (error) {
        options.onProgress?.(`The database server does not start: ${(error as Error).message}`)
        await pause(wait)
      }
    }
  }
  watch(held)
  return {
    /** Of the first start. */
    owner: held.owner,
    stop: async () => {
      stopping = true
      await restarting
      await stop(cluster, held.owner).finally(() => held.guard?.kill('SIGKILL'))
    },
  }
}

/** Stops a server that runs on this folder and whose owner is gone; refuses when the owner lives. */
async function stopSurvivor(cluster: Cluster, password: string, options: EmbeddedOptions): Promise<void> {
  const postmaster = await postmasterOf(cluster)
  if (!postmaster) return
  // It may still be starting or about to end, so ask until it answers or is gone.
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(50)) {
    if (!(await postmasterOf(cluster))) return
    const owner = await connect(postmaster.port, password).catch(() => undefined)
    if (!owner) continue
    // Undefined when it shut down under the question.
    const free = await holdFolder(owner).catch(() => undefined)
    await owner.end()
    if (free === undefined) continue
    if (!free) throw folderInUse(cluster)
    options.onProgress?.('Stopping the database server that the last run left behind')
    await stopPostmaster(cluster).catch(() => {})
  }
  throw new StartError(
    'DATABASE_FOLDER_IN_USE',
    `Process ${postmaster.pid} holds the database folder ${cluster.folder} and neither answers on port ${postmaster.port} nor ends. Stop it, then start again.`,
  )
}

/** Owns the folder for as long as the connection lives: PostgreSQL lets go when we die, whatever the cause. */
async function claim(cluster: Cluster, { port, password }: Connection): Promise<pg.Client> {
  const owner = await connect(port, password).catch((cause) => {
    throw startFailed(cluster, (cause as Error).message, cause)
  })
  if (!(await holdFolder(owner))) {
    await owner.end()
    throw folderInUse(cluster)
  }
  return owner
}

async function connect(port: number, password: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres'), connectionTimeoutMillis: 10_000 })
  // A server that stops ends this connection; whoever uses the database hears of it on their own.
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Waits a little: of an owner that was killed this instant, PostgreSQL has yet to notice that it is gone. */
async function holdFolder(owner: pg.Client): Promise<boolean> {
  try {
    await owner.query(`set lock_timeout = '3s'`)
    await owner.query(`select pg_advisory_lock(hashtext('espalier folder'))`)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') return false
    throw error
  }
}

async function stop(cluster: Cluster, owner: pg.Client): Promise<void> {
  owner.ref()
  await owner.end().catch(() => {})
  if (await postmasterOf(cluster)) await stopPostmaster(cluster)
}
