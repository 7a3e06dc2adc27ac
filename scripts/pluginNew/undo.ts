import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Remembers how files and folders were, so that a run that fails leaves them so. */
export class Undo {
  /** Where what is kept is copied to. */
  readonly copies: string
  readonly #root: string
  readonly #kept: readonly string[]
  /** Files that were not there, and the folders that were made for them. */
  readonly #made: string[] = []

  /** @param kept files and folders, relative to the root, that will be changed */
  static async of(root: string, kept: readonly string[]): Promise<Undo> {
    const copies = await mkdtemp(join(tmpdir(), 'espalier-undo-'))
    for (const path of kept) await cp(join(root, path), join(copies, path), { recursive: true })
    return new Undo(root, kept, copies)
  }

  private constructor(root: string, kept: readonly string[], copies: string) {
    this.#root = root
    this.#kept = kept
    this.copies = copies
  }

  /** Writes a file that is not there yet. */
  async write(path: string, text: string): Promise<void> {
    const file = join(this.#root, path)
    this.#made.unshift((await mkdir(dirname(file), { recursive: true })) ?? file)
    await writeFile(file, text, { flag: 'wx' })
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.#root, path), { recursive: true, force: true })
  }

  /**
   * Puts everything back, also what others wrote into what was kept. What was kept is whole before it takes the place of what is
   * there: a full disk leaves that as it is, and the copies too.
   */
  async everything(): Promise<void> {
    for (const path of this.#made) await rm(path, { recursive: true, force: true })
    for (const path of this.#kept) await this.#putBack(path)
    await this.forget()
  }

  /** Everything went well: the copies are of no more use. */
  async forget(): Promise<void> {
    await rm(this.copies, { recursive: true, force: true })
  }

  async #putBack(path: string): Promise<void> {
    const place = join(this.#root, path)
    // Beside it: a rename is within one disk.
    const beside = `${place}.before`
    try {
      await rm(beside, { recursive: true, force: true })
      await cp(join(this.copies, path), beside, { recursive: true })
      await this.remove(path)
      await rename(beside, place)
    } catch (error) {
      await rm(beside, { recursive: true, force: true }).catch(() => {})
      throw error
    }
  }
}

/** What was kept could not be put back. */
export class NotUndone extends Error {
  constructor(failed: Error, { copies }: Undo, cause: Error) {
    super(
      `${failed.message}\nNot everything could be put back: ${cause.message}. The files as they were are in ${copies}: copy them over the repository, and see what git status says.`,
      { cause },
    )
  }
}
