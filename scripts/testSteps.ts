import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { checkBoundaries } from './boundaries.ts'
import { checkPackages } from './publish/checkPackages.ts'

/** What a step of the suite found. */
export interface StepResult {
  readonly passed: number
  readonly failed: number
  /** What failed and, where it is known, why: repeated at the very end, where it is found after an hour of output. */
  readonly failures: readonly string[]
  /** What passed at its second attempt only, and why not at the first: it passes, and wants to be looked at. */
  readonly unsteady: readonly string[]
  /** The names of the tests that did not run. */
  readonly skipped: readonly string[]
  /** What to show, where it was not shown while the step ran. */
  readonly output: string
}

/** A program of node_modules that is content (exit code 0) or says why not: one check. */
export async function programStep(program: string, args: string[]): Promise<StepResult> {
  const { code, output } = await run(program, args)
  return code === 0 ? passed(1) : broken([program, ...args].join(' '), output)
}

/** The compiler over each project: one check a project. */
export async function compilerStep(projects: string[]): Promise<StepResult> {
  const results = []
  for (const project of projects) results.push(await programStep('tsc', ['-p', project, '--pretty', 'false']))
  return sum(results)
}

/** The direction of imports: one check a rule. */
export async function boundaryStep(root: string): Promise<StepResult> {
  const results = await checkBoundaries(root)
  const violated = results.filter(({ violations }) => violations.length > 0)
  return {
    passed: results.length - violated.length,
    failed: violated.length,
    failures: violated.map(({ rule }) => rule),
    unsteady: [],
    skipped: [],
    output: violated.map(({ rule, violations }) => [`${rule}:`, ...violations].join('\n  ')).join('\n'),
  }
}

/** What is published: one check a package, one for each thing that is tried with all of them. */
export async function packagesStep(root: string): Promise<StepResult> {
  const checks = await checkPackages(root)
  const broken = checks.filter(({ faults }) => faults.length > 0)
  return {
    passed: checks.length - broken.length,
    failed: broken.length,
    failures: broken.map(({ name, faults }) => [name, ...faults.slice(0, 6)].join('\n    ')),
    unsteady: [],
    skipped: [],
    output: broken.map(({ name, faults }) => [`${name}:`, ...faults].join('\n  ')).join('\n'),
  }
}

/** A vitest configuration: one check a test; a file or a run that breaks outside of its tests counts as a failed one. */
export async function vitestStep(config: string): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-report-'))
  const reportFile = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
    const { code } = await run('vitest', ['run', '--config', config, ...reporters], 'inherit')
    const report: VitestReport | undefined = await readFile(reportFile, 'utf8').then(JSON.parse, () => undefined)
    if (!report) return broken(config, `vitest ended with ${code} and without a report.`)
    return countTests(report, code === 0)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    /** Why the file broke outside of its tests. */
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[] | null
    }[]
  }[]
}

/** @param content whether vitest itself was content; if not, at least one failure is counted */
export function countTests({ testResults }: VitestReport, content: boolean): StepResult {
  const tests = testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(process.cwd(), file.name) })),
  )
  const failures = [
    ...tests
      .filter(({ status }) => status === 'failed')
      .map(({ file, fullName, failureMessages }) => described(file, fullName, failureMessages?.[0])),
    ...testResults
      .filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
      .map((file) => described(relative(process.cwd(), file.name), 'outside of its tests', file.message)),
  ]
  if (!content && failures.length === 0) failures.push('Every test passed, but the run says that something broke.')
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failures.length,
    failures,
    unsteady: tests
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages?.length)
      .map(({ file, fullName, failureMessages }) => described(file, fullName, failureMessages?.[0])),
    skipped: tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ file, fullName }) => `${file}: ${fullName.trim()}`),
    output: '',
  }
}

/** With the first lines of the reason: the place in the code follows in the output of the run. */
function described(file: string, test: string, reason?: string): string {
  const lines = (reason ?? '').split('\n').slice(0, 6)
  return [`${file}: ${test.trim()}`, ...lines.filter((line) => line.trim() !== '')].join('\n    ')
}

/** One check that failed as a whole. */
export function broken(name: string, output: string): StepResult {
  return { passed: 0, failed: 1, failures: [name], unsteady: [], skipped: [], output }
}

function passed(count: number): StepResult {
  return { passed: count, failed: 0, failures: [], unsteady: [], skipped: [], output: '' }
}

function sum(results: StepResult[]): StepResult {
  return {
    passed: results.reduce((count, result) => count + result.passed, 0),
    failed: results.reduce((count, result) => count + result.failed, 0),
    failures: results.flatMap(({ failures }) => failures),
    unsteady: results.flatMap(({ unsteady }) => unsteady),
    skipped: results.flatMap(({ skipped }) => skipped),
    output: results.flatMap(({ output }) => output || []).join('\n'),
  }
}

/** Longer than the whole suite may take: past this a step hangs. */
const timeLimit = 50 * 60_000

function run(
  program: string,
  args: string[],
  output: 'inherit' | 'pipe' = 'pipe',
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', output, output], timeout: timeLimit })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text))
    child.on('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)))
    child.on('close', (code) => resolve({ code, output: said }))
  })
}
