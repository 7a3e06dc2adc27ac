import { type SqlContext, sql } from '@espalier/core'
import { expect } from 'vitest'

/** The rollups say exactly what counting the log gives. */
export async function countedAsLogged(context: SqlContext): Promise<void> {
  const minutes = await context.db.query(sql`
    select "pageId", "siteId", "name", "experimentId", "variantId", "minute", "count" from "TrackingMinute" order by 1, 2, 3, 4, 5, 6`)
  const logged = await context.db.query(sql`
    select coalesce("pageId", nobody) as "pageId", "siteId", "name", coalesce(key::uuid, nobody) as "experimentId",
      coalesce(value::uuid, nobody) as "variantId", date_trunc('minute', "at") as "minute", count(*)::int as "count"
    from "TrackingEvent"
      cross join (select '00000000-0000-0000-0000-000000000000'::uuid as nobody) as nobody
      cross join lateral (select null as key, null as value union all select * from jsonb_each_text(coalesce("experiments", '{}'))) as shown
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`)
  expect(minutes).toEqual(logged)

  // The last minutes, of everything that the tests count, make the hours.
  const hours = await context.db.query(sql`
    with minutes as (
      select "siteId", "pageId", "dimension", "value", date_trunc('hour', "minute", 'UTC') as "hour", sum("pageviews") as "pageviews",
        sum("clicks") as "clicks", sum("conversions") as "conversions", sum("sessions") as "sessions", sum("bounces") as "bounces",
        sum("engagedMs") as "engagedMs", sum("scrollSum") as "scrollSum", sum("scrollCount") as "scrollCount"
      from "TrackingRecent" group by 1, 2, 3, 4, 5)
    select * from minutes full join "TrackingHour" as hours using ("siteId", "pageId", "dimension", "value", "hour")
    where (minutes."pageviews", minutes."clicks", minutes."conversions", minutes."sessions", minutes."bounces", minutes."engagedMs",
        minutes."scrollSum", minutes."scrollCount")
      is distinct from (hours."pageviews", hours."clicks", hours."conversions", hours."sessions", hours."bounces", hours."engagedMs",
        hours."scrollSum", hours."scrollCount")
      and (minutes."siteId" is not null or (hours."pageviews", hours."sessions", hours."clicks", hours."conversions") <> (0, 0, 0, 0))`)
  expect(hours).toEqual([])
}
