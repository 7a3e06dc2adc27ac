import type pg from 'pg'

/** What each of them holds, in words. */
export const filled =
  'Each workspace with an owner, 3 sites, 20 events, 5 sessions, 24 rows of the rollup by the hour and 20 of that by the minute; one of them is asked, over HTTP, with a session. Both answer the same.'

/** Workspaces as they stand after some days, made within PostgreSQL. */
export async function fillWorkspaces(owner: pg.Client, workspaces: number): Promise<void> {
  await owner.query('set session_replication_role = replica')
  const make = async (statement: string) => owner.query(statement)
  await owner.query(
    `insert into "Workspace" ("id", "name", "slug") select uuidv7(), 'Workspace ' || n, 'workspace-' || n from generate_series(1, $1::int) as n`,
    [workspaces],
  )
  await make(
    `insert into "User" ("id", "name", "email", "emailVerified", "updatedAt") select "id", "name", "slug" || '@example.com', true, now() from "Workspace"`,
  )
  await make(
    `insert into "TrackingSite" ("workspaceId", "id", "name", "key", "updatedAt")
     select "id", uuidv7(), 'Site ' || n, gen_random_uuid(), now() from "Workspace", generate_series(1, 3) as n`,
  )
  await make(
    `insert into "TrackingEvent" ("workspaceId", "id", "siteId", "visitorId", "name", "at", "url", "path", "channel")
     select site."workspaceId", uuidv7(n * interval '-1 hour'), site."id", gen_random_uuid(), 'pageview', now() - n * interval '1 hour',
       'https://shop.example/', '/', 'direct'
     from (select distinct on ("workspaceId") * from "TrackingSite") site, generate_series(1, 20) as n`,
  )
  await make(
    `insert into "TrackingSession" ("workspaceId", "siteId", "visitorId", "id", "startedAt", "endedAt", "lastEventId", "events", "pageviews",
       "conversions", "engagedMs", "acted", "experiments")
     select "workspaceId", "siteId", "visitorId", "id", "at", "at", "id", 1, 1, 0, 0, false, '{}'
     from (select *, row_number() over (partition by "workspaceId") as place from "TrackingEvent") event where place <= 5`,
  )
  await make(
    `insert into "TrackingHour" ("workspaceId", "siteId", "pageId", "dimension", "value", "hour", "pageviews", "clicks", "conversions",
       "served", "sessions", "bounces", "engagedMs", "scrollSum", "scrollCount")
     select "workspaceId", "id", '00000000-0000-0000-0000-000000000000', '', '', date_trunc('hour', now()) - n * interval '1 hour', 1, 0, 0,
       0, 1, 1, 0, 0, 0
     from (select distinct on ("workspaceId") * from "TrackingSite") site, generate_series(1, 24) as n`,
  )
  await make(
    `insert into "TrackingMinute" ("workspaceId", "pageId", "siteId", "name", "experimentId", "variantId", "minute", "count")
     select "workspaceId", "id", "id", 'pageview', "id", "id", date_trunc('minute', now()) - n * interval '1 minute', 1
     from (select distinct on ("workspaceId") * from "TrackingSite") site, generate_series(1, 20) as n`,
  )
  await owner.query('reset session_replication_role')
}
