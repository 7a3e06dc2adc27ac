import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { StartError } from '../errors.ts'
import {
  type Account,
  accountThatReaches,
  commandAs,
  type PostgresBinaries,
  postgresAccount,
  postgresBinaries,
} from './embeddedBinaries.ts'

// Left out of pg's types: whether a connection keeps the process alive.
declare module 'pg' {
  interface Client {
    ref(): void
    unref(): void
  }
}

const run = promisify(execFile)

export interface EmbeddedOptions {
  /** Holds the cluster (`data`), its log (`postgres.log`) and its port and password (`connection.json`). */
  folder: string
  /** Default: the port of last time; on the first run, or when it is taken, a free one. */
  port?: number
  /** Made on the first run. Default `espalier`. */
  database?: string
  /** False trades survival of a crash for speed: for tests only. Default true. */
  durable?: boolean
  /** Default 100. */
  maxConnections?: number
  /** Told what takes time: making the cluster, recovering it. */
  onProgress?: (message: string) => void
}

export interface EmbeddedPostgres {
  /** Connection string of the owner for the database. */
  readonly url: string
  readonly port: number
  /** Ends every connection, writes everything out and returns when the last process is gone. */
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL in a folder of its own, on 127.0.0.1 only. Data stay from run to run. A server that
 * outlived its owner (kill -9) is stopped in order and started anew; however this process ends, its own
 * PostgreSQL ends with it.
 *
 * @throws {@link StartError} DATABASE_FOLDER_IN_USE when another process owns the folder, and
 * DATABASE_FOLDER_UNREADABLE, DATABASE_PORT_TAKEN, DATABASE_PLATFORM_UNSUPPORTED, DATABASE_START_FAILED.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder)
  const binaries = await postgresBinaries()
  const account = await postgresAccount()
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw unreadable({ folder, account }, cause)
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
  if (port !== lastPort) await remember(cluster, { port, password })
  await startPostmaster(cluster, port, options)

  const pid = (await postmasterOf(cluster))?.pid
  const guard = pid === undefined ? undefined : stopWithThisProcess(pid, cluster.account)
  const owner = await claim(cluster, { port, password })
  const database = options.database ?? 'espalier'
  const { rowCount } = await owner.query('select 1 from pg_database where datname = $1', [database])
  if (!rowCount) await owner.query(`create database ${pg.escapeIdentifier(database)}`)

  // A program that forgot to stop may still end: the guard ends the server after it.
  owner.unref()

  let stopping: Promise<void> | undefined
  return {
    port,
    url: urlOf(port, password, database),
    stop: () => {
      stopping ??= stop(cluster, owner).finally(() => guard?.kill('SIGKILL'))
      return stopping
    },
  }
}

interface Cluster {
  binaries: PostgresBinaries
  account: Account
  folder: string
  data: string
}

interface Connection {
  port: number
  password: string
}

const superuser = 'postgres'

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

/** Makes the cluster on the first run: whole or not at all, so that an interrupted run leaves no ruin. */
async function prepareFolder(cluster: Cluster, options: EmbeddedOptions): Promise<Connection> {
  const { folder, data, account } = cluster
  const known = await readConnection(cluster)
  if (known) return known

  options.onProgress?.('Making a database cluster')
  const password = randomBytes(18).toString('base64url')
  const draft = join(folder, `data.${process.pid}.${randomBytes(4).toString('hex')}`)
  const passwordFile = `${draft}.password`
  try {
    if (account.uid !== undefined) await chown(folder, account.uid, account.gid as number)
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (account.uid !== undefined) await chown(passwordFile, account.uid, account.gid as number)
    const sync = options.durable === false ? ['--no-sync'] : []
    const { program, args, ids } = commandAs(account, cluster.binaries.initdb, [
      ...[`--pgdata=${draft}`, `--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      // The same order of text on every machine; builtin C.UTF-8 depends on no library of the host.
      ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', ...sync],
    ])
    await run(program, args, { ...ids, cwd: folder })
    // Inside the cluster, so that password and cluster appear in the same instant.
    await writeFile(join(draft, 'connection.json'), JSON.stringify({ port: 0, password }), { mode: 0o600 })
    if (account.uid !== undefined) await chown(join(draft, 'connection.json'), account.uid, account.gid as number)
    await rename(draft, data)
    return { port: 0, password }
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    const other = await readConnection(cluster)
    if (other) return other
    throw unreadable(cluster, cause)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function readConnection({ data }: Cluster): Promise<Connection | undefined> {
  const text = await readFile(join(data, 'connection.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

async function remember({ data }: Cluster, connection: Connection): Promise<void> {
  const file = join(data, 'connection.json')
  await writeFile(`${file}.new`, JSON.stringify(connection), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

/** Stops a server that runs on this folder and whose owner is gone; refuses when the owner lives. */
async function stopSurvivor(cluster: Cluster, password: string, options: EmbeddedOptions): Promise<void> {
  const postmaster = await postmasterOf(cluster)
  if (!postmaster) return
  options.onProgress?.('Stopping the database server that the last run left behind')
  // It may still be starting or about to end, so ask until it answers or is gone.
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(50)) {
    if (!(await postmasterOf(cluster))) return
    const owner = await connect(postmaster.port, password).catch(() => undefined)
    if (!owner) continue
    const free = await holdFolder(owner)
    await owner.end()
    if (!free) throw inUse(cluster)
    await pgCtl(cluster, ['stop', '--mode=fast', '--wait', '--silent']).catch(() => {})
  }
  throw new StartError(
    'DATABASE_FOLDER_IN_USE',
    `Process ${postmaster.pid} holds the database folder ${cluster.folder} and neither answers on port ${postmaster.port} nor ends. Stop it, then start again.`,
  )
}

/** The server that runs on this cluster. A postmaster.pid that names a dead or foreign process is removed. */
async function postmasterOf({ data }: Cluster): Promise<{ pid: number; port: number } | undefined> {
  const file = join(data, 'postmaster.pid')
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!pid) return undefined
  if (await runsOn(pid, data)) return { pid, port: Number(lines[3]) }
  await rm(file, { force: true })
  return undefined
}

/** A process id alone proves nothing: after a reboot, or in a container, it may be anyone's. */
async function runsOn(pid: number, data: string): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    .catch(async () => (await run('ps', ['-p', String(pid), '-o', 'command='])).stdout)
    .catch(() => undefined)
  return command === undefined || command.includes(data)
}

async function choosePort(wanted: number | undefined, last: number): Promise<number> {
  if (wanted !== undefined) {
    if ((await listenable(wanted)) === undefined)
      throw new StartError(
        'DATABASE_PORT_TAKEN',
        `Port ${wanted} is taken, so the database cannot listen on it. Free it, or leave the port out.`,
      )
    return wanted
  }
  return (last ? await listenable(last) : undefined) ?? ((await listenable(0)) as number)
}

function listenable(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(undefined))
    probe.listen(port, '127.0.0.1', () => {
      const { port: found } = probe.address() as { port: number }
      probe.close(() => resolve(found))
    })
  })
}

async function startPostmaster(cluster: Cluster, port: number, options: EmbeddedOptions): Promise<void> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket files: nothing to go stale, nothing that depends on the length of a path.
    unix_socket_directories: '',
    max_connections: options.maxConnections ?? 100,
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '2GB' }
      : {}),
  }
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value === '' ? "''" : value}`)
  const log = join(cluster.folder, 'postgres.log')
  // After a kill -9 of the server its children need a moment to notice and let go of the shared memory.
  for (let attempt = 1; ; attempt++) {
    const start = (await stat(log).catch(() => undefined))?.size ?? 0
    try {
      await pgCtl(cluster, [
        'start',
        '--wait',
        '--timeout=120',
        '--silent',
        `--log=${log}`,
        `--options=${flags.join(' ')}`,
      ])
      return
    } catch (cause) {
      const said = (await readFile(log, 'utf8').catch(() => '')).slice(start).trim().split('\n').slice(-5).join('\n')
      if (said.includes('shared memory') && attempt < 20) await pause(250)
      else throw startFailed(cluster, said, cause)
    }
  }
}

/** pg_ctl gives the server a session of its own, so that Ctrl-C reaches us and not the database under us. */
async function pgCtl(cluster: Cluster, args: string[]): Promise<void> {
  const [action = '', ...rest] = args
  const command = commandAs(cluster.account, cluster.binaries.pg_ctl, [action, `--pgdata=${cluster.data}`, ...rest])
  await run(command.program, command.args, { ...command.ids, cwd: cluster.folder })
}

/**
 * A child that does nothing until this process ends, however it ends: then its input closes, and it tells
 * the server to stop. That covers what no exit hook can, such as kill -9.
 */
function stopWithThisProcess(pid: number, account: Account) {
  if (process.platform === 'win32') return undefined
  const { uid, gid } = account
  const guard = spawn('sh', ['-c', `cat > /dev/null; kill -INT ${pid}`], {
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => {})
  guard.unref()
  ;(guard.stdin as unknown as { unref(): void }).unref()
  return guard
}

/** Owns the folder for as long as the connection lives: PostgreSQL lets go when we die, whatever the cause. */
async function claim(cluster: Cluster, { port, password }: Connection): Promise<pg.Client> {
  const owner = await connect(port, password).catch((cause) => {
    throw startFailed(cluster, (cause as Error).message, cause)
  })
  if (!(await holdFolder(owner))) {
    await owner.end()
    throw inUse(cluster)
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

async function holdFolder(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query(`select pg_try_advisory_lock(hashtext('espalier folder')) as held`)
  return rows[0].held
}

async function stop(cluster: Cluster, owner: pg.Client): Promise<void> {
  owner.ref()
  await owner.end().catch(() => {})
  if (await postmasterOf(cluster)) await pgCtl(cluster, ['stop', '--mode=fast', '--wait', '--timeout=60', '--silent'])
}

function inUse({ folder }: Cluster): StartError {
  return new StartError(
    'DATABASE_FOLDER_IN_USE',
    `The database in ${folder} is in use by another running process. Stop that one, or set ESPALIER_DATA to another folder.`,
  )
}

function unreadable({ folder, account }: Pick<Cluster, 'folder' | 'account'>, cause: unknown): StartError {
  const reason = ((cause as { stderr?: string }).stderr || (cause as Error).message).trim().split('\n').at(-1)
  const user = account.uid === undefined ? 'this user' : 'the system user postgres, under which root runs PostgreSQL,'
  return new StartError(
    'DATABASE_FOLDER_UNREADABLE',
    `No database cluster could be made in ${folder}: ${reason}. Check that ${user} may enter and write that folder and read node_modules, or set DATABASE_URL to a PostgreSQL of your own.`,
    { cause },
  )
}

function startFailed({ folder }: Cluster, said: string, cause: unknown): StartError {
  return new StartError(
    'DATABASE_START_FAILED',
    `PostgreSQL did not start in ${folder}: ${said || (cause as Error).message}. See postgres.log there.`,
    { cause },
  )
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
