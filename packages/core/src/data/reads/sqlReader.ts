import pg from 'pg'
import type { SqlReader } from '../eagerPrisma.ts'
import type { Statement } from '../sql.ts'
import type { Reads } from './reads.ts'

/**
 * Puts {@link Reads} in front of Prisma, for one workspace or one transaction.
 *
 * Rows that are looked up by their keys in one tick are left to Prisma where they are several: it asks for all of them at once.
 *
 * @param again whether Prisma may be asked after a statement failed: not inside a transaction, which has failed with it
 */
export function sqlReader(
  reads: Reads,
  run: (statement: Statement) => Promise<pg.QueryResult>,
  { again }: { again: boolean },
): SqlReader {
  const lookUps = new LookUps()
  return (model, operation, args, byPrisma) => {
    const strict = operation.endsWith('OrThrow')
    const plain = strict ? operation.slice(0, -'OrThrow'.length) : operation
    const read = args.length > 1 ? undefined : reads.read(model, plain, args[0])
    if (!read) return undefined
    const bySql = async () => {
      const found = await read(run).catch((error: Error & { code?: string }) => {
        // A value that its column cannot hold, a transaction that has ended: Prisma says so in its own words.
        const isBadValue = error instanceof pg.DatabaseError && error.code?.startsWith('22')
        if ((again && isBadValue) || error.code === 'TRANSACTION_OVER') return byPrisma()
        throw error
      })
      return strict && found === null ? byPrisma() : found
    }
    return plain === 'findUnique' ? lookUps.add(bySql, byPrisma) : bySql()
  }
}

type Ask = () => Promise<unknown>

/** Gathers what is asked for within a tick: one by itself, or several together. */
class LookUps {
  #waiting: { alone: Ask; together: Ask; settle: (answer: Promise<unknown>) => void }[] = []

  add(alone: Ask, together: Ask): Promise<unknown> {
    return new Promise((settle) => {
      this.#waiting.push({ alone, together, settle })
      if (this.#waiting.length === 1) process.nextTick(() => this.#ask())
    })
  }

  #ask(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { alone, together, settle } of waiting) settle(waiting.length === 1 ? alone() : together())
  }
}
