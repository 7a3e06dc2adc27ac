import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StagedPackage } from './buildPackages.ts'
import { programOutput } from './programOutput.ts'

/** A package as npm would send it. */
export interface PackedPackage extends StagedPackage {
  /** The `.tgz`, absolute. */
  readonly tarball: string
}

/** Packs the packages into `.build/tarballs`, with npm's own rules of what belongs into them. */
export async function packPackages(root: string, packages: readonly StagedPackage[]): Promise<PackedPackage[]> {
  const target = join(root, '.build/tarballs')
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const folders = packages.map(({ staged }) => staged)
  const output = await programOutput(npm, ['pack', ...folders, '--pack-destination', target, '--json'], root)
  const packed: unknown = JSON.parse(output)
  // npm 11 answers with a list, npm 12 with an object by name.
  const list = (Array.isArray(packed) ? packed : Object.values(packed as object)) as {
    name: string
    filename: string
  }[]
  return packages.map((each) => {
    const found = list.find(({ name }) => name === each.name)
    if (!found) throw new Error(`npm has not packed ${each.name}: ${output}`)
    return { ...each, tarball: join(target, found.filename) }
  })
}
