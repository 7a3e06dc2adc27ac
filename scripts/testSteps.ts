import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { checkBoundaries } from './boundaries.ts'

/** What a step of the suite found. */
export interface StepResult {
  readonly passed: number
  readonly failed: number
  /** The names of the tests that did not run. */
  readonly skipped: readonly string[]
  /** What to show, where it was not shown while the step ran. */
  readonly output: string
}

/** A program of node_modules that is content (exit code 0) or says why not: one check. */
export async function programStep(program: string, args: string[]): Promise<StepResult> {
  const { code, output } = await run(program, args)
  return code === 0 ? passed(1) : { passed: 0, failed: 1, skipped: [], output }
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
  const broken = results.filter(({ violations }) => violations.length > 0)
  return {
    passed: results.length - broken.length,
    failed: broken.length,
    skipped: [],
    output: broken.map(({ rule, violations }) => [`${rule}:`, ...violations].join('\n  ')).join('\n'),
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
    if (!report) return { passed: 0, failed: 1, skipped: [], output: `vitest ended with ${code} and without a report.` }
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
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** @param content whether vitest itself was content; if not, at least one failure is counted */
export function countTests({ testResults }: VitestReport, content: boolean): StepResult {
  const tests = testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(process.cwd(), file.name) })),
  )
  const failedTests = tests.filter(({ status }) => status === 'failed').length
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length
  const failed = failedTests + brokenFiles
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: content ? failed : Math.max(failed, 1),
    skipped: tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ file, fullName }) => `${file}: ${fullName.trim()}`),
    output: '',
  }
}

function passed(count: number): StepResult {
  return { passed: count, failed: 0, skipped: [], output: '' }
}

function sum(results: StepResult[]): StepResult {
  return {
    passed: results.reduce((count, result) => count + result.passed, 0),
    failed: results.reduce((count, result) => count + result.failed, 0),
    skipped: results.flatMap(({ skipped }) => skipped),
    output: results.flatMap(({ output }) => output || []).join('\n'),
  }
}

/** Longer than the whole suite may take: past this a step hangs. */
const timeLimit = 25 * 60_000

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
