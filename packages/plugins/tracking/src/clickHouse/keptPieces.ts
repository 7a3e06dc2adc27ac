import type { ClickHouse } from './clickHouse.ts'
import { tablesOf } from './logTable.ts'
import { joined, type Sql, sqlText, uuid } from './sqlText.ts'

/**
 * Conditions that part the log along its key, week by week: each row meets one of them, and about as many rows as are wanted meet each.
 * A busy workspace is parted by hours, a busy hour by its ids.
 *
 * @param happened which rows there are
 * @param most rows that should meet one
 */
export async function* partsOfLog(house: ClickHouse, happened: Sql, most: number): AsyncIterable<Sql> {
  const { all } = tablesOf(house)
  const counts = <Key extends string | number>(key: Sql, where: readonly Sql[]) =>
    house.read<[Key, string]>(
      sqlText`SELECT ${key} AS "key", count() FROM ${all} WHERE ${joined([happened, ...where], ' AND ')} GROUP BY "key" ORDER BY "key"`,
    )
  for (const [monday] of await counts<number>(sqlText`toUInt32(toMonday("hour"))`, [])) {
    const week = sqlText`"hour" >= ${monday * daySeconds} AND "hour" < ${(monday + 7) * daySeconds}`
    for (const some of together(await counts<string>(sqlText`UUIDNumToString("workspaceId")`, [week]), most)) {
      const workspaces = sqlText`"workspaceId" >= ${uuid(some.first)} AND "workspaceId" <= ${uuid(some.last)}`
      if (some.count <= most) yield joined([week, workspaces], ' AND ')
      else
        for (const span of together(await counts<number>(sqlText`toUInt32("hour")`, [week, workspaces]), most)) {
          const hours = sqlText`"hour" >= ${span.first} AND "hour" <= ${span.last}`
          const shares = Math.ceil(span.count / most)
          for (let share = 0; share < shares; share++)
            yield joined([workspaces, hours, sqlText`cityHash64("id") % ${shares} = ${share}`], ' AND ')
        }
    }
  }
}

const daySeconds = 24 * 3600

interface Span<Key> {
  readonly first: Key
  readonly last: Key
  readonly count: number
}

/** Neighbors are put together until they are enough; what is more than enough stays by itself. */
function* together<Key>(counts: readonly (readonly [key: Key, count: string])[], most: number): Iterable<Span<Key>> {
  let open: Span<Key> | undefined
  for (const [key, rows] of counts) {
    const count = Number(rows)
    if (open && open.count + count > most) {
      yield open
      open = undefined
    }
    open = { first: open?.first ?? key, last: key, count: (open?.count ?? 0) + count }
  }
  if (open) yield open
}
