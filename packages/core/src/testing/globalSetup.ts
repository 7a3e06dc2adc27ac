import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { migrationsFolder } from '@espalier/prisma'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../data/embedded.ts'
import { migrate, readMigrations } from '../data/migrate.ts'
import { provisionRoles } from '../data/roles.ts'
import { installJobs } from '../jobs/installation.ts'
import { clusterFolder } from './clusterFolder.ts'

/**
 * vitest's globalSetup: one PostgreSQL for the whole run, with every table of the house, gone with it. `pluginTests` of
 * `@espalier/core/testing/config` names it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await clusterFolder()
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
