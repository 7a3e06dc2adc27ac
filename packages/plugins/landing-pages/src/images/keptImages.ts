import type { KeptElsewhere, KeptPiece, Restoration } from '@espalier/core'
import { contentTypeOf } from './imageSignature.ts'
import { S3Store } from './s3Store.ts'

/** All paths of images begin with it. */
const folder = 'images/'

/**
 * Images in an S3-compatible store, as a backup holds them: those that were there while it was taken. What is restored takes nothing's
 * place, for a path is never written with other bytes; so a restore that is broken off leaves what the next one writes again.
 */
export class KeptImages implements KeptElsewhere {
  readonly name = 'images'
  readonly setting = 'ESPALIER_FILE_STORE'
  readonly unit = 'file'
  readonly place: string
  readonly #store: S3Store

  constructor(address: string) {
    const { host, pathname } = new URL(address)
    this.place = `the file store at ${host}${pathname}`
    this.#store = new S3Store(address)
  }

  /** Never, but it says whether it is there. */
  async occupied(): Promise<boolean> {
    await this.#store.list(folder).next()
    return false
  }

  async *read(): AsyncIterable<KeptPiece> {
    for await (const paths of this.#store.list(folder))
      for (const path of paths) {
        const bytes = await this.#store.read(path)
        // It was deleted since it was listed.
        if (bytes) yield { path, bytes, count: 1 }
      }
  }

  async restore(): Promise<Restoration> {
    const nothing = async () => {}
    return {
      write: ({ path, bytes }) =>
        this.#store.write(path, new Uint8Array(bytes), contentTypeOf(bytes) ?? 'application/octet-stream'),
      finish: nothing,
      settle: nothing,
      undo: nothing,
    }
  }
}
