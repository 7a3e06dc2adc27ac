import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '@espalier/core'
import {
  appRole,
  JobQueue,
  migrate,
  provisionRoles,
  readMigrations,
  startEmbeddedPostgres,
  systemRole,
  urlAs,
} from '@espalier/core/server'
import pg from 'pg'
import type { Settings } from './settings.ts'

/** A database that is ready for the server: migrated, with both of its logins. */
export interface Installation {
  readonly secret: string
  /** Of the app role, which every policy binds. */
  readonly appUrl: string
  /** Of the system role, the second door. */
  readonly systemUrl: string
  /** Stops what was started here: the embedded PostgreSQL. */
  stop(): Promise<void>
}

const migrationsFolder = join(import.meta.dirname, '../../../prisma/migrations')

/**
 * Opens the installation that the settings name: its secret, its database, its migrations.
 *
 * @param onProgress hears what is being done, in words for a person
 * @throws StartError with one line for a database that cannot be reached, is too old, or may not be migrated
 */
export async function openInstallation(
  settings: Settings,
  onProgress: (message: string) => void,
): Promise<Installation> {
  const secret = settings.secret ?? (await rememberedSecret(settings.dataFolder))
  const embedded = settings.databaseUrl
    ? undefined
    : await startEmbeddedPostgres({ folder: join(settings.dataFolder, 'postgres'), onProgress })
  const ownerUrl = settings.databaseUrl ?? (embedded?.url as string)
  try {
    const passwords = { app: derive(secret, 'database role app'), system: derive(secret, 'database role system') }
    const applied = await withOwner(ownerUrl, async (owner) => {
      await provisionRoles(owner, passwords)
      return migrate(owner, await readMigrations(migrationsFolder))
    })
    await JobQueue.install(ownerUrl)
    if (applied.length > 0) onProgress(`Migrated the database (${applied.length} new)`)
    return {
      secret,
      appUrl: urlAs(ownerUrl, appRole, passwords.app),
      systemUrl: urlAs(ownerUrl, systemRole, passwords.system),
      stop: async () => embedded?.stop(),
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

async function withOwner<T>(url: string, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'espalier migrations',
  })
  try {
    await owner.connect()
  } catch (error) {
    const { hostname, port, pathname } = new URL(url)
    throw new StartError(
      'DATABASE_UNREACHABLE',
      `The database at ${hostname}:${port || 5432}${pathname} cannot be reached: ${reason(error)}. Check DATABASE_URL, and that PostgreSQL is running.`,
    )
  }
  try {
    const { rows } = await owner.query("select current_setting('server_version_num')::int / 10000 as major")
    if (rows[0].major < 16)
      throw new StartError(
        'DATABASE_TOO_OLD',
        `The database is PostgreSQL ${rows[0].major}. Espalier needs 16 or later.`,
      )
    return await work(owner)
  } finally {
    await owner.end()
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return message || code || String(error)
}

/** The installation's secret, made on the first run. */
async function rememberedSecret(folder: string): Promise<string> {
  const file = join(folder, 'secret')
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known?.trim()) return known.trim()
  const made = randomBytes(32).toString('base64url')
  await mkdir(folder, { recursive: true })
  // `wx`: of two first starts at once, the second reads what the first has written.
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST')
      throw new StartError(
        'DATA_FOLDER_UNWRITABLE',
        `ESPALIER_DATA is ${folder}, which cannot be written: ${error.message}.`,
      )
  })
  return (await readFile(file, 'utf8')).trim()
}

function derive(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}
