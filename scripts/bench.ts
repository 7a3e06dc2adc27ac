import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

/**
 * Runs the benchmarks one after another, so that none disturbs another's figures: `npm run bench`, or
 * `npm run bench -- isolation` for those with "isolation" in their name.
 */
const filter = process.argv[2] ?? ''
const names = readdirSync('bench')
  .filter((name) => name.endsWith('.ts') && name.includes(filter))
  .sort()

if (names.length === 0) {
  const reason = filter ? `No benchmark has "${filter}" in its name` : 'There is no benchmark'
  process.stderr.write(`${reason}: benchmarks are the files bench/<name>.ts.\n`)
  process.exit(1)
}

const failed = names.filter((name) => {
  process.stdout.write(`\n── ${name.replace('.ts', '')}\n`)
  return spawnSync(process.execPath, [`bench/${name}`], { stdio: 'inherit' }).status !== 0
})

if (failed.length > 0) {
  process.stderr.write(`\nFailed: ${failed.join(', ')}\n`)
  process.exit(1)
}
