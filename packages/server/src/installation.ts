import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '@espalier/core'
import {
  appRole,
  JobQueue,
  type Migration,
  migrate,
  migratePlugins,
  type PluginMigration,
  provisionRoles,
  type RolePasswords,
  readMigrations,
  startEmbeddedPostgres,
  systemRole,
  urlAs,
} from '@espalier/core/server'
import { migrationsFolder } from '@espalier/prisma'
import pg from 'pg'
import type { StartingPostgres } from './postgresEarly.ts'
import { makeSecret, prepareDataFolder, rememberedSecret } from './secret.ts'
import type { Settings } from './settings.ts'

/** A database that is ready for the server: migrated, with both of its logins. */
export interface Installation {
  readonly secret: string
  /** Of the owner of the database, for what alters tables. */
  readonly ownerUrl: string
  /** Of the app role, which every policy binds. */
  readonly appUrl: string
  /** Of the system role, the second door. */
  readonly systemUrl: string
  /** Stops what was started here: the embedded PostgreSQL. */
  stop(): Promise<void>
}

/** One that is being opened: where it is is known, and the server can be put together meanwhile. */
export interface OpeningInstallation extends Installation {
  /** @throws as {@link openInstallation} */
  readonly ready: Promise<void>
}

/** How a database is opened that a backup is put into. */
export interface Restoring {
  /** Those of the house that the backup knows, in place of all. */
  readonly migrations: Migration[]
  /** Looks at a database that is set up already, before anything is done to it. Throws to leave it alone. */
  admit(owner: pg.ClientBase): Promise<void>
}

export interface Opening {
  /** False: nothing is written, for what only reads and may be of a newer version than the database. Default true. */
  readonly migrating?: boolean
  /** For a backup, which brings its own state of the tables. */
  readonly restoring?: Restoring
  /** The embedded PostgreSQL, where it was started ahead. */
  readonly postgres?: StartingPostgres | undefined
}

/**
 * Opens the installation that the settings name: its secret, its database, its migrations.
 *
 * @param pluginMigrations what the plugins that are switched on bring of tables
 * @param onProgress hears what is being done, in words for a person
 * @throws StartError with one line for a database that cannot be reached, is too old, may not be migrated, or
 *   was set up with another secret; without migrating also for one that was never set up
 */
export async function openInstallation(
  settings: Settings,
  pluginMigrations: readonly PluginMigration[],
  onProgress: (message: string) => void,
  opening: Opening = {},
): Promise<Installation> {
  const installation = await beginInstallation(settings, pluginMigrations, onProgress, opening)
  await installation.ready
  return installation
}

/**
 * As {@link openInstallation}, but returns as soon as secret and address are known: at once, but for a first start and a database that
 * this process has yet to start. What stands against it may be told by either promise; it is stopped then.
 */
export async function beginInstallation(
  settings: Settings,
  pluginMigrations: readonly PluginMigration[],
  onProgress: (message: string) => void,
  { migrating = true, restoring, postgres }: Opening = {},
): Promise<OpeningInstallation> {
  const { dataFolder, databaseUrl } = settings
  // Before it is made.
  if (!migrating && !databaseUrl && !existsSync(join(dataFolder, 'postgres'))) throw notSetUp()
  if (!settings.secret || !databaseUrl) await prepareDataFolder(dataFolder)
  const known = settings.secret ?? (await rememberedSecret(dataFolder))
  const embedded = databaseUrl
    ? undefined
    : (postgres?.started ?? startEmbeddedPostgres({ folder: join(dataFolder, 'postgres'), onProgress }))
  const ownerUrl = databaseUrl ?? postgres?.url ?? ((await embedded)?.url as string)
  // What did not start has nothing to stop.
  const stop = async () => (await embedded?.catch(() => undefined))?.stop()
  const prepare = async () => {
    await embedded
    const { secret, applied } = await withOwner(ownerUrl, async (owner) => {
      const settled = await isSetUp(owner)
      if (!settled && !migrating) throw notSetUp()
      if (settled && !known) throw secretMissing(dataFolder)
      const secret = known ?? (await makeSecret(dataFolder))
      if (!migrating) return { secret, applied: [] }
      const passwords = passwordsOf(secret)
      if (!settled || restoring) await refuseForeignRoles(owner, urlAs(ownerUrl, appRole, passwords.app))
      if (settled) await restoring?.admit(owner)
      await provisionRoles(owner, passwords)
      const applied = [
        ...(await migrate(owner, restoring?.migrations ?? (await readMigrations(migrationsFolder)))),
        ...(await migratePlugins(owner, pluginMigrations)),
      ]
      return { secret, applied }
    })
    if (migrating) await JobQueue.install(ownerUrl)
    if (applied.length > 0) onProgress(`Migrated the database (${applied.length} new)`)
    return secret
  }
  const prepared = prepare().catch(async (error) => {
    await stop()
    throw error
  })
  const secret = known ?? (await prepared)
  const passwords = passwordsOf(secret)
  const ready = prepared.then(() => {})
  // Whoever waits for it hears of it, if that is after something else has failed or not at all.
  const settled = ready.catch(() => {})
  return {
    ready,
    secret,
    ownerUrl,
    appUrl: urlAs(ownerUrl, appRole, passwords.app),
    systemUrl: urlAs(ownerUrl, systemRole, passwords.system),
    stop: () => settled.then(stop),
  }
}

function passwordsOf(secret: string): RolePasswords {
  return { app: derive(secret, 'database role app'), system: derive(secret, 'database role system') }
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
  } catch (error) {
    // insufficient_privilege: the role is neither the owner of its database nor allowed to make roles.
    if ((error as { code?: string }).code !== '42501') throw error
    throw new StartError(
      'DATABASE_RIGHTS_MISSING',
      `The role of DATABASE_URL lacks a right: ${reason(error)}. It must own its database and may make roles. Run as a superuser: ALTER ROLE … CREATEROLE; ALTER DATABASE … OWNER TO …`,
      { cause: error },
    )
  } finally {
    await owner.end().catch(() => {})
  }
}

/** Whether an earlier start has migrated this database. */
async function isSetUp(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query(`select to_regclass('"_prisma_migrations"') is not null as known`)
  return rows[0].known
}

function notSetUp(): StartError {
  return new StartError(
    'DATABASE_NOT_SET_UP',
    'No Espalier has been started on this database yet, so it holds nothing to read. Check DATABASE_URL and ESPALIER_DATA, or start Espalier once.',
  )
}

/** A new secret would end every session and leave the sealed secrets of third parties closed for good. */
function secretMissing(folder: string): StartError {
  return new StartError(
    'SECRET_MISSING',
    `This database was set up before, with a secret that is not in ${folder}. Put the file "secret" of that installation there, or set ESPALIER_SECRET to what it holds. If it is lost, set ESPALIER_SECRET to a new one: all sign in again, and secrets of third parties have to be entered again.`,
  )
}

/**
 * Roles belong to a whole PostgreSQL server, not to a database. An installation that set new passwords for those of
 * another would lock it out, and be locked out by its next start.
 */
async function refuseForeignRoles(owner: pg.Client, appUrl: string): Promise<void> {
  const { rowCount } = await owner.query('select 1 from pg_roles where rolname = $1', [appRole])
  if (!rowCount) return
  const app = new pg.Client({ connectionString: appUrl, connectionTimeoutMillis: 10_000 })
  try {
    await app.connect()
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') return
    throw new StartError(
      'DATABASE_ROLES_TAKEN',
      `This PostgreSQL server has the roles ${appRole} and ${systemRole} already, of an installation with another secret. Use a server of its own, or set ESPALIER_SECRET to the same for both. If that installation is gone: DROP ROLE ${appRole}, ${systemRole}`,
      { cause: error },
    )
  } finally {
    await app.end().catch(() => {})
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return message || code || String(error)
}

function derive(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}
