import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { handOver } from './handOver.mjs'
import { prepare } from './prepare.mjs'

// Pictures of every page of the web app, in both themes and languages and on a phone, after four weeks of a team’s work:
// npm run screenshots -- [folder] [part of the addresses]
const [, , into = '.espalier/screenshots', part] = process.argv
const folder = resolve(into)
await prepare()
mkdirSync(folder, { recursive: true })
process.stdout.write(`Pictures come into ${folder}. It takes ten minutes or so.\n`)
process.env.SCREENSHOTS = folder
handOver([
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  'vitest.e2e.config.ts',
  'packages/server/test/e2e/pictures.e2e.ts',
  ...(part ? ['-t', part] : []),
])
