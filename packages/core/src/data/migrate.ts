import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { StartError } from '../errors.ts'

export interface Migration {
  /** Its folder: `20261121080000_spine`. */
  name: string
  sql: string
}

/** The migrations of a folder in Prisma's layout, `<name>/migration.sql`, oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })),
  )
}

/**
 * Applies what is missing, each migration in a transaction of its own, under a lock so that two servers
 * that start together do it once. Keeps Prisma's ledger (`_prisma_migrations`, SHA-256 of the script), so
 * that Prisma's own CLI agrees about what has run.
 *
 * @returns the names of the migrations that were applied now.
 * @throws when an applied migration was edited since, or one fails: that one is rolled back whole.
 */
export async function migrate(owner: pg.ClientBase, migrations: Migration[]): Promise<string[]> {
  await owner.query('select pg_advisory_lock(72707369)')
  try {
    const applied = await readLedger(owner)
    const missing: Migration[] = []
    for (const migration of migrations) {
      const known = applied.get(migration.name)
      if (known === undefined) missing.push(migration)
      else if (known !== checksum(migration))
        throw new StartError(
          'MIGRATION_EDITED',
          `Migration ${migration.name} was edited after it ran here. Undo the edit, and put the change into a new migration.`,
        )
    }
    for (const migration of missing) await apply(owner, migration)
    return missing.map(({ name }) => name)
  } finally {
    await owner.query('select pg_advisory_unlock(72707369)')
  }
}

async function readLedger(owner: pg.ClientBase): Promise<Map<string, string>> {
  await owner.query(`create table if not exists "_prisma_migrations" (
    id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
    logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`)
  const { rows } = await owner.query(
    'select migration_name, checksum from "_prisma_migrations" where finished_at is not null and rolled_back_at is null',
  )
  return new Map(rows.map((row) => [row.migration_name, row.checksum]))
}

async function apply(owner: pg.ClientBase, migration: Migration): Promise<void> {
  await owner.query('begin')
  try {
    await owner.query(migration.sql)
    await owner.query(
      'insert into "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, now(), $3, 1)',
      [uuidv7(), checksum(migration), migration.name],
    )
    await owner.query('commit')
  } catch (error) {
    await owner.query('rollback')
    throw new StartError(
      'MIGRATION_FAILED',
      `Migration ${migration.name} failed and was rolled back: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex')
}
