import { randomUUID } from 'node:crypto'
import { InvalidInputError, jobFailed, sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test, vi } from 'vitest'
import { operationsPlugin } from '../src/plugin.ts'
import { claim, giveUpWaiting, queue, release } from '../src/webhooks/deliveries.ts'
import { deliverWebhooks } from '../src/webhooks/jobs.ts'
import { type Received, startReceiver } from './receiver.ts'

// Endpoints that are slow, that nobody can sign for, that lead nowhere any more. What is queued here wakes nobody: tests post it.

let minutes = 0
let ticks = 0
/** No two moments are the same. */
const clock = { now: () => new Date(Date.now() + minutes * 60_000 + ticks++) }
const receiver = await startReceiver()
const operations = operationsPlugin({ mayAsk: receiver.mayAsk })
const { kernel, signIn } = await servedKernel([mail, operations], { clock })
const service = kernel.service(operations)
const { webhooks } = service

async function endpoint(path: string, eventTypes = ['*']) {
  const { workspaceId } = await signIn()
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
  const id = randomUUID()
  // By hand: making one the usual way wakes who posts.
  await context.db.query(sql`
    insert into "WebhookEndpoint" ("id", "url", "eventTypes", "updatedAt")
    values (${id}, ${receiver.address(path)}, ${eventTypes}::text[], now())`)
  await context.transaction((tx) => webhooks.endpoints.rotate(tx, id))
  return {
    id,
    context,
    add: async (count: number) => {
      for (let index = 0; index < count; index++) {
        const message = { id: randomUUID(), type: 'garden.mown', body: '{}', orderKey: null, notificationId: null }
        await context.sqlTransaction((tx) => queue(tx, { ...message, isTest: false }, [id]))
      }
    },
    deliver: () => webhooks.deliver(context, id, AbortSignal.timeout(20_000)),
    deliveries: () =>
      context.db.query<{ status: string; attempts: number; error: string | null; body: string }>(sql`
        select "status", "attempts", "error", "body" from "WebhookDelivery" delivery
        join "WebhookMessage" message on message."id" = delivery."messageId" order by "queuedAt"`),
    state: async () => {
      const [row] = await context.db.query<{ restUntil: Date | null; previousSecretUntil: Date | null }>(
        sql`select "restUntil", "previousSecretUntil" from "WebhookEndpoint"`,
      )
      return row
    },
  }
}

describe('an endpoint that is slow', () => {
  test('has two rounds under way at most, so that it does not occupy everybody who posts', async () => {
    const { id, context, add } = await endpoint('/slow')
    await add(5)
    const take = () => claim(context, { id, ordered: false }, 2)
    const first = await take()
    expect(first).toHaveLength(2)
    const second = await claim(context, { id, ordered: false }, 3)
    expect(second).toHaveLength(1)
    expect(await claim(context, { id, ordered: false }, 16)).toEqual([])
    await release(
      context,
      first.map((one) => one.id),
    )
    expect(await claim(context, { id, ordered: false }, 16)).toHaveLength(4)
  })

  test('is looked at a second later, not at once, while others post all that it may have', async () => {
    const { id, context, add, deliver } = await endpoint('/full')
    await add(3)
    for (const most of [1, 2]) expect(await claim(context, { id, ordered: false }, most)).toHaveLength(1)
    const enqueue = vi.spyOn(context, 'enqueue')
    const before = clock.now().getTime()
    expect(await deliver()).toEqual({ attempts: 0 })
    expect(enqueue.mock.calls).toEqual([
      [deliverWebhooks, { endpointId: id, takesOver: true }, { startAfter: expect.any(Date) }],
      [deliverWebhooks, { endpointId: id, at: expect.any(String) }, { startAfter: expect.any(Date) }],
    ])
    expect(enqueue.mock.calls[1]?.[2]?.startAfter?.valueOf()).toBeGreaterThanOrEqual(before + 1_000)
  })
})

describe('a delivery that takes long', () => {
  test('stays with whoever posts it', async () => {
    const path = `/${randomUUID()}`
    const { id, context, add, deliver, deliveries } = await endpoint(path)
    receiver.answer(path, { status: 204, afterMs: 4_000 })
    await add(1)
    const posting = deliver()
    await expect.poll(() => receiver.at(path)).toHaveLength(1)
    const heldUntil = async () => {
      const [row] = await context.db.query<{ until: Date }>(
        sql`select "claimedUntil" as "until" from "WebhookDelivery" where "endpointId" = ${id}`,
      )
      return (row as { until: Date }).until.valueOf()
    }
    const first = await heldUntil()
    await expect.poll(heldUntil, { timeout: 10_000 }).toBeGreaterThan(first)
    expect(await claim(context, { id, ordered: false }, 16)).toEqual([])
    await posting
    expect(await deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }])
    expect(receiver.at(path)).toHaveLength(1)
  })
})

describe('an endpoint whose secret', () => {
  test.each([
    ['does not open', sql`update "Secret" set "keyId" = 'lost'`],
    ['is gone', sql`delete from "Secret"`],
  ])('%s fails with the way out, gets nothing unsigned, and goes on with a new one', async (_what, lose) => {
    const path = `/${randomUUID()}`
    const { id, context, add, deliver, deliveries, state } = await endpoint(path)
    await context.db.query(lose)
    await add(1)
    expect(await deliver()).toEqual({ attempts: 1 })
    const error = 'Its secret cannot be read. Make a new one.'
    expect(await deliveries()).toMatchObject([{ status: 'waiting', attempts: 1, error }])
    expect(receiver.at(path)).toEqual([])
    const { secret } = await context.transaction((tx) => webhooks.endpoints.rotate(tx, id))
    expect((await state())?.previousSecretUntil).toBeNull()
    minutes += 1
    await deliver()
    minutes -= 1
    await expect.poll(deliveries).toMatchObject([{ status: 'delivered', attempts: 2 }])
    const { body, headers } = receiver.at(path)[0] as Received
    new Webhook(secret).verify(body, headers as Record<string, string>)
  })

  test('before the last does not open goes on with the last', async () => {
    const { id, context, add, deliver, deliveries } = await endpoint('/before-the-last')
    await context.transaction((tx) => webhooks.endpoints.rotate(tx, id))
    await context.db.query(sql`update "Secret" set "keyId" = 'lost' where "name" like '%/previous'`)
    await add(1)
    await deliver()
    expect(await deliveries()).toMatchObject([{ status: 'delivered' }])
  })
})

describe('of a job that failed', () => {
  const failed = (job: string) => ({
    kind: 'failedJob',
    key: job,
    severity: 'warning' as const,
    title: { en: job, fr: job },
    body: { en: 'no such address: ada@example.com', fr: 'no such address: ada@example.com' },
    data: { job },
  })
  const event = (job: string) => ({
    id: randomUUID(),
    name: jobFailed.name,
    key: job,
    data: { job },
    publishedAt: clock.now(),
  })

  test('nothing is posted where it was webhooks that failed: that would fail too, and so on', async () => {
    const { context, deliveries } = await endpoint('/feedback')
    await context.sqlTransaction((tx) => webhooks.tell(tx, event(deliverWebhooks.name)))
    await service.notify(context, failed(deliverWebhooks.name))
    expect(await deliveries()).toEqual([])
    await context.sqlTransaction((tx) => webhooks.tell(tx, event('doom.fail')))
    expect(await deliveries()).toHaveLength(1)
  })

  test('what the error says stays in the house', async () => {
    const { context, deliveries } = await endpoint('/error')
    await service.notify(context, failed('doom.fail'))
    const [{ body } = { body: '' }] = await deliveries()
    expect(JSON.parse(body)).toMatchObject({ data: { title: { en: 'doom.fail' }, body: { en: '', fr: '' } } })
    expect(webhooks.types.find(jobFailed.name)?.schema.properties).not.toHaveProperty('message')
  })
})

test('who answers 429 is left alone as long as it asks, also when it took another message meanwhile', async () => {
  receiver.answer('/busy', { status: 204 }, { status: 429, headers: { 'retry-after': '120' } })
  const { add, deliver, state } = await endpoint('/busy')
  await add(2)
  const before = clock.now().getTime()
  expect(await deliver()).toEqual({ attempts: 2 })
  expect((await state())?.restUntil?.getTime()).toBeGreaterThanOrEqual(before + 120_000)
})

test('an endpoint whose types or address are no longer allowed can be switched off; what is new is checked', async () => {
  const { id, context } = await endpoint('/moved-inside')
  await context.db.query(sql`update "WebhookEndpoint" set "eventTypes" = '{gone.*}', "url" = 'http://10.0.0.1/'`)
  const update = (given: object) => context.transaction((tx) => webhooks.endpoints.update(tx, id, given))
  expect(await update({ active: false })).toMatchObject({ active: false, eventTypes: ['gone.*'] })
  await expect(update({ eventTypes: ['gone.*', 'gone.other'] })).rejects.toThrow(InvalidInputError)
  await expect(update({ url: 'http://10.0.0.2/' })).rejects.toThrow(InvalidInputError)
})

test('what waits at an endpoint that is switched off is given up a batch at a time, and not posted', async () => {
  const { id, context, add, deliver, deliveries } = await endpoint('/off')
  await add(4)
  await context.db.query(sql`update "WebhookEndpoint" set "active" = false`)
  expect(await giveUpWaiting(context, id, 2)).toBe(true)
  const states = async () => (await deliveries()).map(({ status }) => status)
  expect(await states()).toEqual(['failed', 'failed', 'waiting', 'waiting'])
  expect(await deliver()).toEqual({ attempts: 0 })
  expect(await states()).toEqual(['failed', 'failed', 'failed', 'failed'])
})

test('what has failed is posted again a batch at a time, each once', async () => {
  const { id, context, add, deliveries } = await endpoint('/again')
  const since = clock.now()
  await add(3)
  await context.db.query(sql`update "WebhookDelivery" set "status" = 'failed', "attempts" = 9`)
  expect(await webhooks.redeliver(context, id, since, 2)).toBe(2)
  await expect.poll(deliveries).toMatchObject(Array(3).fill({ status: 'delivered', attempts: 10 }))
  const [{ redelivery } = { redelivery: '' }] = await context.db.query<{ redelivery: string }>(
    sql`select "redeliveryId" as "redelivery" from "WebhookEndpoint"`,
  )
  expect(await webhooks.redelivery(context, redelivery, since)).toMatchObject({ total: 3, delivered: 3 })
  await context.db.query(sql`update "WebhookDelivery" set "status" = 'failed'`)
  expect(await webhooks.goOnRedelivering(context, id, redelivery, since)).toBe(0)
})

test('old messages that are still on their way are not forgotten', async () => {
  const { context, add } = await endpoint('/old')
  await add(1)
  minutes += 40 * 24 * 60
  expect(await webhooks.forget(context)).toBe(0)
  await context.db.query(sql`update "WebhookDelivery" set "status" = 'failed'`)
  expect(await webhooks.forget(context)).toBe(1)
  minutes -= 40 * 24 * 60
})
