import type pg from 'pg'
import { eagerPrisma } from './eagerPrisma.ts'
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
    transaction: (work, options) =>
      prismaPool.transaction(workspaceId, { timeoutMs: options?.timeoutMs ?? 10_000 }, (client, raw) => {
        const reader = reads && sqlReader(reads, (each) => raw.query(each as pg.QueryConfig), { again: false })
        const prisma = eagerPrisma(async (operation) => operation(client), reader)
        return work(transactionDb(workspaceId, prisma, raw))
      }),
    sqlTransaction: async (work) => {
      const raw = await connections.begin(workspaceId)
      try {
        const result = await work(sqlDb(workspaceId, raw))
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
    },
  }
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
    transaction: (work) => work(db),
    sqlTransaction: (work) => work(db),
  }
  return db
}
