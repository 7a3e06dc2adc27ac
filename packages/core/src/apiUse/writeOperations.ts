import { v7 as uuidv7 } from 'uuid'
import type { SqlContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { announceChange } from '../live/changes.ts'
import type { LoggedOperation } from './operationLog.ts'

/** Writes operations, what they add to each day, and the deprecated things that they asked for. */
export async function writeOperations(tx: SqlContext, operations: readonly LoggedOperation[]): Promise<void> {
  await insertOperations(tx, operations)
  await addToDays(tx, operations)
  await addDeprecated(tx, operations)
  announceChange(tx, 'ApiOperation', null)
}

async function insertOperations({ db }: SqlContext, operations: readonly LoggedOperation[]): Promise<void> {
  const column = <Value>(read: (operation: LoggedOperation) => Value) => operations.map(read)
  await db.query(sql`
    insert into "ApiOperation" ("id", "apiKeyId", "at", "schema", "transport", "kind", "name", "documentHash", "cost", "durationMs",
      "outcome", "times", "traceId", "clientName", "clientVersion")
    select * from unnest(
      ${column(({ at, sequence }) => uuidv7({ msecs: at.getTime(), seq: sequence }))}::uuid[], ${column(({ apiKeyId }) => apiKeyId)}::uuid[],
      ${column(({ at }) => at)}::timestamptz[], ${column(({ schema }) => schema)}::text[],
      ${column(({ transport }) => transport)}::text[], ${column(({ kind }) => kind ?? null)}::text[],
      ${column(({ name }) => name ?? null)}::text[], ${column(({ documentHash }) => documentHash ?? null)}::text[],
      ${column(({ cost }) => Math.min(cost, mostCost))}::int[], ${column(({ durationMs }) => durationMs)}::float8[],
      ${column(({ outcome }) => outcome)}::text[], ${column(({ times }) => times)}::int[],
      ${column(({ traceId }) => traceId)}::text[], ${column(({ clientName }) => clientName ?? null)}::text[],
      ${column(({ clientVersion }) => clientVersion ?? null)}::text[])`)
}

interface Day {
  readonly key: readonly [apiKeyId: string, day: string, schema: string, documentHash: string, name: string]
  calls: number
  errors: number
  cost: number
  durationMs: number
  lastAt: Date
}

async function addToDays({ db }: SqlContext, operations: readonly LoggedOperation[]): Promise<void> {
  const days = new Map<string, Day>()
  for (const { apiKeyId, at, schema, kind, documentHash, name, times, outcome, cost, durationMs } of operations) {
    // Of what could not be read anything may be said, and each time something else: it counts as one.
    const document = kind === undefined ? ['', ''] : [documentHash ?? '', name ?? '']
    const key = [apiKeyId, at.toISOString().slice(0, 10), schema, ...document] as unknown as Day['key']
    const id = key.join(' ')
    const day = days.get(id) ?? { key, calls: 0, errors: 0, cost: 0, durationMs: 0, lastAt: at }
    days.set(id, day)
    day.calls += times
    if (outcome === 'OK') {
      day.cost += cost
      day.durationMs += durationMs
    } else day.errors += times
    if (at > day.lastAt) day.lastAt = at
  }
  // In one order everywhere: two servers that write the same days wait for each other, and not in a circle.
  const rows = [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day)
  const key = (place: number) => rows.map((row) => row.key[place])
  await db.query(sql`
    insert into "ApiUsage" ("apiKeyId", "day", "schema", "documentHash", "name", "calls", "errors", "cost", "durationMs", "lastAt")
    select * from unnest(${key(0)}::uuid[], ${key(1)}::date[], ${key(2)}::text[], ${key(3)}::text[], ${key(4)}::text[],
      ${rows.map(({ calls }) => calls)}::int[], ${rows.map(({ errors }) => errors)}::int[],
      ${rows.map(({ cost }) => cost)}::float8[], ${rows.map(({ durationMs }) => durationMs)}::float8[],
      ${rows.map(({ lastAt }) => lastAt)}::timestamptz[])
    on conflict ("workspaceId", "apiKeyId", "day", "schema", "documentHash", "name") do update set
      "calls" = "ApiUsage"."calls" + excluded."calls", "errors" = "ApiUsage"."errors" + excluded."errors",
      "cost" = "ApiUsage"."cost" + excluded."cost", "durationMs" = "ApiUsage"."durationMs" + excluded."durationMs",
      "lastAt" = greatest("ApiUsage"."lastAt", excluded."lastAt")`)
}

async function addDeprecated({ db }: SqlContext, operations: readonly LoggedOperation[]): Promise<void> {
  const uses = new Map<string, { first: LoggedOperation; last: LoggedOperation; coordinate: string; uses: number }>()
  for (const operation of operations) {
    for (const coordinate of operation.deprecated) {
      const id = [operation.apiKeyId, operation.schema, coordinate].join(' ')
      const known = uses.get(id)
      if (known) Object.assign(known, { last: operation, uses: known.uses + 1 })
      else uses.set(id, { first: operation, last: operation, coordinate, uses: 1 })
    }
  }
  if (uses.size === 0) return
  const rows = [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use)
  const last = <Value>(read: (operation: LoggedOperation) => Value) => rows.map((row) => read(row.last))
  await db.query(sql`
    insert into "DeprecatedUse" ("apiKeyId", "schema", "coordinate", "uses", "firstAt", "lastAt", "operationName", "documentHash")
    select * from unnest(${last(({ apiKeyId }) => apiKeyId)}::uuid[], ${last(({ schema }) => schema)}::text[],
      ${rows.map(({ coordinate }) => coordinate)}::text[], ${rows.map((row) => row.uses)}::int[],
      ${rows.map(({ first }) => first.at)}::timestamptz[], ${last(({ at }) => at)}::timestamptz[],
      ${last(({ name }) => name ?? null)}::text[], ${last(({ documentHash }) => documentHash ?? '')}::text[])
    on conflict ("workspaceId", "apiKeyId", "schema", "coordinate") do update set
      "uses" = "DeprecatedUse"."uses" + excluded."uses", "lastAt" = excluded."lastAt",
      "operationName" = excluded."operationName", "documentHash" = excluded."documentHash"`)
}

/** What fits into an integer of PostgreSQL's: a refused operation may have cost any number. */
const mostCost = 2 ** 31 - 1
