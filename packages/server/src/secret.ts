import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '@espalier/core'

/** The secret that an earlier start left in the folder. Undefined on a first start. @throws StartError */
export async function rememberedSecret(folder: string): Promise<string | undefined> {
  const text = await readFile(secretFile(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw folderUnusable(folder, error)
    return ''
  })
  return text.trim() || undefined
}

/** Makes the secret of a new installation: 256 bits, for its owner's eyes alone. @throws StartError */
export function makeSecret(folder: string): Promise<string> {
  return keepSecret(folder, randomBytes(32).toString('base64url'))
}

/** Keeps a secret where the next start finds it. @returns the one that is there by then @throws StartError */
export async function keepSecret(folder: string, made: string): Promise<string> {
  try {
    // `wx`: of two first starts at once, the second reads what the first has written.
    await writeFile(secretFile(folder), `${made}\n`, { mode: 0o600, flag: 'wx' })
    return made
  } catch (error) {
    const first = await rememberedSecret(folder)
    if (first) return first
    throw folderUnusable(folder, error as Error)
  }
}

/** Makes the folder, and shows that files can be put there before anything is started. @throws StartError */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    throw folderUnusable(folder, error as Error)
  }
}

function secretFile(folder: string): string {
  return join(folder, 'secret')
}

function folderUnusable(folder: string, cause: Error): StartError {
  return new StartError(
    'DATA_FOLDER_UNUSABLE',
    `ESPALIER_DATA is ${folder}, which cannot be used: ${cause.message}. Give this user the right to read and write it, or set ESPALIER_DATA to another folder.`,
    { cause },
  )
}
