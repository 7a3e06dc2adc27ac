import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@espalier/core/server'
import pg from 'pg'

/** A PostgreSQL as people run it themselves: beside the product, with an owner who is no superuser. */
export interface OwnPostgres {
  /** As its superuser. */
  readonly superuserUrl: string
  /** Makes a database with an owner of its own. @returns the owner's connection string */
  database(name: string, rights?: 'createrole' | 'nocreaterole'): Promise<string>
  stop(): Promise<void>
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-own-postgres-'))
  const postgres = await startEmbeddedPostgres({ folder, durable: false })
  return {
    superuserUrl: postgres.url,
    database: async (name, rights = 'createrole') => {
      const superuser = new pg.Client({ connectionString: postgres.url })
      await superuser.connect()
      await superuser.query(`create role ${name}_owner login ${rights} password 'of its own'`)
      await superuser.query(`create database ${name} owner ${name}_owner`)
      await superuser.end()
      return `postgresql://${name}_owner:of%20its%20own@127.0.0.1:${postgres.port}/${name}`
    },
    stop: async () => {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
