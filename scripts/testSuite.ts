import {
  boundaryStep,
  broken,
  compilerStep,
  packagesStep,
  programStep,
  type StepResult,
  vitestStep,
} from './testSteps.ts'

/**
 * Everything that has to hold, one step after another: `npm test`, or `npm test -- types lint` for some of the steps.
 * A failing step does not stop the next; the last line sums up all of them, and the exit code follows it.
 */
const steps: Record<string, () => Promise<StepResult>> = {
  types: () => compilerStep(['tsconfig.json', 'tsconfig.browser.json', 'packages/admin/tsconfig.json']),
  lint: () => programStep('biome', ['check', '--error-on-warnings', '--colors=off']),
  unused: () => programStep('knip', ['--no-progress']),
  boundaries: () => boundaryStep(process.cwd()),
  schema: () => programStep('node', ['packages/server/src/cli.ts', 'schema', '--check']),
  packages: () => packagesStep(process.cwd()),
  tests: () => vitestStep('vitest.config.ts'),
  browser: () => vitestStep('vitest.e2e.config.ts'),
  faults: () => vitestStep('vitest.faults.config.ts'),
  attacks: () => vitestStep('vitest.attacks.config.ts'),
}

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !(name in steps))
if (unknown) {
  process.stderr.write(`There is no step "${unknown}": choose from ${Object.keys(steps).join(', ')}.\n`)
  process.exit(1)
}

const total = { passed: 0, failed: 0, failures: [] as string[], unsteady: [] as string[], skipped: [] as string[] }
for (const [name, run] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`… ${name}\n`)
  const started = performance.now()
  const result = await run().catch((error: unknown) => crashed(name, error))
  total.passed += result.passed
  total.failed += result.failed
  total.failures.push(...result.failures.map((failure) => `${name}: ${failure}`))
  total.unsteady.push(...result.unsteady.map((test) => `${name}: ${test}`))
  total.skipped.push(...result.skipped)
  if (result.output) process.stdout.write(`${result.output.trim()}\n`)
  const counts = `${result.passed} passed, ${result.failed} failed`
  const skips = result.skipped.length > 0 ? `, ${result.skipped.length} skipped` : ''
  const time = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${result.failed > 0 ? '✗' : '✓'} ${name}: ${counts}${skips} (${time} s)\n`)
}

writeList('Skipped', total.skipped)
writeList('Passed at the second attempt only', total.unsteady)
writeList('Failed', total.failures)
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed > 0 ? 1 : 0

function crashed(step: string, error: unknown): StepResult {
  return broken(step, error instanceof Error ? (error.stack ?? error.message) : `${error}`)
}

function writeList(title: string, items: string[]) {
  if (items.length > 0) process.stdout.write(`\n${title}:\n${items.map((item) => `- ${item}\n`).join('')}`)
}
