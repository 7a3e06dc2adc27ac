import type { KeptElsewhere } from '@espalier/core'
import { appRole, systemRole } from '@espalier/core/server'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { countOf } from './amounts.ts'
import { readArchive } from './archive.ts'
import type { CheckedBackup } from './checkBackup.ts'
import { type BackupTable, type Contents, pathOfFile, tableKey, tableOfPiece } from './contents.ts'
import { writeDataFile } from './dataFiles.ts'
import { backupError } from './errors.ts'
import { loosen } from './loosened.ts'
import { RestoredStores } from './stores.ts'
import { storedTables } from './tables.ts'

export interface RestoreOptions {
  readonly dataFolder: string
  /** Those that what is elsewhere goes back to; of others the backup's pieces stay where they are. */
  readonly stores: readonly KeptElsewhere[]
  /** Whether what is there may go. */
  readonly replace: boolean
  /** Hears of each table, in words for a person. */
  readonly onProgress: (message: string) => void
}

/**
 * Looks whether a backup may be put into a database, without changing it.
 *
 * @throws StartError RESTORE_WHILE_RUNNING, RESTORE_NOT_EMPTY, RESTORE_DATABASE_NEWER
 */
export async function admitBackup(owner: pg.ClientBase, backup: CheckedBackup, replace: boolean): Promise<void> {
  await refuseRunning(owner)
  await refuseNewer(owner, backup)
  if (replace) return
  const { rows } = await owner.query(`select to_regclass('"User"') is not null as made`)
  if (!rows[0].made) return
  await owner.query(`begin; set local lock_timeout = '10s'`)
  try {
    // The owner may be bound by policies: let through for a moment that is rolled back.
    await owner.query(
      'alter table "User" no force row level security; alter table "Workspace" no force row level security',
    )
    await refuseUsed(owner)
  } finally {
    await owner.query('rollback')
  }
}

/**
 * Puts a backup's rows and files into an installation whose tables are those of the backup. One transaction: broken off at any
 * point, the database is as it was.
 *
 * @param ownerUrl of the owner of the database
 * @throws StartError of errors.ts
 */
export async function restoreBackup(ownerUrl: string, backup: CheckedBackup, options: RestoreOptions): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'espalier restore' })
  await owner.connect()
  const stores = new RestoredStores()
  let committed = false
  try {
    await owner.query(
      "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '30s'",
    )
    await owner.query('begin')
    await refuseRunning(owner)
    const tables = await storedTables(owner)
    const unknown = backup.header.tables.find((table) => !tables.some((here) => tableKey(here) === tableKey(table)))
    if (unknown) throw backupError('BACKUP_TABLE_UNKNOWN', tableKey(unknown))
    await owner.query(`lock table ${tables.map(quoted).join(', ')} in access exclusive mode`)
    await refuseNewer(owner, backup)
    await refuseOtherQueue(owner, backup)
    const tighten = await loosen(owner)
    if (!options.replace) await refuseUsed(owner)
    await owner.query(`truncate ${tables.map(quoted).join(', ')}`)
    for (const table of backup.header.tables)
      await makePartitions(owner, table, tables.find((here) => tableKey(here) === tableKey(table)) as BackupTable)
    await stores.begin(options.stores)
    await load(owner, backup, stores, options)
    for (const { schema, name, value } of backup.contents.sequences)
      await owner.query('select setval(format($1, $2::text, $3::text)::regclass, $4)', ['%I.%I', schema, name, value])
    await tighten()
    await stores.finish()
    await owner.query('commit')
    committed = true
    // Without statistics the first queries would be slow. Not of the system's own tables, which others own.
    await owner.query(`analyze ${tables.map(quoted).join(', ')}`)
  } finally {
    // Ends the transaction too, where it has not been committed.
    await owner.end().catch(() => {})
    await stores.end(committed, options.onProgress)
  }
}

async function refuseRunning(owner: pg.ClientBase): Promise<void> {
  const { rowCount } = await owner.query(
    'select 1 from pg_stat_activity where datname = current_database() and usename in ($1, $2)',
    [appRole, systemRole],
  )
  if (rowCount) throw backupError('RESTORE_WHILE_RUNNING', rowCount)
}

/** Columns and tables that the backup has no rows for would be there. */
async function refuseNewer(owner: pg.ClientBase, { header }: CheckedBackup): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    'select migration_name as name from "_prisma_migrations" order by 1',
  )
  const newer = rows.find(({ name }) => !header.migrations.some((known) => known.name === name))
  if (newer) throw backupError('RESTORE_DATABASE_NEWER', newer.name)
}

/** pg-boss's tables are those of the version that runs here. */
async function refuseOtherQueue(owner: pg.ClientBase, { header }: CheckedBackup): Promise<void> {
  const { rows } = await owner.query('select version from pgboss.version')
  if (rows[0].version !== header.queue)
    throw backupError('BACKUP_QUEUE_DIFFERS', header.queue, rows[0].version, header.version)
}

/** Whether somebody has been here: a start alone leaves neither people nor workspaces. */
async function refuseUsed(owner: pg.ClientBase): Promise<void> {
  const { rows } = await owner.query(
    'select (select count(*)::int from "User") as people, (select count(*)::int from "Workspace") as workspaces',
  )
  const { people, workspaces } = rows[0]
  if (people + workspaces > 0) throw backupError('RESTORE_NOT_EMPTY', people, workspaces)
}

/** Those that were made while the installation ran: the log's weeks. With what protects their table. */
async function makePartitions(owner: pg.Client, table: BackupTable, here: BackupTable): Promise<void> {
  for (const { name, bound } of table.partitions) {
    if (here.partitions.some((partition) => partition.name === name)) continue
    const partition = quoted({ schema: table.schema, name })
    await owner.query(`create table ${partition} (like ${quoted(table)} including all)`)
    if (table.columns.includes('workspaceId'))
      await owner.query('select protect_workspace_rows($1::regclass)', [partition])
    // Partitions are reached through their table.
    await owner.query(`revoke all on ${partition} from ${appRole}, ${systemRole}`)
    await owner.query(`alter table ${quoted(table)} attach partition ${partition} ${bound}`)
  }
}

/** Reads the archive a second time, now into the tables. */
async function load(
  owner: pg.Client,
  { file, header, contents }: CheckedBackup,
  stores: RestoredStores,
  options: RestoreOptions,
): Promise<void> {
  const done = new Map<string, number>()
  let open: { key: string; rows: ReturnType<typeof copyFrom> } | undefined
  const finish = async () => {
    if (!open) return
    const { key, rows } = open
    open = undefined
    await ended(rows)
    done.set(key, rows.rowCount)
    options.onProgress(`${key.slice(key.indexOf('.') + 1)}: ${countOf(rows.rowCount, 'row')}`)
  }
  for await (const { name, body } of readArchive(file)) {
    const key = tableOfPiece(name)
    if (key !== open?.key) await finish()
    if (key !== undefined) {
      open ??= { key, rows: beginCopy(owner, header.tables.find((table) => tableKey(table) === key) as BackupTable) }
      for await (const chunk of body) await write(open.rows, chunk)
    } else {
      const path = pathOfFile(name)
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      if (path !== undefined) await writeDataFile(options.dataFolder, path, bytes)
      else await stores.write(name, bytes)
    }
  }
  await finish()
  checkRows(file, contents, done)
}

function beginCopy(owner: pg.Client, table: BackupTable) {
  return owner.query(
    copyFrom(`copy ${quoted(table)} (${table.columns.map(pg.escapeIdentifier).join(', ')}) from stdin`),
  )
}

/** @throws what PostgreSQL says of a row that it refuses */
function write(rows: ReturnType<typeof copyFrom>, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    rows.once('error', reject)
    rows.write(chunk, (error) => {
      rows.off('error', reject)
      if (error) reject(error)
      else resolve()
    })
  })
}

function ended(rows: ReturnType<typeof copyFrom>): Promise<void> {
  return new Promise((resolve, reject) => {
    rows.once('error', reject).once('finish', resolve).end()
  })
}

/** The archive was whole a moment ago; a table that swallows rows, as by a rule of somebody's own, is told. */
function checkRows(file: string, { tables }: Contents, done: ReadonlyMap<string, number>): void {
  const wrong = tables.find((table) => (done.get(tableKey(table)) ?? 0) !== table.rows)
  if (wrong)
    throw backupError(
      'BACKUP_DAMAGED',
      file,
      `of ${wrong.rows} rows of ${wrong.name} ${done.get(tableKey(wrong)) ?? 0} arrived`,
    )
}

function quoted({ schema, name }: Pick<BackupTable, 'schema' | 'name'>): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`
}
