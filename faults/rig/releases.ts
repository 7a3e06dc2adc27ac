import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The migrations of a release: their names, and their SQL. */
export type ReleaseMigrations = Readonly<Record<string, string>>

/**
 * Versions of one product: what a process runs is what was released last when it started. A version differs from the one before it by
 * the migrations that it brings, over a plugin, to the product's own busiest tables.
 */
export class Releases {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async begin(): Promise<Releases> {
    const releases = new Releases(await mkdtemp(join(tmpdir(), 'espalier-releases-')))
    await releases.release({})
    return releases
  }

  /** Settings of every process. */
  get env(): Record<string, string> {
    return { ESPALIER_CONFIG: join(this.#folder, 'espalier.config.ts') }
  }

  /**
   * Processes that start from now on run this version.
   *
   * @param migrations all of it, those of versions before included
   * @param routes TypeScript of routes that it has, beside the product's
   */
  async release(migrations: ReleaseMigrations, routes = ''): Promise<void> {
    const plugin = join(this.#folder, 'ripeness')
    await rm(plugin, { recursive: true, force: true })
    await mkdir(join(plugin, 'src'), { recursive: true })
    await mkdir(join(plugin, 'migrations'))
    const manifest = { name: 'espalier-ripeness', version: '1.0.0', type: 'module', exports: { '.': './src/index.ts' } }
    await writeFile(join(plugin, 'package.json'), JSON.stringify(manifest))
    await writeFile(join(plugin, 'src/index.ts'), sourceWith(routes))
    for (const [name, sql] of Object.entries(migrations)) {
      await mkdir(join(plugin, 'migrations', name))
      await writeFile(join(plugin, 'migrations', name, 'migration.sql'), sql)
    }
    await writeFile(join(this.#folder, 'package.json'), JSON.stringify({ name: 'orchard', type: 'module' }))
    await writeFile(this.env.ESPALIER_CONFIG as string, config)
  }

  async end(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function sourceWith(routes: string): string {
  return `
    import { definePlugin, get } from '@espalier/core'
    export default definePlugin({
      name: 'ripeness',
      migrations: new URL('../migrations/', import.meta.url),
      routes: [${routes}],
    })
  `
}

const config = `
  import { defineInstallation } from '@espalier/core/installation'
  export default defineInstallation({
    plugins: [
      ...['tracking', 'experiments', 'ai', 'prompts', 'landing-pages', 'mail', 'operations'].map((name) => '@espalier/' + name),
      './ripeness',
    ],
  })
`
