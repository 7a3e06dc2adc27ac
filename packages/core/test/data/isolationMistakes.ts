import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaClient } from '@espalier/prisma'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { PrismaPool } from '../../src/data/prismaPool.ts'
import { type WorkspaceConnections, WorkspaceTransaction } from '../../src/data/workspaceConnections.ts'

// Ways to isolate workspaces that look right and are not. The trial has to find each of them out.

/** Sets the workspace for the session, then runs the query on the same connection. */
export class SessionConnections implements WorkspaceConnections {
  readonly pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.pool = pool
  }

  async query(workspaceId: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
    const client = await this.#connect(workspaceId)
    return client.query(config).then(
      (result) => {
        client.release()
        return result
      },
      (error) => {
        client.release()
        throw error
      },
    )
  }

  async begin(workspaceId: string): Promise<WorkspaceTransaction> {
    const client = await this.#connect(workspaceId)
    const transaction = new WorkspaceTransaction(client)
    await transaction.query({ text: 'begin' }).catch((error) => {
      transaction.release(error)
      throw error
    })
    return transaction
  }

  async #connect(workspaceId: string): Promise<pg.PoolClient> {
    const client = await this.pool.connect()
    await client.query(`select set_config('app.workspace', $1, false)`, [workspaceId]).catch((error) => {
      client.release(error)
      throw error
    })
    return client
  }
}

/** Worse: trusts the pool to give the same connection twice. */
export class TwoCallConnections extends SessionConnections {
  override async query(workspaceId: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
    await this.pool.query(`select set_config('app.workspace', $1, false)`, [workspaceId])
    return this.pool.query(config)
  }
}

/** One Prisma client, whose queries take the workspace from the async context that they run in. */
export class OneClientForAll {
  readonly #workspace = new AsyncLocalStorage<string>()
  readonly #client: PrismaClient

  constructor(connections: WorkspaceConnections) {
    const pool = new pg.Pool({ max: 1 })
    const query = (config: pg.QueryConfig) => connections.query(this.#workspace.getStore() as string, config)
    pool.query = query as typeof pool.query
    this.#client = new PrismaClient({ adapter: new PrismaPg(pool) })
  }

  asPrismaPool(): PrismaPool {
    return {
      run: <T>(workspaceId: string, operation: (client: PrismaClient) => Promise<T>) =>
        this.#workspace.run(workspaceId, async () => await operation(this.#client)),
      within: () => ({ run: () => Promise.reject(new Error('transactions are not on trial here')), end: () => {} }),
      close: () => this.#client.$disconnect(),
    } as unknown as PrismaPool
  }
}
