#!/usr/bin/env node
// By the door that loads the least: PostgreSQL is started before the rest is.
import { StartError } from '@espalier/core/embedded'

/** What can be asked for on the command line; each is loaded only when it is asked for. */
const commands: Record<string, { help: string; run: (args: string[]) => Promise<void> }> = {
  serve: {
    help: 'run the product (also what `npm start` does)',
    run: async () => (await import('./commands/serve.ts')).serve(),
  },
  worker: {
    help: 'run jobs only, beside servers with ESPALIER_WORKER=off',
    run: async () => (await import('./commands/worker.ts')).worker(),
  },
  'user:create': {
    help: 'make a person who can sign in: --email ada@example.com --workspace orchard [--name Ada]',
    run: async (args) => (await import('./commands/user.ts')).createUser(args),
  },
  'user:password': {
    help: 'give a person who lost theirs a new password: --email ada@example.com',
    run: async (args) => (await import('./commands/user.ts')).resetPassword(args),
  },
  backup: {
    help: 'write everything into one file, while it runs: orchard.tar.gz [--with-secret] [--skip-stores]',
    run: async (args) => (await import('./commands/backup.ts')).backup(args),
  },
  restore: {
    help: 'put a backup into an empty installation: orchard.tar.gz [--check] [--replace] [--new-secret] [--skip-stores]',
    run: async (args) => (await import('./commands/restore.ts')).restore(args),
  },
  schema: {
    help: 'write the GraphQL schemas to docs/schema, or beside ESPALIER_CONFIG; with --check, compare instead',
    run: async (args) => (await import('./commands/schema.ts')).schema(args),
  },
  import: {
    help: 'import experiments, flags and metrics: growthbook export.json --workspace orchard [--dry-run] [--start]',
    run: async (args) => (await import('./commands/import.ts')).importFile(args),
  },
  'documents:push': {
    help: 'register the GraphQL documents of a client: manifest.json --url https://… [--key esp_…] [--schema public]',
    run: async (args) => (await import('./commands/documents.ts')).pushDocuments(args),
  },
  'documents:check': {
    help: 'say which documents this version’s schema refuses: those of [manifest.json], else the registered ones',
    run: async (args) => (await import('./commands/documents.ts')).checkDocuments(args),
  },
  'demo:traffic': {
    help: 'send simulated visitors to the demo page: [--visitors 300] [--per-second 10] [--url http://127.0.0.1:4000]',
    run: async (args) => (await import('./commands/demoTraffic.ts')).demoTraffic(args),
  },
}

const [name = 'serve', ...args] = process.argv.slice(2)
const command = commands[name]

if (name === 'help' || name === '--help') printHelp()
else if (!command) {
  console.error(`There is no command "${name}".`)
  printHelp()
  process.exitCode = 2
} else {
  try {
    await command.run(args)
  } catch (error) {
    // What a person can mend is one line; anything else is a defect and shows where it is.
    console.error(isMendable(error) ? `${error.message} [${error.code}]` : error)
    process.exitCode = 1
  }
}

function isMendable(error: unknown): error is Error & { code: string } {
  return (
    error instanceof StartError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  )
}

function printHelp(): void {
  const width = Math.max(...Object.keys(commands).map((key) => key.length))
  console.log(
    `espalier <command>\n\n${Object.entries(commands)
      .map(([key, { help }]) => `  ${key.padEnd(width)}  ${help}`)
      .join('\n')}\n\nSettings come from the environment: see docs/operations.md.`,
  )
}
