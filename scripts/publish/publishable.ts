import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The parts of a package.json that matter here. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly workspaces?: readonly string[]
  readonly description?: string
  readonly license?: string
  readonly repository?: unknown
  readonly engines?: Readonly<Record<string, string>>
  readonly sideEffects?: boolean | readonly string[]
  /** From a door (`.`, `./testing`) to the source behind it. */
  readonly exports?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** A package of the house that others can install from npm. */
export interface Publishable {
  readonly name: string
  /** Relative to the root, such as `packages/plugins/mail`. */
  readonly folder: string
  readonly manifest: Manifest
}

/**
 * The packages that are published: every workspace whose package.json does not say `"private": true`.
 *
 * @throws Error for one whose version differs from the root's, because the house has one version, or that has no doors
 */
export function publishablePackages(root: string): Publishable[] {
  const house = readManifest(root)
  return workspaces(root, house)
    .filter(({ manifest }) => !manifest.private)
    .map(({ folder, manifest }) => {
      if (manifest.version !== house.version)
        throw new Error(
          `${folder}/package.json says version ${manifest.version}, the house is at ${house.version}. Run: npm version ${house.version} --workspaces --no-git-tag-version`,
        )
      if (!manifest.exports)
        throw new Error(
          `${folder}/package.json has no "exports". Name its doors there, or say "private": true if it is not published.`,
        )
      return { name: manifest.name, folder, manifest }
    })
    .sort((one, other) => one.name.localeCompare(other.name, 'en'))
}

/** The version of everything that a package of the house takes: a test sees to it that there is one of each. */
export function versionsOf(root: string): Record<string, string> {
  const house = readManifest(root)
  const all = [house, ...workspaces(root, house).map(({ manifest }) => manifest)]
  return Object.assign({}, ...all.flatMap(({ dependencies, devDependencies }) => [dependencies, devDependencies]))
}

function workspaces(root: string, house: Manifest): { folder: string; manifest: Manifest }[] {
  const patterns = house.workspaces ?? []
  const left = new Set(patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)))
  return patterns
    .filter((pattern) => !pattern.startsWith('!'))
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .map((file) => dirname(file))
    .filter((folder) => !left.has(folder))
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder)) }))
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
