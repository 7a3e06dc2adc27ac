import type { z } from 'zod'
import type { SystemContext, WorkspaceContext } from '../context.ts'

/** When a job runs by itself. */
export interface JobSchedule {
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron: string
  /** IANA time zone, such as "Europe/Paris". Default UTC. */
  timeZone?: string
  /**
   * What becomes of times that passed while no worker ran: `once` runs the latest of them when one comes
   * back, however many were missed; `skip` waits for the next. Default `once`.
   */
  missed?: 'once' | 'skip'
}

/** What a job is called, takes, and how it is run. */
export interface JobOptions<Input> {
  /** Prefixed with the plugin's name: "experiments.analyze". Also its `type` in GraphQL. */
  name: string
  /** Checked when a job is put on the queue and again when it runs. */
  input: z.ZodType<Input>
  /** Runs by itself, with `{}` as input: a workspace job once for each workspace, a system job once. */
  schedule?: JobSchedule
  /** Attempts after the first, with exponential backoff and jitter. Default 5, from 2 s up to 1 h. Then the dead letters. */
  retry?: { limit?: number; delaySeconds?: number; maxDelaySeconds?: number }
  /** A run that takes longer is aborted (`signal`) and counts as failed. Default 300. */
  timeoutSeconds?: number
  /** Runs at the same time in one worker process. Default 2. */
  concurrency?: number
  /** Jobs with the same key wait as one: while one is queued or active, another is not accepted. */
  singletonKey?: (input: Input) => string
  /**
   * Jobs with the same key wait as one: while one is queued, another is not accepted. One that runs holds none back, for it may not
   * see what has come since. Enqueue it after the commit: in a transaction, others would wait for its end.
   */
  waitingKey?: (input: Input) => string
}

/** What a run gets beside its input. */
export interface JobRun {
  readonly jobId: string
  /** 0 on the first attempt. */
  readonly attempt: number
  /** Aborted on time-out and when the worker stops. */
  readonly signal: AbortSignal
}

/** A job within a workspace. What `run` returns (JSON) is kept as the job's result. */
export interface JobDefinition<Input = unknown, Service = unknown> extends JobOptions<Input> {
  readonly scope: 'workspace' | 'system'
  readonly run: (input: Input, context: never, service: Service, run: JobRun) => Promise<unknown>
}

/**
 * Defines a job that runs inside one workspace.
 *
 * @example
 * export const analyze = defineJob({
 *   name: 'experiments.analyze',
 *   input: z.object({ experimentId: z.uuid() }),
 *   singletonKey: ({ experimentId }) => experimentId,
 *   run: async ({ experimentId }, ctx, experiments: Experiments) => experiments.analyze(ctx, experimentId),
 * })
 */
export function defineJob<Input, Service = unknown>(
  options: JobOptions<Input> & {
    run: (input: NoInfer<Input>, context: WorkspaceContext, service: Service, run: JobRun) => Promise<unknown>
  },
): JobDefinition<Input, Service> {
  return { ...options, scope: 'workspace', run: options.run as JobDefinition<Input, Service>['run'] }
}

/** Defines a job that works across workspaces: partitions, retention, fan-out. */
export function defineSystemJob<Input, Service = unknown>(
  options: JobOptions<Input> & {
    run: (input: NoInfer<Input>, context: SystemContext, service: Service, run: JobRun) => Promise<unknown>
  },
): JobDefinition<Input, Service> {
  return { ...options, scope: 'system', run: options.run as JobDefinition<Input, Service>['run'] }
}

/** When a job runs, and what it may not run beside. */
export interface EnqueueOptions {
  /** Not before this instant. */
  startAfter?: Date
  /** Higher runs first. Default 0. */
  priority?: number
}
