import { z } from 'zod'
import { leaked } from './answers.ts'
import type { Belongings } from './belongings.ts'
import type { Estate, Settled } from './estate.ts'
import type { Finding } from './finding.ts'
import { changesBetween } from './writing.ts'

/** Jobs that lie on queues by now, by their ids. */
export async function jobsLeft({ app }: Estate): Promise<ReadonlySet<string>> {
  const rows = await app.kernel.database.system.query<{ id: string }>({
    text: 'select "id" from pgboss.job',
    values: [],
  })
  return new Set(rows.map(({ id }) => id))
}

/** Those that have come since and are the neighbor's, or take something of the neighbor's along. */
export async function foreignJobs({ app }: Estate, before: ReadonlySet<string>): Promise<Finding[]> {
  const rows = await app.kernel.database.system.query<{ id: string; name: string; of: string | null; data: unknown }>({
    text: 'select "id", "name", "group_id" as "of", "data" from pgboss.job order by "created_on"',
    values: [],
  })
  return rows
    .filter(({ id }) => !before.has(id))
    .flatMap(({ name, of, data }) => {
      const told = leaked(JSON.stringify([of, data]))
      return told ? [{ where: name, who: 'owner or key', how: 'tells' as const, detail: told }] : []
    })
}

/** What came of forging jobs. */
export interface Forging {
  readonly findings: Finding[]
  /** Jobs that take something, and were not carried out with what is the neighbor's. */
  readonly left: string[]
}

/**
 * Puts every job that takes something onto its queue in the attacker's workspace, with what is the neighbor's, and carries them out.
 * Nobody can do that from outside: it shows that a job that was given a wrong id would harm nobody either.
 */
export async function forgeJobs(
  estate: Estate,
  { attacker, neighbor }: { attacker: Settled; neighbor: Settled },
): Promise<Forging> {
  const { app } = estate
  // What was left by others is not what this is about.
  await app.quiet({ mayFail: true })
  const [before, own] = [await estate.print(neighbor), await estate.print(attacker)]
  const context = app.kernel.contexts.workspace(attacker.id, { type: 'system', name: 'forged' })
  const forged = new Map<string, unknown>()
  const taking: string[] = []
  for (const { job } of app.kernel.jobs.jobs.filter(({ job }) => job.scope === 'workspace')) {
    const schema = z.toJSONSchema(job.input, { io: 'input', unrepresentable: 'any' })
    const input = inputOf(schema, neighbor.has)
    if (Object.keys(schema.properties ?? {}).length > 0 || schema.type !== 'object') taking.push(job.name)
    if (!leaked(JSON.stringify(input)) || !job.input.safeParse(input).success) continue
    await context.enqueue(job, input)
    forged.set(job.name, input)
  }
  const runs = await app.quiet({ mayFail: true })
  const findings = changesBetween(before, await estate.print(neighbor), 'a forged job')
  const after = await estate.print(attacker)
  for (const [table, rows] of Object.entries(after)) {
    // What it was forged with is written down: in the job itself, in a notification of an event that never was.
    const told = leaked(rows, [own[table], ...forged.values()])
    if (told) findings.push({ where: table, who: 'a forged job', how: 'tells', detail: told })
  }
  const carriedOut = new Set(runs.map(({ job }) => job).filter((name) => forged.has(name)))
  return { findings, left: taking.filter((name) => !carriedOut.has(name)) }
}

type JsonSchema = z.core.JSONSchema.BaseSchema

/** A value that the schema takes, with what somebody has where it may name something. */
function inputOf(schema: JsonSchema, has: Belongings, name = ''): unknown {
  const [alternative] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
  if (alternative) return inputOf(alternative as JsonSchema, has, name)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, inputOf(value as JsonSchema, has, key)]),
      )
    case 'array':
      return [inputOf((schema.items ?? {}) as JsonSchema, has, name)]
    case 'string':
      return textFor(schema, has, name)
    case 'number':
    case 'integer':
      return Math.max(1, schema.minimum ?? 1)
    case 'boolean':
      return true
    default:
      return null
  }
}

function textFor({ format }: JsonSchema, has: Belongings, name: string): string {
  if (format === 'date-time') return has.at.toISOString()
  return format === 'uuid' && !/ids?$/i.test(name) ? has.id('') : has.named(name)
}
