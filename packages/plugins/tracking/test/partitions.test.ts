import { sql } from '@espalier/core'
import { expect, test } from 'vitest'
import { makePartitions } from '../src/partitions.ts'
import { collectorUnderTest } from './collector.ts'

/** A Monday, half an hour into a partition that the migration did not make. */
let now = new Date('2031-03-03T00:30:00Z')
const clock = { now: () => now }
const { db, host, makeSite, newId } = await collectorUnderTest({ clock })

const placesOf = (site: Awaited<ReturnType<typeof makeSite>>) =>
  site.context.db.query<{ place: string }>(
    sql`select tableoid::regclass::text as place from "TrackingEvent" order by "id"`,
  )

test('weeks are made ahead once, by a role that owns nothing', async () => {
  expect(await makePartitions(host.system)).toBe(10)
  expect(await makePartitions(host.system)).toBe(0)
  await expect(db.system.query(sql`create table sneaky (id int)`)).rejects.toThrow('permission denied')
  await expect(
    host
      .workspace(host.random ? (await makeSite()).workspaceId : '')
      .db.query(sql`select make_tracking_partitions(now(), 1)`),
  ).rejects.toThrow('permission denied')
  await expect(db.system.query(sql`select make_tracking_partitions(now(), 1000)`)).rejects.toThrow('between 1 and 60')
})

test('an event counts once on both sides of the boundary between two partitions, whenever it is sent', async () => {
  const site = await makeSite()
  const sunday = { id: newId(new Date('2031-03-02T23:59:59.999Z')), name: 'pageview' }
  const monday = { id: newId(new Date('2031-03-03T00:00:00.000Z')), name: 'pageview' }
  expect(await site.send([sunday, monday])).toMatchObject({ accepted: 2 })
  now = new Date('2031-03-04T12:00:00Z')
  expect(await site.send([monday, sunday, sunday])).toMatchObject({ accepted: 0, duplicates: 3 })
  expect(await placesOf(site)).toEqual([{ place: '"TrackingEvent_20310224"' }, { place: '"TrackingEvent_20310303"' }])
})

test('a week that nobody made in time is taken by the default partition, and stays there', async () => {
  now = new Date('2033-05-04T10:00:00Z')
  const site = await makeSite()
  const event = { id: newId(now), name: 'pageview' }
  expect(await site.send([event])).toMatchObject({ accepted: 1 })
  expect(await makePartitions(host.system)).toBe(9)
  expect(await site.send([event])).toMatchObject({ duplicates: 1 })
  expect(await placesOf(site)).toEqual([{ place: '"TrackingEvent_default"' }])
})

test('nobody reaches a partition but through the log, and nobody changes the log', async () => {
  const site = await makeSite()
  const partitions = await db.system.query<{ name: string }>(
    sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = '"TrackingEvent"'::regclass`,
  )
  expect(partitions.length).toBeGreaterThan(8)
  for (const { name } of partitions)
    for (const door of [db.system, site.context.db])
      await expect(door.query({ text: `select * from ${name}`, values: [] })).rejects.toThrow('permission denied')
  for (const change of [
    'update "TrackingEvent" set "name" = \'x\'',
    'delete from "TrackingEvent"',
    'truncate "TrackingEvent"',
  ])
    for (const door of [db.system, site.context.db])
      await expect(door.query({ text: change, values: [] })).rejects.toThrow('permission denied')
  const [unguarded] = await db.system.query<{ count: number }>(sql`
    select count(*)::int as count from pg_class join pg_inherits on inhrelid = oid where inhparent = '"TrackingEvent"'::regclass and not (relrowsecurity and relforcerowsecurity)`)
  expect(unguarded?.count).toBe(0)
})
