import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { root } from './runtime.mjs'

const stampFile = join(root, 'node_modules', '.espalier-prepared.json')
const ignoredFolders = new Set(['node_modules', 'dist', 'test', '.turbo'])

/**
 * Runs a step where the content of its inputs differs from that of its last success, or one of its outputs is gone.
 *
 * @param {{ name: string, inputs: string[] | (() => string[]), outputs: string[], run: () => Promise<void> }} step inputs
 *   and outputs are files and folders relative to the root; what is built or tested inside an input folder does not count.
 *   As a function, inputs are listed anew after the step, which may be what tells them
 */
export async function whenChanged({ name, inputs, outputs, run }) {
  const hash = () => contentHash(typeof inputs === 'function' ? inputs() : inputs)
  if (readStamps()[name] === hash() && outputs.every((path) => existsSync(resolve(root, path)))) return
  await run()
  // Hashed anew: a step may write generated types into its own inputs.
  writeFileSync(stampFile, `${JSON.stringify({ ...readStamps(), [name]: hash() }, null, 2)}\n`)
}

/** The stamps lie in node_modules: a new install makes everything anew. */
function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

function contentHash(paths) {
  const hash = createHash('sha256')
  const add = (path) => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) if (!ignoredFolders.has(name)) add(join(path, name))
    } else {
      hash
        .update(`${relative(root, path).split(sep).join('/')}\0`)
        .update(readFileSync(path))
        .update('\0')
    }
  }
  for (const path of paths) if (existsSync(resolve(root, path))) add(resolve(root, path))
  return hash.digest('hex')
}
