import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStep } from './progress.mjs'

/** The repository's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const bin = join(root, 'node_modules', '.bin')
const stampFile = join(root, 'node_modules', '.espalier-prepared.json')
const oldestHost = 20

/**
 * Brings a clone to the point where the product can run: dependencies installed, Prisma client generated, bundles
 * built. Each step runs only where its inputs changed (by content, never by time), so that a prepared clone passes in
 * some milliseconds. Runs on the host's Node, without any dependency.
 *
 * Ends the process with one line and exit code 1 when a step fails.
 */
export async function prepare() {
  if (Number(process.versions.node.split('.')[0]) < oldestHost) {
    stop(`Node ${process.versions.node} is too old to install Espalier: install Node ${oldestHost} or newer.`)
  }
  try {
    await install()
    await generate()
    await build()
  } catch (error) {
    stop(error.message)
  }
}

/** The Node that runs TypeScript: the one installed with the dependencies, or the host's where that is new enough. */
export function runtimeNode() {
  const installed = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node')
  if (existsSync(installed)) return installed
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Error(
    'Node 24 is missing from node_modules: run "npm rebuild node" (install scripts must not be disabled).',
  )
}

/** The environment of everything that runs from the clone: its own programs come first on the path. */
export function runtimeEnvironment() {
  return {
    // Compiled code is kept between starts: a third of the start is spent on stripping types and parsing otherwise.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  }
}

async function install() {
  if (existsSync(join(bin, 'node')) && isInstalled()) return
  const fresh = !existsSync(join(root, 'node_modules'))
  const title = fresh ? 'Installing dependencies (the first time takes a minute)' : 'Updating dependencies'
  // Not "npm ci": it refuses a lock file that lacks the optional packages of some other platform. What it promises
  // beside that, to leave the lock file alone, "--no-save" does too.
  const options = ['--no-audit', '--no-fund', '--loglevel=error', ...(lockAgrees() ? ['--no-save'] : [])]
  await run(title, ...npm('install', ...options), {
    // Prisma's postinstall would download an engine that nothing here uses; a given path keeps it from doing so.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  })
  runtimeNode()
}

/** Whether node_modules holds what package-lock.json asks for, told from the ledger that npm keeps of its own work. */
function isInstalled() {
  const ledgerFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(ledgerFile)) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const held = JSON.parse(readFileSync(ledgerFile, 'utf8')).packages
  if (!lockAgrees()) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true
    const present = held[path]
    // Packages for other platforms are optional and stay away.
    return present
      ? present.version === entry.version && present.integrity === entry.integrity
      : entry.optional === true
  })
}

/** Whether package-lock.json knows the house's own package.json files as they are: a new dependency shows here first. */
function lockAgrees() {
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return ['', 'prisma', ...packageFolders()].every((folder) =>
    ['dependencies', 'devDependencies', 'optionalDependencies'].every((kind) =>
      isDeepEqual(manifestOf(folder)[kind], locked[folder]?.[kind]),
    ),
  )
}

function isDeepEqual(one = {}, other = {}) {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

async function generate() {
  const script = join(root, 'scripts', 'generate.mjs')
  await whenChanged({
    name: 'generate',
    inputs: ['prisma/schema', 'package-lock.json', 'scripts/generate.mjs'],
    output: 'prisma/generated/client/client.ts',
    run: () => run('Generating the database client', runtimeNode(), [script]),
  })
}

/** Builds every package that says how ("build" in its package.json), through turbo, which knows what is unchanged. */
async function build() {
  const built = packageFolders().filter((folder) => manifestOf(folder).scripts?.build)
  await whenChanged({
    name: 'build',
    inputs: ['package-lock.json', 'turbo.json', ...built, ...existing('packages/plugins', 'admin')],
    output: built.map((folder) => `${folder}/dist`),
    run: () =>
      run('Building the web app and the browser scripts', join(bin, 'turbo'), ['run', 'build', '--ui=stream'], {
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
      }),
  })
}

function packageFolders() {
  return ['packages', 'packages/plugins']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

function existing(parent, child) {
  return readdirSync(join(root, parent))
    .map((name) => `${parent}/${name}/${child}`)
    .filter((folder) => existsSync(join(root, folder)))
}

/** Runs a step where its inputs differ from those of its last success, or one of its outputs is gone. */
async function whenChanged({ name, inputs, output, run }) {
  const hash = contentHash(inputs)
  const outputs = [output].flat()
  if (readStamps()[name] === hash && outputs.every((path) => existsSync(join(root, path)))) return
  await run()
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stampFile, `${JSON.stringify({ ...readStamps(), [name]: hash }, null, 2)}\n`)
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

const ignoredFolders = new Set(['node_modules', 'dist', 'test', '.turbo'])

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

/** The npm that started us, on the Node it was started with; otherwise the one on the path. */
function npm(...args) {
  const started = process.env.npm_execpath
  return started?.endsWith('npm-cli.js')
    ? [process.env.npm_node_execpath ?? process.execPath, [started, ...args]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', args]
}

/** Runs a program under a progress line and keeps its output back, to be shown only where it fails. */
function run(title, program, args, environment = {}) {
  const step = openStep(title)
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...runtimeEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: program.endsWith('.cmd'),
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => {
      step.failed()
      reject(new Error(`${program} could not be started: ${error.message}`))
    })
    child.on('close', (code) => {
      if (code === 0) {
        step.done()
        return resolve()
      }
      step.failed()
      process.stderr.write(`${output.trim().split('\n').slice(-60).join('\n')}\n`)
      reject(new Error(`${title} failed: its output is above.`))
    })
  })
}

function stop(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
