import type pg from 'pg'
import { dataError } from './errors.ts'
import type { Statement } from './sql.ts'

/** System work across workspaces: sign-in, migrations, schedules, partitions. Never a request's data. */
export interface SystemDb {
  query<Row extends object = Record<string, unknown>>(statement: Statement): Promise<Row[]>
  /** All or nothing. */
  transaction<T>(work: (tx: Pick<SystemDb, 'query'>) => Promise<T>): Promise<T>
  readonly pool: pg.Pool
}

export function systemDb(pool: pg.Pool): SystemDb {
  const query = async <Row>(target: pg.Pool | pg.PoolClient, statement: Statement) =>
    (await target.query(statement as pg.QueryConfig)).rows as Row[]
  return {
    pool,
    query: (statement) => query(pool, statement),
    transaction: async (work) => {
      const client = await pool.connect()
      let clean = false
      try {
        await client.query('begin')
        const result = await work({ query: (statement) => query(client, statement) })
        const ended = await client.query('commit')
        clean = true
        if (ended.command === 'ROLLBACK') throw dataError('TRANSACTION_FAILED')
        return result
      } catch (error) {
        if (!clean)
          clean = await client.query('rollback').then(
            () => true,
            () => false,
          )
        throw error
      } finally {
        client.release(!clean)
      }
    },
  }
}
