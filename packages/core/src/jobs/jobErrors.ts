import type { z } from 'zod'
import type { InvalidInputError } from '../errors.ts'
import { invalidInput as refused } from '../schema/validation.ts'

/** Why a run did not succeed, as it is kept with the job: no stack, no internals beyond the message. */
export interface KeptFailure {
  /** The error's own, or one of JOB_FAILED, JOB_TIMED_OUT, JOB_WORKER_LOST, JOB_INPUT_UNUSABLE. */
  code: string
  message: string
}

/** A misuse of the queue by code: which job, what is wrong, the way out. */
export class JobQueueError extends Error {
  override readonly name = 'JobQueueError'
  readonly code: keyof typeof misuses

  constructor(code: keyof typeof misuses, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const misuses = {
  JOB_UNKNOWN: (job: string) =>
    `There is no job "${job}" here: its plugin is switched off, or does not list it in its \`jobs\`. List it, or do not enqueue it.`,
  JOB_NEEDS_WORKSPACE: (job: string) =>
    `Job "${job}" works inside a workspace. Enqueue it through that workspace's context.`,
  JOB_IS_SYSTEM: (job: string) =>
    `Job "${job}" works across workspaces, so a workspace cannot enqueue it. Enqueue it through a system context, or schedule it.`,
  JOB_QUEUE_CLOSED: (job: string) =>
    `Job "${job}" cannot be enqueued: the queue is not open. Call open() or start() first.`,
} as const

export function jobQueueError(code: keyof typeof misuses, job: string, options?: ErrorOptions): JobQueueError {
  return new JobQueueError(code, misuses[code](job), options)
}

/** Ends a job's run at once: another attempt would end the same way. */
export class UnusableInputError extends Error {
  override readonly name = 'UnusableInputError'
  readonly code = 'JOB_INPUT_UNUSABLE'
}

/** The run took longer than its job allows. */
export class JobTimeoutError extends Error {
  override readonly name = 'JobTimeoutError'
  readonly code = 'JOB_TIMED_OUT'

  constructor(job: string, seconds: number) {
    super(`Job "${job}" was aborted after ${seconds} s, the time-out of its definition.`)
  }
}

/** What a schema refuses, with every path under `root`. */
export function invalidInput(root: string, error: z.ZodError, value: unknown): InvalidInputError {
  const issues = error.issues.map((issue) => ({ ...issue, path: [root, ...issue.path] }))
  return refused({ issues }, { [root]: value })
}

/** An error as it is kept with its job: code and message, never a stack. */
export function keptFailure(error: unknown): KeptFailure {
  const code = (error as { code?: unknown } | undefined)?.code
  const message = error instanceof Error ? error.message : String(error)
  return { code: typeof code === 'string' && code ? storable(code) : 'JOB_FAILED', message: storable(message) }
}

/** Cut to what is worth reading, without what PostgreSQL refuses: a failure must not fail to be written down. */
function storable(text: string): string {
  return text.slice(0, 2000).replaceAll('\0', '').toWellFormed()
}
