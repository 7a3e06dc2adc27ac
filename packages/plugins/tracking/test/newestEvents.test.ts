import { expect, test } from 'vitest'
import { newEventId } from '../src/eventId.ts'
import { newestEvents } from '../src/newestEvents.ts'
import { collectorUnderTest } from './collector.ts'

const { tracking, makeSite, newVisitor } = await collectorUnderTest()
const now = new Date()
const at = (hoursAgo: number) => new Date(now.getTime() - hoursAgo * 3600_000)
const byId = [{ id: 'desc' }]

/** Events of a name, so many hours ago, and lists of them as the API reads them. */
async function logOf(hours: Readonly<Record<string, readonly number[]>>) {
  const { context, id: siteId } = await makeSite()
  const logged = Object.entries(hours).flatMap(([name, each]) =>
    each.map((ago) => {
      const id = newEventId(at(ago), { next: Math.random })
      return { siteId, visitorId: newVisitor(), name, at: at(ago), id }
    }),
  )
  await tracking.record(context, logged)
  const asked: object[] = []
  const table = context.db.prisma.trackingEvent as unknown as Parameters<typeof newestEvents>[0]
  const rows = newestEvents(
    {
      ...table,
      findMany: (query) => {
        asked.push(query.where ?? {})
        return table.findMany(query)
      },
    },
    now,
  )
  return { rows, asked, ids: (found: object[]) => found.map((row) => (row as { id: string }).id), table }
}

test.each([
  ['of the last day are found in it', { pageview: [0, 1, 2, 30, 400] }, {}, 3, 1],
  ['of the last weeks are found in them', { pageview: [1, 30, 60, 400] }, {}, 3, 2],
  ['of a longer time are found in the whole log', { pageview: [1, 30, 400, 900] }, {}, 4, 3],
  ['are as few as there are', { pageview: [1, 400] }, {}, 20, 3],
  ['of a name are found however rare they are', { pageview: [1, 2, 3], click: [30, 500] }, { name: 'click' }, 2, 3],
  [
    'within a span are looked for in it alone',
    { pageview: [1, 30] },
    { id: { gte: newEventId(at(40), { next: () => 0 }) } },
    20,
    1,
  ],
])('the newest events %s', async (_what, hours, where, take, questions) => {
  const { rows, table, asked, ids } = await logOf(hours)
  const query = { where: { AND: [where] }, orderBy: byId, take }
  const found = ids(await rows.findMany(query))
  expect(found).toEqual(ids(await table.findMany(query)))
  expect(found.length).toBeGreaterThan(0)
  expect(asked).toHaveLength(questions)
})
