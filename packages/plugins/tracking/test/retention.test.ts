import { sql } from '@espalier/core'
import { expect, test } from 'vitest'
import { readTotals } from '../src/metrics.ts'
import { makePartitions } from '../src/partitions.ts'
import { postgresEventStore } from '../src/postgresEventStore.ts'
import { dropOld } from '../src/retention.ts'
import { hourMs, minuteOf } from '../src/timeZone.ts'
import { collectorUnderTest } from './collector.ts'

const day = 24 * 3600_000
const today = new Date()
let now = today
const clock = { now: () => now }
const { db, host, tracking, makeSite, newId, newVisitor } = await collectorUnderTest({ clock })

const weeks = async () =>
  (
    await db.system.query<{ name: string }>(sql`
      select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent = '"TrackingEvent"'::regclass and relname ~ '[0-9]{8}$' order by 1`)
  ).map(({ name }) => name)

test('what is older than the installation keeps goes, of every workspace; numbers and younger events stay', async () => {
  now = new Date(today.getTime() - 60 * day)
  await makePartitions(host.system)
  const [one, two] = [await makeSite(), await makeSite()]
  const pageview = (at: Date) => ({ id: newId(at), at, name: 'pageview' })
  for (const site of [one, two])
    for (const age of [60, 40, 3]) {
      now = new Date(today.getTime() - age * day)
      const { id: siteId, visitorId } = site
      await tracking.record(site.context, [{ siteId, visitorId, ...pageview(now) }])
    }
  now = today
  const before = await weeks()
  const { partitions, sessions } = await dropOld(host.system, postgresEventStore, 30)
  expect(partitions).toBeGreaterThanOrEqual(4)
  expect(sessions).toBe(4)
  expect(await weeks()).toEqual(before.slice(partitions))
  for (const site of [one, two]) {
    expect(await site.logged()).toHaveLength(1)
    expect(await readTotals(site.context, {})).toMatchObject({ pageviews: 3, sessions: 3, visitors: 1 })
  }
  expect(await dropOld(host.system, postgresEventStore, 30)).toEqual({ partitions: 0, sessions: 0 })
})

test('minutes go when they are 48 hours old; hours stay', async () => {
  const site = await makeSite()
  const minutes = () => site.context.db.query(sql`select distinct "minute" from "TrackingRecent" order by 1`)
  for (const hours of [47, 1]) {
    now = new Date(today.getTime() - hours * hourMs)
    await tracking.record(site.context, [
      { siteId: site.id, visitorId: newVisitor(), name: 'pageview', id: newId(now), at: now },
    ])
  }
  now = today
  await dropOld(host.system, postgresEventStore, undefined)
  expect(await minutes()).toHaveLength(2)
  now = new Date(today.getTime() + 2 * hourMs)
  await dropOld(host.system, postgresEventStore, undefined)
  expect(await minutes()).toEqual([{ minute: minuteOf(new Date(today.getTime() - hourMs)) }])
  expect(await readTotals(site.context, {})).toMatchObject({ pageviews: 2, visitors: 2 })
  now = today
})

test('events of a week that nobody made a partition for go as well, and the default partition stays closed', async () => {
  const site = await makeSite()
  now = new Date(today.getTime() - 400 * day)
  await tracking.record(site.context, [
    { siteId: site.id, visitorId: site.visitorId, name: 'pageview', id: newId(now), at: now },
  ])
  now = today
  await tracking.record(site.context, [{ siteId: site.id, visitorId: site.visitorId, name: 'pageview' }])
  await dropOld(host.system, postgresEventStore, 30)
  expect(await site.logged()).toHaveLength(1)
  const [table] = await db.system.query(
    sql`select relforcerowsecurity as forced from pg_class where relname = 'TrackingEvent_default'`,
  )
  expect(table).toEqual({ forced: true })
})

test('without a setting everything is kept; what late events may still reach is never dropped', async () => {
  const before = await weeks()
  expect(await dropOld(host.system, postgresEventStore, undefined)).toEqual({ partitions: 0, sessions: 0 })
  await expect(dropOld(host.system, postgresEventStore, 13)).rejects.toThrow('14 days at least')
  await expect(db.system.query(sql`select drop_tracking_partitions(now() - interval '6 days')`)).rejects.toThrow(
    '7 days at least',
  )
  await expect(db.system.query(sql`select drop_tracking_partitions(null)`)).rejects.toThrow('7 days at least')
  expect(await weeks()).toEqual(before)
})

test('only the system drops: not a workspace, and nobody a table by himself', async () => {
  const site = await makeSite()
  await expect(site.context.db.query(sql`select drop_tracking_partitions(now() - interval '90 days')`)).rejects.toThrow(
    'permission denied',
  )
  const [name] = await weeks()
  await expect(db.system.query({ text: `drop table "${name}"`, values: [] })).rejects.toThrow('must be owner')
})
