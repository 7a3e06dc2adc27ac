import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { PgBoss, Schedule } from 'pg-boss'
import { z } from 'zod'
import { StartError } from '../errors.ts'
import { defineSystemJob } from './defineJob.ts'
import { jobSchema } from './installation.ts'
import type { RegisteredJob } from './registeredJob.ts'

/** The part of the queue that a fan-out needs. */
interface EverywhereQueue {
  enqueueEverywhere(job: string, idOf: (workspaceId: string) => string): Promise<void>
}

/** A schedule's tick for a workspace job: puts the job on the queue of each workspace, once however often it runs. */
export const fanOutJob = defineSystemJob({
  name: 'kernel.fan-out',
  input: z.object({ job: z.string() }),
  run: async ({ job }, context, queue: EverywhereQueue, { jobId }) => {
    const [tick] = await context.system.query<{ createdOn: Date }>({
      text: `select created_on as "createdOn" from ${jobSchema}.job where name = 'kernel.fan-out' and id = $1`,
      values: [jobId],
    })
    await queue.enqueueEverywhere(job, (workspaceId) => tickId(tick?.createdOn ?? new Date(0), jobId, workspaceId))
  },
})

/** Drops the marks of handled events whose job can no longer come back, neither by itself nor from the dead letters. */
export const pruneHandledEvents = defineSystemJob({
  name: 'kernel.prune-handled-events',
  input: z.object({}),
  schedule: { cron: '23 3 * * *' },
  run: async (_input, context, { retentionDays }: { retentionDays: number }) => {
    const rows = await context.system.query<{ count: number }>({
      text: `with gone as (delete from "HandledEvent" where "at" < now() - ($1 + 30) * interval '1 day' returning 1)
        select count(*)::int as count from gone`,
      values: [retentionDays],
    })
    return { pruned: rows[0]?.count ?? 0 }
  },
})

/** The schedules as the jobs of this process say them, written to the database: new ones added, gone ones removed. */
export class ScheduleBook {
  readonly #boss: PgBoss
  readonly #jobs: readonly RegisteredJob[]

  constructor(boss: PgBoss, jobs: readonly RegisteredJob[]) {
    this.#boss = boss
    this.#jobs = jobs
  }

  /** @throws StartError on a cron expression or time zone that does not exist */
  async write(): Promise<void> {
    const kept = new Set<string>()
    const written = await this.#boss.getSchedules()
    for (const { job, plugin } of this.#jobs) {
      if (!job.schedule) continue
      const { cron, timeZone = 'UTC', missed = 'once' } = job.schedule
      const [queue, key, data] =
        job.scope === 'system' ? [job.name, '', {}] : [fanOutJob.name, job.name, { job: job.name }]
      kept.add(`${queue} ${key}`)
      const options = { tz: timeZone, missed, ...(key ? { key } : {}) }
      // A server that comes back finds them as it left them: to write them all takes a tenth of a second.
      if (written.some((row) => isDeepStrictEqual(saidBy(row), { queue, key, cron, data, options }))) continue
      try {
        await this.#boss.schedule(queue, cron, data, options)
      } catch (error) {
        throw new StartError(
          'SCHEDULE_INVALID',
          `Plugin "${plugin}": job "${job.name}" has the schedule "${cron}" in the time zone "${timeZone}", which cannot be read: ${(error as Error).message}`,
          { cause: error },
        )
      }
    }
    for (const { name, key } of written) if (!kept.has(`${name} ${key}`)) await this.#boss.unschedule(name, key)
  }
}

function saidBy({ name, key, cron, data, options }: Schedule) {
  return { queue: name, key, cron, data, options }
}

/** A UUIDv7 that is the same for one tick and workspace: the tick's time, then what SHA-256 makes of both. */
export function tickId(at: Date, tick: string, workspaceId: string): string {
  const bytes = createHash('sha256').update(`${tick} ${workspaceId}`).digest().subarray(0, 16)
  bytes.writeUIntBE(at.getTime(), 0, 6)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
