import { EventEmitter } from 'node:events'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { AnyPrismaClient, PrismaClientClass } from './prismaTypes.ts'
import type { WorkspaceConnections, WorkspaceTransaction } from './workspaceConnections.ts'

/**
 * A handful of Prisma clients, lent to one workspace at a time.
 *
 * Why not one client for all: Prisma merges `findUnique` calls of the same tick into one query, whoever
 * asks, and an async-context hook would then run two workspaces' keys in one workspace. Why not one client
 * a workspace: each holds about 0.6 MB and takes 5 ms to make, which 10,000 workspaces cannot afford.
 * A client that is lent to one workspace while it works has neither problem; a workspace's own calls share
 * its client, so that they still merge.
 */
export class PrismaPool {
  readonly #free: Lease[] = []
  readonly #lent = new Map<string, Lease>()
  readonly #makeLease: () => Lease

  constructor(Client: PrismaClientClass, connections: WorkspaceConnections) {
    this.#makeLease = () => new Lease(Client, connections)
  }

  /** Runs one operation on a client that is bound to the workspace. */
  async run<T>(workspaceId: string, operation: (client: AnyPrismaClient) => Promise<T>): Promise<T> {
    const lease = this.#lent.get(workspaceId) ?? this.#lend(workspaceId)
    lease.users++
    try {
      return await operation(lease.client)
    } finally {
      if (--lease.users === 0) {
        this.#lent.delete(workspaceId)
        this.#free.push(lease)
      }
    }
  }

  /** Runs an interactive transaction and hands over both its Prisma client and its raw connection. */
  async transaction<T>(
    workspaceId: string,
    options: { timeoutMs: number },
    work: (client: AnyPrismaClient, raw: WorkspaceTransaction) => Promise<T>,
  ): Promise<T> {
    // Exclusive, so that the connection it opens is surely this transaction's.
    const lease = this.#take(workspaceId)
    try {
      return await lease.client.$transaction((client) => work(client, lease.openedTransaction()), {
        timeout: options.timeoutMs,
        maxWait: options.timeoutMs,
      })
    } finally {
      this.#free.push(lease)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#free.map((lease) => lease.client.$disconnect()))
  }

  #lend(workspaceId: string): Lease {
    const lease = this.#take(workspaceId)
    this.#lent.set(workspaceId, lease)
    return lease
  }

  #take(workspaceId: string): Lease {
    const lease = this.#free.pop() ?? this.#makeLease()
    lease.bind(workspaceId)
    return lease
  }
}

class Lease {
  readonly client: AnyPrismaClient
  users = 0
  readonly #source: BoundSource

  constructor(Client: PrismaClientClass, connections: WorkspaceConnections) {
    this.#source = new BoundSource(connections)
    this.client = new Client({ adapter: new PrismaPg(this.#source.asPool()) })
  }

  bind(workspaceId: string): void {
    this.#source.workspaceId = workspaceId
    this.#source.opened = undefined
  }

  openedTransaction(): WorkspaceTransaction {
    if (!this.#source.opened) throw new Error('Prisma started a transaction without asking for a connection.')
    return this.#source.opened
  }
}

/** What Prisma's adapter sees as its pg.Pool: every query and transaction goes to the bound workspace. */
class BoundSource extends EventEmitter {
  workspaceId = ''
  opened: WorkspaceTransaction | undefined
  readonly options = {}
  readonly #connections: WorkspaceConnections

  constructor(connections: WorkspaceConnections) {
    super()
    this.#connections = connections
  }

  query(config: pg.QueryConfig | string): Promise<pg.QueryResult> {
    return this.#connections.query(this.workspaceId, typeof config === 'string' ? { text: config } : config)
  }

  async connect(): Promise<TransactionClient> {
    this.opened = await this.#connections.begin(this.workspaceId)
    return new TransactionClient(this.opened)
  }

  /** The adapter only asks `instanceof pg.Pool`, and calls query, connect, on and removeListener. */
  asPool(): pg.Pool {
    return new Proxy(this as unknown as pg.Pool, { getPrototypeOf: () => pg.Pool.prototype })
  }
}

/** What the adapter sees as its transaction's connection: BEGIN has been sent already, with the workspace. */
class TransactionClient {
  readonly #transaction: WorkspaceTransaction

  constructor(transaction: WorkspaceTransaction) {
    this.#transaction = transaction
  }

  async query(config: pg.QueryConfig): Promise<pg.QueryResult | { rowCount: 0 }> {
    if (config.text === 'BEGIN') return { rowCount: 0 }
    return this.#transaction.client.query(config)
  }

  on(event: 'error', listener: (error: Error) => void): void {
    this.#transaction.client.on(event, listener)
  }

  removeListener(event: 'error', listener: (error: Error) => void): void {
    this.#transaction.client.removeListener(event, listener)
  }

  release(failure?: Error): void {
    this.#transaction.release(failure)
  }
}
