import { type SqlContext, sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import { afterAll, expect, test } from 'vitest'
import { type MailService, mailPlugin } from '../src/index.ts'
import { StubSes } from '../src/testing/index.ts'
import { configure, greeter, hello, readMessage, sesSecrets } from './workspaceWithMail.ts'

const ses = new StubSes()
const mail = mailPlugin({ sesEndpoint: await ses.listen() })
let service: MailService
const { kernel, signIn } = await servedKernel([mail, greeter(mail, (it) => (service = it))])
afterAll(() => ses.close())

async function workspace(settings: Record<string, unknown> = {}): Promise<SqlContext> {
  const owner = await signIn()
  await configure(owner, settings, settings.transport === 'ses' ? sesSecrets : {})
  return kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
}

const patience = { timeout: 60_000, interval: 50 }

async function count(context: SqlContext, of: ReturnType<typeof sql>): Promise<number> {
  const [row] = await context.db.query<{ count: number }>(of)
  return row?.count ?? 0
}

test('messages that are written one by one share the jobs that send them', async () => {
  const context = await workspace()
  const messages = 300
  const senders = Array.from({ length: 10 }, async () => {
    for (let n = 0; n < messages / 10; n += 1) await service.send(context, hello())
  })
  await Promise.all(senders)
  const sent = () => count(context, sql`select count(*)::int as "count" from "MailMessage" where "state" = 'sent'`)
  await expect.poll(sent, patience).toBe(messages)
  const jobs = await count(context, sql`select count(*)::int as "count" from pgboss.job where name = 'mail.dispatch'`)
  expect(jobs).toBeLessThan(messages / 2)
})

test('a run that is under way keeps none from leaving that come after it has looked', async () => {
  const context = await workspace({ transport: 'ses', fromAddress: 'hello@example.com' })
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  ses.onAccepted = (email) => (email.Destination.ToAddresses[0]?.includes('slow@') ? held : undefined)
  const slow = await service.send(context, hello({ to: { address: 'slow@example.com' } }))
  await expect.poll(async () => (await readMessage(context, slow)).dispatch, patience).toBe('attempted')
  const next = await service.send(context, hello())
  await expect.poll(async () => (await readMessage(context, next)).state, patience).toBe('sent')
  expect(await readMessage(context, slow)).toMatchObject({ dispatch: 'attempted' })
  letGo()
  await expect.poll(async () => (await readMessage(context, slow)).state, patience).toBe('sent')
})

test('a transaction that fails wakes nobody, and one that writes much wakes one', async () => {
  const context = await workspace()
  const jobs = () => count(context, sql`select count(*)::int as "count" from pgboss.job where name = 'mail.dispatch'`)
  const failing = context.sqlTransaction(async (tx) => {
    await service.send(tx, hello())
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await jobs()).toBe(0)
  await context.sqlTransaction(async (tx) => {
    for (let n = 0; n < 50; n += 1) await service.send(tx, hello())
  })
  const sent = () => count(context, sql`select count(*)::int as "count" from "MailMessage" where "state" = 'sent'`)
  await expect.poll(sent, patience).toBe(50)
  expect(await jobs()).toBeLessThanOrEqual(2)
})

test('an account that takes little goes on by itself, time after time', async () => {
  ses.quota = { ...ses.quota, MaxSendRate: 0.4 }
  const context = await workspace({ transport: 'ses', fromAddress: 'hello@example.com' })
  await context.sqlTransaction(async (tx) => {
    for (let n = 0; n < 4; n += 1) await service.send(tx, hello())
  })
  const sent = () => count(context, sql`select count(*)::int as "count" from "MailMessage" where "state" = 'sent'`)
  await expect.poll(sent, patience).toBe(4)
  const resumed = sql`select count(*)::int as "count" from pgboss.job where name = 'mail.resume' and started_on is not null`
  expect(await count(context, resumed)).toBeGreaterThan(1)
})
