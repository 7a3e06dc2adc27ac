import { parseArgs } from 'node:util'
import { StartError, sql } from '@espalier/core'
import { checkDocument, registerDocumentsText } from '@espalier/core/server'
import { readSettings } from '../settings.ts'
import { readManifests } from './documentManifest.ts'
import { productSchemas } from './schema.ts'
import { withKernel } from './withKernel.ts'

/** Documents of one call, as many as the API takes. */
const batch = 500

/** Registers the documents of a client with an installation, over its API: part of the client's deployment. */
export async function pushDocuments(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string' }, key: { type: 'string' }, schema: { type: 'string', default: 'public' } },
  })
  const { url } = values
  const key = values.key ?? process.env.API_KEY
  if (!url || !key || positionals.length === 0)
    throw new StartError(
      'ARGUMENT_MISSING',
      `${!url ? '--url' : !key ? '--key, or API_KEY in the environment,' : 'The manifest'} is missing. Usage: espalier documents:push manifest.json --url https://espalier.example.com [--schema admin] with a key that has the scope trusted-documents:write.`,
    )
  const schema = schemaOf(values.schema)
  const documents = await readManifests(positionals)
  let added = 0
  for (let from = 0; from < documents.length; from += batch)
    added += await push(url, key, schema, documents.slice(from, from + batch))
  console.log(`${documents.length} documents are registered, ${added} of them new.`)
}

/**
 * Says which documents the schema of this version refuses, and fails then: those of manifests, before a client or a server is
 * deployed, or those that are registered in the database of this installation, which may be of an earlier version and stays so.
 */
export async function checkDocuments(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { schema: { type: 'string', default: 'public' } },
  })
  const schema = schemaOf(values.schema)
  const lines = positionals.length > 0 ? await brokenOf(positionals, schema) : await registeredAndBroken()
  for (const line of lines) console.error(line)
  if (lines.length > 0) process.exitCode = 1
  else console.log('The schema takes every document.')
}

async function brokenOf(files: readonly string[], schema: 'admin' | 'public'): Promise<string[]> {
  const { configFile } = readSettings(process.env, process.cwd())
  const [documents, schemas] = await Promise.all([readManifests(files), productSchemas(configFile)])
  return documents.flatMap(({ text, hash }) => {
    const { name, problems } = checkDocument(schemas, schema, text)
    return problems.map((problem) => `${name || hash || text.slice(0, 40)}: ${problem}`)
  })
}

async function registeredAndBroken(): Promise<string[]> {
  let lines: string[] = []
  await withKernel(
    async (kernel) => {
      const { system } = kernel.database
      // A version that knew no documents has none registered.
      const [table] = await system.query<{ there: boolean }>(
        sql`select to_regclass('"TrustedDocument"') is not null as "there"`,
      )
      const broken = table?.there ? await kernel.trustedDocuments.broken(system) : []
      lines = broken.flatMap(({ workspace, schema, name, hash, problems }) =>
        problems.map((problem) => `${workspace}, ${schema}, ${name || hash}: ${problem}`),
      )
    },
    { migrating: false },
  )
  return lines
}

async function push(url: string, key: string, schema: string, documents: readonly object[]): Promise<number> {
  const address = `${url.replace(/\/+$/, '')}/graphql`
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      query: registerDocumentsText,
      variables: { input: { schema: schema.toUpperCase(), documents } },
    }),
  }).catch((error: Error) => {
    throw new StartError('DOCUMENTS_REFUSED', `${address} cannot be reached: ${error.message}.`)
  })
  const { data, errors } = (await response.json().catch(() => ({}))) as Answer
  const result = data?.registerTrustedDocuments
  if (result?.data) return result.data.added
  const problems = result?.issues?.map(({ path, message }) => `${path}: ${message}`) ??
    errors?.map(({ message }) => message) ?? [`It answered with status ${response.status}.`]
  throw new StartError('DOCUMENTS_REFUSED', `${address} registered nothing.\n${problems.join('\n')}`)
}

interface Answer {
  readonly data?: {
    readonly registerTrustedDocuments?: {
      readonly data?: { readonly added: number }
      readonly issues?: readonly { readonly path: string; readonly message: string }[]
    }
  }
  readonly errors?: readonly { readonly message: string }[]
}

function schemaOf(given: string): 'admin' | 'public' {
  if (given === 'admin' || given === 'public') return given
  throw new StartError('ARGUMENT_WRONG', `--schema is "${given}": it has to be admin or public.`)
}
