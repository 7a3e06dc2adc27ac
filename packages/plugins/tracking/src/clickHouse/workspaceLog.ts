import type { RowsElsewhere, SqlContext } from '@espalier/core'
import { instantOf } from '../eventId.ts'
import type { Believed } from './believed.ts'
import type { ClickHouse } from './clickHouse.ts'
import { conditionOf, hoursOf } from './conditions.ts'
import { hourOf, type LogRow, readList, readRow, tablesOf } from './logTable.ts'
import { bigNumber, joined, type Sql, sqlText, uuid } from './sqlText.ts'

/**
 * The log of one workspace, and the only way to rows of it. ClickHouse has no policy of PostgreSQL's kind that all versions know,
 * so every question begins here, and here it gets its workspace.
 *
 * Rows of batches that are not settled are told only where PostgreSQL says that their transaction was committed.
 */
export class WorkspaceLog implements RowsElsewhere {
  readonly #house: ClickHouse
  readonly #context: SqlContext
  readonly #all: Sql
  /** What is of this workspace. */
  readonly #ours: Sql
  readonly #believed: Believed

  constructor(house: ClickHouse, believed: Believed, context: SqlContext) {
    this.#house = house
    this.#context = context
    this.#believed = believed
    this.#all = tablesOf(house).all
    this.#ours = sqlText`"workspaceId" = ${uuid(context.workspaceId)}`
  }

  /** Rows that meet a condition, each once. */
  async find(condition: Sql, orderAndLimit: Sql = sqlText``): Promise<LogRow[]> {
    const aborted = new Set<string>()
    const settled = bigNumber(await this.#believed.settled())
    for (;;) {
      const rows = await this.#house.read<[unsure: string, ...columns: unknown[]]>(sqlText`
        SELECT if("batch" <= ${settled}, toUInt64(0), "batch") AS "unsure", ${readList} FROM ${this.#all}
        WHERE ${this.#ours} AND (${condition}) AND ${notOf(aborted)} ${orderAndLimit}`)
      const gone = await this.#aborted(rows.map(([batch]) => batch))
      for (const batch of gone) aborted.add(batch)
      // Without a limit the others are all there is; with one, there may be more behind.
      if (gone.length > 0 && orderAndLimit.text !== '') continue
      const once = new Map<string, LogRow>()
      for (const [batch, ...columns] of rows) if (!aborted.has(batch)) once.set(columns[0] as string, readRow(columns))
      return [...once.values()]
    }
  }

  /** How many events meet a condition, by a key of theirs. */
  async counts(key: Sql, condition: Sql): Promise<Map<string | null, number>> {
    const settled = bigNumber(await this.#believed.settled())
    const rows = await this.#house.read<[value: string | null, unsure: string, count: string]>(sqlText`
      SELECT ${key} AS "value", if("batch" <= ${settled}, toUInt64(0), "batch") AS "unsure", uniqExact("id")
      FROM ${this.#all} WHERE ${this.#ours} AND (${condition}) GROUP BY "value", "unsure"`)
    const aborted = new Set(await this.#aborted(rows.map(([, batch]) => batch)))
    const counts = new Map<string | null, number>()
    for (const [value, batch, count] of rows)
      if (!aborted.has(batch)) counts.set(value, (counts.get(value) ?? 0) + Number(count))
    return counts
  }

  #aborted(unsure: readonly string[]): Promise<string[]> {
    return this.#believed.aborted(
      this.#context,
      unsure.filter((batch) => batch !== '0'),
    )
  }

  async count({ where }: Parameters<RowsElsewhere['count']>[0]): Promise<number> {
    const counts = await this.counts(sqlText`1`, sqlText`${conditionOf(where)} AND ${withinHours(hoursOf(where))}`)
    return [...counts.values()].reduce((sum, count) => sum + count, 0)
  }

  async findUnique({ where }: Parameters<RowsElsewhere['findUnique']>[0]): Promise<LogRow | null> {
    const { id } = where.workspaceId_id
    const [row] = await this.find(sqlText`"id" = ${uuid(id)} AND "hour" = ${hourOf(instantOf(id))}`)
    return row ?? null
  }

  /**
   * A page of the log along its ids. The key has hours before ids, so hours are read in widening steps from the page's end on,
   * until there are enough rows: a page of a busy log costs an hour of it.
   */
  async findMany({
    where,
    orderBy = [{ id: 'desc' }],
    take = 20,
  }: Parameters<RowsElsewhere['findMany']>[0]): Promise<LogRow[]> {
    const direction = (orderBy as { id?: 'asc' | 'desc' }[])[0]?.id
    if (direction === undefined || orderBy.length > 1) throw new TypeError('The log is sorted by id alone.')
    const asked = hoursOf(where)
    const condition = sqlText`${conditionOf(where)} AND ${withinHours(asked)}`
    const rows: LogRow[] = []
    for (const span of direction === 'desc' ? this.#backwards(asked.last) : await this.#forwards(asked)) {
      rows.push(
        ...(await this.find(
          sqlText`${condition} AND ${span}`,
          sqlText`ORDER BY "id" ${direction === 'desc' ? sqlText`DESC` : sqlText`ASC`} LIMIT 1 BY "id" LIMIT ${take - rows.length}`,
        )),
      )
      if (rows.length >= take) break
    }
    return rows
  }

  /** Spans of hours, one after another, that go back from an hour, or from the newest there is. */
  #backwards(last: number | undefined): Sql[] {
    const end = last ?? hourOf(this.#context.clock.now())
    const edges = steps.map((hours) => Math.max(0, end - hours * 3600))
    return [
      sqlText`"hour" > ${edges[0] as number}`,
      ...edges.map((edge, index) => {
        const further = edges[index + 1]
        return further === undefined ? sqlText`"hour" <= ${edge}` : sqlText`"hour" <= ${edge} AND "hour" > ${further}`
      }),
    ]
  }

  /** The same forwards, from an hour or from the oldest there is. */
  async #forwards({ first, last }: { first?: number; last?: number }): Promise<Sql[]> {
    const [oldest] = await this.#house.read<[number]>(sqlText`
      SELECT toUInt32(min("hour")) FROM ${this.#all} WHERE ${this.#ours} AND ${withinHours({ first, last })}`)
    const edges = steps.map((hours) => (oldest?.[0] ?? 0) + hours * 3600)
    return [
      sqlText`"hour" < ${edges[0] as number}`,
      ...edges.map((edge, index) => {
        const further = edges[index + 1]
        return further === undefined ? sqlText`"hour" >= ${edge}` : sqlText`"hour" >= ${edge} AND "hour" < ${further}`
      }),
    ]
  }
}

/** Hours within which a page is looked for, before all of the log is. */
const steps = [1, 24, 7 * 24]

function notOf(batches: ReadonlySet<string>): Sql {
  if (batches.size === 0) return sqlText`1`
  return sqlText`"batch" NOT IN (${joined([...batches].map(bigNumber), ', ')})`
}

function withinHours({ first, last }: { first?: number | undefined; last?: number | undefined }): Sql {
  return joined(
    [
      sqlText`1`,
      ...(first === undefined ? [] : [sqlText`"hour" >= ${first}`]),
      ...(last === undefined ? [] : [sqlText`"hour" <= ${last}`]),
    ],
    ' AND ',
  )
}
