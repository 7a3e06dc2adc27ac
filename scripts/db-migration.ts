/**
 * npm run db:migration -- <name> [folder of schema and migrations, default prisma]
 *
 * Writes the next migration from what changed in prisma/schema since the last one, offline: Prisma's own
 * engine (as WebAssembly) compares the schema that the last migration left behind with today's, and every
 * table that is new and carries workspaceId gets its policies and grants.
 *
 * What Prisma cannot express (partitions, expression indexes, triggers) is written by hand:
 *
 * - A model whose doc comment holds a line `/// @handwritten` is left out. The migration shows as a comment
 *   what Prisma would have written; put your own SQL there. Later changes of the model stay yours as well.
 *   For a partitioned table: `CREATE TABLE "Event" (…) PARTITION BY RANGE ("at")`, then the generated
 *   `protect_workspace_rows('"Event"')` stays below it; call it for every partition too, in the statement
 *   that makes the partition.
 * - Anything else: add it at the end of the new migration. The comparison is between schema files, never
 *   with a database, so nothing by hand is ever "corrected" away.
 *
 * The engine wants a connection all the same: to DATABASE_URL where it is set, else to a PostgreSQL that is
 * started for it and takes some seconds.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../packages/core/src/data/embedded.ts'
import { migrationRisks, wayOut } from './migrationRisks.ts'
import { loadSchemaEngine } from './schemaEngine.ts'

const root = dirname(import.meta.dirname)
const prismaFolder = resolve(process.argv[3] ?? join(root, 'prisma'))
const schemaFolder = join(prismaFolder, 'schema')
const migrationsFolder = join(prismaFolder, 'migrations')
/** The schema as of the last migration, in one file. */
const snapshotFile = join(migrationsFolder, 'schema.prisma')

try {
  await main(process.argv[2])
  process.exit(0)
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}

async function main(name: string | undefined): Promise<void> {
  if (!name || !/^[a-z0-9_]+$/.test(name))
    throw new Error('Name the migration in lower_snake_case: npm run db:migration -- add_page_locale')
  const files = (await readdir(schemaFolder)).filter((file) => file.endsWith('.prisma')).sort()
  const current = (await Promise.all(files.map((file) => readFile(join(schemaFolder, file), 'utf8')))).join('\n')
  const previous = await readFile(snapshotFile, 'utf8').catch(() => undefined)

  const changes = await diff(previous, current)
  if (!changes) return console.log('The schema has not changed since the last migration.')

  const folder = `${await nextTimestamp()}_${name}`
  const { sql: changed, byHand } = leaveOut(
    changes,
    models(current).filter((model) => model.handwritten),
  )
  await mkdir(join(migrationsFolder, folder), { recursive: true })
  const sql = changed + policies(previous ?? '', current)
  await writeFile(join(migrationsFolder, folder, 'migration.sql'), sql)
  await writeFile(snapshotFile, current)
  console.log(`Wrote migrations/${folder}/migration.sql: read it before you commit it.`)
  for (const name of byHand) console.log(`"${name}" is @handwritten: complete its part yourself.`)
  // It runs while the version before serves.
  for (const { rule, statement } of migrationRisks(sql)) console.log(`${statement}\n  ${wayOut[rule]}`)
}

/** UTC to the second, and always after the last migration: the order of names is the order of running. */
async function nextTimestamp(): Promise<string> {
  const format = (date: Date) => date.toISOString().replace(/\D/g, '').slice(0, 14)
  const entries = await readdir(migrationsFolder).catch((): string[] => [])
  const last = entries
    .map((entry) => entry.slice(0, 14))
    .filter((stamp) => /^\d{14}$/.test(stamp))
    .sort()
    .at(-1)
  const now = format(new Date())
  if (!last || now > last) return now
  const [, year, month, day, hour, minute, second] = last.match(/(....)(..)(..)(..)(..)(..)/) as RegExpMatchArray
  return format(
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second) + 1)),
  )
}

/** The SQL that turns one datamodel into the other; undefined when there is nothing to do. */
function diff(from: string | undefined, to: string): Promise<string | undefined> {
  return onSomeDatabase(async (pool) => {
    const engine = await loadSchemaEngine(to, pool)
    const result = await engine.diff({
      from:
        from === undefined
          ? { tag: 'empty' }
          : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: from }] },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: to }] },
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return result.exitCode === 2 ? (result.stdout ?? '') : undefined
  })
}

/** The engine insists on a database that it can reach, although a comparison of schemas never looks at it. */
async function onSomeDatabase<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  if (process.env.DATABASE_URL) return withPool(process.env.DATABASE_URL, work)
  const folder = await mkdtemp(join(tmpdir(), 'espalier-migration-'))
  try {
    const postgres = await startEmbeddedPostgres({ folder, durable: false })
    return await withPool(postgres.url, work).finally(() => postgres.stop())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function withPool<T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: url })
  return work(pool).finally(() => pool.end())
}

interface Model {
  name: string
  tenant: boolean
  handwritten: boolean
}

function models(schema: string): Model[] {
  return [...schema.matchAll(/((?:^\/\/\/.*\n)*)^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, doc, name, body]) => ({
    name: /@@map\("(\w+)"\)/.exec(body as string)?.[1] ?? (name as string),
    tenant: /^\s+workspaceId\s/m.test(body as string),
    handwritten: /^\/\/\/ @handwritten\b/m.test(doc as string),
  }))
}

/** Turns what Prisma wrote about handwritten tables into comments, and says which tables those are. */
function leaveOut(changes: string, handwritten: Model[]): { sql: string; byHand: Set<string> } {
  const byHand = new Set<string>()
  const steps = changes.split(/^(?=-- [A-Z])/m).filter((step) => !step.startsWith('-- CreateSchema'))
  const sql = steps.map((step) => {
    const name = handwritten.find((model) => changesTable(step, model.name))?.name
    if (!name) return step
    byHand.add(name)
    return `-- @handwritten ${name}: write it by hand. Prisma would have written:\n${step.trim().replace(/^/gm, '--   ')}\n\n`
  })
  return { sql: sql.join(''), byHand }
}

function changesTable(step: string, table: string): boolean {
  return new RegExp(`^(?:(?:CREATE|ALTER|DROP) TABLE|CREATE (?:UNIQUE )?INDEX .* ON) "${table}"`, 'm').test(step)
}

/** Row level security for the tenant tables that are new. */
function policies(before: string, after: string): string {
  const known = new Set(models(before).map(({ name }) => name))
  const added = models(after).filter(({ name, tenant }) => tenant && !known.has(name))
  if (added.length === 0) return ''
  return `\n-- Row level security\n${added.map(({ name }) => `SELECT protect_workspace_rows('"${name}"');\n`).join('')}`
}
