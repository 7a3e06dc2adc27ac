import { randomUUID } from 'node:crypto'
import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, test } from 'vitest'
import { operationsPlugin } from '../src/plugin.ts'
import garden, { rained, watered } from './garden.ts'
import { type Received, startReceiver } from './receiver.ts'

// Public events of any plugin, from where they are published to the receiver.

let minutes = 0
const clock = { now: () => new Date(Date.now() + minutes * 60_000) }
beforeEach(() => {
  minutes = 0
})
const receiver = await startReceiver()
const operations = operationsPlugin({ mayAsk: receiver.mayAsk })
const { kernel, signIn } = await servedKernel([mail, operations, garden], { clock })
const { webhooks } = kernel.service(operations)
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

type Client = Awaited<ReturnType<typeof signIn>>

const create = `mutation($input: CreateWebhookEndpointInput!) { made: createWebhookEndpoint(input: $input) {
  ... on CreateWebhookEndpointSuccess { data { endpoint { id eventTypes kinds ordered } secret } } ... on Error { code message } } }`

async function endpoint(client: Client, path: string, input: object = { eventTypes: ['garden.*'] }) {
  const { made } = await client.ask<{ made: { data: { endpoint: { id: string }; secret: string } } }>(create, {
    input: { url: receiver.address(path), ...input },
  })
  return { ...made.data.endpoint, secret: made.data.secret }
}

const water = (workspaceId: string, bedId: string, litres: number) =>
  contextOf(workspaceId).publish(watered, { bedId, litres, gardener: 'Ada' })

const plain = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] as string
const bed = (id: string) => Buffer.from(`Bed:${id}`).toString('base64')
const saidAt = (path: string) => receiver.at(path).map(({ body }) => JSON.parse(body))
const litresAt = (path: string) => saidAt(path).map(({ data }) => data.litres)

interface Delivery {
  id: string
  eventType: string
  status: string
  attempts: number
  body: string
  log: { nodes: { number: number; responseStatus: number | null; responseBody: string; durationMs: number }[] }
}
async function deliveriesOf(client: Client, filter: object = {}): Promise<Delivery[]> {
  const { webhookEndpoints } = await client.ask<{
    webhookEndpoints: { nodes: { deliveries: { nodes: Delivery[] } }[] }
  }>(
    `query($filter: WebhookDeliveryFilter) { webhookEndpoints(first: 2) { nodes { deliveries(first: 10, filter: $filter) { nodes {
      id eventType status attempts body log(first: 10, orderBy: { field: NUMBER, direction: ASC }) { nodes { number responseStatus responseBody durationMs } } } } } } }`,
    { filter },
  )
  return webhookEndpoints.nodes.flatMap(({ deliveries }) => deliveries.nodes)
}

/** How often each delivery was tried, as far as it is written down. */
const attemptsOf = async (client: Client) => (await deliveriesOf(client)).map(({ attempts }) => attempts)

/** What is due by now is posted, whoever else may be at it. */
const deliver = (client: Client, id: string) =>
  webhooks.deliver(contextOf(client.workspaceId), plain(id), AbortSignal.timeout(30_000))

describe('an endpoint gets', () => {
  test('what its plugin says is public of an event, signed, of its own workspace', async () => {
    const [client, stranger] = [await signIn(), await signIn()]
    const { secret } = await endpoint(client, '/public')
    await endpoint(stranger, '/stranger')
    const bedId = randomUUID()
    await water(client.workspaceId, bedId, 3)
    await expect.poll(() => receiver.at('/public').length).toBe(1)
    const { body, headers } = receiver.at('/public')[0] as Received
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
      id: expect.any(String),
      type: 'garden.watered',
      timestamp: expect.stringMatching(/Z$/),
      workspaceId: client.workspaceId,
      data: { bedId: bed(bedId), litres: 3 },
    })
    await water(stranger.workspaceId, bedId, 4)
    await expect.poll(() => litresAt('/stranger')).toEqual([4])
    expect(receiver.at('/public')).toHaveLength(1)
  })

  test('what it chose: a type, a group, everything; frequent ones by their own name alone', async () => {
    const client = await signIn()
    await endpoint(client, '/named', { eventTypes: ['garden.rained'] })
    await endpoint(client, '/grouped', { eventTypes: ['garden.*'] })
    await endpoint(client, '/everything', { eventTypes: ['*'] })
    await endpoint(client, '/told', {})
    const context = contextOf(client.workspaceId)
    await context.publish(rained, { drop: 1 })
    await water(client.workspaceId, randomUUID(), 1)
    await kernel.service(operations).notify(context, {
      kind: 'problem',
      key: 'one',
      severity: 'info',
      title: { en: 'Look', fr: 'Regardez' },
    })
    const types = (path: string) => saidAt(path).map(({ type }) => type)
    await expect.poll(() => types('/everything').sort()).toEqual(['garden.watered', 'notification.problem'])
    await expect.poll(() => types('/grouped')).toEqual(['garden.watered'])
    await expect.poll(() => types('/named')).toEqual(['garden.rained'])
    await expect.poll(() => types('/told')).toEqual(['notification.problem'])
  })

  test('nothing of a transaction that is rolled back', async () => {
    const client = await signIn()
    await endpoint(client, '/rolled-back')
    const context = contextOf(client.workspaceId)
    await context
      .sqlTransaction(async (tx) => {
        await tx.publish(watered, { bedId: randomUUID(), litres: 1, gardener: 'Ada' })
        throw new Error('back')
      })
      .catch(() => {})
    await water(client.workspaceId, randomUUID(), 2)
    await expect.poll(() => litresAt('/rolled-back')).toEqual([2])
  })

  test('only what there is: an unknown type is refused, with the way out', async () => {
    const client = await signIn()
    const input = { url: receiver.address('/'), eventTypes: ['garden.*', 'garden.mown'] }
    expect(await client.ask(create, { input })).toMatchObject({
      made: { code: 'INVALID_INPUT', message: expect.stringContaining('"garden.mown". Ask webhookEventTypes') },
    })
    expect(await client.ask(create, { input: { ...input, eventTypes: [] } })).toMatchObject({
      made: { code: 'INVALID_INPUT', message: expect.stringContaining('empty') },
    })
  })

  test('kinds of notifications, as they were given before there were other events', async () => {
    const client = await signIn()
    expect(await endpoint(client, '/kinds', { kinds: ['budget'] })).toMatchObject({
      eventTypes: ['notification.budget'],
      kinds: ['budget'],
    })
    expect(await endpoint(client, '/kinds', { kinds: [] })).toMatchObject({ eventTypes: ['notification.*'], kinds: [] })
  })
})

describe('an endpoint that keeps the order', () => {
  const ordered = { eventTypes: ['garden.*'], ordered: true }

  test('gets the second about a thing when the first was taken, and others meanwhile', async () => {
    const client = await signIn()
    receiver.answer('/line', { status: 500 })
    const { id } = await endpoint(client, '/line', ordered)
    const [roses, beans] = [randomUUID(), randomUUID()]
    await water(client.workspaceId, roses, 1)
    await expect.poll(() => attemptsOf(client)).toEqual([1])
    receiver.answer('/line', { status: 204 })
    for (const litres of [2, 3]) await water(client.workspaceId, roses, litres)
    await water(client.workspaceId, beans, 100)
    await expect.poll(() => litresAt('/line')).toContain(100)
    expect(litresAt('/line').filter((litres) => litres < 100)).toEqual([1])
    minutes += 1
    await expect
      .poll(async () => {
        await deliver(client, id)
        return litresAt('/line').filter((litres) => litres < 100)
      })
      .toEqual([1, 1, 2, 3])
  })

  test('goes on without one that is given up', async () => {
    const client = await signIn()
    receiver.answer('/stuck', { status: 500 })
    const { id } = await endpoint(client, '/stuck', ordered)
    const roses = randomUUID()
    await water(client.workspaceId, roses, 1)
    await expect.poll(() => attemptsOf(client)).toEqual([1])
    await water(client.workspaceId, roses, 2)
    await expect.poll(() => attemptsOf(client)).toEqual([0, 1])
    // The day is over, with the last attempt.
    minutes += 25 * 60
    await expect
      .poll(async () => {
        await deliver(client, id)
        return litresAt('/stuck')
      })
      .toEqual([1, 1, 2])
    await expect
      .poll(async () => (await deliveriesOf(client)).map(({ status }) => status))
      .toEqual(['FAILED', 'FAILED'])
  })

  test('never has two about one thing under way, however many post', async () => {
    const client = await signIn()
    const { id } = await endpoint(client, '/race', ordered)
    const roses = randomUUID()
    for (let litres = 1; litres <= 12; litres++) await water(client.workspaceId, roses, litres)
    await expect
      .poll(async () => {
        await Promise.all([deliver(client, id), deliver(client, id), deliver(client, id)])
        return litresAt('/race')
      })
      .toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(receiver.mostAtOnce('/race')).toBe(1)
  })
})

describe('the log', () => {
  test('has every attempt with what was answered, and is filtered by state, type and time', async () => {
    const client = await signIn()
    receiver.answer('/log', { status: 500, body: '<b>down</b>\0' }, { status: 200, body: 'x'.repeat(5_000) })
    const { id } = await endpoint(client, '/log', { eventTypes: ['garden.*', 'garden.rained'] })
    await water(client.workspaceId, randomUUID(), 1)
    await expect.poll(async () => (await deliveriesOf(client))[0]?.attempts).toBe(1)
    minutes += 1
    await expect
      .poll(async () => {
        await deliver(client, id)
        return (await deliveriesOf(client))[0]
      })
      .toMatchObject({
        eventType: 'garden.watered',
        status: 'DELIVERED',
        body: receiver.at('/log')[0]?.body,
        log: {
          nodes: [
            { number: 1, responseStatus: 500, responseBody: '<b>down</b>\uFFFD' },
            { number: 2, responseStatus: 200, responseBody: 'x'.repeat(1_024) },
          ],
        },
      })
    await contextOf(client.workspaceId).publish(rained, { drop: 1 })
    await expect.poll(() => receiver.at('/log').length).toBe(3)
    expect(await deliveriesOf(client, { eventType: { equals: 'garden.rained' } })).toHaveLength(1)
    expect(await deliveriesOf(client, { createdAt: { until: '2026-01-01T00:00:00Z' } })).toEqual([])
    expect(await deliveriesOf(client, { status: 'FAILED' })).toEqual([])
  })

  test('is forgotten after as many days as the workspace says', async () => {
    const client = await signIn()
    await endpoint(client, '/old')
    await water(client.workspaceId, randomUUID(), 1)
    // What is still waiting is not forgotten, and it waits until the answer has been written down.
    await expect.poll(async () => (await deliveriesOf(client))[0]?.status).toBe('DELIVERED')
    minutes += 29 * 24 * 60
    expect(await webhooks.forget(contextOf(client.workspaceId))).toBe(0)
    minutes += 2 * 24 * 60
    expect(await webhooks.forget(contextOf(client.workspaceId))).toBe(1)
    expect(await contextOf(client.workspaceId).db.query(sql`select from "WebhookAttempt"`)).toEqual([])
  })
})

describe('posting again', () => {
  const again = `mutation($id: ID!, $since: DateTime!) { again: redeliverWebhooks(id: $id, since: $since) {
    ... on RedeliverWebhooksSuccess { data { redelivery { total waiting delivered failed } } } ... on Error { code message } } }`
  const progress = '{ webhookEndpoints { nodes { redelivery { total waiting delivered failed } } } }'

  test('takes all that has failed since a time, says how far it has come, and leaves alone what was taken', async () => {
    const client = await signIn()
    receiver.answer('/down', { status: 204 }, { status: 500 })
    const { id } = await endpoint(client, '/down')
    await water(client.workspaceId, randomUUID(), 1)
    await expect.poll(async () => (await deliveriesOf(client))[0]?.status).toBe('DELIVERED')
    for (const litres of [2, 3, 4]) await water(client.workspaceId, randomUUID(), litres)
    await expect.poll(() => attemptsOf(client)).toEqual([1, 1, 1, 1])
    minutes += 25 * 60
    await expect
      .poll(async () => {
        await deliver(client, id)
        return (await deliveriesOf(client)).map(({ status }) => status).sort()
      })
      .toEqual(['DELIVERED', 'FAILED', 'FAILED', 'FAILED'])
    receiver.answer('/down', { status: 204 })
    const before = receiver.at('/down').length
    expect(await client.ask(again, { id, since: '2026-01-01T00:00:00Z' })).toMatchObject({
      again: { data: { redelivery: { total: 3 } } },
    })
    await expect
      .poll(() => client.ask(progress))
      .toEqual({ webhookEndpoints: { nodes: [{ redelivery: { total: 3, waiting: 0, delivered: 3, failed: 0 } }] } })
    expect(litresAt('/down').slice(before).sort()).toEqual([2, 3, 4])
    // Nothing is left, and the progress of the last one stays.
    expect(await client.ask(again, { id, since: '2026-01-01T00:00:00Z' })).toMatchObject({
      again: { data: { redelivery: { total: 3, delivered: 3 } } },
    })
  })

  test('one that was taken comes once more, under its id; one that waits is refused', async () => {
    const client = await signIn()
    await endpoint(client, '/lost')
    await water(client.workspaceId, randomUUID(), 1)
    await expect.poll(async () => (await deliveriesOf(client))[0]?.status).toBe('DELIVERED')
    const [delivery] = await deliveriesOf(client)
    const retry = `mutation($id: ID!) { again: retryWebhookDelivery(id: $id) { __typename ... on Error { message } } }`
    await client.ask(retry, { id: delivery?.id })
    await expect.poll(() => receiver.at('/lost').length).toBe(2)
    const [first, second] = receiver.at('/lost')
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    await expect.poll(async () => (await deliveriesOf(client))[0]?.status).toBe('DELIVERED')
    receiver.answer('/lost', { status: 500 })
    await client.ask(retry, { id: delivery?.id })
    await expect.poll(() => receiver.at('/lost').length).toBe(3)
    await expect.poll(async () => (await deliveriesOf(client))[0]?.attempts).toBe(3)
    expect(await client.ask(retry, { id: delivery?.id })).toMatchObject({ again: { __typename: 'ConflictError' } })
  })

  test('is refused to an endpoint that is off, of another workspace, and to who may only look', async () => {
    const [client, stranger] = [await signIn(), await signIn()]
    const viewer = await signIn({ role: 'viewer', workspace: client.workspaceId })
    const { id } = await endpoint(client, '/off')
    await client.ask('mutation($id: ID!) { updateWebhookEndpoint(id: $id, input: { active: false }) { __typename } }', {
      id,
    })
    const since = '2026-01-01T00:00:00Z'
    expect(await client.ask(again, { id, since })).toMatchObject({ again: { code: 'CONFLICT' } })
    expect(await stranger.ask(again, { id, since })).toMatchObject({ again: { code: 'NOT_FOUND' } })
    expect(await viewer.ask(again, { id, since })).toMatchObject({ again: { code: 'FORBIDDEN' } })
  })
})

test('an example of a type can be tried out: it says that it is one', async () => {
  const client = await signIn()
  const { id, secret } = await endpoint(client, '/example')
  const tryOut = `mutation($id: ID!, $type: String!) { tried: testWebhookEndpoint(id: $id, eventType: $type) {
    ... on TestWebhookEndpointSuccess { data { eventType test } } ... on Error { message } } }`
  expect(await client.ask(tryOut, { id, type: 'garden.watered' })).toEqual({
    tried: { data: { eventType: 'garden.watered', test: true } },
  })
  await expect.poll(() => receiver.at('/example').length).toBe(1)
  const { body, headers } = receiver.at('/example')[0] as Received
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
    type: 'garden.watered',
    test: true,
    data: { litres: 2 },
  })
  expect(await client.ask(tryOut, { id, type: 'garden.mown' })).toMatchObject({
    tried: { message: expect.stringContaining('"garden.mown"') },
  })
})

test('an endpoint that does not answer holds up no other', async () => {
  const client = await signIn()
  receiver.answer('/silent', { status: 0 })
  await endpoint(client, '/silent')
  await endpoint(client, '/quick')
  for (let litres = 1; litres <= 40; litres++) await water(client.workspaceId, randomUUID(), litres)
  await expect.poll(() => receiver.at('/quick').length).toBe(40)
  expect(receiver.mostAtOnce('/silent')).toBeLessThanOrEqual(16)
  receiver.hangUp()
})

test('an endpoint that cannot be reached rests; one that comes back is posted to at once when asked', async () => {
  const client = await signIn()
  receiver.answer('/broken-off', { status: -1 })
  const { id } = await endpoint(client, '/broken-off')
  await water(client.workspaceId, randomUUID(), 1)
  await expect.poll(async () => (await deliveriesOf(client))[0]?.attempts).toBe(1)
  receiver.answer('/broken-off', { status: 204 })
  await water(client.workspaceId, randomUUID(), 2)
  await expect.poll(async () => (await deliveriesOf(client)).length).toBe(2)
  expect(await deliver(client, id)).toEqual({ attempts: 0 })
  minutes += 1
  await expect
    .poll(async () => {
      await deliver(client, id)
      return (await deliveriesOf(client)).map(({ status }) => status)
    })
    .toEqual(['DELIVERED', 'DELIVERED'])
})
