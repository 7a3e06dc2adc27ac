import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type pg from 'pg'

const fromPrisma = createRequire(join(import.meta.dirname, '../prisma/package.json'))

/**
 * Prisma's own schema engine, as WebAssembly: what its CLI would otherwise download as a program.
 *
 * @param datamodel the text of a Prisma schema
 * @param pool of a database that it can reach: it connects at once, whatever it is used for
 */
export async function loadSchemaEngine(datamodel: string, pool: pg.Pool) {
  const glue = await import(fromPrisma.resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const wasmFile = join(dirname(fromPrisma.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm')
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyOfNode }
  const { instance } = await wasm.instantiate(await readFile(wasmFile), { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool))
  return glue.SchemaEngine.new({ datamodels: [['schema.prisma', datamodel]] }, () => {}, adapter)
}

/** The part that is used here: TypeScript knows WebAssembly as part of the browser only. */
interface WebAssemblyOfNode {
  instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>
}
