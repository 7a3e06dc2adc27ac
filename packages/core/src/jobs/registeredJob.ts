import { StartError, startError } from '../errors.ts'
import type { JobDefinition } from './defineJob.ts'

/** A job, the plugin that brings it, and the service it gets as its last argument. */
export interface RegisteredJob {
  readonly plugin: string
  // biome-ignore lint/suspicious/noExplicitAny: jobs with inputs of any type stand side by side
  readonly job: JobDefinition<any, any>
  readonly service: unknown
  /** Jobs of one key run one after another, in the order in which they were enqueued. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly orderKey?: (input: any) => string
}

/** What pg-boss keeps for a queue, in its own terms. */
export interface QueueSettings {
  policy: 'standard' | 'exclusive' | 'short' | 'key_strict_fifo'
  retryLimit: number
  retryDelay: number
  retryBackoff: true
  retryDelayMax: number
  expireInSeconds: number
  retentionSeconds: number
  deleteAfterSeconds: number
}

export const defaultTimeoutSeconds = 300
export const defaultConcurrency = 2

/** pg-boss's own time-out stands behind the worker's, for a process that hangs as a whole. */
const expiryMarginSeconds = 60
/** A job that waits longer than this for a worker is given up: an abandoned queue does not grow for ever. */
const waitDays = 180
const day = 24 * 60 * 60

export function queueSettings({ job, orderKey }: RegisteredJob, retentionDays: number): QueueSettings {
  const delay = Math.max(1, Math.round(job.retry?.delaySeconds ?? 2))
  return {
    policy: policyOf(job, orderKey),
    retryLimit: job.retry?.limit ?? 5,
    // pg-boss waits delay × 2^n × (0.5 … 1) before attempt n + 1.
    retryDelay: delay,
    retryBackoff: true,
    retryDelayMax: Math.max(delay, Math.round(job.retry?.maxDelaySeconds ?? 3600)),
    expireInSeconds: Math.ceil(job.timeoutSeconds ?? defaultTimeoutSeconds) + expiryMarginSeconds,
    retentionSeconds: waitDays * day,
    deleteAfterSeconds: Math.round(retentionDays * day),
  }
}

/** "key_strict_fifo": a key's jobs one by one, in order. "exclusive": one queued or active per key. "short": one queued per key. */
function policyOf(job: RegisteredJob['job'], orderKey: RegisteredJob['orderKey']): QueueSettings['policy'] {
  if (orderKey) return 'key_strict_fifo'
  if (job.singletonKey) return 'exclusive'
  return job.waitingKey ? 'short' : 'standard'
}

/** The jobs by name. @throws StartError on a name that is taken, unprefixed or malformed, or a job that cannot be scheduled */
export function indexJobs(jobs: readonly RegisteredJob[]): Map<string, RegisteredJob> {
  const byName = new Map<string, RegisteredJob>()
  for (const entry of jobs) {
    const { name, schedule, input, singletonKey, waitingKey } = entry.job
    const taken = byName.get(name)
    if (taken) throw startError('DEFINITION_DUPLICATED', 'job', name, taken.plugin, entry.plugin)
    if (!name.startsWith(`${entry.plugin}.`) || !/^[a-z][a-z0-9.-]{0,98}[a-z0-9]$/.test(name))
      throw startError(
        'PLUGIN_DEFECT',
        entry.plugin,
        `job "${name}"`,
        `must be named "${entry.plugin}." followed by lower-case words, up to 100 characters in all.`,
      )
    if (schedule && !input.safeParse({}).success)
      throw startError(
        'PLUGIN_DEFECT',
        entry.plugin,
        `job "${name}"`,
        'has a schedule, so its input must accept {}: give every field a default.',
      )
    if (entry.orderKey && singletonKey)
      throw new StartError('JOB_OPTIONS_CLASH', `Job "${name}" cannot be ordered by key and have a singletonKey.`)
    if (waitingKey && (entry.orderKey || singletonKey))
      throw new StartError('JOB_OPTIONS_CLASH', `Job "${name}" has a waitingKey beside another key. Keep one of them.`)
    byName.set(name, entry)
  }
  return byName
}
