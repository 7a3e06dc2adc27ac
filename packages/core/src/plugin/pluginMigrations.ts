import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { aloneStatement, buildAlone } from '../data/aloneMigration.ts'
import { heldUp, isLockTrouble, withBriefLocks } from '../data/briefLocks.ts'
import { findIsolationGaps, type IsolationGap } from '../data/isolationGaps.ts'
import { checksum, type Migration, readMigrations, underMigrationLock } from '../data/migrate.ts'
import { StartError, startError } from '../errors.ts'
import type { AnyPlugin } from './definePlugin.ts'

/** A migration that a plugin brings. */
export interface PluginMigration extends Migration {
  readonly plugin: string
}

/**
 * The migrations that plugins bring, of each plugin the oldest first.
 *
 * @param plugins those that are switched on, in the order in which they start
 * @throws StartError where a folder is not there or does not hold `<timestamp>_<name>/migration.sql`
 */
export async function readPluginMigrations(plugins: readonly AnyPlugin[]): Promise<PluginMigration[]> {
  const all: PluginMigration[] = []
  for (const { name: plugin, definition } of plugins) {
    if (!definition.migrations) continue
    const folder = fileURLToPath(definition.migrations)
    const migrations = await readMigrations(folder).catch((error: Error) => {
      throw startError('PLUGIN_DEFECT', plugin, 'migrations', `cannot be read from ${folder}: ${error.message}`)
    })
    const wrong = migrations.find(({ name }) => !/^\d{14}_[a-z0-9_]+$/.test(name))
    if (wrong)
      throw startError(
        'PLUGIN_DEFECT',
        plugin,
        'migrations',
        `have one that is named "${wrong.name}". Use 14 digits of its time and lower-case words, such as 20260131093000_referrals.`,
      )
    all.push(...migrations.map((migration) => ({ ...migration, plugin })))
  }
  return all
}

/**
 * Applies what is missing of the plugins' migrations, each in a transaction of its own, under the lock of the repository's
 * migrations, after which it runs. A migration after which workspaces would not be kept apart is rolled back. The ledger
 * is `_plugin_migrations`, by plugin: what one that is switched off has made stays there, and is not made again.
 *
 * @param owner a connection of the owner of the database
 * @returns the migrations that were applied now, as `plugin/name`
 * @throws StartError when an applied migration was edited since, when one fails, or opens a way from one workspace to another
 */
export async function migratePlugins(owner: pg.ClientBase, migrations: readonly PluginMigration[]): Promise<string[]> {
  if (migrations.length === 0) return []
  return underMigrationLock(owner, async () => {
    const applied = await readLedger(owner)
    const missing = migrations.filter((migration) => {
      const known = applied.get(idOf(migration))
      if (known !== undefined && known !== checksum(migration))
        throw startError('PLUGIN_MIGRATION_EDITED', migration.plugin, migration.name)
      return known === undefined
    })
    // What is open already is not theirs to answer for.
    const before = missing.length > 0 ? new Set((await findIsolationGaps(owner)).map(described)) : new Set<string>()
    for (const migration of missing) await apply(owner, migration, before)
    return missing.map(idOf)
  })
}

async function readLedger(owner: pg.ClientBase): Promise<Map<string, string>> {
  await owner.query(`create table if not exists "_plugin_migrations" (
    plugin text not null, name text not null, checksum text not null, applied_at timestamptz not null default now(),
    primary key (plugin, name))`)
  const { rows } = await owner.query('select plugin, name, checksum from "_plugin_migrations"')
  return new Map(rows.map((row) => [idOf(row), row.checksum]))
}

async function apply(owner: pg.ClientBase, migration: PluginMigration, before: ReadonlySet<string>): Promise<void> {
  const { plugin, name } = migration
  const note = () =>
    owner.query('insert into "_plugin_migrations" (plugin, name, checksum) values ($1, $2, $3)', [
      ...[plugin, name, checksum(migration)],
    ])
  try {
    const alone = aloneStatement(migration.sql)
    if (alone) {
      await buildAlone(owner, alone)
      await note()
    } else
      await withBriefLocks(owner, async () => {
        const transaction = await transactionOf(owner)
        await owner.query(holdOpen)
        await owner.query(migration.sql)
        if ((await transactionOf(owner)) !== transaction) throw new Error(endsTransaction)
        // Whatever it has set is not for the checks, nor for what runs after it.
        await owner.query(
          'reset session authorization; reset role; reset all; insert into pg_temp.espalier_end values (1)',
        )
        const opened = (await findIsolationGaps(owner)).filter((gap) => !before.has(described(gap)))
        if (opened.length > 0) throw startError('PLUGIN_TABLE_OPEN', plugin, name, opened.map(described).join('; '))
        await note()
      })
  } catch (error) {
    if (error instanceof StartError) throw error
    const problem = isEarlyCommit(error) ? endsTransaction : (error as Error).message
    const { code, message } = startError('PLUGIN_MIGRATION_FAILED', plugin, name, problem)
    throw new StartError(code, `${message}${isLockTrouble(error) ? `.${heldUp}` : ''}`, { cause: error })
  }
}

const endsTransaction = 'it ends its transaction. Leave BEGIN, COMMIT and ROLLBACK out: it runs in one by itself.'

/** From here on the transaction cannot be committed before `espalier_end` has its row: a COMMIT of the migration's own takes all of it back. */
const holdOpen = `
  create temp table espalier_end (id int primary key) on commit drop;
  create temp table espalier_open (id int references pg_temp.espalier_end deferrable initially deferred) on commit drop;
  insert into pg_temp.espalier_open values (1)`

function isEarlyCommit(error: unknown): boolean {
  const { code, table } = error as { code?: string; table?: string }
  return code === '23503' && table === 'espalier_open'
}

async function transactionOf(owner: pg.ClientBase): Promise<string> {
  return (await owner.query('select pg_current_xact_id()::text as id')).rows[0].id
}

function idOf({ plugin, name }: Pick<PluginMigration, 'plugin' | 'name'>): string {
  return `${plugin}/${name}`
}

function described({ rule, object }: IsolationGap): string {
  return `${object} (${rule})`
}
