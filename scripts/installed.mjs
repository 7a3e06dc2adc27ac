import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { root } from './runtime.mjs'

/** Where web apps are built to unless `ESPALIER_WEB_APP` says otherwise: the repository's own, and those of other lists. */
const [ownApp, otherApps] = [join(root, 'packages/admin/dist'), join(root, 'node_modules/.cache/espalier')]

/**
 * The installation that runs from this clone: the file that names its plugins (`ESPALIER_CONFIG`, or the repository's own),
 * and the folder that its web app is built into (`ESPALIER_WEB_APP`, or one for each such file). Both absolute.
 */
export function installation({ ESPALIER_CONFIG, ESPALIER_WEB_APP } = process.env) {
  const own = join(root, 'espalier.config.ts')
  const config = ESPALIER_CONFIG ? resolve(root, ESPALIER_CONFIG) : own
  if (ESPALIER_WEB_APP) return { config, folder: resolve(root, ESPALIER_WEB_APP) }
  if (config === own) return { config, folder: ownApp }
  const name = createHash('sha256').update(config).digest('hex').slice(0, 12)
  return { config, folder: join(otherApps, name) }
}

/**
 * Keeps a build, which empties its folder, from a folder that holds something else.
 *
 * @throws where the folder is neither one of ours nor empty, nor holds an earlier build
 */
export function refuseForeign(folder) {
  if (folder === ownApp || dirname(folder) === otherApps || !existsSync(folder)) return
  if (readdirSync(folder).length === 0 || readMade(folder)) return
  throw new Error(
    `ESPALIER_WEB_APP is ${folder}, which holds something other than a web app. Building would delete it: set ESPALIER_WEB_APP to a new or an empty folder.`,
  )
}

/**
 * What the web app in a folder was made of, beside its own files: the part that each plugin adds, and its package.json, which
 * says where that is, at the place where the list has it now. Absolute; nothing before the first build.
 */
export function pagesOf({ config, folder }) {
  return (readMade(folder) ?? []).flatMap(({ entry, admin }) => {
    const manifest = manifestOf(entry, config)
    return manifest ? [manifest, ...(admin ? [dirname(admin)] : [])] : []
  })
}

/** The real package.json of a plugin, looked for as the server does: see readInstallation. */
function manifestOf(entry, config) {
  const isPath = isAbsolute(entry) || /^\.{1,2}($|[/\\])/.test(entry)
  const candidates = isPath
    ? [resolve(dirname(config), entry)]
    : [
        ...(entry.startsWith('@espalier/') ? [join(root, 'node_modules', entry)] : []),
        ...above(dirname(config)).map((folder) => join(folder, 'node_modules', entry)),
        join(root, 'node_modules', entry),
      ]
  const found = candidates.map((folder) => join(folder, 'package.json')).find((file) => existsSync(file))
  return found && realpathSync(found)
}

function above(folder) {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...above(parent)]
}

/** What an earlier build wrote of its plugins. Undefined where there was none. */
function readMade(folder) {
  try {
    const made = JSON.parse(readFileSync(join(folder, 'plugins.json'), 'utf8'))
    return Array.isArray(made) ? made : undefined
  } catch {
    return undefined
  }
}
