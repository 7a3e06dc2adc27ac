import { createHash, type Hash } from 'node:crypto'
import type { z } from 'zod'
import { type ArchiveEntry, readArchive } from './archive.ts'
import {
  type Contents,
  contents,
  contentsName,
  type Header,
  header,
  headerName,
  pathOfFile,
  pieceOfStore,
  secretName,
  sumOfPiece,
  tableKey,
  tableOfPiece,
} from './contents.ts'
import { isWithin } from './dataFiles.ts'
import { backupError } from './errors.ts'

/** A backup that has been read from end to end, and is whole. */
export interface CheckedBackup {
  readonly file: string
  readonly header: Header
  readonly contents: Contents
  /** Where it was put in. */
  readonly secret: string | undefined
}

/** Reads a whole backup and compares every checksum. Changes nothing. @throws StartError BACKUP_DAMAGED, BACKUP_FORMAT_UNKNOWN */
export async function checkBackup(file: string): Promise<CheckedBackup> {
  const damaged = (problem: string) => backupError('BACKUP_DAMAGED', file, problem)
  const sums = new Map<string, { hash: Hash; bytes: number }>()
  let first: Header | undefined
  let last: Contents | undefined
  let secret: string | undefined
  for await (const entry of readArchive(file)) {
    if (!first) {
      if (entry.name !== headerName) throw backupError('BACKUP_FORMAT_UNKNOWN', file, `it begins with ${entry.name}`)
      first = await readHeader(file, entry)
      continue
    }
    if (last) throw damaged(`${entry.name} comes after its end`)
    if (entry.name === contentsName)
      last = parse(contents, await text(entry), () => damaged(`${contentsName} is unreadable`))
    else if (entry.name === secretName) secret = await text(entry)
    else await addUp(sums, entry, damaged)
  }
  if (!first) throw backupError('BACKUP_FORMAT_UNKNOWN', file, 'it is empty')
  if (!last) throw damaged('its end is missing')
  compare(sums, last, damaged)
  const unknown = last.tables.find((table) => !first.tables.some((known) => tableKey(known) === tableKey(table)))
  if (unknown || last.tables.length !== first.tables.length) throw damaged(`${headerName} and ${contentsName} differ`)
  return { file, header: first, contents: last, secret }
}

async function readHeader(file: string, entry: ArchiveEntry): Promise<Header> {
  const found = await text(entry)
  return parse(header, found, () => {
    const { format, version } = JSON.parse(found.startsWith('{') ? found : '{}')
    return backupError('BACKUP_FORMAT_UNKNOWN', file, `format ${format}, made by Espalier ${version}`)
  })
}

type Sums = Map<string, { hash: Hash; bytes: number }>

async function addUp(sums: Sums, entry: ArchiveEntry, damaged: (problem: string) => Error): Promise<void> {
  const piece = pieceOfStore(entry.name)
  const path = pathOfFile(entry.name) ?? piece?.path
  const table = tableOfPiece(entry.name)
  if (path !== undefined ? !isWithin(path) : table === undefined) throw damaged(`it holds "${entry.name}"`)
  const key = piece ? storeKey(piece.store) : (table ?? entry.name)
  const sum = sums.get(key) ?? { hash: createHash('sha256'), bytes: 0 }
  sums.set(key, sum)
  if (piece) sum.hash.update(sumOfPiece(piece.path, entry.size))
  for await (const chunk of entry.body) {
    sum.hash.update(chunk)
    sum.bytes += chunk.length
  }
}

function storeKey(store: string): string {
  return `elsewhere/${store}`
}

function compare(sums: Sums, { tables, files, stores }: Contents, damaged: (problem: string) => Error): void {
  const empty = createHash('sha256').digest('hex')
  const expected = [
    ...tables.map((table) => ({ key: tableKey(table), what: `table ${table.name}`, sha256: table.sha256 })),
    ...files.map(({ path, sha256 }) => ({ key: `files/${path}`, what: `file ${path}`, sha256 })),
    ...stores.map(({ name, sha256 }) => ({ key: storeKey(name), what: `the store ${name}`, sha256 })),
  ]
  for (const { key, what, sha256 } of expected) {
    const found = sums.get(key)?.hash.digest('hex') ?? empty
    if (found !== sha256) throw damaged(`the checksum of ${what} is wrong`)
    sums.delete(key)
  }
  const [unexpected] = sums.keys()
  if (unexpected !== undefined) throw damaged(`it holds "${unexpected}", which ${contentsName} does not name`)
}

/** @param otherwise the error to throw for text that is no such JSON */
function parse<T>(schema: z.ZodType<T>, found: string, otherwise: () => Error): T {
  let value: unknown
  try {
    value = JSON.parse(found)
  } catch {
    throw otherwise()
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw otherwise()
  return parsed.data
}

async function text({ body }: ArchiveEntry): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
