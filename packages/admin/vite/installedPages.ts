import { join, resolve } from 'node:path'
import { isLent, readInstallation } from '@espalier/core/installation'
import type { Plugin } from 'vite'

const virtualId = 'virtual:installed-plugins'
const house = join(import.meta.dirname, '../src/plugins.ts')

/** The file that names the plugins of the installation that is built for: `ESPALIER_CONFIG`, or the repository's own. */
const configFile = process.env.ESPALIER_CONFIG
  ? resolve(import.meta.dirname, '../../..', process.env.ESPALIER_CONFIG)
  : join(import.meta.dirname, '../../../espalier.config.ts')

/**
 * Makes `virtual:installed-plugins` of what the plugins of an installation add to the app: the `./admin` of each package
 * that has one. Writes what the build was made of into `plugins.json`, which the server compares with what it runs, and
 * `npm start` with what is there.
 */
export function installedPages(): Plugin {
  return {
    name: 'espalier-installed-pages',
    enforce: 'pre',
    // What a plugin in a folder of its own shares with the app comes from the app: one React, one kit, one set of contexts.
    resolveId(id, importer) {
      if (id === virtualId) return `\0${virtualId}`
      return importer && isLent(id, importer) ? this.resolve(id, house, { skipSelf: true }) : null
    },
    async load(id) {
      if (id !== `\0${virtualId}`) return null
      const { plugins } = await readInstallation(configFile)
      this.addWatchFile(configFile)
      const pages = plugins.flatMap(({ admin }) => admin ?? [])
      return [
        ...pages.map((module, index) => `import plugin${index} from ${JSON.stringify(module)}`),
        `export default [${pages.map((_, index) => `plugin${index}`).join(', ')}]`,
      ].join('\n')
    },
    async generateBundle() {
      const { plugins } = await readInstallation(configFile)
      const made = plugins.map(({ entry, folder, admin }) => ({ entry, folder, admin }))
      this.emitFile({ type: 'asset', fileName: 'plugins.json', source: JSON.stringify(made, null, 2) })
    },
  }
}
