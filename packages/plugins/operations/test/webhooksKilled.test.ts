import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from '@espalier/core'
import { testDatabase, testKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import { afterAll, expect, test } from 'vitest'
import { operationsPlugin } from '../src/plugin.ts'
import { queue } from '../src/webhooks/deliveries.ts'
import { startReceiver } from './receiver.ts'

// A process that posts webhooks is killed, as by `kill -9` or a power cut, while the receiver thinks. Another works beside it.

const receiver = await startReceiver()
const operations = operationsPlugin({ mayAsk: receiver.mayAsk })
const database = await testDatabase()
const { kernel } = await testKernel(database, [mail, operations])
await kernel.start({ work: true })
const { webhooks } = kernel.service(operations)
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

test('killed while it posts: another posts the same a moment later, though nothing else happens at the endpoint', async () => {
  const workspaceId = await database.createWorkspace()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const endpointId = randomUUID()
  const path = `/${endpointId}`
  // By hand, and one message at a time: the usual way wakes who posts.
  await context.db.query(sql`
    insert into "WebhookEndpoint" ("id", "url", "eventTypes", "updatedAt")
    values (${endpointId}, ${receiver.address(path)}, '{*}', now())`)
  await context.transaction((tx) => webhooks.endpoints.rotate(tx, endpointId))
  const message = { id: randomUUID(), type: 'garden.mown', body: '{}', orderKey: null, notificationId: null }
  await context.sqlTransaction((tx) => queue(tx, { ...message, isTest: false }, [endpointId]))
  receiver.answer(path, { status: 0 }, { status: 204 })

  const { app, system } = database.urls
  const child = fork(join(import.meta.dirname, 'sender.ts'), [app, system, 'webhooks', workspaceId, endpointId], {
    execArgv: [],
  })
  children.push(child)
  await expect.poll(() => receiver.at(path), { timeout: 60_000 }).toHaveLength(1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  // Three seconds are promised of a machine that does nothing else.
  await expect.poll(() => receiver.at(path), { timeout: 10_000, interval: 20 }).toHaveLength(2)
  const ids = receiver.at(path).map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(1)
  const deliveries = () =>
    context.db.query(sql`select "status", "attempts" from "WebhookDelivery" where "endpointId" = ${endpointId}`)
  await expect.poll(deliveries).toEqual([{ status: 'delivered', attempts: 1 }])
}, 90_000)
