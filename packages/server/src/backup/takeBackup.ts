import { createHash } from 'node:crypto'
import type { KeptElsewhere, Statement } from '@espalier/core'
import { kernelVersion } from '@espalier/core/server'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Installation } from '../installation.ts'
import { countOf, readableBytes } from './amounts.ts'
import { type AddEntry, writeArchive } from './archive.ts'
import {
  type BackupTable,
  type Contents,
  contentsName,
  fileEntryName,
  fingerprint,
  type Header,
  headerName,
  pieceName,
  secretName,
  tableKey,
} from './contents.ts'
import { dataFiles, readDataFile } from './dataFiles.ts'
import { backupError } from './errors.ts'
import { addStore, reachStores } from './stores.ts'
import { type StoredTable, storedTables } from './tables.ts'

/** Rows go into the archive in pieces of about this size, which is all of them that is in memory. Bytes. */
const pieceBytes = 4 * 1024 * 1024

export interface BackupOptions {
  /** Where it is written to; must not be there. */
  readonly file: string
  readonly dataFolder: string
  /** What plugins keep elsewhere, that is in it, too. */
  readonly stores: readonly KeptElsewhere[]
  /** Whether the installation's secret is in it, too. */
  readonly withSecret: boolean
  readonly signal: AbortSignal
  /** Hears of each table that has rows, in words for a person. */
  readonly onProgress: (message: string) => void
}

/**
 * Writes down the whole installation as it is at one instant, while it runs: readers and writers are not waited for and do
 * not wait. What alters tables meanwhile, such as a migration, waits for the end.
 *
 * @throws StartError of errors.ts; under `file` there is then nothing
 */
export async function takeBackup(installation: Installation, options: BackupOptions): Promise<Contents> {
  await reachStores(options.stores)
  return withSnapshot(installation, async ({ owner, system, header }) => {
    const contents: Contents = { tables: [], files: [], stores: [], sequences: [] }
    await writeArchive(options.file, options.signal, async (add) => {
      await addJson(add, headerName, {
        ...header,
        format: options.stores.length > 0 ? 2 : 1,
        secretFingerprint: fingerprint(installation.secret),
      } satisfies Header)
      for (const table of header.tables) {
        // The owner is bound by policies too; the system role is let through by them.
        contents.tables.push(await addTable(add, table.bound ? system : owner, table))
        const { rows, bytes } = contents.tables.at(-1) as Contents['tables'][number]
        if (rows > 0) options.onProgress(`${table.name}: ${countOf(rows, 'row')}, ${readableBytes(bytes)}`)
      }
      // After the rows that refer to them.
      for (const path of await dataFiles(options.dataFolder)) {
        const bytes = await readDataFile(options.dataFolder, path)
        if (!bytes) continue
        await add(fileEntryName(path), bytes)
        contents.files.push({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
      }
      const instant = {
        query: async <Row>({ text, values }: Statement) => (await system.query(text, values)).rows as Row[],
      }
      for (const store of options.stores) contents.stores.push(await addStore(add, store, instant, options.onProgress))
      contents.sequences.push(...(await sequences(owner)))
      if (options.withSecret) await add(secretName, Buffer.from(installation.secret))
      await addJson(add, contentsName, contents)
    })
    return contents
  })
}

interface Snapshot {
  readonly owner: pg.Client
  readonly system: pg.Client
  readonly header: Omit<Header, 'secretFingerprint'> & { readonly tables: readonly StoredTable[] }
}

/** Two connections that see one and the same instant. Tables are locked against being altered or dropped from before it. */
async function withSnapshot<T>(
  { ownerUrl, systemUrl }: Installation,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'espalier backup' })
  const system = new pg.Client({ connectionString: systemUrl, application_name: 'espalier backup' })
  try {
    await Promise.all([owner.connect(), system.connect()])
    for (const client of [owner, system])
      await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = 0')
    await owner.query('begin isolation level repeatable read, read only')
    // What LOCK waits for is seen by the snapshot, which the first query after it takes.
    const tables = await lockTables(owner, ownerUrl)
    const { rows } = await owner.query('select pg_export_snapshot() as id')
    await system.query('begin isolation level repeatable read, read only')
    await system.query(`set transaction snapshot ${pg.escapeLiteral(rows[0].id)}`)
    return await work({ owner, system, header: await describe(owner, tables) })
  } finally {
    await Promise.all([owner.end().catch(() => {}), system.end().catch(() => {})])
  }
}

/** @throws StartError BACKUP_TABLE_CLOSED */
async function lockTables(owner: pg.Client, ownerUrl: string): Promise<StoredTable[]> {
  // On a connection of its own: asked for within the transaction, the list would be older than the locks.
  const before = new pg.Client({ connectionString: ownerUrl, application_name: 'espalier backup' })
  await before.connect()
  const tables = await storedTables(before).finally(() => before.end())
  const closed = tables.find(({ bound, open }) => bound && !open)
  if (closed) throw backupError('BACKUP_TABLE_CLOSED', tableKey(closed))
  // Partitions with them.
  await owner.query(`lock table ${tables.map(quoted).join(', ')} in access share mode`)
  return tables
}

async function describe(owner: pg.Client, listed: readonly StoredTable[]): Promise<Snapshot['header']> {
  // Partitions may have come in between, columns not.
  const tables = (await storedTables(owner)).filter((table) =>
    listed.some((known) => tableKey(known) === tableKey(table)),
  )
  const { rows: queue } = await owner.query('select version from pgboss.version')
  const { rows: migrations } = await owner.query(
    'select migration_name as name, checksum from "_prisma_migrations" where finished_at is not null and rolled_back_at is null order by 1',
  )
  const brought = tables.some(({ name }) => name === '_plugin_migrations')
    ? (await owner.query('select plugin, name, checksum from "_plugin_migrations" order by applied_at, name')).rows
    : []
  return {
    format: 1,
    version: kernelVersion,
    takenAt: (await owner.query('select now() as now')).rows[0].now.toISOString(),
    queue: queue[0].version,
    migrations,
    pluginMigrations: brought,
    tables,
  }
}

async function addTable(add: AddEntry, client: pg.Client, table: BackupTable): Promise<Contents['tables'][number]> {
  const { schema, name, columns } = table
  const rows = client.query(
    copyTo(`copy (select ${columns.map(pg.escapeIdentifier).join(', ')} from ${quoted(table)}) to stdout`),
  )
  const hash = createHash('sha256')
  let [bytes, pieces, size] = [0, 0, 0]
  let waiting: Buffer[] = []
  const flush = async () => {
    await add(pieceName(table, ++pieces), Buffer.concat(waiting))
    waiting = []
    size = 0
  }
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
    waiting.push(chunk)
    size += chunk.length
    if (size >= pieceBytes) await flush()
  }
  if (size > 0) await flush()
  // PostgreSQL says how many rows there were after the last of them: it has by the time that it answers again.
  await client.query('select 1')
  return { schema, name, rows: rows.rowCount, bytes, sha256: hash.digest('hex') }
}

/** Not of the snapshot: at least where its rows have come to. */
async function sequences(owner: pg.Client): Promise<Contents['sequences']> {
  const { rows } = await owner.query(
    `select schemaname as "schema", sequencename as "name", last_value::text as "value" from pg_sequences
      where schemaname = 'public' and last_value is not null order by 1, 2`,
  )
  return rows
}

async function addJson(add: AddEntry, name: string, value: object): Promise<void> {
  await add(name, Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`))
}

function quoted({ schema, name }: Pick<BackupTable, 'schema' | 'name'>): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`
}
