import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** The folder of the programs that come with the dependencies. */
export const bin = join(root, 'node_modules', '.bin')

/** Whether a Node version can install the dependencies: what every install script accepts, as "engines" says too. */
export function canInstall(version) {
  const [major, minor] = version.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)
}

/** The Node that runs TypeScript: the one installed with the dependencies, or the host's where that is new enough. */
export function runtimeNode() {
  const node = findRuntimeNode()
  if (node) return node
  throw new Error('node_modules lacks Node 24: run "npm rebuild node" (install scripts must not be disabled).')
}

/** As {@link runtimeNode}, or undefined where there is none yet. */
export function findRuntimeNode() {
  const installed = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node')
  if (existsSync(installed)) return installed
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : undefined
}

/** The environment of everything that runs from the clone: its own programs come first on the path. */
export function runtimeEnvironment() {
  return {
    // Compiled code is kept, so that the next start need not strip and parse the same files again.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  }
}
