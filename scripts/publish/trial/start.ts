import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from '@espalier/core'
import {
  appRole,
  createKernel,
  JobQueue,
  migrate,
  provisionRoles,
  readMigrations,
  serveKernel,
  startEmbeddedPostgres,
  systemRole,
  urlAs,
} from '@espalier/core/server'
import { getDatamodel, migrationsFolder, PrismaClient } from '@espalier/prisma'
import pg from 'pg'
import { pino } from 'pino'
import greeter from './greeter.ts'

/**
 * Starts a kernel with one plugin on a database of its own, and asks over HTTP what the plugin answers: what somebody
 * does who has nothing but the packages. Ends with 0 when all of it was right.
 */
const folder = await mkdtemp(join(tmpdir(), 'espalier-packages-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
try {
  const passwords = { app: 'a password for app', system: 'a password for system' }
  const owner = new pg.Client(postgres.url)
  await owner.connect()
  await provisionRoles(owner, passwords)
  await migrate(owner, await readMigrations(migrationsFolder))
  await owner.end()
  await JobQueue.install(postgres.url)

  const kernel = await createKernel({
    plugins: [greeter],
    database: {
      appUrl: urlAs(postgres.url, appRole, passwords.app),
      systemUrl: urlAs(postgres.url, systemRole, passwords.system),
      prisma: PrismaClient as never,
    },
    datamodel: getDatamodel(),
    secret: 'a secret of the packages, long enough',
    publicUrl: 'http://127.0.0.1:4000',
    log: pino({ level: 'warn' }),
  })
  try {
    await kernel.database.system.query(
      sql`insert into "Workspace" ("id", "name", "slug") values (${'01960000-0000-7000-8000-000000000001'}, ${'Orchard'}, ${'orchard'})`,
    )
    await kernel.start({ work: true })
    const server = serveKernel(kernel)
    const url = await server.listen(0, '127.0.0.1')

    const answer = await fetch(`${url}/greeting/orchard/Ada`)
    expectEqual('the route of the plugin', await answer.json(), { words: 'Hello, Ada.', members: 0 })
    const schema = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __type(name: "Query") { fields { name } } }' }),
    })
    const { data } = (await schema.json()) as { data: { __type: { fields: { name: string }[] } } }
    expectEqual(
      'the public schema',
      data.__type.fields.filter(({ name }) => name === 'greeting'),
      [{ name: 'greeting' }],
    )
    await server.close()
  } finally {
    await kernel.stop()
  }
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
process.stdout.write('The kernel started from its packages, with one plugin.\n')

function expectEqual(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
}
