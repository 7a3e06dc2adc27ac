import { pino } from 'pino'
import { afterAll } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Database } from '../../src/data/database.ts'
import type { EventHandler } from '../../src/events/defineEvent.ts'
import { EventBus, type RegisteredHandler } from '../../src/events/eventBus.ts'
import type { JobDefinition } from '../../src/jobs/defineJob.ts'
import { jobFailed } from '../../src/jobs/jobFailed.ts'
import { JobQueue, type JobQueueOptions } from '../../src/jobs/jobQueue.ts'
import type { Live } from '../../src/live/topic.ts'
import { systemRandom } from '../../src/random.ts'
import { Contexts } from '../../src/workspaceContext.ts'

/** The part of a kernel that jobs and events need, on a real database. */
export interface House {
  readonly queue: JobQueue
  readonly events: EventBus
  readonly contexts: Contexts
}

export interface HouseOptions extends Partial<Omit<JobQueueOptions, 'database' | 'jobs'>> {
  // biome-ignore lint/suspicious/noExplicitAny: jobs of any input side by side
  jobs?: readonly JobDefinition<any, any>[]
  // biome-ignore lint/suspicious/noExplicitAny: handlers of any payload side by side
  handlers?: readonly EventHandler<any, any>[]
  service?: unknown
  plugin?: string
}

/** Not started. Its jobs and handlers belong to the plugin "test". */
export function buildHouse(
  database: Database,
  { jobs = [], handlers = [], service, plugin = 'test', ...options }: HouseOptions = {},
): House {
  const log = options.log ?? pino({ level: process.env.TEST_LOG ?? 'silent' })
  const clock = options.clock ?? systemClock
  const contexts: Contexts = new Contexts({
    database,
    live: {} as Live,
    log,
    clock,
    random: systemRandom,
    enqueue: (db, job, input, enqueueOptions) => queue.enqueue(db.workspaceId, db, job, input, enqueueOptions),
    publish: (db, event, payload) => events.publish(db, event, payload),
    recordChanges: async () => {},
    committed: (db) => queue.committed(db),
  })
  const registered = handlers.map((handler): RegisteredHandler => ({ plugin, handler, service }))
  const events: EventBus = new EventBus({ handlers: registered, database, queue: () => queue, clock })
  const queue: JobQueue = new JobQueue({
    contexts,
    failed: (db, failed) => events.publish(db, jobFailed, failed),
    pollMs: 50,
    ...options,
    log,
    clock,
    database,
    jobs: [...jobs.map((job) => ({ plugin, job, service })), ...events.jobs()],
  })
  return { queue, events, contexts }
}

/** A house that is open and, unless `work` is false, at work; stopped after the file's last test. */
export async function startHouse(database: Database, options: HouseOptions & { work?: boolean } = {}): Promise<House> {
  const { work = true, ...rest } = options
  const house = buildHouse(database, rest)
  await house.queue.start({ work })
  afterAll(() => house.queue.stop({ graceMs: 0 }))
  return house
}

/** A promise, and its settlement in other hands. */
export function gate<T = void>() {
  return Promise.withResolvers<T>()
}
