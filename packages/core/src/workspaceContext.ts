import type { Logger } from 'pino'
import type { AuditChange } from './access/audit.ts'
import type { Principal } from './access/principal.ts'
import type { Clock } from './clock.ts'
import type { SqlContext, SystemContext, WorkspaceContext } from './context.ts'
import type { Database, Db, SqlDb } from './data/database.ts'
import type { EventDefinition } from './events/defineEvent.ts'
import type { EnqueueOptions, JobDefinition } from './jobs/defineJob.ts'
import type { Live } from './live/topic.ts'
import type { Random } from './random.ts'

/** The parts of a kernel that contexts tie together. */
export interface ContextParts {
  readonly database: Database
  readonly live: Live
  readonly log: Logger
  readonly clock: Clock
  readonly random: Random
  enqueue<Input>(
    db: SqlDb,
    job: JobDefinition<Input, never>,
    input: Input,
    options?: EnqueueOptions,
  ): Promise<string | null>
  publish<Payload>(db: SqlDb, event: EventDefinition<Payload>, payload: Payload): Promise<void>
  /** Writes what a transaction changed and nobody else has recorded: work of jobs and handlers. */
  recordChanges(context: SqlContext, changes: readonly AuditChange[]): Promise<void>
  /** Told when a transaction has committed: what it put on queues can run now. */
  committed(db: SqlDb): void
}

/** What waits for the end of a transaction. */
interface Pending {
  readonly afterCommit: (() => void)[]
  readonly changes: AuditChange[]
}

/** Makes the contexts of one kernel. */
export class Contexts {
  readonly #parts: ContextParts

  constructor(parts: ContextParts) {
    this.#parts = parts
  }

  /** @param log a child logger, such as a request's. Default: the kernel's */
  workspace(workspaceId: string, principal: Principal, log: Logger = this.#parts.log): WorkspaceContext {
    return workspaceContext(this.#parts, this.#parts.database.workspace(workspaceId), principal, log)
  }

  system(name: string, log: Logger = this.#parts.log): SystemContext {
    const { database, clock, random } = this.#parts
    return {
      system: database.system,
      log,
      clock,
      random,
      workspace: (workspaceId) => this.workspace(workspaceId, { type: 'system', name }, log),
    }
  }
}

const auditChanges = Symbol('audit changes')

/** Keeps what was said with `audit`, inside a transaction. */
interface Recording {
  readonly [auditChanges]?: AuditChange[] | undefined
}

/** Takes what was said with `audit` inside this transaction, to record it together with who asked for it. */
export function takeAuditChanges(transaction: SqlContext & Recording): AuditChange[] {
  return transaction[auditChanges]?.splice(0) ?? []
}

function workspaceContext(
  parts: ContextParts,
  db: Db,
  principal: Principal,
  log: Logger,
  pending?: Pending,
): WorkspaceContext {
  const context: WorkspaceContext = {
    ...sqlContext(parts, db, principal, log, pending),
    db,
    transaction: (work, options) => {
      if (pending) return work(context)
      return settle(parts, work, (started, run) =>
        db.transaction((tx) => run(workspaceContext(parts, tx, principal, log, started)), options),
      )
    },
    sqlTransaction: (work) => {
      if (pending) return work(context)
      return settle(parts, work, (started, run) =>
        db.sqlTransaction((tx) => run(sqlContext(parts, tx, principal, log, started))),
      )
    },
  }
  return context
}

function sqlContext(parts: ContextParts, db: SqlDb, principal: Principal, log: Logger, pending?: Pending): SqlContext {
  const context: SqlContext & Recording = {
    [auditChanges]: pending?.changes,
    workspaceId: db.workspaceId,
    db,
    principal,
    log,
    clock: parts.clock,
    random: parts.random,
    sqlTransaction: (work) => work(context),
    enqueue: (job, input, options) => parts.enqueue(db, job, input, options),
    publish: (event, payload) => parts.publish(db, event, payload),
    announce: (topic, key, message) =>
      context.afterCommit(() => parts.live.publish(db.workspaceId, topic, key, message)),
    afterCommit: (work) => {
      if (pending) pending.afterCommit.push(work)
      else work()
    },
    audit: (change) => {
      if (!pending)
        throw new Error(
          'audit() belongs inside a transaction, so that the change and its record stand or fall together.',
        )
      pending.changes.push(change)
    },
  }
  return context
}

/** Runs a transaction, writes what it changed to the audit trail before it commits, and announces after. */
async function settle<Context extends SqlContext, Result>(
  parts: ContextParts,
  work: (context: Context) => Promise<Result>,
  open: (started: Pending, run: (context: Context) => Promise<Result>) => Promise<Result>,
): Promise<Result> {
  const pending: Pending = { afterCommit: [], changes: [] }
  let db: SqlDb | undefined
  const result = await open(pending, async (context) => {
    db = context.db
    const result = await work(context)
    const changes = pending.changes.splice(0)
    if (changes.length > 0) await parts.recordChanges(context, changes)
    return result
  })
  if (db) parts.committed(db)
  for (const work of pending.afterCommit) work()
  return result
}
