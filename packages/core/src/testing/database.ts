import { PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, inject } from 'vitest'
import { Database, type DatabaseOptions } from '../data/database.ts'
import type { PrismaClientClass } from '../data/prismaTypes.ts'
import { appRole, systemRole, urlAs } from '../data/roles.ts'
import { sql } from '../data/sql.ts'
import type { TestCluster } from './globalSetup.ts'

export interface TestDatabase {
  /** The kernel's door to this database, as the server has it. */
  readonly db: Database
  readonly urls: DatabaseUrls
  /** Of the app and the system role; the whole run shares them. */
  readonly passwords: { appPassword: string; systemPassword: string }
  /** Makes a workspace, as the system does, and returns its id. */
  createWorkspace(name?: string): Promise<string>
}

/** One database, seen by its three roles. */
export interface DatabaseUrls {
  readonly owner: string
  readonly app: string
  readonly system: string
}

/**
 * A migrated database of this test file's own, dropped after the file's last test. Call it while the file
 * is being collected.
 *
 * @example const { db, createWorkspace } = await testDatabase()
 */
export async function testDatabase(options: Partial<DatabaseOptions> = {}): Promise<TestDatabase> {
  const urls = await cloneDatabase(inject('espalierCluster').template)
  const db = new Database({
    appUrl: urls.app,
    systemUrl: urls.system,
    prisma: PrismaClient as unknown as PrismaClientClass,
    poolSize: 4,
    systemPoolSize: 4,
    ...options,
  })
  // Runs before the hook that drops the database: vitest ends with what was begun last.
  afterAll(() => db.close())
  return {
    db,
    urls,
    passwords: inject('espalierCluster'),
    createWorkspace: async (name = 'Test') => {
      const id = uuidv7()
      await db.system.query(sql`insert into "Workspace" ("id", "name", "slug") values (${id}, ${name}, ${id})`)
      return id
    },
  }
}

/** A database without any table, for what works on the database itself; dropped after the file's last test. */
export function emptyDatabase(): Promise<DatabaseUrls> {
  return cloneDatabase('template0')
}

async function cloneDatabase(template: string): Promise<DatabaseUrls> {
  const cluster = inject('espalierCluster')
  const name = `test_${uuidv7().replaceAll('-', '')}`
  // The copy goes through the log (31 ms here), not through files (39 ms): those want two checkpoints, which the
  // whole run waits for.
  await asOwner(cluster, `create database ${name} template ${template} strategy wal_log`)
  afterAll(() => asOwner(cluster, `drop database ${name} with (force)`))
  const owner = new URL(cluster.ownerUrl)
  owner.pathname = `/${name}`
  return {
    owner: owner.toString(),
    app: urlAs(owner.toString(), appRole, cluster.appPassword),
    system: urlAs(owner.toString(), systemRole, cluster.systemPassword),
  }
}

async function asOwner(cluster: TestCluster, statement: string): Promise<void> {
  const url = new URL(cluster.ownerUrl)
  url.pathname = '/postgres'
  const client = new pg.Client(url.toString())
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
