import type pg from 'pg'

/**
 * Copies a week of a workspace into the weeks before it, within PostgreSQL: every row of the log, of sessions and of
 * rollups, so that they still agree. The visitors are the same, who come back each week.
 *
 * Instants go back by whole weeks; so does the instant that an event's id begins with, and the rest of the id stays.
 */
export async function copyWeek(
  owner: pg.Pool,
  { workspaceId, from, copies }: { workspaceId: string; from: Date; copies: number },
): Promise<void> {
  const client = await owner.connect()
  try {
    await client.query(`set session_replication_role = replica`)
    await client.query(`select make_tracking_partitions($1::timestamptz, $2)`, [
      new Date(from.getTime() - copies * 7 * 24 * 3600_000).toISOString(),
      copies + 2,
    ])
    await client.query(
      `create function bench_shifted(id uuid, weeks integer) returns uuid language sql immutable parallel safe return
        (lpad(to_hex(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint - weeks * 604800000::bigint), 12, '0')
          || substr(replace(id::text, '-', ''), 13))::uuid`,
    )
    for (const { table, shifted, sorted } of tables) {
      const { rows } = await client.query<{ name: string; id: boolean }>(
        `select attname as name, atttypid = 'uuid'::regtype as id from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
        [`"${table}"`],
      )
      const columns = rows.map(({ name }) => `"${name}"`).join(', ')
      const values = rows.map(({ name, id }) => {
        if (!shifted.includes(name)) return `"${name}"`
        return id ? `bench_shifted("${name}", $2)` : `"${name}" - $2 * interval '7 days'`
      })
      // What was there before the first copy; a week at a time, in the order of the key.
      await client.query(
        `create unlogged table bench_week as select * from "${table}" where "workspaceId" = '${workspaceId}' order by "${sorted}"`,
      )
      for (let week = 1; week <= copies; week++)
        await client.query(
          `insert into "${table}" (${columns}) select ${values.join(', ')} from bench_week where "workspaceId" = $1`,
          [workspaceId, week],
        )
      await client.query('drop table bench_week')
    }
    await client.query('checkpoint')
  } finally {
    await client.query('reset session_replication_role')
    client.release()
  }
}

/** What happens at an instant, by the columns that say when. */
const tables: readonly { table: string; shifted: readonly string[]; sorted: string }[] = [
  { table: 'TrackingEvent', shifted: ['id', 'at', 'receivedAt'], sorted: 'id' },
  { table: 'TrackingSession', shifted: ['id', 'lastEventId', 'startedAt', 'endedAt'], sorted: 'id' },
  ...['TrackingHour', 'TrackingVisitors', 'TrackingRevenue', 'TrackingTiming'].map((table) => ({
    table,
    shifted: ['hour'],
    sorted: 'hour',
  })),
  { table: 'TrackingMinute', shifted: ['minute'], sorted: 'minute' },
]
