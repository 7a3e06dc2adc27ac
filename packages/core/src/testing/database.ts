import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, inject } from 'vitest'
import { Database, type DatabaseOptions } from '../data/database.ts'
import type { PrismaClientClass } from '../data/prismaTypes.ts'
import type { ReadDatamodel } from '../data/reads/readModel.ts'
import { sql } from '../data/sql.ts'
import { cloneDatabase, type DatabaseUrls, dropDatabase, newDatabase } from './cluster.ts'

/** A database of its own, cloned from the migrated one. */
export interface TestDatabase {
  /** The kernel's door to this database, as the server has it. */
  readonly db: Database
  readonly urls: DatabaseUrls
  /** Of the app and the system role; the whole run shares them. */
  readonly passwords: { appPassword: string; systemPassword: string }
  /** Makes a workspace, as the system does, and returns its id. */
  createWorkspace(name?: string): Promise<string>
}

/**
 * A migrated database of this test file's own, dropped after the file's last test. Call it while the file
 * is being collected.
 *
 * @example const { db, createWorkspace } = await testDatabase()
 */
export async function testDatabase(options: Partial<DatabaseOptions> = {}): Promise<TestDatabase> {
  const urls = await ownDatabase(inject('espalierCluster').template)
  const db = new Database({
    appUrl: urls.app,
    systemUrl: urls.system,
    prisma: PrismaClient as unknown as PrismaClientClass,
    datamodel: (getDatamodel() as unknown as { datamodel: ReadDatamodel }).datamodel,
    poolSize: 4,
    systemPoolSize: 4,
    ...options,
  })
  // From the first read on as a server reads that has been up for a moment.
  await db.ready()
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
  return ownDatabase('template0')
}

async function ownDatabase(template: string): Promise<DatabaseUrls> {
  const cluster = inject('espalierCluster')
  const { name, urls } = newDatabase(cluster)
  await cloneDatabase(cluster, name, template)
  afterAll(() => dropDatabase(cluster, name))
  return urls
}
