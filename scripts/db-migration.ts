/**
 * npm run db:migration -- <name>
 *
 * Writes the next migration from what changed in prisma/schema since the last one, offline: Prisma's own
 * engine (as WebAssembly) compares the schema that the last migration left behind with today's, and every
 * table that is new and carries workspaceId gets its policies and grants.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const schemaFolder = join(root, 'prisma/schema')
const migrationsFolder = join(root, 'prisma/migrations')
/** The schema as of the last migration, in one file. */
const snapshotFile = join(migrationsFolder, 'schema.prisma')

const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) fail('Name the migration in lower_snake_case: npm run db:migration -- add_page_locale')

const files = (await readdir(schemaFolder)).filter((file) => file.endsWith('.prisma')).sort()
const current = (await Promise.all(files.map((file) => readFile(join(schemaFolder, file), 'utf8')))).join('\n')
const previous = await readFile(snapshotFile, 'utf8').catch(() => undefined)

const changes = await diff(previous, current)
if (!changes) {
  console.log('The schema has not changed since the last migration.')
  process.exit(0)
}

const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
const folder = join(migrationsFolder, `${timestamp}_${name}`)
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'migration.sql'), changes + policies(previous ?? '', current))
await writeFile(snapshotFile, current)
console.log(`Wrote prisma/migrations/${timestamp}_${name}/migration.sql: read it before you commit it.`)
process.exit(0)

/** The SQL that turns one datamodel into the other; undefined when there is nothing to do. */
async function diff(from: string | undefined, to: string): Promise<string | undefined> {
  const engine = await loadEngine(to)
  const result = await engine.diff({
    from: from === undefined ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: from }] },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: to }] },
    script: true,
    exitCode: true,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return result.exitCode === 2 ? (result.stdout ?? '') : undefined
}

async function loadEngine(datamodel: string) {
  const require = createRequire(join(root, 'prisma/package.json'))
  const glue = await import(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const wasmFile = join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm')
  const { instance } = await WebAssembly.instantiate(await readFile(wasmFile), { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils')
  return glue.SchemaEngine.new({ datamodels: [['schema.prisma', datamodel]] }, () => {}, bindMigrationAwareSqlAdapterFactory(new PrismaPg({})))
}

/** Row level security for the tenant tables that are new. */
function policies(before: string, after: string): string {
  const known = new Set(tenantModels(before))
  return tenantModels(after)
    .filter((model) => !known.has(model))
    .map(
      (model) => `
-- Row level security of "${model}"
ALTER TABLE "${model}" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "${model}" FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON "${model}" TO espalier_app
  USING ("workspaceId" = (SELECT current_workspace())) WITH CHECK ("workspaceId" = (SELECT current_workspace()));
CREATE POLICY system ON "${model}" TO espalier_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON "${model}" TO espalier_app, espalier_system;
`,
    )
    .join('')
}

function tenantModels(schema: string): string[] {
  return [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)]
    .filter(([, , body]) => /^\s+workspaceId\s/m.test(body ?? ''))
    .map(([, model]) => model as string)
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
