import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { root } from './runtime.mjs'

const stampFile = join(root, 'node_modules', '.espalier-prepared.json')
const ignoredFolders = new Set(['node_modules', 'dist', 'test', '.turbo'])

/**
 * Runs a step where the content of its inputs differs from that of its last success, or one of its outputs is gone.
 *
 * @param {{ name: string, inputs: string[], outputs: string[], run: () => Promise<void> }} step inputs and outputs are
 *   files and folders relative to the root; what is built or tested inside an input folder does not count
 */
export async function whenChanged({ name, inputs, outputs, run }) {
  if (readStamps()[name] === contentHash(inputs) && outputs.every((path) => existsSync(join(root, path)))) return
  await run()
  // Hashed anew: a step may write generated types into its own inputs.
  writeFileSync(stampFile, `${JSON.stringify({ ...readStamps(), [name]: contentHash(inputs) }, null, 2)}\n`)
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
  for (const path of paths) if (existsSync(join(root, path))) add(join(root, path))
  return hash.digest('hex')
}
