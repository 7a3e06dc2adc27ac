import type { DatabaseAtAnInstant } from '@espalier/core'
import { sql } from '@espalier/core'
import type { ClickHouse } from './clickHouse.ts'
import { tablesOf } from './logTable.ts'
import { bigNumber, joined, type Sql, sqlText } from './sqlText.ts'

/**
 * Which rows of the log had happened at the database's instant: those of settled batches, and of batches that were committed by then.
 * Ask right after that instant: what is settled is older than an hour, so nothing that was committed since is among it.
 */
export async function happenedBy(house: ClickHouse, database: DatabaseAtAnInstant): Promise<Sql> {
  const { settled } = tablesOf(house)
  const told = await house.readEverywhere<[string]>(sqlText`SELECT max("batch") FROM ${settled}`)
  // Up to what every node has been told.
  const done = told.map(([batch]) => batch).sort((a, b) => Number(BigInt(a) - BigInt(b)))[0] ?? '0'
  const gaps = await database.query<{ first: string; last: string }>(sql`
    select ("before" + 1)::text as "first", ("id" - 1)::text as "last" from (
      select "id", lag("id", 1, ${done}::bigint) over (order by "id") as "before" from "TrackingBatch" where "id" > ${done}::bigint
    ) batch where "id" > "before" + 1 order by "id"`)
  const [latest] = await database.query<{ id: string }>(
    sql`select greatest(max("id"), ${done}::bigint)::text as "id" from "TrackingBatch"`,
  )
  // Aborted by then, or under way.
  const without = gaps.map(
    ({ first, last }) => sqlText`NOT ("batch" >= ${bigNumber(first)} AND "batch" <= ${bigNumber(last)})`,
  )
  return joined([sqlText`"batch" <= ${bigNumber(latest?.id ?? done)}`, ...without], ' AND ')
}
