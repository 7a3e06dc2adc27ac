import type { Logger } from 'pino'
import type { AuditChange } from './access/audit.ts'
import type { Principal } from './access/principal.ts'
import type { Clock } from './clock.ts'
import type { Db, SqlDb, SystemDb } from './data/database.ts'
import type { TransactionOptions } from './data/workspaceDb.ts'
import type { EventDefinition } from './events/defineEvent.ts'
import type { EnqueueOptions, JobDefinition } from './jobs/defineJob.ts'
import type { TopicDefinition } from './live/topic.ts'
import type { Random } from './random.ts'

/**
 * What code that works inside one workspace holds in its hand: resolvers, jobs, event handlers and routes
 * all get this one object. Everything on it is bound to the workspace and, after
 * {@link WorkspaceContext.transaction}, to that transaction.
 */
export interface WorkspaceContext extends SqlContext {
  readonly db: Db
  /** Runs `work` in a transaction with a context bound to it; joins the one that is already open. */
  transaction<T>(work: (tx: WorkspaceContext) => Promise<T>, options?: TransactionOptions): Promise<T>
}

/** The data plane's half of {@link WorkspaceContext}: SQL only, Prisma is never started. */
export interface SqlContext {
  readonly workspaceId: string
  readonly db: SqlDb
  /** On whose behalf: a person, an API key, or the system itself (jobs, anonymous traffic). */
  readonly principal: Principal
  readonly log: Logger
  readonly clock: Clock
  readonly random: Random
  /** As `transaction`, without Prisma. */
  sqlTransaction<T>(work: (tx: SqlContext) => Promise<T>): Promise<T>
  /** Puts a job on its queue. Inside a transaction: together with it, or not at all. @returns the job's id, or null when its singleton key is taken */
  enqueue<Input>(job: JobDefinition<Input, never>, input: Input, options?: EnqueueOptions): Promise<string | null>
  /** Tells every handler of the event, each once, after the transaction commits. */
  publish<Payload>(event: EventDefinition<Payload>, payload: Payload): Promise<void>
  /** Tells whoever watches the topic now. Inside a transaction: after it commits. Nothing is kept. */
  announce<Message>(topic: TopicDefinition<Message>, key: string, message: Message): void
  /** Runs `work` once the transaction has committed; at once outside of one. For caches of this process: it must not fail. */
  afterCommit(work: () => void): void
  /** Says what a mutation changed, for the audit trail. */
  audit(change: AuditChange): void
}

/** System work across workspaces: schedules, partitions, retention. Reaches one workspace through `workspace`. */
export interface SystemContext {
  readonly system: SystemDb
  readonly log: Logger
  readonly clock: Clock
  readonly random: Random
  workspace(workspaceId: string): WorkspaceContext
}
