import { createHash } from 'node:crypto'
import {
  type AnyPlugin,
  type DatabaseAtAnInstant,
  type KeptElsewhere,
  type Resources,
  type Restoration,
  StartError,
} from '@espalier/core'
import { countOf, readableBytes } from './amounts.ts'
import type { AddEntry } from './archive.ts'
import { type Contents, pieceOfStore, storeEntryName, sumOfPiece } from './contents.ts'
import { backupError } from './errors.ts'

/** What the plugins of an installation keep elsewhere, switched off or not: their rows are in the backup, too. */
export function storesElsewhere(plugins: readonly AnyPlugin[], resources: Resources): KeptElsewhere[] {
  return plugins.flatMap(({ definition }) => definition.keptElsewhere?.(resources) ?? [])
}

/** @throws StartError BACKUP_STORE_UNUSABLE */
export async function reachStores(stores: readonly KeptElsewhere[]): Promise<void> {
  for (const store of stores) await using(store, () => store.occupied())
}

/** Writes all of a store into the archive. @throws StartError BACKUP_STORE_UNUSABLE */
export async function addStore(
  add: AddEntry,
  store: KeptElsewhere,
  database: DatabaseAtAnInstant,
  onProgress: (message: string) => void,
): Promise<Contents['stores'][number]> {
  const hash = createHash('sha256')
  let [bytes, count, told] = [0, 0, 0]
  const tell = () => onProgress(`${store.place}: ${countOf(count, store.unit)}, ${readableBytes(bytes)}`)
  const pieces = store.read(database)[Symbol.asyncIterator]()
  for (;;) {
    const next = await using(store, () => pieces.next())
    if (next.done) break
    const piece = next.value
    await add(storeEntryName(store.name, piece.path), piece.bytes)
    hash.update(sumOfPiece(piece.path, piece.bytes.length)).update(piece.bytes)
    bytes += piece.bytes.length
    count += piece.count
    if (bytes - told < tellEvery) continue
    told = bytes
    tell()
  }
  tell()
  const { name, setting, unit } = store
  return { name, setting, unit, count, bytes, sha256: hash.digest('hex') }
}

/** A long way is told of now and then. Bytes. */
const tellEvery = 256 * 1024 * 1024

/**
 * The stores that a backup is put back into.
 *
 * @param skip leaves all of them alone
 * @throws StartError BACKUP_STORE_MISSING, BACKUP_STORE_UNUSABLE, RESTORE_STORE_NOT_EMPTY
 */
export async function admitStores(
  { stores: kept }: Contents,
  stores: readonly KeptElsewhere[],
  { replace, skip }: { readonly replace: boolean; readonly skip: boolean },
): Promise<KeptElsewhere[]> {
  if (skip) return []
  const admitted = kept.map(({ name, setting, unit, count }) => {
    const store = stores.find((one) => one.name === name)
    if (!store) throw backupError('BACKUP_STORE_MISSING', countOf(count, unit), name, setting)
    return store
  })
  for (const store of admitted)
    if ((await using(store, () => store.occupied())) && !replace)
      throw backupError('RESTORE_STORE_NOT_EMPTY', store.place, store.unit, store.setting)
  return admitted
}

/** Stores that are being put back: all of them take the place of what was there, or none does. */
export class RestoredStores {
  readonly #stores = new Map<string, { store: KeptElsewhere; restoration: Restoration }>()

  /** @throws StartError BACKUP_STORE_UNUSABLE */
  async begin(stores: readonly KeptElsewhere[]): Promise<void> {
    for (const store of stores)
      this.#stores.set(store.name, { store, restoration: await using(store, () => store.restore()) })
  }

  /** Takes an entry of the archive, where it is of one of the stores. @throws StartError BACKUP_STORE_UNUSABLE */
  async write(entry: string, bytes: Uint8Array): Promise<void> {
    const piece = pieceOfStore(entry)
    const found = piece && this.#stores.get(piece.store)
    if (found) await using(found.store, () => found.restoration.write({ path: piece.path, bytes }))
  }

  /** Before the database commits. */
  finish(): Promise<void> {
    return this.#each((restoration) => restoration.finish())
  }

  /** After it has, or has not: then all of them are as they were. What fails here is told, and no more: that is decided by then. */
  async end(committed: boolean, onProgress: (message: string) => void): Promise<void> {
    await this.#each((restoration) => (committed ? restoration.settle() : restoration.undo())).catch((error: Error) =>
      onProgress(error.message),
    )
  }

  async #each(work: (restoration: Restoration) => Promise<void>): Promise<void> {
    for (const { store, restoration } of this.#stores.values()) await using(store, () => work(restoration))
  }
}

/** Whatever fails of a store is told with its name and its setting. */
async function using<Result>(store: KeptElsewhere, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StartError) throw error
    throw backupError('BACKUP_STORE_UNUSABLE', store.place, reasonOf(error), store.setting)
  }
}

/** The innermost cause says it best: "connect ECONNREFUSED 127.0.0.1:8123". */
function reasonOf(error: unknown): string {
  let cause = error as Error
  while (cause.cause instanceof Error) cause = cause.cause
  return cause.message
}
