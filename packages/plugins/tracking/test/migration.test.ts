import { type Migration, migrate, readMigrations } from '@espalier/core/server'
import { emptyDatabase } from '@espalier/core/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { visitorHash } from '../src/visitorCounts.ts'

const database = await emptyDatabase()

test('visitors and counts from before rollups by the hour are counted where numbers are read now', async () => {
  const owner = new pg.Client(database.owner)
  await owner.connect()
  const migrations = await readMigrations(new URL('../../../../prisma/migrations', import.meta.url).pathname)
  const index = migrations.findIndex(({ name }) => name.endsWith('tracking_visitors_mergeable'))
  await migrate(owner, migrations.slice(0, index) as Migration[])
  const uuid = (text: string) => `00000000-0000-4000-8000-${text.padStart(12, '0')}`
  const [workspace, site, page] = ['a', 'b', 'c'].map(uuid)
  const nobody = '00000000-0000-0000-0000-000000000000'
  const visitors = ['1', '2', '3'].map(uuid)
  for (const [visitor, place, quarter] of [
    [visitors[0], nobody, '10:00'],
    [visitors[0], page, '10:15'],
    [visitors[1], page, '10:45'],
    [visitors[2], page, '11:00'],
  ])
    await owner.query(
      `insert into "TrackingPresence" ("workspaceId", "siteId", "pageId", "visitorId", "quarter") values ($1, $2, $3, $4, $5)`,
      [workspace, site, place, visitor, `2026-11-01T${quarter}:00Z`],
    )
  for (const [place, minute, count] of [
    [nobody, '10:01', 2],
    [page, '10:16', 3],
    [page, '10:59', 4],
  ])
    await owner.query(
      `insert into "TrackingMinute" ("workspaceId", "siteId", "pageId", "name", "experimentId", "variantId", "minute", "count")
       values ($1, $2, $3, 'pageview', $4, $4, $5, $6)`,
      [workspace, site, place, nobody, `2026-11-01T${minute}:00Z`, count],
    )
  await migrate(owner, migrations)
  const { rows } = await owner.query(
    `select "pageId", to_char("hour" at time zone 'UTC', 'HH24') as "hour", "few"::text[] as "few" from "TrackingVisitors" order by 2, 1`,
  )
  const hashes = (...indexes: number[]) => indexes.map((index) => String(visitorHash(visitors[index] as string))).sort()
  expect(rows.map((row) => ({ ...row, few: [...row.few].sort() }))).toEqual([
    { pageId: nobody, hour: '10', few: hashes(0, 1) },
    { pageId: page, hour: '10', few: hashes(0, 1) },
    { pageId: nobody, hour: '11', few: hashes(2) },
    { pageId: page, hour: '11', few: hashes(2) },
  ])
  const hours = await owner.query(`select "pageId", "pageviews" from "TrackingHour" order by 1`)
  expect(hours.rows).toEqual([
    { pageId: nobody, pageviews: 9 },
    { pageId: page, pageviews: 7 },
  ])
  await owner.end()
})

test.each([
  ['UTC', 1],
  ['Europe/Paris', 0],
])('days that were put together in the time zone %s are kept: %i', async (timeZone, kept) => {
  const { owner: url } = await emptyDatabase()
  const owner = new pg.Client(url)
  await owner.connect()
  const migrations = await readMigrations(new URL('../../../../prisma/migrations', import.meta.url).pathname)
  const index = migrations.findIndex(({ name }) => name.endsWith('tracking_periods_in_utc'))
  await migrate(owner, migrations.slice(0, index) as Migration[])
  await owner.query(
    `insert into "TrackingDaysKept" ("workspaceId", "before") values ('00000000-0000-4000-8000-000000000001', now())`,
  )
  await owner.query(`set timezone = '${timeZone}'`)
  await migrate(owner, migrations)
  const { rows } = await owner.query(`select from "TrackingDaysKept"`)
  expect(rows).toHaveLength(kept)
  await owner.end()
})
