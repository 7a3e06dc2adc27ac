import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Change, diff } from '@graphql-inspector/core'
import { buildSchema, type GraphQLSchema, resolveSchemaCoordinate } from 'graphql'
import { z } from 'zod'

const kinds = ['added', 'deprecated', 'changed', 'removed'] as const

const changeShape = z.object({
  kind: z.enum(kinds),
  /** What changed: "Query.metrics(until:)", "Page.slug", "ExperimentStatus.PAUSED", "Money". */
  at: z.string(),
  /** Of what is there: its description. Of what goes: what to use instead. */
  says: z.string(),
})

const logShape = z.object({
  /** SHA-256 of the public.graphql that the last entry led to. */
  schema: z.string(),
  days: z.array(z.object({ date: z.iso.date(), changes: z.array(changeShape) })),
})

export type SchemaChange = z.infer<typeof changeShape>
type ChangeLog = z.infer<typeof logShape>

/**
 * Keeps what changed in the public schema, day by day: changes.json beside the snapshots, and CHANGELOG.md made from it.
 *
 * @param before the snapshot as it was; undefined where there was none
 * @param date the day of the change, "2026-11-22"
 */
export async function logSchemaChanges(folder: string, before: string | undefined, date: string): Promise<void> {
  const after = await readFile(join(folder, 'public.graphql'), 'utf8')
  const log = await readLog(folder)
  const found = before === undefined || before === after ? [] : await changesBetween(before, after)
  const days = found.length > 0 ? withDay(log.days, date, found) : log.days
  const now: ChangeLog = { schema: hashOf(after), days }
  await writeFile(join(folder, 'changes.json'), `${JSON.stringify(now, null, 2)}\n`)
  await writeFile(join(folder, 'CHANGELOG.md'), pageOf(now))
}

/** @returns what is wrong with the log, as sentences */
export async function checkSchemaChanges(folder: string): Promise<string[]> {
  const log = await readLog(folder)
  const problems = []
  if (log.schema !== hashOf(await readFile(join(folder, 'public.graphql'), 'utf8')))
    problems.push(`${folder}/changes.json does not tell of the last change. Run "npm run codegen" and commit it.`)
  if ((await readFile(join(folder, 'CHANGELOG.md'), 'utf8')) !== pageOf(log))
    problems.push(`${folder}/CHANGELOG.md is not made from changes.json. Run "npm run codegen" and commit it.`)
  return problems
}

/** What a client of the public schema wants to know of a change: nothing about descriptions, nor the insides of what is new. */
export async function changesBetween(before: string, after: string): Promise<SchemaChange[]> {
  const schema = buildSchema(after)
  const all = await diff(buildSchema(before), schema)
  const added = new Set(all.filter((change) => kindOf(change) === 'added').map(placeOf))
  const isInsideOfNew = (place: string) => {
    const parts = place.split('.')
    return parts.some((_, count) => count > 0 && added.has(parts.slice(0, count).join('.')))
  }
  const changes = all.flatMap((change): SchemaChange[] => {
    const place = placeOf(change)
    const kind = kindOf(change)
    if (!kind || (kind !== 'removed' && isInsideOfNew(place)) || comesAlong.test(place)) return []
    const at = coordinateOf(place, change)
    return [{ kind, at, says: saysOf(kind, at, change, schema) }]
  })
  return [...new Map(changes.map((change) => [`${change.kind} ${change.at}`, change])).values()].sort(inOrder)
}

/** Types that exist for a field alone, which is told. */
const comesAlong = /^[A-Z]\w*(Connection|Edge|Result|Success|Order|OrderField)(\.|$)/

function kindOf({ type, path }: Change): SchemaChange['kind'] | undefined {
  if (path?.endsWith('.@deprecated')) return type.endsWith('_ADDED') ? 'deprecated' : undefined
  if (/DESCRIPTION|DIRECTIVE|DEPRECATION|OBJECT_TYPE_INTERFACE|UNION_MEMBER/.test(type)) return undefined
  if (type.endsWith('_ADDED')) return 'added'
  if (type.endsWith('_REMOVED')) return 'removed'
  return type.endsWith('_CHANGED') ? 'changed' : undefined
}

function placeOf({ path, message }: Change): string {
  return (path ?? message).replace(/\.@deprecated$/, '')
}

/** As in GraphQL's schema coordinates: "Query.metrics(until:)". */
function coordinateOf(place: string, { type }: Change): string {
  const [owner, field, argument] = place.split('.')
  return type.includes('ARGUMENT') && argument ? `${owner}.${field}(${argument}:)` : place
}

function saysOf(kind: SchemaChange['kind'], at: string, { message }: Change, schema: GraphQLSchema): string {
  if (kind === 'changed' || kind === 'removed') return message
  const element = elementAt(schema, at)
  return (kind === 'deprecated' ? element?.deprecationReason : element?.description)?.trim() ?? message
}

function elementAt(schema: GraphQLSchema, at: string): Described | undefined {
  const found = resolveSchemaCoordinate(schema, at)
  if (found?.kind === 'Field') return found.field
  if (found?.kind === 'FieldArgument') return found.fieldArgument
  if (found?.kind === 'InputField') return found.inputField
  if (found?.kind === 'EnumValue') return found.enumValue
  return found?.kind === 'NamedType' ? found.type : undefined
}

interface Described {
  readonly description?: string | null | undefined
  readonly deprecationReason?: string | null | undefined
}

/** The log with these changes on this day. What came and went on one day was never there. */
export function withDay(days: ChangeLog['days'], date: string, found: readonly SchemaChange[]): ChangeLog['days'] {
  const today = days.find((day) => day.date === date)?.changes ?? []
  const cameToday = new Set(today.filter(({ kind }) => kind === 'added').map(({ at }) => at))
  const leftToday = new Set(found.filter(({ kind, at }) => kind === 'removed' && cameToday.has(at)).map(({ at }) => at))
  const ofWhatIsNew = ({ kind, at }: SchemaChange) => kind !== 'added' && cameToday.has(at)
  const changes = new Map(
    [...today, ...found]
      .filter((change) => !leftToday.has(change.at) && !ofWhatIsNew(change))
      .map((change) => [`${change.kind} ${change.at}`, change]),
  )
  const others = days.filter((day) => day.date !== date)
  const day = { date, changes: [...changes.values()].sort(inOrder) }
  return (changes.size > 0 ? [...others, day] : others).sort((one, other) => other.date.localeCompare(one.date))
}

function inOrder(one: SchemaChange, other: SchemaChange): number {
  return kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || (one.at < other.at ? -1 : 1)
}

const titles = { added: 'Added', deprecated: 'Deprecated', changed: 'Changed', removed: 'Removed' }

function pageOf({ days }: ChangeLog): string {
  const lines = [
    '# Changes of the public schema',
    '',
    'Made from the snapshots of the schema by `npm run codegen`, for those who integrate. What is deprecated goes on working for',
    'half a year at least: see [the policy](../graphql.md#what-may-change). It begins on 2026-11-22; what was there before is in',
    '[public.graphql](public.graphql).',
  ]
  for (const { date, changes } of days) {
    lines.push('', `## ${date}`)
    for (const kind of kinds) {
      const ofKind = changes.filter((change) => change.kind === kind)
      if (ofKind.length === 0) continue
      lines.push('', `### ${titles[kind]}`, '')
      lines.push(...ofKind.map(({ at, says }) => `- \`${at}\`: ${says.replace(/\s+/g, ' ')}`))
    }
  }
  return `${lines.join('\n')}\n`
}

async function readLog(folder: string): Promise<ChangeLog> {
  try {
    return logShape.parse(JSON.parse(await readFile(join(folder, 'changes.json'), 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { schema: '', days: [] }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
