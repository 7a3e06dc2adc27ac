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
}
