import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../errors.ts'
import { type Account, commandAs, type PostgresBinaries } from './embeddedBinaries.ts'

const run = promisify(execFile)

/** Where an embedded PostgreSQL keeps its data, and how it runs. */
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
  /**
   * Told each time that the server is about to be started, with where it will be reached: from then on it needs nothing of this
   * process until it runs.
   */
  onStarting?: (url: string) => void
}

export interface Cluster {
  binaries: PostgresBinaries
  account: Account
  folder: string
  data: string
}

export interface Connection {
  port: number
  password: string
}

const superuser = 'postgres'
/** The database where nobody says which. */
export const usualDatabase = 'espalier'

export function urlOf(port: number, password: string, database = usualDatabase): string {
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

/** Makes the cluster on the first run: whole or not at all, so that an interrupted run leaves no ruin. */
export async function prepareFolder(cluster: Cluster, options: EmbeddedOptions): Promise<Connection> {
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
    throw folderUnreadable(cluster, cause)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** What an earlier run has left of port and password. Undefined where there is no cluster yet. */
export async function readConnection({ data }: Pick<Cluster, 'data'>): Promise<Connection | undefined> {
  const text = await readFile(join(data, 'connection.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

export async function remember({ data }: Cluster, connection: Connection): Promise<void> {
  const file = join(data, 'connection.json')
  await writeFile(`${file}.new`, JSON.stringify(connection), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

export function folderInUse({ folder }: Cluster): StartError {
  return new StartError(
    'DATABASE_FOLDER_IN_USE',
    `The database in ${folder} is in use by another running process. Stop that one, or set ESPALIER_DATA to another folder.`,
  )
}

export function folderUnreadable({ folder, account }: Pick<Cluster, 'folder' | 'account'>, cause: unknown): StartError {
  const reason = ((cause as { stderr?: string }).stderr || (cause as Error).message).trim().split('\n').at(-1)
  const user = account.uid === undefined ? 'this user' : 'the system user postgres, under which root runs PostgreSQL,'
  return new StartError(
    'DATABASE_FOLDER_UNREADABLE',
    `No database cluster could be made in ${folder}: ${reason}. Check that ${user} may enter and write that folder and read node_modules, or set DATABASE_URL to a PostgreSQL of your own.`,
    { cause },
  )
}

export function startFailed({ folder }: Cluster, said: string, cause: unknown): StartError {
  return new StartError(
    'DATABASE_START_FAILED',
    `PostgreSQL did not start in ${folder}: ${said || (cause as Error).message}. See postgres.log there.`,
    { cause },
  )
}
