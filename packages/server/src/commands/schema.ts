import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createKernel, writeSchemaSnapshots } from '@espalier/core/server'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pino from 'pino'
import { plugins } from '../plugins.ts'

const folder = join(import.meta.dirname, '../../../../docs/schema')

/** Writes both schemas as SDL, or says what differs and fails. Needs no database. */
export async function schema(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { check: { type: 'boolean', default: false } } })
  const { changed, problems } = await writeSchemaSnapshots(await productSchemas(), { folder, check: values.check })
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else if (values.check) console.log('docs/schema is what the code makes.')
  else console.log(changed.length > 0 ? `Wrote ${changed.join(', ')} in docs/schema.` : 'docs/schema was up to date.')
}

/** The schemas with every plugin, built without connecting to anything. */
export async function productSchemas() {
  const nowhere = 'postgres://nobody@127.0.0.1:1/none'
  const kernel = await createKernel({
    plugins,
    database: { appUrl: nowhere, systemUrl: nowhere, prisma: PrismaClient as never },
    datamodel: getDatamodel(),
    secret: 'only the types are read, nothing is sealed',
    publicUrl: 'http://127.0.0.1',
    log: pino({ level: 'silent' }),
  })
  const { schemas } = kernel
  await kernel.stop()
  return schemas
}
