/**
 * npm run plugin:new -- <name> [thing]
 *
 * Makes a plugin that works in packages/plugins/<name>: a table with its policy and migration, GraphQL types, a mutation
 * with typed errors, a job, an event, a route, permissions, a page of the web app, tests and a README. All of it is meant
 * to be kept and changed; `thing` names what it is about in the singular ("reward"), and with it the table and the types.
 *
 * It asks nothing and takes nothing from the network. Where a step fails, everything is as it was before.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addToInstallation } from './pluginNew/addToInstallation.ts'
import { pluginFiles } from './pluginNew/pluginFiles.ts'
import { type PluginNames, pluginNames, RefusedName } from './pluginNew/pluginNames.ts'
import { refuseTaken } from './pluginNew/refuseTaken.ts'
import { NotUndone, Undo } from './pluginNew/undo.ts'
import { openStep } from './progress.mjs'

const root = dirname(import.meta.dirname)

/** Made by a test, of what all plugins tell. */
const webhookEvents = 'docs/webhook-events.md'

/** What asks a process to end: Ctrl-C, `kill`, and a terminal that is closed. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The step that runs, the signal that has come, and whether what was made is taken back: then nothing ends it. */
let running: ChildProcess | undefined
let stopped: NodeJS.Signals | undefined
let undoing = false

try {
  console.log(await makePlugin(process.argv.slice(2)))
} catch (error) {
  console.error(
    error instanceof RefusedName || error instanceof NotUndone
      ? error.message
      : `${(error as Error).message}\nNothing was changed.`,
  )
  process.exitCode = 1
}

/** @returns what was made and what to do next, to be shown */
async function makePlugin(words: readonly string[]): Promise<string> {
  const started = performance.now()
  const names = pluginNames(words)
  await refuseTaken(root, names)
  const files = await pluginFiles(root, names)

  const undo = await Undo.of(root, [
    'espalier.config.ts',
    'package-lock.json',
    'docs/schema',
    webhookEvents,
    'prisma/migrations',
  ])
  // A child that gets the signal as well fails by it; else it is passed on. What it leaves behind is undone below, and so must not
  // end this process.
  const stay = (signal: NodeJS.Signals) => {
    if (undoing) return
    stopped = signal
    running?.kill(signal)
  }
  for (const signal of endings) process.on(signal, stay)
  try {
    for (const [path, text] of files) await undo.write(path, text)
    await addToInstallation(root, `@espalier/${names.plugin}`)
    await step('Linking the package', 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'])
    await step('Writing the migration', 'node', ['scripts/db-migration.ts', names.snake])
    await step('Generating the database client', 'node', ['scripts/generate.mjs'])
    await step('Writing the schema', 'node', ['packages/server/src/cli.ts', 'schema'])
    await step('Generating the types of documents', 'graphql-codegen', ['--config', 'codegen.ts'])
    const events = 'packages/server/test/webhookEvents.test.ts'
    await step('Writing the events for webhooks', 'vitest', ['run', events, '--update', '-t', webhookEvents])
    await step('Formatting', 'biome', ['check', '--write', `packages/plugins/${names.plugin}`])
  } catch (error) {
    undoing = true
    await undo.everything().catch((cause: Error) => {
      throw new NotUndone(error as Error, undo, cause)
    })
    // What was generated is ignored by git, and made anew by whatever runs next; the link would lead nowhere.
    await undo.remove(`node_modules/@espalier/${names.plugin}`)
    await step('Generating the database client as it was', 'node', ['scripts/generate.mjs'])
    throw error
  } finally {
    for (const signal of endings) process.off(signal, stay)
  }
  await undo.forget()
  return summary(names, await migrationOf(names), [...files.keys()], performance.now() - started)
}

/** Runs a program in the repository under a progress line. @throws with what it said, where it fails */
async function step(title: string, program: string, args: string[]): Promise<void> {
  if (stopped && !undoing) throw new Error(`${title} was not begun (${stopped}).`)
  const line = openStep(title)
  return new Promise((resolve, reject) => {
    // Prisma's postinstall would download an engine that nothing here uses; a given path keeps it from doing so.
    // The plugin becomes one of the repository's own installation, whichever is named around here.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ESPALIER_CONFIG: '' }
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    running = child
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
    const fail = (why: string) => {
      line.failed()
      reject(new Error(`${title} failed (${[program, ...args].join(' ')}):\n${why}`))
    }
    child.on('error', (error) => fail(error.message))
    child.on('close', (code, signal) => {
      if (code !== 0) return fail(said.trim() || (signal ?? `exit code ${code}`))
      line.done()
      resolve()
    })
  })
}

async function migrationOf({ snake }: PluginNames): Promise<string> {
  const folders = (await readdir(join(root, 'prisma/migrations'))).sort()
  return `prisma/migrations/${folders.findLast((name) => name.endsWith(`_${snake}`))}/migration.sql`
}

function summary(names: PluginNames, migration: string, files: readonly string[], milliseconds: number): string {
  const { plugin, Model, models } = names
  const next = [
    [`npx vitest run packages/plugins/${plugin}`, 'its tests'],
    ['npm test -- types lint unused boundaries schema', 'what else is checked, but for the slow tests'],
    ['npm start', `its page is /admin/${plugin}; GraphiQL knows { ${models} { nodes { name } } }`],
  ] as const
  return `
Made the plugin "${plugin}" in ${(milliseconds / 1000).toFixed(0)} s: ${files.length} files in packages/plugins/${plugin} and prisma/schema,
the table "${Model}" in ${migration},
the types in docs/schema, and a line in espalier.config.ts. Read the SQL before you commit it.

${next.map(([command, why]) => `  ${command.padEnd(50)} ${why}`).join('\n')}

ESPALIER_PLUGINS_OFF=${plugin} switches it off, and its README says how to remove it. docs/plugins.md says what else it can do.`
}
