import type pg from 'pg'
import { eagerPrisma } from './eagerPrisma.ts'
import { dataError } from './errors.ts'
import type { PrismaPool } from './prismaPool.ts'
import type { WorkspacePrisma } from './prismaTypes.ts'
import type { Reads } from './reads/reads.ts'
import { sqlReader } from './reads/sqlReader.ts'
import type { Statement } from './sql.ts'
import type { WorkspaceConnections, WorkspaceTransaction } from './workspaceConnections.ts'

/** Reads and writes within one workspace, alone or inside a transaction. */
export interface Db {
  readonly workspaceId: string
  /** Models of the control plane. */
  readonly prisma: WorkspacePrisma
  /** Rows of a statement: one round trip, workspace included. */
  query<Row extends object = Record<string, unknown>>(statement: Statement): Promise<Row[]>
  /**
   * Runs a statement of which nobody needs the rows. Inside a transaction this does not wait: the statement travels with what
   * follows, and its error is raised where the transaction commits.
   */
  send(statement: Statement): Promise<void>
  /** Runs `work` in a transaction: all or nothing. Inside one already, joins it. */
  transaction<T>(work: (tx: Db) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** As {@link transaction}, for the data plane: SQL only, without starting Prisma. */
  sqlTransaction<T>(work: (tx: SqlDb) => Promise<T>): Promise<T>
  readonly inTransaction: boolean
}

/** The part of {@link Db} that needs no Prisma. */
export type SqlDb = Pick<Db, 'workspaceId' | 'query' | 'inTransaction'>

/** How long a transaction may take. */
export interface TransactionOptions {
  /** Rolled back when it takes longer. Milliseconds, default 10,000. */
  timeoutMs?: number
}

/** Ties a workspace's id to everything that could reach the database in its name. */
export function workspaceDb(
  workspaceId: string,
  connections: WorkspaceConnections,
  prismaPool: PrismaPool,
  reads?: Reads,
): Db {
  const run = (statement: Statement) => connections.query(workspaceId, statement as pg.QueryConfig)
  return {
    workspaceId,
    prisma: eagerPrisma(
      (operation) => prismaPool.run(workspaceId, operation),
      reads && sqlReader(reads, run, { again: true }),
    ),
    inTransaction: false,
    query: async <Row>(statement: Statement) => (await run(statement)).rows as Row[],
    send: async (statement) => void (await run(statement)),
    transaction: async (work, { timeoutMs = 10_000 } = {}) => {
      const raw = await connections.begin(workspaceId)
      const client = prismaPool.within(raw)
      const reader = reads && sqlReader(reads, (each) => raw.query(each as pg.QueryConfig), { again: false })
      const prisma = eagerPrisma((operation) => client.run(operation), reader)
      const expiry = setTimeout(() => raw.expire(), timeoutMs)
      try {
        return await settled(raw, () => work(transactionDb(workspaceId, prisma, raw)))
      } catch (error) {
        // It ended under the work, which then failed for nothing else.
        if (raw.expired && isOver(error)) throw dataError('TRANSACTION_TIMED_OUT', timeoutMs)
        throw error
      } finally {
        clearTimeout(expiry)
        client.end()
      }
    },
    sqlTransaction: async (work) => {
      const raw = await connections.begin(workspaceId)
      return settled(raw, () => work(sqlDb(workspaceId, raw)))
    },
  }
}

/** Commits what `work` did, or rolls it back. */
async function settled<T>(raw: WorkspaceTransaction, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    await raw.commit()
    raw.release()
    return result
  } catch (error) {
    await raw.rollback().then(
      () => raw.release(),
      (failure) => raw.release(failure),
    )
    throw error
  }
}

function isOver(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } }
  return code === 'TRANSACTION_OVER' || cause?.code === 'TRANSACTION_OVER'
}

function sqlDb(workspaceId: string, raw: WorkspaceTransaction): SqlDb {
  return {
    workspaceId,
    inTransaction: true,
    query: async <Row>(statement: Statement) => (await raw.query(statement as pg.QueryConfig)).rows as Row[],
  }
}

function transactionDb(workspaceId: string, prisma: WorkspacePrisma, raw: WorkspaceTransaction): Db {
  const db: Db = {
    ...sqlDb(workspaceId, raw),
    prisma,
    send: async (statement) => raw.send(statement as pg.QueryConfig),
    transaction: (work) => work(db),
    sqlTransaction: (work) => work(db),
  }
  return db
}
