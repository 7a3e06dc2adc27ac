import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { emit } from './emit.ts'
import { type Publishable, publishablePackages } from './publishable.ts'
import { stage } from './stage.ts'

/** A package as it is published, on disk. */
export interface StagedPackage extends Publishable {
  /** Absolute. */
  readonly staged: string
}

/** What a build has come to. */
export interface Build {
  readonly packages: readonly StagedPackage[]
  /** What the compiler complained about: nothing, in what may be published. */
  readonly faults: readonly string[]
}

/**
 * Builds every package that is published, each into a folder of its own: `.build/packages/<name without scope>`. Packages
 * in the repository go on exporting their sources; nothing of this is needed to run or to test them.
 *
 * @param wanted which of them; default: all
 * @throws Error with what a package.json lacks
 */
export async function buildPackages(root: string, wanted: (name: string) => boolean = () => true): Promise<Build> {
  const build = join(root, '.build')
  const packages = publishablePackages(root).filter(({ name }) => wanted(name))
  const emitted = join(build, 'emitted')
  await rm(join(build, 'packages'), { recursive: true, force: true })
  const faults = await emit(root, packages, emitted)
  const staged = await Promise.all(
    packages.map(async (each) => {
      const folder = join(build, 'packages', each.name.replace('@espalier/', ''))
      await stage(root, each, emitted, folder)
      return { ...each, staged: folder }
    }),
  )
  return { packages: staged, faults }
}
