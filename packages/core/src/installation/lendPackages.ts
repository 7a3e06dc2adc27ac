import { realpathSync } from 'node:fs'
import module from 'node:module'
import { dirname, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { resolveModulePath } from 'exsolve'

/** A folder whose modules may ask for packages of the house. */
interface Borrower {
  readonly folder: string
  /** What else it expects whoever runs it to bring: the peers of its package.json. */
  readonly peers: Readonly<Record<string, string>>
}

/** Real paths of folders outside of the house → their peers. */
const borrowers = new Map<string, Borrower['peers']>()

/**
 * Gives the modules of a folder the packages that run here in place of copies of their own: everything `@espalier/…`, and
 * what its package.json lists as peers. Plugins are known to each other by identity, and graphql knows its types so: there
 * must be one of each in a process. And a plugin in a folder of its own finds them at all.
 */
export function lendPackages({ folder, peers }: Borrower): void {
  const real = realpathSync(folder)
  if (Object.keys(peers).length === 0 && findsTheHouse(real)) return
  if (borrowers.size === 0)
    // Node before 22.15 has none: there a plugin finds what is installed beside it, and nothing else.
    module.registerHooks?.({
      resolve: (specifier, context, next) => {
        if (!context.parentURL?.startsWith('file:') || !isLent(specifier, fileURLToPath(context.parentURL)))
          return next(specifier, context)
        try {
          return next(specifier, { ...context, parentURL: import.meta.url })
        } catch {
          // Not of the house: a plugin that stands on another from outside.
          return next(specifier, context)
        }
      },
    })
  borrowers.set(real, peers)
}

/**
 * Whether a module gets a package from the house.
 *
 * @param specifier what it imports
 * @param importer its absolute path
 */
export function isLent(specifier: string, importer: string): boolean {
  const name = /^(@[^/:]+\/)?[a-zA-Z0-9][^/:]*(?=\/|$)/.exec(specifier)?.[0]
  const folder = name && folderOf(importer)
  if (!name || !folder) return false
  if (name.startsWith('@espalier/')) return true
  // What its own dependencies expect is theirs to find.
  const isOwn = !importer.slice(folder.length).includes(`${sep}node_modules${sep}`)
  return isOwn && name in (borrowers.get(folder) ?? {})
}

/** The innermost borrower that a module belongs to: a plugin may lie in the folder of its installation. */
function folderOf(module: string): string | undefined {
  const folders = [...borrowers.keys()].filter((folder) => module.startsWith(folder + sep))
  return folders.sort((one, other) => other.length - one.length)[0]
}

/** Whether modules of a folder come to this very package by themselves: within the repository, or installed beside it. */
function findsTheHouse(folder: string): boolean {
  const from = pathToFileURL(`${folder}/`)
  const found = resolveModulePath('@espalier/core/installation', { from, cache: false, try: true })
  return found !== undefined && dirname(found) === import.meta.dirname
}
