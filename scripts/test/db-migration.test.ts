import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findIsolationGaps } from '../../packages/core/src/data/isolationGaps.ts'
import { migrate, readMigrations } from '../../packages/core/src/data/migrate.ts'
import { emptyDatabase } from '../../packages/core/src/testing/database.ts'
import { loadSchemaEngine } from '../schemaEngine.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

// A copy of the project's schema and migrations, to which a plugin adds its own.
const folder = await mkdtemp(join(tmpdir(), 'espalier-prisma-'))
const { owner: url } = await emptyDatabase()
const pool = new pg.Pool({ connectionString: url })
afterAll(() => Promise.all([pool.end(), rm(folder, { recursive: true, force: true })]))

beforeAll(async () => {
  await cp(join(root, 'prisma/schema'), join(folder, 'schema'), { recursive: true })
  await cp(join(root, 'prisma/migrations'), join(folder, 'migrations'), { recursive: true })
  // Whatever is under way there is not under test here.
  await writeFile(join(folder, 'migrations/schema.prisma'), await wholeSchema())
})

const shop = (more = '') => `
model Shop {
  workspaceId String @default(dbgenerated("current_workspace()")) @db.Uuid
  id          String @default(uuid(7)) @db.Uuid
  name        String
  ${more}
  sales       Sale[]

  @@id([workspaceId, id])
  @@unique([workspaceId, name])
}

model Sale {
  workspaceId String @default(dbgenerated("current_workspace()")) @db.Uuid
  id          String @default(uuid(7)) @db.Uuid
  shopId      String @db.Uuid
  shop        Shop   @relation(fields: [workspaceId, shopId], references: [workspaceId, id], onDelete: Cascade)

  @@id([workspaceId, id])
}

/// What was sold when.
/// @handwritten partitioned by time
model SaleLog {
  workspaceId String   @default(dbgenerated("current_workspace()")) @db.Uuid
  id          String   @default(uuid(7)) @db.Uuid
  at          DateTime @db.Timestamptz(3)

  @@id([workspaceId, id, at])
  @@index([workspaceId, at])
}
`

async function wholeSchema(): Promise<string> {
  const files = (await readdir(join(folder, 'schema'))).sort()
  return (await Promise.all(files.map((file) => readFile(join(folder, 'schema', file), 'utf8')))).join('\n')
}

/** @param database that its engine connects to; without one, it starts its own */
async function generate(
  name: string,
  database: string = url,
): Promise<{ said: string; sql: string | undefined; name: string }> {
  const env = { ...process.env, DATABASE_URL: database }
  const before = await readMigrations(join(folder, 'migrations'))
  const { stdout } = await run(process.execPath, [join(root, 'scripts/db-migration.ts'), name, folder], { env })
  const after = await readMigrations(join(folder, 'migrations'))
  expect(after.length - before.length).toBeLessThanOrEqual(1)
  const added = after.length > before.length ? after.at(-1) : undefined
  return { said: stdout, sql: added?.sql, name: added?.name ?? '' }
}

/** What Prisma's own engine, which its CLI runs on, finds missing in the ledger that we keep. */
async function applyWithPrisma(): Promise<unknown> {
  const engine = await loadSchemaEngine(await wholeSchema(), pool)
  const migrations = await readMigrations(join(folder, 'migrations'))
  const lockfile = { path: 'migration_lock.toml', content: 'provider = "postgresql"' }
  const migrationDirectories = migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  }))
  return engine.applyMigrations({
    migrationsList: { baseDir: join(folder, 'migrations'), lockfile, shadowDbInitScript: '', migrationDirectories },
    filters: { externalTables: [], externalEnums: [] },
  })
}

describe('npm run db:migration', () => {
  test('says that nothing changed', async () => {
    expect((await generate('nothing', '')).said).toBe('The schema has not changed since the last migration.\n')
  })

  test('wants a name', async () => {
    await expect(generate('Add Shops')).rejects.toMatchObject({ stderr: expect.stringContaining('lower_snake_case') })
  })

  test('writes new tables with their policies, leaves handwritten ones out, and orders one after the other', async () => {
    await writeFile(join(folder, 'schema/shop.prisma'), shop())
    const first = await generate('shops')
    expect(first.name).toMatch(/^\d{14}_shops$/)
    expect(first.said).toContain('"SaleLog" is @handwritten')
    expect(first.sql).toContain('CREATE TABLE "Shop"')
    expect(first.sql).toMatch(
      /ALTER TABLE "Sale" ADD CONSTRAINT .* FOREIGN KEY \("workspaceId", "shopId"\) REFERENCES "Shop"\("workspaceId", "id"\)/,
    )
    expect(first.sql).not.toMatch(/^CREATE (TABLE|INDEX).*"SaleLog"/m)
    expect(first.sql?.match(/^SELECT protect_workspace_rows.*$/gm)).toEqual([
      `SELECT protect_workspace_rows('"Shop"');`,
      `SELECT protect_workspace_rows('"Sale"');`,
      `SELECT protect_workspace_rows('"SaleLog"');`,
    ])

    await writeFile(join(folder, 'schema/shop.prisma'), shop('city String?'))
    const second = await generate('shop_city')
    expect(second.sql).toBe('-- AlterTable\nALTER TABLE "Shop" ADD COLUMN     "city" TEXT;\n')
    expect(second.said).not.toContain('@handwritten')
    expect(second.name.slice(0, 14) > first.name.slice(0, 14)).toBe(true)

    const handwritten = `CREATE TABLE "SaleLog" ("workspaceId" uuid, "id" uuid, "at" timestamptz(3), PRIMARY KEY ("workspaceId", "id", "at")) PARTITION BY RANGE ("at");`
    const file = join(folder, 'migrations', first.name, 'migration.sql')
    await writeFile(
      file,
      (first.sql as string).replace('\n-- Row level security', `${handwritten}\n-- Row level security`),
    )
    const owner = new pg.Client(url)
    await owner.connect()
    try {
      expect(await migrate(owner, await readMigrations(join(folder, 'migrations')))).toContain(second.name)
      expect(await findIsolationGaps(owner)).toEqual([])
      expect(await applyWithPrisma()).toEqual({ appliedMigrationNames: [] })
    } finally {
      await owner.end()
    }
  })
})
