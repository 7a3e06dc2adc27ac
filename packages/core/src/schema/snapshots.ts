import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPatch } from 'diff'
import { buildSchema, findBreakingChanges, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { z } from 'zod'
import type { Schemas } from './buildSchemas.ts'

/** What became of the committed SDL. */
export interface SnapshotReport {
  /** Files that differ from the schemas, or did until they were written. */
  changed: string[]
  /** Sentences about what is wrong; empty when all is well. */
  problems: string[]
}

export interface SnapshotOptions {
  /** Where the snapshots are kept: docs/schema. */
  folder: string
  /** Compare only, and report every difference as a problem. */
  check?: boolean
}

const declared = z.array(z.object({ change: z.string(), reason: z.string().min(1) }))

/**
 * Keeps the schemas as SDL in the repository, so that a change shows in review. A change of the public schema
 * that breaks its users is a problem, also while writing, unless breaking-changes.json tells of it with a reason.
 */
export async function writeSchemaSnapshots(
  schemas: Schemas,
  { folder, check = false }: SnapshotOptions,
): Promise<SnapshotReport> {
  const report: SnapshotReport = { changed: [], problems: [] }
  const breaking = await undeclaredBreakingChanges(schemas.public, folder)
  report.problems.push(
    ...breaking.map(
      (change) =>
        `The public schema breaks its users: ${change} Keep what was there, or declare the change with a reason in breaking-changes.json.`,
    ),
  )
  for (const name of ['admin', 'public'] as const) {
    const file = join(folder, `${name}.graphql`)
    const now = sdl(schemas[name])
    const before = await readIfThere(file)
    if (before === now) continue
    report.changed.push(file)
    if (check)
      report.problems.push(
        `${file} is not what the code makes:\n${difference(before ?? '', now)}\nRun "npm run codegen" and commit it.`,
      )
    else if (name === 'admin' || breaking.length === 0) await write(folder, file, now)
  }
  return report
}

/** The schema in a form that depends on nothing but what is in it. */
export function sdl(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}

/** graphql-js' own list of changes that can break a client, less those that were declared. */
async function undeclaredBreakingChanges(schema: GraphQLSchema, folder: string): Promise<string[]> {
  const before = await readIfThere(join(folder, 'public.graphql'))
  if (before === undefined) return []
  const known = declared.parse(JSON.parse((await readIfThere(join(folder, 'breaking-changes.json'))) ?? '[]'))
  return findBreakingChanges(buildSchema(before), schema)
    .map(({ description }) => description)
    .filter((description) => !known.some(({ change }) => change === description))
}

function difference(before: string, after: string): string {
  const lines = createPatch('', before, after, '', '', { context: 1 }).split('\n').slice(4)
  const shown = lines.slice(0, 60).join('\n')
  return lines.length > 60 ? `${shown}\n… and ${lines.length - 60} lines more` : shown
}

async function write(folder: string, file: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(file, content)
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
