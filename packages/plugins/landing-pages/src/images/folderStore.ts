import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import type { ImageStore } from './imageStore.ts'

/** Keeps images in a folder of this machine, or of a disk that several machines share. */
export class FolderStore implements ImageStore {
  readonly #folder: string

  /** @param folder absolute; made when something is written */
  constructor(folder: string) {
    this.#folder = folder
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await readFile(join(this.#folder, path))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const file = join(this.#folder, path)
    await mkdir(dirname(file), { recursive: true })
    // Renamed into place, so that nobody reads half of it and a crash leaves nothing under its name.
    const unfinished = `${file}.${uuidv7()}.part`
    try {
      await writeFile(unfinished, bytes)
      await rename(unfinished, file)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }

  async delete(paths: readonly string[]): Promise<void> {
    for (const path of paths) await rm(join(this.#folder, path), { force: true })
    // Folders that are empty now; one that is not stays.
    for (const folder of new Set(paths.map(dirname))) await rmdir(join(this.#folder, folder)).catch(() => {})
  }
}
