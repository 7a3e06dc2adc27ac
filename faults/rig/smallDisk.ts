import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A file system of its own that is soon full. Lies in memory. */
export class SmallDisk {
  /** Where a database may lie on it. */
  readonly folder: string
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
    this.folder = join(root, 'postgres')
  }

  /** @returns undefined where this account may not mount one */
  static async mount(megabytes: number): Promise<SmallDisk | undefined> {
    const root = await mkdtemp(join(tmpdir(), 'espalier-faults-disk-'))
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', root])
      return new SmallDisk(root)
    } catch {
      await rm(root, { recursive: true })
      return undefined
    }
  }

  /** Writes until there is no room. */
  async fill(): Promise<void> {
    const file = await open(join(this.#root, 'full'), 'w')
    try {
      for (const size of [1024 * 1024, 4096]) {
        const block = Buffer.alloc(size, 1)
        while (await file.write(block).then(({ bytesWritten }) => bytesWritten === size, isFull));
      }
    } finally {
      await file.close()
    }
  }

  async free(): Promise<void> {
    await rm(join(this.#root, 'full'), { force: true })
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.#root])
    await rm(this.#root, { recursive: true, force: true })
  }
}

function isFull(error: NodeJS.ErrnoException): false {
  if (error.code !== 'ENOSPC') throw error
  return false
}
