import { type SqlContext, sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type MailService, mailPlugin } from '../src/index.ts'
import type { Transport } from '../src/transports/transport.ts'
import { greeter, hello, readMessage } from './workspaceWithMail.ts'

const sent: string[] = []
/** Takes everything; the test says what happens before it answers. */
const transport: Transport & { before: (to: string) => Promise<void> } = {
  name: 'smtp',
  account: 'smtp/test',
  priceMicros: 5,
  mostCalls: 50,
  rateLastsSeconds: 300,
  before: async () => {},
  rate: async () => ({ perSecond: 10_000, perDay: null, sentLast24h: 0 }),
  deliver: async ({ id, to }) => {
    await transport.before(to.address)
    sent.push(id)
    return { kind: 'accepted', providerId: `taken ${id}` }
  },
  close: () => {},
}
const database = await testDatabase()
const mail = mailPlugin({ transport, wait: async () => {} })
let service: MailService
const { kernel } = await testKernel(database, [mail, greeter(mail, (it) => (service = it))])
await kernel.start({ work: false })

async function workspace(): Promise<SqlContext> {
  const context = kernel.contexts.workspace(await database.createWorkspace(), { type: 'system', name: 'test' })
  await context.db.query(sql`
    insert into "PluginSetting" ("plugin", "value", "updatedAt")
    values ('mail', ${JSON.stringify({ transport: 'smtp', fromAddress: 'hello@example.com' })}::jsonb, now())`)
  return context
}

const run = (context: SqlContext) => service.dispatcher.run(context, AbortSignal.timeout(30_000))

test('hundreds are written down at once: in their order, each key once, those that are there as they are', async () => {
  const context = await workspace()
  const before = await service.send(context, hello({ idempotencyKey: 'there', data: { name: 'Zoë' } }))
  const keys = Array.from({ length: 450 }, (_, index) =>
    index === 7 ? 'there' : index === 9 ? 'key 8' : `key ${index}`,
  )
  const ids = await service.sendAll(
    context,
    keys.map((idempotencyKey, index) => hello({ idempotencyKey, data: { name: `Ada ${index}` } })),
  )
  expect(ids).toHaveLength(450)
  expect(ids[7]).toBe(before)
  expect(ids[9]).toBe(ids[8])
  expect(new Set(ids).size).toBe(449)
  expect(await readMessage(context, before)).toMatchObject({ subject: 'Hello Zoë' })
  expect(await readMessage(context, ids[8] as string)).toMatchObject({ subject: 'Hello Ada 8', dispatch: 'planned' })
  expect(await readMessage(context, ids[449] as string)).toMatchObject({ subject: 'Hello Ada 449' })

  expect(await run(context)).toMatchObject({ accepted: 449 })
  expect(sent.toSorted()).toEqual([...new Set(ids)].toSorted())
  expect(await readMessage(context, ids[449] as string)).toMatchObject({
    state: 'sent',
    dispatch: 'accepted',
    attempts: 1,
    providerId: `taken ${ids[449]}`,
    costMicros: '5',
  })
})

test('where one does not do, none is written down', async () => {
  const context = await workspace()
  const messages = [hello(), hello({ data: {} }), hello()]
  await expect(service.sendAll(context, messages)).rejects.toThrow('name')
  expect(await context.db.query(sql`select 1 from "MailMessage"`)).toEqual([])
})

test('callers with the same keys at the same time get the same messages', async () => {
  const context = await workspace()
  const messages = Array.from({ length: 40 }, (_, index) => hello({ idempotencyKey: `both ${index}` }))
  const [first, second] = await Promise.all([
    service.sendAll(context, messages),
    service.sendAll(context, messages.toReversed()),
  ])
  expect(second.toReversed()).toEqual(first)
  expect(await context.db.query(sql`select 1 from "MailMessage"`)).toHaveLength(40)
})

test('a row that somebody holds keeps no other answer from being written down', async () => {
  const context = await workspace()
  const ids = await service.sendAll(context, [hello({ to: { address: 'held@example.com' } }), hello(), hello()])
  const other = new pg.Client(database.urls.owner)
  await other.connect()
  transport.before = async (to) => {
    if (to !== 'held@example.com') return
    await other.query('begin')
    await other.query('select 1 from "MailMessage" where "id" = $1 for update', [ids[0]])
  }
  // The statement that waits for the row is ended, as by a time-out; then the others are written each by itself.
  const ended = new pg.Client(database.urls.owner)
  await ended.connect()
  const running = run(context)
  const states = async () =>
    (await Promise.all(ids.map((id) => readMessage(context, id)))).map(({ dispatch }) => dispatch)
  await expect
    .poll(
      async () => {
        await ended.query(`select pg_cancel_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%"duplicates" = "duplicates"%'`)
        return states()
      },
      { timeout: 60_000 },
    )
    .toEqual(['attempted', 'accepted', 'accepted'])
  await other.query('rollback')
  await running.catch(() => {})
  transport.before = async () => {}
  await Promise.all([other.end(), ended.end()])
})
