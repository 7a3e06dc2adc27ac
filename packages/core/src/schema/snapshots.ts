import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPatch } from 'diff'
import {
  buildSchema,
  findBreakingChanges,
  type GraphQLSchema,
  lexicographicSortSchema,
  printSchema,
  resolveSchemaCoordinate,
} from 'graphql'
import { z } from 'zod'
import type { Schemas } from './buildSchemas.ts'
import { worksUntil } from './deprecation.ts'

/** What became of the committed SDL. */
export interface SnapshotReport {
  /** Files that differ from the schemas, or did until they were written. */
  changed: string[]
  /** Sentences about what is wrong; empty when all is well. */
  problems: string[]
}

/** Where snapshots of the schemas are, and whether they may be written. */
export interface SnapshotOptions {
  /** Where the snapshots are kept: docs/schema. */
  folder: string
  /** Compare only, and report every difference as a problem. */
  check?: boolean
  /** The day, "2026-11-22": what was deprecated may go once its time is over. Default: today. */
  today?: string
}

const declared = z.array(
  z.object({
    /** As graphql-js says it, and as the command prints it. */
    change: z.string(),
    reason: z.string().min(1),
    /** Why it goes before its time, or without having been deprecated: a hole that harms people, for example. */
    withoutNotice: z.string().min(1).optional(),
  }),
)

/**
 * Keeps the schemas as SDL in the repository, so that a change shows in review. A change of the public schema
 * that breaks its users is a problem, also while writing, unless breaking-changes.json tells of it with a reason.
 */
export async function writeSchemaSnapshots(
  schemas: Schemas,
  { folder, check = false, today = new Date().toISOString().slice(0, 10) }: SnapshotOptions,
): Promise<SnapshotReport> {
  const report: SnapshotReport = { changed: [], problems: [] }
  const breaking = await unannouncedChanges(schemas.public, folder, today)
  report.problems.push(...breaking)
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

/** graphql-js' own list of changes that can break a client, less those that were announced and declared. */
async function unannouncedChanges(schema: GraphQLSchema, folder: string, today: string): Promise<string[]> {
  const text = await readIfThere(join(folder, 'public.graphql'))
  if (text === undefined) return []
  const before = buildSchema(text)
  const known = declared.parse(JSON.parse((await readIfThere(join(folder, 'breaking-changes.json'))) ?? '[]'))
  return findBreakingChanges(before, schema).flatMap(({ description }) => {
    const declaration = known.find(({ change }) => change === description)
    if (!declaration)
      return `The public schema breaks its users: ${description} Keep what was there, or declare the change with a reason in breaking-changes.json.`
    if (declaration.withoutNotice) return []
    const until = worksUntil(reasonAt(before, description))
    if (until && until <= today) return []
    return until
      ? `The public schema breaks a promise: ${description} It was said to work until ${until} at least. Keep it until then, or say in breaking-changes.json under "withoutNotice" why it cannot stay.`
      : `The public schema breaks its users without notice: ${description} Deprecate it first, with deprecated(…), or say in breaking-changes.json under "withoutNotice" why it cannot stay.`
  })
}

/** Why the element that a description begins with is deprecated: "Query.metrics arg to was removed." */
function reasonAt(schema: GraphQLSchema, description: string): string | null | undefined {
  const [, ofType, argument] = /^(\w+\.\w+)(?: arg (\w+))?/.exec(description) ?? []
  const [, value, ofEnum] = /^(\w+) was removed from enum type (\w+)\./.exec(description) ?? []
  const place = value ? `${ofEnum}.${value}` : ofType
  const found = place ? resolveSchemaCoordinate(schema, argument ? `${place}(${argument}:)` : place) : undefined
  if (found?.kind === 'EnumValue') return found.enumValue.deprecationReason
  if (found?.kind === 'InputField') return found.inputField.deprecationReason
  if (found?.kind === 'FieldArgument') return found.fieldArgument.deprecationReason
  return found?.kind === 'Field' ? found.field.deprecationReason : undefined
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
