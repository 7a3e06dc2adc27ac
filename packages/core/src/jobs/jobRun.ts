import type { Logger } from 'pino'
import type { Principal } from '../access/principal.ts'
import type { SystemContext, WorkspaceContext } from '../context.ts'
import { JobTimeoutError, UnusableInputError } from './jobErrors.ts'
import { defaultTimeoutSeconds, type RegisteredJob } from './registeredJob.ts'

/** Where runs get their context from: the kernel. */
export interface JobContexts {
  workspace(workspaceId: string, principal: Principal, log: Logger): WorkspaceContext
  system(name: string, log: Logger): SystemContext
}

/** One attempt at a job, as it was taken from its queue. */
export interface Attempt {
  readonly id: string
  readonly retryCount: number
  readonly data: unknown
  readonly groupId?: string | null
}

/** Why a run is aborted from outside of it. */
export type AbortCause = 'stopping' | 'claim lost'

/** A run that ended because of {@link AbortCause}, or would not end in time after it. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted'
  override readonly cause: AbortCause

  constructor(cause: AbortCause) {
    super(
      cause === 'stopping' ? 'The worker is stopping.' : 'The job was canceled, or another worker has taken it over.',
    )
    this.cause = cause
  }
}

/** A run under way: its result, and the means to abort it. */
export class Run {
  readonly attempt: Attempt
  readonly result: Promise<unknown>
  readonly #abort = new AbortController()

  constructor(entry: RegisteredJob, attempt: Attempt, contexts: JobContexts, log: Logger) {
    this.attempt = attempt
    this.result = this.#perform(entry, contexts, log)
  }

  /** Tells the run to end. It has {@link abortGraceMs} to do so. */
  abort(cause: AbortCause): void {
    this.#abort.abort(new RunAborted(cause))
  }

  async #perform(entry: RegisteredJob, contexts: JobContexts, log: Logger): Promise<unknown> {
    const { job } = entry
    const { signal } = this.#abort
    const seconds = job.timeoutSeconds ?? defaultTimeoutSeconds
    const timer = setTimeout(() => this.#abort.abort(new JobTimeoutError(job.name, seconds)), seconds * 1000)
    try {
      const result = await Promise.race([execute(entry, this.attempt, contexts, log, signal), outlasted(signal)])
      // What came after the abort does not count, however it ended: the time-out has been promised.
      if (signal.reason instanceof JobTimeoutError) throw signal.reason
      return result
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      clearTimeout(timer)
    }
  }
}

/** An aborted run that does not heed its signal is given up after this, and its slot with it. Milliseconds. */
const abortGraceMs = 2000

async function execute(
  entry: RegisteredJob,
  attempt: Attempt,
  contexts: JobContexts,
  log: Logger,
  signal: AbortSignal,
) {
  const { job, service } = entry
  const input = job.input.safeParse(attempt.data ?? {})
  if (!input.success) {
    const problems = input.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join(' ')
    throw new UnusableInputError(`Job "${job.name}" cannot use its stored input. ${problems}`)
  }
  const runLog = log.child({ job: job.name, jobId: attempt.id, attempt: attempt.retryCount })
  const context =
    job.scope === 'workspace'
      ? contexts.workspace(workspaceOf(attempt, job.name), { type: 'system', name: job.name }, runLog)
      : contexts.system(job.name, runLog)
  return job.run(input.data, context as never, service, { jobId: attempt.id, attempt: attempt.retryCount, signal })
}

function workspaceOf(attempt: Attempt, job: string): string {
  if (attempt.groupId) return attempt.groupId
  throw new UnusableInputError(`Job "${job}" works inside a workspace, but ${attempt.id} was enqueued without one.`)
}

function outlasted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason), abortGraceMs).unref(), {
      once: true,
    })
  })
}
