import type { JobRunReport } from '../jobs/jobsByHand.ts'

/** Jobs that failed while a test waited for quiet. Its message names each, with its input and stack; its cause is what the first threw. */
export class JobsFailed extends Error {
  override readonly name = 'JobsFailed'
  readonly failed: readonly JobRunReport[]

  constructor(runs: readonly JobRunReport[]) {
    const failed = runs.filter((run) => 'error' in run)
    super(
      [
        `${failed.length} of ${runs.length} ${runs.length === 1 ? 'job' : 'jobs'} failed. In a test about failing, say quiet({ mayFail: true }).`,
        ...failed.map(describe),
      ].join('\n\n'),
      { cause: failed[0]?.error },
    )
    this.failed = failed
  }
}

function describe({ job, input, attempt, error }: JobRunReport): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${job}, attempt ${attempt + 1}, with ${JSON.stringify(input)}\n${stack.replaceAll(/^/gm, '  ')}`
}
