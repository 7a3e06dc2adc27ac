import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { bundleServer } from './prepare.mjs'

/**
 * Runs the benchmarks one after another, so that none disturbs another's figures: `npm run bench`, or
 * `npm run bench -- isolation` for those with "isolation" in their name. With `--write` their tables go into
 * docs/performance.md. What is measured is the product as its sources are now.
 */
const given = process.argv.slice(2)
const filter = given.find((argument) => argument !== '--write') ?? ''
const env = given.includes('--write') ? { ...process.env, WRITE: '1' } : process.env
/** What benchmarks share. */
const tools = ['compare.ts', 'postgresCpu.ts', 'rawClient.ts', 'tables.ts', 'workbench.ts']
const names = readdirSync('bench')
  .filter((name) => name.endsWith('.ts') && !tools.includes(name) && name.includes(filter))
  .sort()

if (names.length === 0) {
  const reason = filter ? `No benchmark has "${filter}" in its name` : 'There is no benchmark'
  process.stderr.write(`${reason}: benchmarks are the files bench/<name>.ts.\n`)
  process.exit(1)
}

await bundleServer()
const failed = names.filter((name) => {
  process.stdout.write(`\n── ${name.replace('.ts', '')}\n`)
  return spawnSync(process.execPath, [`bench/${name}`], { stdio: 'inherit', env }).status !== 0
})

if (failed.length > 0) {
  process.stderr.write(`\nFailed: ${failed.join(', ')}\n`)
  process.exit(1)
}
