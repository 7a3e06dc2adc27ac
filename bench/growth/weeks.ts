import type pg from 'pg'
import { day, sixHours } from '../../packages/plugins/tracking/src/periods.ts'
import { weekMs } from '../visits.ts'

export interface WeekCopies {
  readonly workspaceId: string
  /** The first instant of the week that is copied. */
  readonly from: Date
  /** How many weeks before it. */
  readonly copies: number
}

/** A table, the columns that say when, and that of them by which it is told what is of a week. */
interface CopiedTable {
  readonly table: string
  readonly shifted: readonly string[]
  readonly when: string
  /** By week, along the id: its weeks are made apart and attached. */
  readonly partitioned?: boolean
}

/** Everything that is kept of a week. */
const tables: readonly CopiedTable[] = [
  { table: 'TrackingEvent', shifted: ['id', 'at', 'receivedAt'], when: 'at', partitioned: true },
  { table: 'TrackingSession', shifted: ['id', 'lastEventId', 'startedAt', 'endedAt'], when: 'startedAt' },
  ...['TrackingHour', 'TrackingVisitors', 'TrackingRevenue', 'TrackingTiming'].map((table) => ({
    table,
    shifted: ['hour'],
    when: 'hour',
  })),
  { table: 'TrackingMinute', shifted: ['minute'], when: 'minute' },
  ...[day, sixHours].flatMap(({ counts, visitors, time }) =>
    [counts, visitors].map((table) => ({ table, shifted: [time], when: time })),
  ),
]

/**
 * Copies a week (from Monday, UTC) of a workspace into the weeks before it, within PostgreSQL: every row of the log, of sessions and of
 * rollups, so that they still agree. The visitors are the same, who come back each week.
 *
 * Instants go back by whole weeks; so does the instant that an event's id begins with, and the rest of the id stays. Indexes are
 * made when the rows are there, and weeks of the log are no business of the write-ahead log: fifty million events take minutes.
 */
export async function copyWeek(owner: pg.Pool, { from, copies, ...of }: WeekCopies): Promise<void> {
  await Promise.all(
    [true, false].map(async (partitioned) => {
      const client = await owner.connect()
      try {
        await client.query(
          `set session_replication_role = replica; set maintenance_work_mem = '512MB'; set timezone = 'UTC'`,
        )
        for (const copied of tables.filter((each) => Boolean(each.partitioned) === partitioned)) {
          const week = await takeWeek(client, { from, ...of }, copied)
          if (partitioned) await fillPartitions(client, copied.table, from, copies, week.insert)
          else
            await withoutIndexes(client, copied.table, async () => {
              for (let back = 1; back <= copies; back++) await week.insert(`"${copied.table}"`, back)
            })
          await week.drop()
        }
      } finally {
        await client.query('reset all')
        client.release()
      }
    }),
  )
}

interface Week {
  /** Puts it into a table, so many weeks back. */
  insert(target: string, back: number): Promise<void>
  drop(): Promise<void>
}

/** Sets a week apart, its ids in two parts: that which is its instant, and the rest. */
async function takeWeek(
  client: pg.PoolClient,
  { workspaceId, from }: Pick<WeekCopies, 'workspaceId' | 'from'>,
  { table, shifted, when }: CopiedTable,
): Promise<Week> {
  const { rows } = await client.query<{ name: string; id: boolean }>(
    `select attname as name, atttypid = 'uuid'::regtype as id from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [`"${table}"`],
  )
  const ids = rows.filter(({ name, id }) => id && shifted.includes(name)).map(({ name }) => name)
  const parts = ids.map(
    (name) => `, ('x' || substr(replace("${name}"::text, '-', ''), 1, 12))::bit(48)::bigint as "${name} time",
      substr(replace("${name}"::text, '-', ''), 13) as "${name} rest"`,
  )
  const [begin, end] = [from, new Date(from.getTime() + weekMs)].map((at) => `'${at.toISOString()}'`)
  const week = `"bench_week_${table}"`
  await client.query(
    `create unlogged table ${week} as select *${parts.join('')} from "${table}"
     where "workspaceId" = '${workspaceId}' and "${when}" >= ${begin} and "${when}" < ${end} order by "${ids[0] ?? when}"`,
  )
  const columns = rows.map(({ name }) => `"${name}"`).join(', ')
  return {
    insert: async (target, back) => {
      const values = rows.map(({ name }) => {
        if (ids.includes(name))
          return `(lpad(to_hex("${name} time" - ${back * weekMs}), 12, '0') || "${name} rest")::uuid`
        return shifted.includes(name) ? `"${name}" - ${back} * interval '7 days'` : `"${name}"`
      })
      await client.query(`insert into ${target} (${columns}) select ${values.join(', ')} from ${week}`)
    },
    drop: async () => void (await client.query(`drop table ${week}`)),
  }
}

/** Makes the partition of each week beside the log, and attaches it when it is full: that is when it gets its indexes. */
async function fillPartitions(
  client: pg.PoolClient,
  table: string,
  from: Date,
  copies: number,
  insert: Week['insert'],
): Promise<void> {
  for (let back = 1; back <= copies; back++) {
    const monday = new Date(from.getTime() - back * weekMs)
    const partition = `"${table}_${monday.toISOString().slice(0, 10).replaceAll('-', '')}"`
    await client.query(`create unlogged table ${partition} (like "${table}" including defaults)`)
    await insert(partition, back)
    await client.query(`select protect_workspace_rows('${partition}')`)
    await client.query(`revoke all on ${partition} from espalier_app, espalier_system`)
    const [first, last] = [monday, new Date(monday.getTime() + weekMs)].map(
      (at) => `first_event_id('${at.toISOString()}')`,
    )
    const { rows } = await client.query<{ first: string; last: string }>(`select ${first} as first, ${last} as last`)
    const { first: begin, last: end } = rows[0] as { first: string; last: string }
    await client.query(
      `alter table "${table}" attach partition ${partition} for values from ('${begin}') to ('${end}')`,
    )
  }
}

/** Leaves out a table's indexes for as long as `fill` takes. */
async function withoutIndexes(client: pg.PoolClient, table: string, fill: () => Promise<void>): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; made: string; key: string | null }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made,
       'alter table "' || relname || '" add constraint "' || conname || '" ' || pg_get_constraintdef(pg_constraint.oid) as key
     from pg_index join pg_class on pg_class.oid = indrelid left join pg_constraint on conindid = indexrelid and conrelid = indrelid where indrelid = $1::regclass`,
    [`"${table}"`],
  )
  for (const { name, key } of indexes)
    await client.query(key ? `alter table "${table}" drop constraint ${name}` : `drop index ${name}`)
  await fill()
  for (const { made, key } of indexes) await client.query(key ?? made)
}
