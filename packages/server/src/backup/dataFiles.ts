import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import { v7 as uuidv7 } from 'uuid'

/** Of the data folder, what is not for the backup's list of files: the cluster, the secret, and what is made anew. */
const apart = new Set(['postgres', 'secret', 'cache', '.gitignore'])

/** The files of the data folder beside database and secret, such as uploaded images: paths with `/`, in order. */
export async function dataFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !apart.has(path.split('/')[0] as string))
    .sort()
}

/** Undefined where it has been removed since it was listed: nothing that the backup knows of refers to it for long. */
export async function readDataFile(folder: string, path: string): Promise<Uint8Array | undefined> {
  return readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** Writes a whole file or nothing. @param path as {@link isWithin} has let it through */
export async function writeDataFile(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = join(folder, path)
  const unfinished = `${file}.${uuidv7()}.part`
  await mkdir(dirname(file), { recursive: true })
  try {
    await writeFile(unfinished, bytes, { mode: 0o600 })
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** Whether a path of an archive stays in the folder, and off what is not for files: somebody may have made the archive to leave it. */
export function isWithin(path: string): boolean {
  if (path === '' || path.includes('\\') || path.includes('\0') || isAbsolute(path)) return false
  const parts = path.split('/')
  return normalize(path) === path && !parts.includes('..') && !apart.has(parts[0] as string)
}
