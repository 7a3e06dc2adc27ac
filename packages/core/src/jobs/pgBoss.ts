import { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { SystemDb } from '../data/database.ts'
import type { RepeatedLog } from '../repeatedLog.ts'
import { jobSchema } from './installation.ts'
import { type QueueSettings, queueSettings, type RegisteredJob } from './registeredJob.ts'
import { steadyClock } from './steadyClock.ts'

/** What of pg-boss runs by itself: its housekeeping, and its schedules. */
export interface PgBossParts {
  readonly supervise: boolean
  readonly schedule: boolean
}

/** A pg-boss on the system's connections, which leaves to us what it would do more slowly. Not started yet. */
export function newPgBoss(
  { system, log, repeated }: { readonly system: SystemDb; readonly log: Logger; readonly repeated: RepeatedLog },
  parts: PgBossParts,
): PgBoss {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => system.pool.query(text, values as unknown[]) },
    schema: jobSchema,
    migrate: false,
    createSchema: false,
    // Rebuilding an index takes its owner.
    reindex: false,
    persistWarnings: false,
    // Counts whole queues; what cannot wait for it is done by LostJobs.
    monitorIntervalSeconds: 300,
    // A tick starts its job within seconds, not within half a minute.
    cronMonitorIntervalSeconds: 5,
    cronWorkerIntervalSeconds: 1,
    clock: steadyClock,
    // How it stands to PostgreSQL's clock: it stands still while the machine sleeps.
    clockMonitorIntervalSeconds: 60,
    ...parts,
  })
  boss.on('error', (error) => repeated.warn({ err: error }, 'the job queue failed at its housekeeping; it tries again'))
  boss.on('warning', (warning) => log.warn(warning, 'job queue'))
  return boss
}

/** A row for each queue, as its job is defined now. Makes no tables, so the system role may do it. */
export async function writeQueues(
  boss: PgBoss,
  system: SystemDb,
  jobs: readonly RegisteredJob[],
  retentionDays: number,
): Promise<void> {
  const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  for (const entry of jobs) {
    const { name } = entry.job
    const wanted = queueSettings(entry, retentionDays)
    const existing = known.get(name) as (QueueSettings & { name: string }) | undefined
    if (!existing) {
      await boss.createQueue(name, wanted)
      continue
    }
    const { policy, ...settings } = wanted
    if (Object.entries(settings).some(([key, value]) => existing[key as keyof QueueSettings] !== value))
      await boss.updateQueue(name, settings)
    // pg-boss has no way to change it, but all its queues here share one table with every policy's index.
    if (existing.policy !== policy)
      await system.query({
        text: `update ${jobSchema}.queue set policy = $2 where name = $1`,
        values: [name, policy],
      })
  }
  await boss.getQueues()
}
