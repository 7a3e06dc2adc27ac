import { execFile, spawn } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../errors.ts'
import { type Account, commandAs } from './embeddedBinaries.ts'
import {
  type Cluster,
  type Connection,
  type EmbeddedOptions,
  folderInUse,
  startFailed,
  urlOf,
} from './embeddedCluster.ts'

const run = promisify(execFile)

/** The server that runs on this cluster. A postmaster.pid that names a dead or foreign process is removed. */
export async function postmasterOf({
  data,
}: Pick<Cluster, 'data'>): Promise<{ pid: number; port: number } | undefined> {
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

export async function choosePort(wanted: number | undefined, last: number): Promise<number> {
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

export async function startPostmaster(
  cluster: Cluster,
  { port, password }: Connection,
  options: EmbeddedOptions,
): Promise<void> {
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
    const started = pgCtl(cluster, [
      'start',
      '--wait',
      '--timeout=120',
      '--silent',
      `--log=${log}`,
      `--options=${flags.join(' ')}`,
    ])
    options.onStarting?.(urlOf(port, password, options.database))
    try {
      await started
      return
    } catch (cause) {
      const said = (await readFile(log, 'utf8').catch(() => '')).slice(start).trim().split('\n').slice(-5).join('\n')
      if (said.includes('shared memory') && attempt < 20) await pause(250)
      else if (said.includes('"postmaster.pid" already exists')) throw folderInUse(cluster)
      else throw startFailed(cluster, said, cause)
    }
  }
}

/** @param mode `fast` throws out who is connected and writes everything out; `immediate` is a crash that can be waited for */
export async function stopPostmaster(cluster: Cluster, mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
  await pgCtl(cluster, ['stop', `--mode=${mode}`, '--wait', '--timeout=60', '--silent'])
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
export function stopWithThisProcess(pid: number, account: Account) {
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

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
