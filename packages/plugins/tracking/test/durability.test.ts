import { seededRandom, sql } from '@espalier/core'
import { expect, test } from 'vitest'
import type { EventStore } from '../src/eventStore.ts'
import { QueueFullError } from '../src/groupCommit.ts'
import { postgresEventStore } from '../src/postgresEventStore.ts'
import { collectorUnderTest } from './collector.ts'
import { countedAsLogged } from './countedAsLogged.ts'

/** What happens between the insert and the commit, for each batch. */
let beforeCommit: (tx: Parameters<EventStore['append']>[0]) => Promise<unknown> = async () => {}
let batches = 0
const store: EventStore = {
  ...postgresEventStore,
  append: async (tx, events) => {
    batches++
    const fresh = await postgresEventStore.append(tx, events)
    await beforeCommit(tx)
    return fresh
  },
}
const { tracking, host, makeSite, newId, newVisitor } = await collectorUnderTest({
  store,
  limits: { maxPending: 60, maxPendingPerKey: 50 },
})
tracking.onEvents('test', async (tx, events) => {
  if (events.some(({ name }) => name === 'poison'))
    await tx.db.query(sql`select 1 / (select count(*) from "TrackingOnce" where false)`)
})

const dieBeforeCommit = async (tx: Parameters<EventStore['append']>[0]) => {
  await tx.db.query(sql`select pg_terminate_backend(pg_backend_pid())`)
}

test('a crash between the insert and the commit: not acknowledged, not there, and counted once when sent again', async () => {
  const site = await makeSite()
  const events = [{ id: newId(), name: 'pageview' }]
  beforeCommit = dieBeforeCommit
  const failed = await site.send(events)
  expect(failed).toMatchObject({ status: 503, error: { code: 'NOT_WRITTEN' } })
  expect(failed.headers.get('retry-after')).toBe('1')
  beforeCommit = async () => {}
  expect(await site.logged()).toEqual([])
  expect(await site.send(events)).toMatchObject({ status: 200, accepted: 1, duplicates: 0 })
})

test('with connections that die at random, what is acknowledged is there, once, and counted once', async () => {
  const site = await makeSite()
  const random = seededRandom(7)
  beforeCommit = async (tx) => (random.next() < 0.4 ? dieBeforeCommit(tx) : undefined)
  const ids = Array.from({ length: 40 }, () => newId())
  let acknowledged = 0
  let failed = 0
  const sendAll = async (own: string[]) => {
    for (const id of own) {
      let answer = await site.send([{ id, name: 'pageview' }])
      for (; answer.status === 503; failed++) answer = await site.send([{ id, name: 'pageview' }])
      acknowledged += answer.accepted + answer.duplicates
    }
  }
  await Promise.all([0, 10, 20, 30].map((first) => sendAll(ids.slice(first, first + 10))))
  beforeCommit = async () => {}
  expect(failed).toBeGreaterThan(0)
  expect(acknowledged).toBe(40)
  expect((await site.logged()).map(({ id }) => id)).toEqual(ids.toSorted())
  await countedAsLogged(site.context)
})

test('one event sent a hundred times, fifty at once, counts once', async () => {
  const site = await makeSite()
  const event = { id: newId(), name: 'conversion', goal: 'signup' }
  const send = () => site.send([event])
  // As many as the queue takes at a time.
  const answers = [
    ...(await Promise.all(Array.from({ length: 50 }, send))),
    ...(await Promise.all(Array.from({ length: 50 }, send))),
  ]
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1)
  expect(answers.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(99)
  expect(await site.logged()).toHaveLength(1)
  expect(host.published.filter(({ workspaceId }) => workspaceId === site.workspaceId)).toMatchObject([
    { event: 'tracking.goal-reached', payload: { eventId: event.id, goal: 'signup' } },
  ])
  await countedAsLogged(site.context)
})

test('whatever visitor id is taken can convert, and so can those who share its commit', async () => {
  const site = await makeSite()
  const convert = (visitorId: string) => site.send([{ id: newId(), name: 'conversion' }], { visitorId })
  // A UUID of no known version: as good as another for telling visitors apart.
  const odd = ['11111111-1111-9111-1111-111111111111', '00000000-0000-0000-0000-000000000001']
  const answers = await Promise.all([...odd, newVisitor()].map(convert))
  expect(answers.map(({ accepted }) => accepted)).toEqual([1, 1, 1])
})

test('an event that cannot be stored is refused alone: its batch, and the requests beside it, are kept', async () => {
  const site = await makeSite()
  const good = () => ({ id: newId(), name: 'pageview' })
  const [mixed, ...others] = await Promise.all([
    site.send([good(), good(), { id: newId(), name: 'poison' }, good()]),
    site.send([good()]),
    site.send([good(), good()]),
  ])
  expect(mixed).toMatchObject({
    status: 200,
    accepted: 3,
    rejected: [{ index: 2, code: 'NOT_STORABLE', path: 'events.2' }],
  })
  expect(others).toMatchObject([{ accepted: 1 }, { accepted: 2 }])
  expect(await site.logged()).toHaveLength(6)
  await countedAsLogged(site.context)
})

test('requests of the same moment share a transaction', async () => {
  const site = await makeSite()
  await site.send([{ id: newId(), name: 'warm-up' }])
  batches = 0
  await Promise.all(Array.from({ length: 50 }, () => site.send([{ id: newId(), name: 'pageview' }])))
  expect(batches).toBeLessThan(10)
  expect(await site.logged()).toHaveLength(51)
})

test('a full queue refuses with 503 and takes again when it has emptied; one workspace does not fill it for all', async () => {
  const [busy, other] = [await makeSite(), await makeSite()]
  const gate = Promise.withResolvers<void>()
  /** Resolves when the next batch is between its insert and its commit, and stays there. */
  const nextBatch = () =>
    new Promise<void>((resolve) => {
      beforeCommit = () => {
        resolve()
        return gate.promise
      }
    })
  const events = (count: number) => Array.from({ length: count }, () => ({ id: newId(), name: 'pageview' }))
  const [first, taken] = [nextBatch(), busy.send(events(50))]
  await first
  const refused = await busy.send(events(1))
  expect(refused).toMatchObject({ status: 503, error: { code: 'NOT_WRITTEN' } })
  const [second, alsoTaken] = [nextBatch(), other.send(events(10))]
  await second
  const late = { siteId: other.id, visitorId: newVisitor(), name: 'late' }
  await expect(tracking.record(other.context, [late])).rejects.toThrow(QueueFullError)
  gate.resolve()
  expect(await taken).toMatchObject({ status: 200, accepted: 50 })
  expect(await alsoTaken).toMatchObject({ status: 200, accepted: 10 })
  beforeCommit = async () => {}
  expect(await busy.send(events(1))).toMatchObject({ status: 200, accepted: 1 })
})

test('stopping waits for what was taken', async () => {
  const site = await makeSite()
  const inserted = Promise.withResolvers<void>()
  beforeCommit = async () => inserted.resolve()
  const sent = site.send([{ id: newId(), name: 'pageview' }])
  await inserted.promise
  await tracking.stop()
  expect(await site.logged()).toHaveLength(1)
  expect(await sent).toMatchObject({ status: 200, accepted: 1 })
})
