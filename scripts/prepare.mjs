import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { whenChanged } from './changes.mjs'
import { areInstalled, lockAgrees, manifestOf, packageFolders, standsApart } from './dependencies.mjs'
import { installation, pagesOf, refuseForeign } from './installed.mjs'
import { openStep } from './progress.mjs'
import { bin, canInstall, findRuntimeNode, root, runtimeEnvironment, runtimeNode } from './runtime.mjs'

const webApp = 'packages/admin'

/**
 * Brings a clone to the point where the product can run: dependencies installed, Prisma client generated, bundles
 * built. Each step runs only where its inputs changed (by content, never by time), so that a prepared clone passes in
 * some milliseconds. Runs on the host's Node, without any dependency.
 *
 * Ends the process with one line and exit code 1 when a step fails.
 *
 * @param {readonly (() => Promise<void>)[]} [steps] in this order. Default: what everything but the product itself needs
 */
export async function prepare(steps = common) {
  try {
    if (!canInstall(process.versions.node)) {
      throw new Error(`Espalier needs Node 20.19, 22.12, 24 or newer to install: this is ${process.versions.node}.`)
    }
    for (const step of steps) await step()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

/** To the point where the product's own program can run. */
export async function prepareProduct() {
  await prepare([...common, bundleServer])
}

export async function install() {
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

export async function generate() {
  await whenChanged({
    name: 'generate',
    inputs: ['prisma/schema', 'package-lock.json', 'scripts/generate.mjs'],
    outputs: ['prisma/generated/client/client.ts'],
    run: () => run('Generating the database client', runtimeNode(), ['scripts/generate.mjs']),
  })
}

/** The types of what the web app asks the API, which the compiler needs as much as the build. */
export async function generateDocuments() {
  const services = packageFolders().filter((folder) => existsSync(join(root, folder, 'codegen.ts')))
  const folders = [
    'packages/admin/src',
    ...packageFolders().map((folder) => `${folder}/admin`),
    ...services.map((folder) => `${folder}/src`),
  ]
  await whenChanged({
    name: 'documents',
    inputs: ['package-lock.json', 'codegen.ts', 'scripts/possibleTypes.mjs', 'docs/schema', ...folders],
    outputs: [
      'packages/admin-kit/src/client/graphql/possibleTypes.ts',
      'packages/admin/src/graphql/index.ts',
      ...services.map((folder) => `${folder}/src/graphql/index.ts`),
    ],
    run: () =>
      run('Generating the types of documents', join(bin, 'graphql-codegen'), ['--config', 'codegen.ts'], {
        ESPALIER_PREPARES: '1',
      }),
  })
}

/** Builds every package but the web app that says how ("build" in its package.json), through turbo, which knows what is unchanged. */
export async function build() {
  const built = packageFolders().filter(
    (folder) => folder !== webApp && !standsApart(folder) && manifestOf(folder).scripts?.build,
  )
  await whenChanged({
    name: 'build',
    inputs: ['package-lock.json', 'turbo.json', 'docs/schema/public.graphql', ...built],
    outputs: built.map((folder) => `${folder}/dist`),
    run: () =>
      run(
        'Building the browser scripts',
        join(bin, 'turbo'),
        ['run', 'build', `--filter=!./${webApp}`, '--ui=stream'],
        {
          TURBO_TELEMETRY_DISABLED: '1',
        },
      ),
  })
}

/** Puts the server and the house's plugins into a few files, which start three times as fast. */
export async function bundleServer() {
  const sources = packageFolders().filter((folder) => /^packages\/(core|server|plugins\/)/.test(folder))
  await whenChanged({
    name: 'server',
    inputs: [
      'package-lock.json',
      'scripts/bundle.mjs',
      'prisma/index.ts',
      'prisma/generated',
      ...sources.flatMap((folder) => [`${folder}/package.json`, `${folder}/src`]),
    ],
    outputs: ['packages/server/dist/espalier.js'],
    run: () => run('Bundling the server', runtimeNode(), ['scripts/bundle.mjs']),
  })
}

/** Builds the web app with the pages of the plugins that the installation names, for each installation into a folder of its own. */
async function buildWebApp() {
  const { config, folder } = installation()
  // For the server, which takes this process's place.
  process.env.ESPALIER_WEB_APP = folder
  await whenChanged({
    name: `web app of ${config} in ${folder}`,
    inputs: () => [
      config,
      'package-lock.json',
      webApp,
      'packages/admin-kit',
      'packages/core/src/installation',
      ...pagesOf({ config, folder }),
    ],
    outputs: [join(folder, 'index.html')],
    run: () => {
      refuseForeign(folder)
      return run('Building the web app', join(bin, 'vite'), ['build', webApp, '--logLevel', 'warn'], {
        ESPALIER_CONFIG: config,
      })
    },
  })
}

const common = [install, generate, generateDocuments, build, buildWebApp]

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
