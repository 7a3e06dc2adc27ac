import { readFile } from 'node:fs/promises'
import { StartError } from '@espalier/core'
import { z } from 'zod'

/** A document of a client, and what the client calls it. */
export interface ManifestDocument {
  readonly text: string
  readonly hash?: string
}

/** As graphql-codegen's client preset and others write it: SHA-256 → text. */
const byHash = z.record(z.string(), z.string())
/** As Apollo's generate-persisted-query-manifest writes it. */
const apollo = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})

/**
 * The documents of manifests, and of files that end in .graphql.
 *
 * @throws StartError that names the file that cannot be read, or is none of these
 */
export async function readManifests(files: readonly string[]): Promise<ManifestDocument[]> {
  const read = await Promise.all(files.map(readManifest))
  return read.flat()
}

async function readManifest(file: string): Promise<ManifestDocument[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new StartError('DOCUMENTS_UNREADABLE', `${file} cannot be read: ${error.message}.`)
  })
  if (/\.(graphql|gql)$/.test(file)) return [{ text }]
  const parsed = z.union([apollo, byHash]).safeParse(jsonOf(text))
  if (!parsed.success)
    throw new StartError(
      'DOCUMENTS_UNREADABLE',
      `${file} is no manifest: it has to be JSON of hashes and texts, as graphql-codegen writes it ({ "<sha256>": "query …" }), or Apollo’s persisted query manifest.`,
    )
  const { data } = parsed
  return apollo.safeParse(data).success
    ? (data as z.output<typeof apollo>).operations.map(({ id, body }) => ({ hash: id, text: body }))
    : Object.entries(data as z.output<typeof byHash>).map(([hash, text]) => ({ hash, text }))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
