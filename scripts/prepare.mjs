import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { whenChanged } from './changes.mjs'
import { areInstalled, lockAgrees, manifestOf, packageFolders } from './dependencies.mjs'
import { openStep } from './progress.mjs'
import { bin, canInstall, findRuntimeNode, root, runtimeEnvironment, runtimeNode } from './runtime.mjs'

/**
 * Brings a clone to the point where the product can run: dependencies installed, Prisma client generated, bundles
 * built. Each step runs only where its inputs changed (by content, never by time), so that a prepared clone passes in
 * some milliseconds. Runs on the host's Node, without any dependency.
 *
 * Ends the process with one line and exit code 1 when a step fails.
 */
export async function prepare() {
  try {
    if (!canInstall(process.versions.node)) {
      throw new Error(`Espalier needs Node 20.19, 22.12, 24 or newer to install: this is ${process.versions.node}.`)
    }
    await install()
    await generate()
    await build()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

async function install() {
  if (findRuntimeNode() && areInstalled()) return
  const fresh = !existsSync(join(root, 'node_modules'))
  const title = fresh ? 'Installing dependencies (the first time takes a minute)' : 'Updating dependencies'
  // Not "npm ci": it refuses a lock file that lacks the optional packages of some other platform. What it promises
  // beside that, to leave the lock file alone, "--no-save" does too.
  const [npm, ...first] = npmCommand()
  const options = [
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...(lockAgrees() ? ['--no-save'] : []),
  ]
  await run(title, npm, [...first, 'install', ...options], {
    // Prisma's postinstall would download an engine that nothing here uses; a given path keeps it from doing so.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  })
  runtimeNode()
}

async function generate() {
  await whenChanged({
    name: 'generate',
    inputs: ['prisma/schema', 'package-lock.json', 'scripts/generate.mjs'],
    outputs: ['prisma/generated/client/client.ts'],
    run: () => run('Generating the database client', runtimeNode(), ['scripts/generate.mjs']),
  })
}

/** Builds every package that says how ("build" in its package.json), through turbo, which knows what is unchanged. */
async function build() {
  const folders = packageFolders()
  const built = folders.filter((folder) => manifestOf(folder).scripts?.build)
  await whenChanged({
    name: 'build',
    inputs: [
      'package-lock.json',
      'turbo.json',
      'codegen.ts',
      'docs/schema',
      ...built,
      ...folders.map((folder) => `${folder}/admin`),
    ],
    outputs: built.map((folder) => `${folder}/dist`),
    run: () =>
      run('Building the web app and the browser scripts', join(bin, 'turbo'), ['run', 'build', '--ui=stream'], {
        TURBO_TELEMETRY_DISABLED: '1',
      }),
  })
}

/** The npm that started us, on the Node that it was started with; otherwise the one on the path. */
function npmCommand() {
  const started = process.env.npm_execpath
  if (started?.endsWith('npm-cli.js')) return [process.env.npm_node_execpath ?? process.execPath, started]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
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
    const output = []
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => output.push(text))
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
      process.stderr.write(`${output.join('').trim().split('\n').slice(-60).join('\n')}\n`)
      reject(new Error(`${title} failed: its output is above.`))
    })
  })
}
