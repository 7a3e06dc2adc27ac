import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { dataError } from './errors.ts'
import type { AnyPrismaClient, PrismaClientClass } from './prismaTypes.ts'
import type { WorkspaceConnections, WorkspaceTransaction } from './workspaceConnections.ts'

export interface PrismaPoolOptions {
  /** Prisma clients at most. */
  size: number
  /** How long a call waits for one before it fails. Milliseconds. */
  waitMs: number
}

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
  readonly #makeLease: () => Lease
  readonly #connections: WorkspaceConnections
  readonly #options: PrismaPoolOptions
  readonly #free: Lease[] = []
  readonly #waiting = new Set<(lease: Lease) => void>()
  readonly #loans = new Map<string, Loan>()
  #made = 0

  constructor(Client: PrismaClientClass, connections: WorkspaceConnections, options: PrismaPoolOptions) {
    this.#makeLease = () => new Lease(Client)
    this.#connections = connections
    this.#options = options
  }

  /** Runs one operation on a client that is bound to the workspace. */
  async run<T>(workspaceId: string, operation: (client: AnyPrismaClient) => Promise<T>): Promise<T> {
    let loan = this.#loans.get(workspaceId)
    if (!loan) {
      loan = { lease: this.#borrow(this.#workspace(workspaceId)), users: 0 }
      this.#loans.set(workspaceId, loan)
    }
    loan.users++
    try {
      // Awaited here: a Prisma promise only starts when it is awaited, and must do so while the loan lasts.
      return await operation((await loan.lease).client)
    } finally {
      if (--loan.users === 0) {
        this.#loans.delete(workspaceId)
        loan.lease.then(
          (lease) => this.#giveBack(lease),
          () => {},
        )
      }
    }
  }

  /** Prisma within a transaction, of which a client is taken when something first asks for it. {@link TransactionPrisma.end} it. */
  within(transaction: WorkspaceTransaction): TransactionPrisma {
    return new TransactionPrisma(
      () =>
        this.#borrow({
          query: (config) => transaction.query(config),
          connect: async () => new JoinedClient(transaction),
        }),
      (lease) => this.#giveBack(lease),
    )
  }

  async close(): Promise<void> {
    await Promise.all(this.#free.map((lease) => lease.client.$disconnect()))
  }

  async #borrow(source: Source): Promise<Lease> {
    const lease = this.#free.pop() ?? (this.#made < this.#options.size ? this.#make() : await this.#wait())
    lease.bind(source)
    return lease
  }

  #workspace(workspaceId: string): Source {
    const connections = this.#connections
    return {
      query: (config) => connections.query(workspaceId, config),
      connect: async () => new TransactionClient(await connections.begin(workspaceId)),
    }
  }

  #make(): Lease {
    this.#made++
    return this.#makeLease()
  }

  #wait(): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const take = (lease: Lease) => {
        clearTimeout(timer)
        this.#waiting.delete(take)
        resolve(lease)
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(take)
        reject(dataError('DATABASE_BUSY', this.#options.size, this.#options.waitMs))
      }, this.#options.waitMs)
      this.#waiting.add(take)
    })
  }

  #giveBack(lease: Lease): void {
    const [next] = this.#waiting
    if (next) next(lease)
    else this.#free.push(lease)
  }
}

/** A lease that a workspace's calls share while there are any. */
interface Loan {
  lease: Promise<Lease>
  users: number
}

/** Where a client that is lent sends what it is asked. */
interface Source {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>
  /** For a transaction that Prisma opens by itself, around nested records. */
  connect(): Promise<AdapterClient>
}

/** The part of a connection that Prisma's adapter calls. */
type AdapterClient = Pick<TransactionClient, 'query' | 'on' | 'removeListener' | 'release'>

class Lease {
  readonly client: AnyPrismaClient
  readonly #pool = new BoundPool()

  constructor(Client: PrismaClientClass) {
    this.client = new Client({ adapter: new PrismaPg(this.#pool) })
  }

  bind(source: Source): void {
    this.#pool.source = source
  }
}

/**
 * What Prisma's adapter takes for its pool: every query and transaction goes to the source. It is a pg.Pool because the adapter
 * asks for one, yet never connects by itself.
 */
class BoundPool extends pg.Pool {
  source: Source | undefined

  constructor() {
    super({ max: 1 })
    const query = (config: pg.QueryConfig | string) =>
      (this.source as Source).query(typeof config === 'string' ? { text: config } : config)
    this.query = query as pg.Pool['query']
    this.connect = (() => (this.source as Source).connect()) as unknown as pg.Pool['connect']
  }
}

/** A client for one transaction, which has it to itself until the last call that it began has ended. */
export class TransactionPrisma {
  readonly #borrow: () => Promise<Lease>
  readonly #giveBack: (lease: Lease) => void
  #lease: Promise<Lease> | undefined
  #users = 0
  #over = false

  constructor(borrow: () => Promise<Lease>, giveBack: (lease: Lease) => void) {
    this.#borrow = borrow
    this.#giveBack = giveBack
  }

  async run<T>(operation: (client: AnyPrismaClient) => Promise<T>): Promise<T> {
    if (this.#over) throw dataError('TRANSACTION_OVER')
    this.#users++
    try {
      this.#lease ??= this.#borrow()
      return await operation((await this.#lease).client)
    } finally {
      if (--this.#users === 0 && this.#over) this.#return()
    }
  }

  /** Takes no more calls. What still runs fails: its transaction is over. */
  end(): void {
    this.#over = true
    if (this.#users === 0) this.#return()
  }

  #return(): void {
    this.#lease?.then(this.#giveBack, () => {})
    this.#lease = undefined
  }
}

/** What the adapter sees as a connection within a transaction that is open: nested records are part of it. */
class JoinedClient implements AdapterClient {
  readonly #transaction: WorkspaceTransaction

  constructor(transaction: WorkspaceTransaction) {
    this.#transaction = transaction
  }

  async query(config: pg.QueryConfig): Promise<pg.QueryResult | { rowCount: 0 }> {
    return /^(BEGIN|COMMIT|ROLLBACK)$/.test(config.text) ? { rowCount: 0 } : this.#transaction.query(config)
  }

  on(event: 'error', listener: (error: Error) => void): void {
    this.#transaction.on(event, listener)
  }

  removeListener(event: 'error', listener: (error: Error) => void): void {
    this.#transaction.removeListener(event, listener)
  }

  release(): void {}
}

/** What the adapter sees as the connection of a transaction of its own: BEGIN goes with the first statement, and the workspace. */
class TransactionClient {
  readonly #transaction: WorkspaceTransaction

  constructor(transaction: WorkspaceTransaction) {
    this.#transaction = transaction
  }

  async query(config: pg.QueryConfig): Promise<pg.QueryResult | { rowCount: 0 }> {
    if (config.text === 'COMMIT') await this.#transaction.commit()
    else if (config.text === 'ROLLBACK') await this.#transaction.rollback()
    else if (config.text !== 'BEGIN') return this.#transaction.query(config)
    return { rowCount: 0 }
  }

  on(event: 'error', listener: (error: Error) => void): void {
    this.#transaction.on(event, listener)
  }

  removeListener(event: 'error', listener: (error: Error) => void): void {
    this.#transaction.removeListener(event, listener)
  }

  release(failure?: Error): void {
    this.#transaction.release(failure)
  }
}
