import { expect, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../src/clock.ts'
import { sql } from '../../src/data/sql.ts'
import { defineEvent, when } from '../../src/events/defineEvent.ts'
import { EventBus } from '../../src/events/eventBus.ts'
import { findJob, retryJob } from '../../src/jobs/ledger.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { gate, startHouse } from '../jobs/house.ts'

const { db, createWorkspace } = await testDatabase()

const moved = defineEvent({
  name: 'test.moved',
  payload: z.object({ piece: z.string(), to: z.string() }),
  key: ({ piece }) => piece,
})

const handled: string[] = []
const fails = new Set<string>()
const gates = new Map<string, PromiseWithResolvers<void>>()
const { queue, contexts } = await startHouse(db, {
  handlers: [
    when(
      moved,
      async ({ payload: { piece, to } }) => {
        await gates.get(to)?.promise
        if (fails.has(to)) throw new Error(`${to} is taken`)
        handled.push(`${piece} ${to}`)
      },
      { ordered: true, concurrency: 5, retry: { limit: 0 } },
    ),
  ],
})
const system = { type: 'system', name: 'test' } as const
const moves = (piece: string) => handled.filter((move) => move.startsWith(piece))

test('events of a key wait for the one before; those of other keys do not', async () => {
  const context = contexts.workspace(await createWorkspace(), system)
  const held = gate()
  gates.set('e4', held)
  await context.publish(moved, { piece: 'pawn', to: 'e4' })
  await context.publish(moved, { piece: 'pawn', to: 'e5' })
  await context.publish(moved, { piece: 'rook', to: 'a1' })
  await eventually(() => expect(moves('rook')).toEqual(['rook a1']))
  expect(moves('pawn')).toEqual([])
  held.resolve()
  await eventually(() => expect(moves('pawn')).toEqual(['pawn e4', 'pawn e5']))
})

test('a key of one workspace does not wait for the same key of another', async () => {
  const held = gate()
  gates.set('h1', held)
  await contexts.workspace(await createWorkspace(), system).publish(moved, { piece: 'king', to: 'h1' })
  await contexts.workspace(await createWorkspace(), system).publish(moved, { piece: 'king', to: 'h2' })
  await eventually(() => expect(moves('king')).toEqual(['king h2']))
  held.resolve()
  await eventually(() => expect(moves('king')).toEqual(['king h2', 'king h1']))
})

test('an event that has gone to the dead letters lets its key go on, and runs out of order when it is retried', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, system)
  fails.add('b3')
  await context.publish(moved, { piece: 'bishop', to: 'b3' })
  await context.publish(moved, { piece: 'bishop', to: 'b4' })
  await eventually(() => expect(moves('bishop')).toEqual(['bishop b4']))
  const [dead] = await db
    .workspace(workspaceId)
    .query<{ id: string }>(sql`select id from pgboss.job where state = 'failed'`)
  expect(await findJob(db.workspace(workspaceId), dead?.id as string)).toMatchObject({
    status: 'failed',
    error: { message: 'b3 is taken' },
  })
  fails.delete('b3')
  await retryJob(db.workspace(workspaceId), dead?.id as string)
  await eventually(() => expect(moves('bishop')).toEqual(['bishop b4', 'bishop b3']))
})

test('order is that of publication, not of when the transactions began', async () => {
  const context = contexts.workspace(await createWorkspace(), system)
  const otherCommitted = gate()
  const begun = gate()
  // As when a transaction begins, then waits for a row that another one changes and publishes about.
  const late = context.transaction(async (tx) => {
    await tx.db.query(sql`select now()`)
    begun.resolve()
    await otherCommitted.promise
    await tx.publish(moved, { piece: 'queen', to: 'second' })
  })
  await begun.promise
  const held = gate()
  gates.set('zeroth', held)
  await context.publish(moved, { piece: 'queen', to: 'zeroth' })
  await context.transaction((tx) => tx.publish(moved, { piece: 'queen', to: 'first' }))
  otherCommitted.resolve()
  await late
  held.resolve()
  await eventually(() => expect(moves('queen')).toEqual(['queen zeroth', 'queen first', 'queen second']))
})

test('an ordered handler of an event without a key stops the start', () => {
  const keyless = defineEvent({ name: 'test.keyless', payload: z.object({}) })
  const handler = when(keyless, async () => {}, { ordered: true })
  expect(
    () =>
      new EventBus({
        handlers: [{ plugin: 'test', handler, service: undefined }],
        database: db,
        queue: () => queue,
        clock: systemClock,
      }),
  ).toThrow('the event has no key to order by')
})
