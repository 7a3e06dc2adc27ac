import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { countOf } from './amounts.ts'

/**
 * A backup is a gzipped tar, in this order:
 *
 * - `backup.json`, the {@link Header}: what it is of, and what its tables look like
 * - `tables/<schema>.<table>/<number>.copy`, the rows as PostgreSQL's COPY writes them, in pieces
 * - `files/<path>`, what lies in the data folder beside the database
 * - `elsewhere/<store>/<path>`, what plugins keep outside of both, from format 2 on
 * - `secret`, where it was asked for
 * - `contents.json`, the {@link Contents}: how much of everything, with checksums. A backup without it is not whole
 */
export const headerName = 'backup.json'
export const contentsName = 'contents.json'
export const secretName = 'secret'
const tablesFolder = 'tables/'
const filesFolder = 'files/'
const storesFolder = 'elsewhere/'

const migration = z.object({ name: z.string(), checksum: z.string() })

const table = z.object({
  schema: z.string(),
  name: z.string(),
  /** Those that are stored by themselves: generated ones are made again. */
  columns: z.array(z.string()).min(1),
  partitions: z.array(z.object({ name: z.string(), bound: z.string() })),
})

export const header = z.object({
  /** 2 where something of elsewhere is in it: a version that does not know it must not restore half of a backup. */
  format: z.union([z.literal(1), z.literal(2)]),
  /** Of Espalier, such as "0.1.0". */
  version: z.string(),
  takenAt: z.iso.datetime(),
  /** Version of pg-boss's tables. */
  queue: z.int(),
  migrations: z.array(migration),
  pluginMigrations: z.array(migration.extend({ plugin: z.string() })),
  /** Tells whether a secret is that of the backup, and nothing about it. */
  secretFingerprint: z.string(),
  tables: z.array(table),
})

const summed = z.object({ bytes: z.int(), sha256: z.string() })

export const contents = z.object({
  tables: z.array(summed.extend({ schema: z.string(), name: z.string(), rows: z.int() })),
  files: z.array(summed.extend({ path: z.string() })),
  /** Each summed over the name and the length of every piece, too. */
  stores: z
    .array(summed.extend({ name: z.string(), setting: z.string(), unit: z.string(), count: z.int() }))
    .default([]),
  /** Where sequences stand, as text: they are 64 bits wide. */
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), value: z.string() })),
})

export type Header = z.infer<typeof header>
export type BackupTable = z.infer<typeof table>
export type Contents = z.infer<typeof contents>

/** The name of a piece of a table's rows. */
export function pieceName({ schema, name }: Pick<BackupTable, 'schema' | 'name'>, number: number): string {
  return `${tablesFolder}${schema}.${name}/${String(number).padStart(6, '0')}.copy`
}

/** `schema.table` of a piece's name; undefined for what is none. */
export function tableOfPiece(entry: string): string | undefined {
  return entry.startsWith(tablesFolder) ? entry.slice(tablesFolder.length, entry.lastIndexOf('/')) : undefined
}

export function fileEntryName(path: string): string {
  return `${filesFolder}${path}`
}

/** The path within the data folder; undefined for an entry that is no file of it. */
export function pathOfFile(entry: string): string | undefined {
  return entry.startsWith(filesFolder) ? entry.slice(filesFolder.length) : undefined
}

export function storeEntryName(store: string, path: string): string {
  return `${storesFolder}${store}/${path}`
}

/** Of which store an entry is, and where within it; undefined for what is of none. */
export function pieceOfStore(entry: string): { store: string; path: string } | undefined {
  const [, store, path] = /^elsewhere\/([a-z0-9-]+)\/(.+)$/s.exec(entry) ?? []
  return store && path ? { store, path } : undefined
}

/** What stands before a piece's bytes in the sum of its store. */
export function sumOfPiece(path: string, bytes: number): string {
  return `${path} ${bytes}\n`
}

/** As sentences and entries name a table. */
export function tableKey({ schema, name }: Pick<BackupTable, 'schema' | 'name'>): string {
  return `${schema}.${name}`
}

/** 64 bits that the secret alone leads to, and that lead to nothing. */
export function fingerprint(secret: string): string {
  return createHmac('sha256', secret).update('fingerprint of backups').digest('hex').slice(0, 16)
}

/** All that a backup holds, in words: "1,200 rows of 80 tables, 3 files, 12 events of event-log". */
export function amountOf({ tables, files, stores }: Contents): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const elsewhere = stores.map(({ count, unit, name }) => `, ${countOf(count, unit)} of ${name}`)
  return `${countOf(rows, 'row')} of ${countOf(tables.length, 'table')}, ${countOf(files.length, 'file')}${elsewhere.join('')}`
}
