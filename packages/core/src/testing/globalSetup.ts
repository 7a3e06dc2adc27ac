import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../data/embedded.ts'
import { migrate, readMigrations } from '../data/migrate.ts'
import { provisionRoles } from '../data/roles.ts'
import { installJobs } from '../jobs/installation.ts'

/** The cluster that a test run shares: how to reach it, and the migrated database that tests clone. */
export interface TestCluster {
  ownerUrl: string
  template: string
  appPassword: string
  systemPassword: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    espalierCluster: TestCluster
  }
}

const migrationsFolder = join(import.meta.dirname, '../../../../prisma/migrations')

/** vitest's globalSetup: one PostgreSQL for the whole run, gone with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-test-'))
  const template = 'espalier_template'
  const postgres = await startEmbeddedPostgres({ folder, database: template, durable: false, maxConnections: 400 })
  const passwords = { app: randomBytes(12).toString('hex'), system: randomBytes(12).toString('hex') }

  const owner = new pg.Client(postgres.url)
  await owner.connect()
  try {
    await provisionRoles(owner, passwords)
    await migrate(owner, await readMigrations(migrationsFolder))
  } finally {
    await owner.end()
  }
  await installJobs(postgres.url)

  project.provide('espalierCluster', {
    ownerUrl: postgres.url,
    template,
    appPassword: passwords.app,
    systemPassword: passwords.system,
  })
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
