import { prepared, type SqlContext, type SystemContext, sql } from '@espalier/core'

/**
 * What PostgreSQL keeps of events whose log is elsewhere. In the transaction that counts them, it takes the key of each, which
 * makes it new, and one row for their batch. So it is PostgreSQL's commit that says whether a batch happened: the engine
 * holds its rows a moment before, and whoever reads them asks here.
 */
export async function takeKeys(tx: SqlContext, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.db.query<{ id: string }>(insertKeys(ids))
  return new Set(rows.map(({ id }) => id))
}

// In the order of the key, so that two batches with the same events wait for one another and never in a circle.
const insertKeys = prepared(
  'tracking_insert_keys',
  `insert into "TrackingEventKey" ("id") select * from unnest($1::uuid[]) as key order by 1
   on conflict do nothing returning "id"`,
)

/** Opens the batch of a transaction. The lock says that it runs, to {@link areOver}, which cannot see its row. */
export async function openBatch(tx: SqlContext): Promise<bigint> {
  const [batch] = await tx.db.query<{ id: string }>(insertBatch(tx.clock.now().toISOString()))
  return BigInt((batch as { id: string }).id)
}

const lockClass = 72_707_373n

const insertBatch = prepared(
  'tracking_insert_batch',
  `with batch as (insert into "TrackingBatch" ("createdAt") values ($1::timestamptz) returning "id")
   select "id"::text as "id", pg_advisory_xact_lock(hashint8extended("id", ${lockClass})) from batch`,
)

/** Which of some batches of the workspace were committed, or are this transaction's own. @param ids decimal */
export async function committed(context: SqlContext, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await context.db.query<{ id: string }>(selectBatches(ids))
  return new Set(rows.map(({ id }) => id))
}

const selectBatches = prepared(
  'tracking_select_batches',
  'select "id"::text as "id" from "TrackingBatch" where "id" = any($1::bigint[])',
)

/** The latest batch that was committed before an instant, over all workspaces; undefined without any. */
export async function lastBatchBefore({ system }: SystemContext, before: Date): Promise<string | undefined> {
  const [row] = await system.query<{ id: string | null }>(
    sql`select max("id")::text as "id" from "TrackingBatch" where "createdAt" < ${before.toISOString()}::timestamptz`,
  )
  return row?.id ?? undefined
}

/** Which of some batches have no row, over all workspaces: their transaction was aborted, or runs. */
export async function missing({ system }: SystemContext, ids: readonly string[]): Promise<string[]> {
  const rows = await system.query<{ id: string }>(
    sql`select id::text as "id" from unnest(${ids}::bigint[]) as id
      where not exists (select from "TrackingBatch" batch where batch."id" = id.id) order by id`,
  )
  return rows.map(({ id }) => id)
}

/**
 * Whether the transactions of some batches are over: nobody holds their locks. Ask {@link missing} again afterwards, for one
 * may have been committed in between.
 */
export async function areOver({ system }: SystemContext, ids: readonly string[]): Promise<boolean> {
  const [row] = await system.query<{ over: boolean }>({
    text: `select coalesce(bool_and(pg_try_advisory_xact_lock(hashint8extended(id, ${lockClass}))), true) as "over"
      from unnest($1::bigint[]) as id`,
    values: [ids],
  })
  return row?.over ?? false
}

/** Forgets batches up to one that the engine has settled. @returns how many */
export async function forgetBatches({ system }: SystemContext, upTo: string): Promise<number> {
  const [row] = await system.query<{ count: number }>(
    sql`with gone as (delete from "TrackingBatch" where "id" <= ${upTo}::bigint returning 1) select count(*)::int as count from gone`,
  )
  return row?.count ?? 0
}

/** Makes the partitions of the keys two weeks ahead. @returns how many */
export async function prepareKeys({ system, clock }: SystemContext): Promise<number> {
  const now = clock.now().getTime()
  const days = (count: number) => new Date(now + count * 24 * 3600_000).toISOString()
  const [row] = await system.query<{ made: number }>(
    sql`select make_tracking_key_partitions(${days(-3)}::timestamptz, 18) as made`,
  )
  return row?.made ?? 0
}

/** Drops the keys of days whose events the collector takes no more. @returns how many days */
export async function dropKeys({ system, clock }: SystemContext): Promise<number> {
  const [row] = await system.query<{ dropped: number }>(
    sql`select drop_tracking_key_partitions(least(${clock.now().toISOString()}::timestamptz, now()) - interval '4 days') as dropped`,
  )
  return row?.dropped ?? 0
}
