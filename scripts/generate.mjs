/**
 * npm run generate
 *
 * Generates the Prisma client and Pothos' types from prisma/schema, offline. Does nothing when they are
 * up to date, so that every start may call it; `--force` generates anyway.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const prismaFolder = join(root, 'prisma')
const stamp = join(prismaFolder, 'generated/inputs.sha256')

/**
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<boolean>} whether anything was generated.
 */
export async function generate({ force = false } = {}) {
  const inputs = fingerprint()
  if (!force && readFileSafely(stamp) === inputs) return false
  await generateClient(prismaFolder)
  writeFileSync(stamp, inputs)
  return true
}

/**
 * Generates what the Prisma schema of a folder asks for, offline.
 *
 * @param {string} folder
 * @param {...string} options of `prisma generate`
 */
export async function generateClient(folder, ...options) {
  const require = createRequire(join(prismaFolder, 'package.json'))
  const cli = join(dirname(require.resolve('prisma/package.json')), 'build/index.js')
  // Prisma looks for an engine that `generate` never runs; any existing file spares the download of it.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  }
  await run(process.execPath, [cli, 'generate', '--no-hints', ...options], { cwd: folder, env })
}

/** The schema and the versions of what reads it. */
function fingerprint() {
  const folder = join(prismaFolder, 'schema')
  const hash = createHash('sha256')
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.prisma'))
    .sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(folder, file)))
  }
  hash.update(readFileSync(join(root, 'package-lock.json')))
  return hash.digest('hex')
}

function readFileSafely(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Runs a program quietly; its words appear only in the error. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (chunk) => (said += chunk))
    child.stderr.on('data', (chunk) => (said += chunk))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`prisma generate failed:\n${said}`))))
  })
}

if (import.meta.main) {
  try {
    console.log(
      (await generate({ force: process.argv.includes('--force') }))
        ? 'Generated prisma/generated.'
        : 'prisma/generated is up to date.',
    )
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
