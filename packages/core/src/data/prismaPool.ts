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
  readonly #options: PrismaPoolOptions
  readonly #free: Lease[] = []
  readonly #waiting = new Set<(lease: Lease) => void>()
  readonly #loans = new Map<string, Loan>()
  #made = 0

  constructor(Client: PrismaClientClass, connections: WorkspaceConnections, options: PrismaPoolOptions) {
    this.#makeLease = () => new Lease(Client, connections)
    this.#options = options
  }

  /** Runs one operation on a client that is bound to the workspace. */
  async run<T>(workspaceId: string, operation: (client: AnyPrismaClient) => Promise<T>): Promise<T> {
    let loan = this.#loans.get(workspaceId)
    if (!loan) {
      loan = { lease: this.#borrow(workspaceId), users: 0 }
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

  /** Runs an interactive transaction and hands over both its Prisma client and its raw connection. */
  async transaction<T>(
    workspaceId: string,
    options: { timeoutMs: number },
    work: (client: AnyPrismaClient, raw: WorkspaceTransaction) => Promise<T>,
  ): Promise<T> {
    // Not shared with the workspace's other calls, so that the connection it opens is surely this transaction's.
    const lease = await this.#borrow(workspaceId)
    let opened: WorkspaceTransaction | undefined
    /** Whether Prisma rolled back before the work failed. It does so for one reason: the time was over. */
    let endedUnderWork: boolean | undefined
    try {
      return await lease.client.$transaction(
        async (client) => {
          const raw = lease.openedTransaction()
          opened = raw
          try {
            return await work(client, raw)
          } catch (error) {
            endedUnderWork = raw.rolledBack
            throw error
          }
        },
        { timeout: options.timeoutMs, maxWait: this.#options.waitMs },
      )
    } catch (cause) {
      // Prisma speaks of closed or expired transactions, in many words; the reason is this one. Work that did
      // not fail wanted its commit.
      const late = endedUnderWork ?? opened?.rolledBack
      if (late && ['P2028', 'TRANSACTION_OVER'].includes((cause as { code?: string }).code ?? ''))
        throw dataError('TRANSACTION_TIMED_OUT', options.timeoutMs)
      throw cause
    } finally {
      // One that never started may still get its connection, late: such a client is not lent again.
      if (opened) this.#giveBack(lease)
      else this.#discard(lease)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#free.map((lease) => lease.client.$disconnect()))
  }

  async #borrow(workspaceId: string): Promise<Lease> {
    const lease = this.#free.pop() ?? (this.#made < this.#options.size ? this.#make() : await this.#wait())
    lease.bind(workspaceId)
    return lease
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

  #discard(lease: Lease): void {
    this.#made--
    lease.client.$disconnect().catch(() => {})
    const [next] = this.#waiting
    if (next) next(this.#make())
  }
}

/** A lease that a workspace's calls share while there are any. */
interface Loan {
  lease: Promise<Lease>
  users: number
}

class Lease {
  readonly client: AnyPrismaClient
  readonly #pool: BoundPool

  constructor(Client: PrismaClientClass, connections: WorkspaceConnections) {
    this.#pool = new BoundPool(connections)
    this.client = new Client({ adapter: new PrismaPg(this.#pool) })
  }

  bind(workspaceId: string): void {
    this.#pool.workspaceId = workspaceId
    this.#pool.opened = undefined
  }

  openedTransaction(): WorkspaceTransaction {
    if (!this.#pool.opened) throw new Error('Prisma started a transaction without asking for a connection.')
    return this.#pool.opened
  }
}

/**
 * What Prisma's adapter takes for its pool: every query and transaction goes to the bound workspace. It is a
 * pg.Pool because the adapter asks for one, yet never connects by itself.
 */
class BoundPool extends pg.Pool {
  workspaceId = ''
  opened: WorkspaceTransaction | undefined

  constructor(connections: WorkspaceConnections) {
    super({ max: 1 })
    const query = (config: pg.QueryConfig | string) =>
      connections.query(this.workspaceId, typeof config === 'string' ? { text: config } : config)
    const connect = async () => {
      this.opened = await connections.begin(this.workspaceId)
      return new TransactionClient(this.opened)
    }
    this.query = query as pg.Pool['query']
    this.connect = connect as unknown as pg.Pool['connect']
  }
}

/** What the adapter sees as its transaction's connection: BEGIN has been sent already, with the workspace. */
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
