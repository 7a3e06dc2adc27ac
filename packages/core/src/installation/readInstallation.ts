import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveModulePath } from 'exsolve'
import { startError } from '../errors.ts'
import { lendPackages } from './lendPackages.ts'
import { refuseIncompatible } from './refuseIncompatible.ts'

/** A plugin that an installation names, found on this machine and not loaded yet. */
export interface InstalledPlugin {
  /** As the file names it: a package, or a path. */
  readonly entry: string
  /** The name of its package. */
  readonly packageName: string
  /** Absolute path of its folder, the real one behind links. */
  readonly folder: string
  /** Absolute path of the module whose default export is the plugin. */
  readonly main: string
  /** Absolute path of what it adds to the web app; undefined where it adds nothing. */
  readonly admin: string | undefined
  /** What its package.json expects whoever runs it to bring: package → range. */
  readonly peers: Readonly<Record<string, string>>
}

/** What `espalier.config.ts` says, with every plugin found. */
export interface InstallationFile {
  /** Absolute. */
  readonly file: string
  readonly plugins: readonly InstalledPlugin[]
}

/**
 * Reads which plugins an installation names, and finds each of them; loads none.
 *
 * @param file absolute path of an `espalier.config.ts`, or of the same in JavaScript
 * @throws StartError when the file is missing or is not such a list, when a plugin is not installed, exports nothing, is
 *   listed twice, is made for another version of the kernel, or names a part for the web app that is not there
 */
export async function readInstallation(file: string): Promise<InstallationFile> {
  if (!existsSync(file)) throw startError('INSTALLATION_MISSING', file)
  lendPackages({ folder: dirname(file), peers: {} })
  const plugins = (await listOf(file)).map((entry) => find(entry, file))
  const known = new Map<string, string>()
  for (const { entry, folder } of plugins) {
    const first = known.get(folder)
    if (first !== undefined) throw startError('PLUGIN_LISTED_TWICE', file, entry, first)
    known.set(folder, entry)
  }
  for (const plugin of plugins) lendPackages(plugin)
  return { file, plugins }
}

/** Read anew once it has changed: the web app is built again while one develops. */
async function listOf(file: string): Promise<readonly string[]> {
  const { default: definition } = await import(
    /* @vite-ignore */ `${pathToFileURL(file)}?${statSync(file).mtimeMs}`
  ).catch((error: Error) => {
    throw startError('INSTALLATION_INVALID', file, `it cannot be loaded: ${error.message}`)
  })
  const plugins: unknown = definition?.plugins
  if (!Array.isArray(plugins))
    throw startError('INSTALLATION_INVALID', file, 'its default export has no list "plugins"')
  const wrong = plugins.findIndex((entry) => typeof entry !== 'string' || entry.trim() === '')
  if (wrong >= 0)
    throw startError(
      'INSTALLATION_INVALID',
      file,
      `its list of plugins has ${JSON.stringify(plugins[wrong]) ?? 'an entry that is no text'}`,
    )
  return plugins
}

/** Where Node looks, with the conditions of an import. */
const conditions = ['node', 'import', 'module-sync', 'default']

function find(entry: string, file: string): InstalledPlugin {
  const folder = folderOf(entry, file)
  const manifest = readManifest(folder, entry, file)
  const peers = manifest.peerDependencies ?? {}
  refuseIncompatible(entry, peers)
  // A package finds itself by its own name, through its `exports`.
  const from = pathToFileURL(`${folder}/`)
  const main = manifest.name && resolveModulePath(manifest.name, { from, conditions, cache: false, try: true })
  if (!main) throw startError('PLUGIN_WITHOUT_EXPORT', entry, folder)
  const admin = resolveModulePath(`${manifest.name}/admin`, { from, conditions, cache: false, try: true })
  const claimed = './admin' in Object(manifest.exports)
  if (claimed && !admin) throw startError('PLUGIN_ADMIN_BROKEN', entry, join(folder, 'package.json'))
  return {
    entry,
    packageName: manifest.name as string,
    folder,
    main,
    admin: claimed ? admin : undefined,
    peers,
  }
}

/** The real folder of a package that is named, or stands at a path. */
function folderOf(entry: string, file: string): string {
  const candidates = isPath(entry)
    ? [resolve(dirname(file), entry)]
    : // Packages of the house are always those beside this one: a copy of another version would be another plugin.
      [
        ...(entry.startsWith('@espalier/') ? nodeModulesAbove(import.meta.dirname) : []),
        ...nodeModulesAbove(dirname(file)),
        ...nodeModulesAbove(import.meta.dirname),
      ].map((folder) => join(folder, entry))
  const found = candidates.find((folder) => existsSync(join(folder, 'package.json')))
  if (found === undefined) throw startError('PLUGIN_NOT_INSTALLED', entry, file)
  return realpathSync(found)
}

function isPath(entry: string): boolean {
  return isAbsolute(entry) || /^\.{1,2}($|[/\\])/.test(entry)
}

function nodeModulesAbove(folder: string): string[] {
  const parent = dirname(folder)
  return [join(folder, 'node_modules'), ...(parent === folder ? [] : nodeModulesAbove(parent))]
}

interface Manifest {
  readonly name?: string
  readonly exports?: unknown
  readonly peerDependencies?: Record<string, string>
}

function readManifest(folder: string, entry: string, file: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch (error) {
    throw startError('INSTALLATION_INVALID', file, `the package.json of "${entry}" cannot be read: ${error}`)
  }
}
