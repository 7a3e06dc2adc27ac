import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type AnyPlugin, StartError } from '@espalier/core'
import { type InstalledPlugin, readInstallation } from '@espalier/core/installation'
import { startError } from '@espalier/core/server'
import demo from './demo/demoPlugin.ts'

/** The plugins that the repository itself runs with. */
export const ownInstallation = join(import.meta.dirname, '../../../espalier.config.ts')

/**
 * The plugins of an installation, and the demo's.
 *
 * @param file absolute path of its `espalier.config.ts`
 * @throws StartError that says which of them is missing, broken or no plugin
 */
export async function installedPlugins(file = ownInstallation): Promise<AnyPlugin[]> {
  const { plugins } = await readInstallation(file)
  const loaded: AnyPlugin[] = []
  // One after another: of two that break, always the same is told.
  for (const plugin of plugins) loaded.push(await load(plugin))
  return [...loaded, demo]
}

/**
 * Why the web app does not show what the plugins of an installation add to it. Undefined where it does.
 *
 * @param builtWith real folders of the packages whose pages it was built with; undefined before the first build
 */
export async function whyStale(
  file: string = ownInstallation,
  builtWith: readonly string[] | undefined,
): Promise<string | undefined> {
  const { plugins } = await readInstallation(file)
  const missing = plugins.filter(({ admin, folder }) => admin && !builtWith?.includes(folder))
  if (missing.length === 0) return undefined
  const names = missing.map(({ entry }) => entry).join(', ')
  return `The web app was not built with the pages of ${names}. "npm start" builds it; with ESPALIER_WEB_APP another build is served.`
}

async function load({ entry, main }: InstalledPlugin): Promise<AnyPlugin> {
  const module = await import(/* @vite-ignore */ pathToFileURL(main).href).catch((error: Error & { code?: string }) => {
    const problem =
      error.code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING'
        ? 'Node runs no TypeScript below node_modules. Build the package to JavaScript, or name it by the path of its folder.'
        : error.message
    throw new StartError('PLUGIN_UNLOADABLE', startError('PLUGIN_UNLOADABLE', entry, main, problem).message, {
      cause: error,
    })
  })
  if (isPlugin(module.default)) return module.default
  throw startError('PLUGIN_INVALID', entry, main, 'default' in module ? `of type ${typeof module.default}` : 'missing')
}

function isPlugin(value: unknown): value is AnyPlugin {
  return typeof value === 'object' && value !== null && 'name' in value && 'definition' in value
}
