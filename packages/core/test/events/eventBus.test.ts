import { expect, test } from 'vitest'
import { z } from 'zod'
import type { WorkspaceContext } from '../../src/context.ts'
import { sql } from '../../src/data/sql.ts'
import { defineEvent, when } from '../../src/events/defineEvent.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { startHouse } from '../jobs/house.ts'

const { db, createWorkspace } = await testDatabase()

const goalReached = defineEvent({ name: 'test.goal-reached', payload: z.object({ goal: z.string() }) })
const unheard = defineEvent({ name: 'test.unheard', payload: z.object({}) })

/** Writes a row of the workspace's, so that a transaction's outcome can be seen. */
async function note(context: WorkspaceContext, name: string) {
  await context.db.query(
    sql`insert into "Secret" ("name", "keyId", "sealed", "updatedAt") values (${name}, 'k', '', now())`,
  )
}
const notes = (workspaceId: string) =>
  db
    .workspace(workspaceId)
    .query<{ name: string }>(sql`select "name" from "Secret" order by "name"`)
    .then((rows) => rows.map(({ name }) => name))

const deliveries: string[] = []
let crashesLeft = 0
const { contexts } = await startHouse(db, {
  service: { greeting: 'hi' },
  handlers: [
    when(goalReached, async (event, context, service: { greeting: string }) => {
      deliveries.push(event.id)
      await note(context, `first ${event.payload.goal} ${service.greeting}`)
    }),
    when(
      goalReached,
      async (event, context) => {
        await note(context, `second ${event.payload.goal}`)
        if (crashesLeft-- > 0) throw new Error('after the write')
      },
      { name: 'second', retry: { delaySeconds: 1 } },
    ),
  ],
})
const system = { type: 'system', name: 'test' } as const

test('every handler hears of the event, with its payload and its own service', async () => {
  const workspaceId = await createWorkspace()
  await contexts.workspace(workspaceId, system).publish(goalReached, { goal: 'signup' })
  await eventually(async () => expect(await notes(workspaceId)).toEqual(['first signup hi', 'second signup']))
})

test('an event published in a transaction that rolls back is never heard of', async () => {
  const workspaceId = await createWorkspace()
  const context = contexts.workspace(workspaceId, system)
  await context
    .transaction(async (tx) => {
      await tx.publish(goalReached, { goal: 'undone' })
      throw new Error('no')
    })
    .catch(() => {})
  expect(await db.workspace(workspaceId).query(sql`select id from pgboss.job`)).toEqual([])
})

test('an event that nobody handles leaves nothing behind', async () => {
  const workspaceId = await createWorkspace()
  await contexts.workspace(workspaceId, system).publish(unheard, {})
  expect(await db.workspace(workspaceId).query(sql`select id from pgboss.job`)).toEqual([])
})

test('a handler that fails after it has written is tried again, and its effect is there once', async () => {
  const workspaceId = await createWorkspace()
  crashesLeft = 1
  await contexts.workspace(workspaceId, system).publish(goalReached, { goal: 'crash' })
  await eventually(async () => expect(await notes(workspaceId)).toEqual(['first crash hi', 'second crash']))
})

test('an event that is delivered again after it was handled changes nothing', async () => {
  const workspaceId = await createWorkspace()
  await contexts.workspace(workspaceId, system).publish(goalReached, { goal: 'again' })
  await eventually(async () => expect(await notes(workspaceId)).toHaveLength(2))
  // As if the worker had died between the handler's commit and the note that the job is done.
  const delivered = deliveries.length
  const states = () =>
    db.workspace(workspaceId).query<{ state: string; output: unknown }>(sql`select state::text, output from pgboss.job`)
  await eventually(async () => expect((await states()).map(({ state }) => state)).toEqual(['completed', 'completed']))
  await db.system.query(sql`update pgboss.job set state = 'retry', output = null where group_id = ${workspaceId}`)
  await eventually(async () =>
    expect((await states()).map(({ output }) => output)).toEqual([
      { result: { handled: 'before' } },
      { result: { handled: 'before' } },
    ]),
  )
  expect(deliveries).toHaveLength(delivered)
  expect(await notes(workspaceId)).toHaveLength(2)
})

test('a payload that the schema refuses is not published', async () => {
  const context = contexts.workspace(await createWorkspace(), system)
  await expect(context.publish(goalReached, { goal: 3 as never })).rejects.toMatchObject({
    issues: [{ path: 'payload.goal' }],
  })
})
