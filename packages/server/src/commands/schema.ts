import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createKernel, writeSchemaSnapshots } from '@espalier/core/server'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import pino from 'pino'
import { installedPlugins, ownInstallation } from '../plugins.ts'
import { readSettings } from '../settings.ts'
import { checkSchemaChanges, logSchemaChanges } from './schemaChanges.ts'

const folder = join(import.meta.dirname, '../../../../docs/schema')

/**
 * Writes both schemas as SDL, or says what differs and fails. Needs no database. Those of the product go to docs/schema; those of
 * the installation that `ESPALIER_CONFIG` names, to the folder `schema` beside that file.
 */
export async function schema(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { check: { type: 'boolean', default: false } } })
  const { configFile } = readSettings(process.env, process.cwd())
  if (configFile && configFile !== ownInstallation) return installationSchema(configFile, values.check)
  const before = await readFile(join(folder, 'public.graphql'), 'utf8').catch(() => undefined)
  const { changed, problems } = await writeSchemaSnapshots(await productSchemas(), { folder, check: values.check })
  if (values.check) problems.push(...(await checkSchemaChanges(folder)))
  else await logSchemaChanges(folder, before, new Date().toISOString().slice(0, 10))
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else if (values.check) console.log('docs/schema is what the code makes.')
  else console.log(changed.length > 0 ? `Wrote ${changed.join(', ')} in docs/schema.` : 'docs/schema was up to date.')
}

/** What an installation with other plugins answers to: for whoever integrates with it, and for the pages of these plugins. */
async function installationSchema(configFile: string, check: boolean): Promise<void> {
  const folder = join(dirname(configFile), 'schema')
  await mkdir(folder, { recursive: true })
  const { changed, problems } = await writeSchemaSnapshots(await productSchemas(configFile), { folder, check })
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log(changed.length > 0 ? `Wrote ${changed.join(', ')}.` : `${folder} is what the plugins make.`)
}

/** The schemas with every plugin of an installation, built without connecting to anything. */
export async function productSchemas(configFile?: string) {
  const nowhere = 'postgres://nobody@127.0.0.1:1/none'
  const kernel = await createKernel({
    plugins: await installedPlugins(configFile),
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
