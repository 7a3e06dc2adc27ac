import { type SqlContext, sql } from '@espalier/core'
import { expect, test } from 'vitest'
import { valuesPerDay } from '../src/dimensions.ts'
import type { GoalScope } from '../src/goalCounts.ts'
import { keepPeriods } from '../src/keptPeriods.ts'
import { postgresEventStore } from '../src/postgresEventStore.ts'
import { Tracking } from '../src/tracking.ts'
import { collectorUnderTest } from './collector.ts'

const { tracking, makeSite, newId, newVisitor, host } = await collectorUnderTest()
const hourMs = 3600_000
const dayMs = 24 * hourMs
const thisHour = Math.floor(Date.now() / hourMs) * hourMs
const day = { from: new Date(thisHour - dayMs), to: new Date(thisHour) }
const page = newVisitor()

/** Conversions of two goals and of none in the last day, some of them on a page. */
async function convertedSite() {
  const site = await makeSite()
  const conversion = (minutesBefore: number, goal: string | null, pageId: string | null = null) => {
    const at = new Date(thisHour - minutesBefore * 60_000)
    return { id: newId(at), siteId: site.id, visitorId: newVisitor(), name: 'conversion', goal, pageId, at }
  }
  const events = Array.from({ length: 60 }, (_, index) =>
    conversion(1 + index * 23, ['signup', 'order', null][index % 3] as string | null, index % 4 === 0 ? page : null),
  )
  await tracking.record(site.context, events)
  return { ...site, conversion, events }
}

function fromLog(context: SqlContext, scope: GoalScope, by: 'HOUR' | 'MINUTE') {
  return tracking.store.goalCounts(context, scope, by)
}

/** The same on a log that nobody may count. */
const withoutLog = new Tracking(host, {
  store: { ...postgresEventStore, goalCounts: () => Promise.reject(new Error('The log is counted.')) },
})

test('conversions of a goal are counted without the log as the log counts them', async () => {
  const site = await convertedSite()
  const scopes = [
    { goal: 'signup', ...day },
    { goal: 'order', ...day, siteId: site.id },
    { goal: 'signup', ...day, pageId: page },
    { goal: 'order', from: new Date(thisHour - 7 * hourMs), to: new Date(thisHour - 2 * hourMs) },
    { goal: 'nobody', ...day },
  ]
  const kept = await Promise.all(
    scopes.flatMap((scope) => [
      withoutLog.goalCounts(site.context, scope, 'HOUR'),
      withoutLog.goalCounts(site.context, scope, 'MINUTE'),
    ]),
  )
  const logged = await Promise.all(
    scopes.flatMap((scope) => [fromLog(site.context, scope, 'HOUR'), fromLog(site.context, scope, 'MINUTE')]),
  )
  expect([...(logged[0]?.values() ?? [])].reduce((sum, count) => sum + count, 0)).toBe(20)
  expect(logged[4]?.size).toBeGreaterThan(2)
  expect(kept).toEqual(logged)
})

test('what comes twice counts once, and what comes late counts in its hour and on its day', async () => {
  const site = await convertedSite()
  await keepPeriods(host.system)
  await tracking.record(site.context, site.events)
  const late = [1, 2].map((part) => site.conversion(26 * 60 + part, 'signup'))
  await tracking.record(site.context, late)
  const scope = { goal: 'signup', from: new Date(thisHour - 2 * dayMs), to: day.to }
  const logged = await fromLog(site.context, scope, 'HOUR')
  expect([...logged.values()].reduce((sum, count) => sum + count, 0)).toBe(22)
  expect(await withoutLog.goalCounts(site.context, scope, 'HOUR')).toEqual(logged)
})

test('hours that were counted before goals were, or by a server that does not, are read from the log', async () => {
  const site = await convertedSite()
  const scope = { goal: 'signup', ...day }
  const logged = await fromLog(site.context, scope, 'HOUR')
  await site.context.db.query(
    sql`delete from "TrackingHour" where "dimension" = 'goal' and "hour" < ${new Date(thisHour - 12 * hourMs)}::timestamptz`,
  )
  expect(await tracking.goalCounts(site.context, scope, 'HOUR')).toEqual(logged)
  const since = { ...scope, from: new Date(thisHour - 12 * hourMs) }
  expect(await withoutLog.goalCounts(site.context, since, 'HOUR')).toEqual(await fromLog(site.context, since, 'HOUR'))
})

test('a goal is counted exactly beside more of them than a day keeps apart', async () => {
  const site = await convertedSite()
  const many = Array.from({ length: valuesPerDay + 20 }, (_, index) => site.conversion(5, `goal-${index}`))
  await tracking.record(site.context, many)
  for (const index of [0, valuesPerDay + 19])
    expect(await tracking.goalCounts(site.context, { goal: `goal-${index}`, ...day }, 'HOUR')).toEqual(
      new Map([[thisHour - hourMs, 1]]),
    )
})

test('spans that are not of whole steps, goals that share a key, and what they are split by are read from the log', async () => {
  const site = await convertedSite()
  const odd = { goal: 'signup', from: new Date(thisHour - 90 * 60_000), to: new Date(thisHour - 7 * 60_000) }
  expect(await tracking.goalCounts(site.context, odd, 'HOUR')).toEqual(await fromLog(site.context, odd, 'HOUR'))
  const old = { goal: 'signup', from: new Date(thisHour - 3 * dayMs), to: day.to }
  expect(await tracking.goalCounts(site.context, old, 'MINUTE')).toEqual(await fromLog(site.context, old, 'MINUTE'))
  const long = ['a', 'b'].map((end) => `${'x'.repeat(300)}${end}`)
  await tracking.record(
    site.context,
    long.map((goal) => site.conversion(5, goal)),
  )
  const one = { goal: long[0] as string, ...day }
  expect(await tracking.goalCounts(site.context, one, 'HOUR')).toEqual(new Map([[thisHour - hourMs, 1]]))
  expect(await tracking.goalCounts(site.context, { goal: 'signup', ...day }, 'channel')).toEqual(new Map([[null, 20]]))
})
