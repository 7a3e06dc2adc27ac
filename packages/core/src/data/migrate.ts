import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { StartError } from '../errors.ts'
import { aloneStatement, buildAlone } from './aloneMigration.ts'
import { heldUp, isLockTrouble, type LockPatience, withBriefLocks } from './briefLocks.ts'

/** One step of the database's tables. */
export interface Migration {
  /** Its folder: `20261121080000_spine`. */
  name: string
  sql: string
}

/** Key of the advisory lock under which migrations run: those of the repository, and those that plugins bring. */
const migrationLock = 72707369

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
 * that start together do it once. Servers of the version before may run meanwhile: see {@link withBriefLocks}. A migration
 * that is one `CREATE INDEX CONCURRENTLY` runs without a transaction, as PostgreSQL wants it. Keeps Prisma's ledger (`_prisma_migrations`, SHA-256 of the script), so
 * that Prisma's own CLI agrees about what has run.
 *
 * @returns the names of the migrations that were applied now.
 * @throws when an applied migration was edited since, or one fails: that one is rolled back whole.
 */
export async function migrate(
  owner: pg.ClientBase,
  migrations: Migration[],
  patience?: LockPatience,
): Promise<string[]> {
  return underMigrationLock(owner, async () => {
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
    for (const migration of missing) await apply(owner, migration, patience)
    return missing.map(({ name }) => name)
  })
}

/**
 * Runs `work` when no other process migrates. Asks for the lock again and again: a statement that waits for it keeps a snapshot, for whose
 * end `CREATE INDEX CONCURRENTLY` of the process that holds it would wait in turn.
 */
export async function underMigrationLock<Result>(owner: pg.ClientBase, work: () => Promise<Result>): Promise<Result> {
  const take = () => owner.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [migrationLock])
  while (!(await take()).rows[0]?.taken) await new Promise((resolve) => setTimeout(resolve, 100))
  try {
    return await work()
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [migrationLock])
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

async function apply(owner: pg.ClientBase, migration: Migration, patience?: LockPatience): Promise<void> {
  const alone = aloneStatement(migration.sql)
  try {
    if (alone) {
      await buildAlone(owner, alone)
      await note(owner, migration)
    } else
      await withBriefLocks(
        owner,
        async () => {
          await owner.query(migration.sql)
          await note(owner, migration)
        },
        patience,
      )
  } catch (error) {
    throw new StartError(
      'MIGRATION_FAILED',
      `Migration ${migration.name} failed and was rolled back: ${(error as Error).message}.${isLockTrouble(error) ? heldUp : ''}`,
      { cause: error },
    )
  }
}

async function note(owner: pg.ClientBase, migration: Migration): Promise<void> {
  await owner.query(
    'insert into "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, now(), $3, 1)',
    [uuidv7(), checksum(migration), migration.name],
  )
}

/** SHA-256 of the script, as Prisma's ledger has it. */
export function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex')
}
