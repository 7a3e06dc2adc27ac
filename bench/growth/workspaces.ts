import type pg from 'pg'
import { openInstallation } from './installation.ts'
import { sized } from './plugins.ts'
import { compareSizes } from './questions.ts'

const [few, many] = [10, Number(process.env.WORKSPACES ?? 10_000)]

/** Ten workspaces and ten thousand, of equal size, and one of them asked. */
export async function growWorkspaces(): Promise<void> {
  await using small = await openInstallation({ plugins: 3, fill: (owner) => fill(owner, few) })
  await using large = await openInstallation({ plugins: 3, fill: (owner) => fill(owner, many) })
  const [one, two] = [sized(small, `${few} workspaces`), sized(large, `${many.toLocaleString('en')} workspaces`)]
  await compareSizes(
    {
      key: 'growth-workspaces',
      title: `${one.name} → ${two.name}`,
      notes: [
        'Each with an owner, 3 sites, 20 events, 5 sessions, 24 rows of the rollup by the hour and 20 of that by the minute. Over HTTP, with a session.',
        one.note,
        two.note,
      ],
    },
    one,
    two,
    1.2,
  )
}

/** Workspaces as they stand after some days, made within PostgreSQL. */
async function fill(owner: pg.Client, workspaces: number): Promise<void> {
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
