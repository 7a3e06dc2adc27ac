import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './runtime.mjs'

/** Whether node_modules holds what package-lock.json asks for, told from the ledger that npm keeps of its own work. */
export function areInstalled() {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return false
  const held = readLock('node_modules/.package-lock.json')
  return (
    lockAgrees() &&
    Object.entries(readLock('package-lock.json')).every(([path, wanted]) => {
      if (!path.includes('node_modules/')) return true
      const present = held[path]
      // Packages for other platforms are optional and stay away.
      if (!present) return wanted.optional === true
      return present.version === wanted.version && present.integrity === wanted.integrity
    })
  )
}

/**
 * Whether package-lock.json knows the house's own package.json files as they are: a new dependency shows here first. A package
 * that stands apart, `!examples/…` among the workspaces, has its dependencies to itself.
 */
export function lockAgrees() {
  const locked = readLock('package-lock.json')
  const folders = packageFolders().filter((folder) => !standsApart(folder))
  return ['', 'prisma', ...folders].every((folder) =>
    ['dependencies', 'devDependencies', 'optionalDependencies'].every((kind) =>
      hasSameEntries(manifestOf(folder)[kind], locked[folder]?.[kind]),
    ),
  )
}

/** Whether a folder is no workspace, so that it is installed and built by itself. */
export function standsApart(folder) {
  return (manifestOf('').workspaces ?? []).includes(`!${folder}`)
}

/** The folders of the house's packages, relative to the root. */
export function packageFolders() {
  return ['packages', 'packages/plugins', 'examples']
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
}

/** A package's package.json. */
export function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

function readLock(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8')).packages
}

function hasSameEntries(one = {}, other = {}) {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
