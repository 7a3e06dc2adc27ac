import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { operationsPlugin } from '../src/plugin.ts'
import { nextAttempt } from '../src/webhooks/retries.ts'
import { signedHeaders } from '../src/webhooks/signature.ts'
import { type Received, startReceiver } from './receiver.ts'

let minutes = 0
const clock = { now: () => new Date(Date.now() + minutes * 60_000) }
const receiver = await startReceiver()
const operations = operationsPlugin({ mayAsk: receiver.mayAsk })
const { kernel, signIn } = await servedKernel([mail, operations], { clock })
const service = kernel.service(operations)
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

type Client = Awaited<ReturnType<typeof signIn>>
interface Delivery {
  id: string
  status: string
  attempts: number
  responseStatus: number | null
  error: string | null
  nextAt: string | null
}
interface Endpoint {
  id: string
  active: boolean
  disabledReason: string | null
  deliveries: { nodes: Delivery[] }
}

const create = `mutation($input: CreateWebhookEndpointInput!) { made: createWebhookEndpoint(input: $input) {
  ... on CreateWebhookEndpointSuccess { data { endpoint { id } secret } } ... on Error { code message } } }`

async function endpoint(client: Client, path: string, input: object = {}) {
  const { made } = await client.ask<{ made: { data: { endpoint: { id: string }; secret: string } } }>(create, {
    input: { url: receiver.address(path), ...input },
  })
  return { id: made.data.endpoint.id, secret: made.data.secret }
}

const told = (workspaceId: string, key: string, kind = 'problem') =>
  service.notify(contextOf(workspaceId), {
    kind,
    key,
    severity: 'warning',
    title: { en: 'Look', fr: 'Regardez' },
    link: '/pages',
    data: { answer: 42 },
  })

async function stateOf(client: Client): Promise<Endpoint> {
  const { webhookEndpoints } = await client.ask<{ webhookEndpoints: { nodes: Endpoint[] } }>(
    '{ webhookEndpoints { nodes { id active disabledReason deliveries { nodes { id status attempts responseStatus error nextAt } } } } }',
  )
  return webhookEndpoints.nodes[0] as Endpoint
}

const arrived = (path: string, count = 1) =>
  expect.poll(() => receiver.at(path).length, { message: `posts to ${path}` }).toBe(count)

function verified(secret: string, { body, headers }: Received) {
  return new Webhook(secret).verify(body, headers as Record<string, string>)
}

describe('a webhook', () => {
  test('is posted with what happened, signed so that the standard’s own library takes it', async () => {
    const client = await signIn()
    const { secret } = await endpoint(client, '/signed')
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    await told(client.workspaceId, 'signed')
    await arrived('/signed')
    const message = receiver.at('/signed')[0] as Received
    expect(verified(secret, message)).toMatchObject({
      type: 'notification.problem',
      timestamp: expect.stringMatching(/^20..-..-..T..:..:..\....Z$/),
      data: {
        key: 'signed',
        severity: 'warning',
        title: { en: 'Look', fr: 'Regardez' },
        url: 'http://espalier.test/admin/pages',
        workspaceId: client.workspaceId,
        details: { answer: 42 },
      },
    })
    expect(() => verified(secret, { ...message, body: message.body.replace('Look', 'Hook') })).toThrow()
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({ deliveries: { nodes: [{ status: 'DELIVERED', responseStatus: 204, attempts: 1 }] } })
  })

  test('goes to those alone that want its kind, of its own workspace', async () => {
    const client = await signIn()
    const stranger = await signIn()
    await endpoint(client, '/picky', { kinds: ['budget'] })
    await endpoint(client, '/all')
    await endpoint(stranger, '/stranger')
    await told(client.workspaceId, 'one', 'problem')
    await arrived('/all')
    await told(client.workspaceId, 'two', 'budget')
    await arrived('/picky')
    expect(receiver.at('/picky')[0]?.body).toContain('"two"')
    expect(receiver.at('/stranger')).toEqual([])
  })

  test('that is not taken comes again, under the same id, with a signature of its own time', async () => {
    const client = await signIn()
    receiver.answer('/again', { status: 500 }, { status: 204 })
    const { secret } = await endpoint(client, '/again')
    await told(client.workspaceId, 'again')
    await arrived('/again', 2)
    const [first, second] = receiver.at('/again') as [Received, Received]
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
    expect(second.body).toBe(first.body)
    expect(
      Number(second.headers['webhook-timestamp']) - Number(first.headers['webhook-timestamp']),
    ).toBeGreaterThanOrEqual(5)
    verified(secret, second)
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({ deliveries: { nodes: [{ status: 'DELIVERED', attempts: 2 }] } })
  })

  test('whose attempt is made twice counts once', async () => {
    const client = await signIn()
    receiver.answer('/twice', { status: 500 })
    await endpoint(client, '/twice')
    await told(client.workspaceId, 'twice')
    await expect.poll(() => stateOf(client)).toMatchObject({ deliveries: { nodes: [{ attempts: 1 }] } })
    const [row] = await contextOf(client.workspaceId).db.query<{ id: string }>(sql`select "id" from "WebhookDelivery"`)
    const attempt = { deliveryId: row?.id as string, attempt: 0 }
    const before = receiver.at('/twice').length
    expect(await service.webhooks.deliver(contextOf(client.workspaceId), attempt, AbortSignal.timeout(5_000))).toBe(
      'nothing to do',
    )
    expect(receiver.at('/twice').length).toBe(before)
  })

  test('that redirects has failed: nobody is followed', async () => {
    const client = await signIn()
    receiver.answer('/moved', { status: 302, headers: { location: receiver.address('/elsewhere') } })
    await endpoint(client, '/moved')
    await told(client.workspaceId, 'moved')
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({
        deliveries: {
          nodes: [{ status: 'WAITING', responseStatus: 302, error: expect.stringContaining('redirects') }],
        },
      })
    expect(receiver.at('/elsewhere')).toEqual([])
  })
})

describe('an endpoint', () => {
  test('that answers 410 Gone is switched off, and people are told', async () => {
    const client = await signIn()
    receiver.answer('/gone', { status: 410 })
    await endpoint(client, '/gone')
    await told(client.workspaceId, 'gone')
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({
        active: false,
        disabledReason: 'It answered 410 Gone.',
        deliveries: { nodes: [{ status: 'FAILED' }] },
      })
    const { notifications } = await client.ask<{ notifications: { nodes: { title: string }[] } }>(
      '{ notifications { nodes { title } } }',
    )
    expect(notifications.nodes[0]?.title).toBe(`Webhooks to ${new URL(receiver.address('/')).host} were switched off`)
    await told(client.workspaceId, 'after')
    expect((await stateOf(client)).deliveries.nodes).toHaveLength(1)
  })

  test('that has failed for three days is switched off; switched on again it starts anew', async () => {
    const client = await signIn()
    receiver.answer('/broken', { status: 503 })
    const { id } = await endpoint(client, '/broken')
    const context = contextOf(client.workspaceId)
    await told(client.workspaceId, 'broken')
    const attemptsMade = async () => (await stateOf(client)).deliveries.nodes[0]?.attempts
    await expect.poll(attemptsMade).toBe(1)
    for (let attempt = 1; (await stateOf(client)).active; attempt++) {
      minutes += 24 * 60
      const [row] = await context.db.query<{ id: string }>(sql`select "id" from "WebhookDelivery"`)
      await service.webhooks.deliver(context, { deliveryId: row?.id as string, attempt }, AbortSignal.timeout(5_000))
      expect(attempt).toBeLessThan(5)
    }
    minutes -= 3 * 24 * 60
    expect(await stateOf(client)).toMatchObject({ disabledReason: expect.stringContaining('three days') })
    const on = `mutation($id: ID!) { updateWebhookEndpoint(id: $id, input: { active: true }) {
      ... on UpdateWebhookEndpointSuccess { data { active disabledReason failingSince } } } }`
    expect(await client.ask(on, { id })).toMatchObject({
      updateWebhookEndpoint: { data: { active: true, disabledReason: null, failingSince: null } },
    })
  })

  test('signs with both secrets for a day after a rotation, then with the new one', async () => {
    const client = await signIn()
    const { id, secret } = await endpoint(client, '/rotated')
    const { rotated } = await client.ask<{ rotated: { data: { secret: string } } }>(
      `mutation($id: ID!) { rotated: rotateWebhookSecret(id: $id) { ... on RotateWebhookSecretSuccess { data { secret } } } }`,
      { id },
    )
    await told(client.workspaceId, 'both')
    await arrived('/rotated')
    const during = receiver.at('/rotated')[0] as Received
    verified(secret, during)
    verified(rotated.data.secret, during)
    await contextOf(client.workspaceId).db.query(
      sql`update "WebhookEndpoint" set "previousSecretUntil" = ${new Date(clock.now().getTime() - 1000)}`,
    )
    await told(client.workspaceId, 'new')
    await arrived('/rotated', 2)
    const later = receiver.at('/rotated')[1] as Received
    verified(rotated.data.secret, later)
    expect(() => verified(secret, later)).toThrow()
  })

  test('is tried out with a message of its own, once', async () => {
    const client = await signIn()
    receiver.answer('/tried', { status: 500 })
    const { id, secret } = await endpoint(client, '/tried')
    await client.ask('mutation($id: ID!) { testWebhookEndpoint(id: $id) { ... on Error { message } } }', { id })
    await arrived('/tried')
    expect(verified(secret, receiver.at('/tried')[0] as Received)).toMatchObject({ type: 'test' })
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({ active: true, deliveries: { nodes: [{ status: 'FAILED', nextAt: null }] } })
    receiver.answer('/tried', { status: 200 })
    const { deliveries } = await stateOf(client)
    await client.ask('mutation($id: ID!) { retryWebhookDelivery(id: $id) { ... on Error { message } } }', {
      id: deliveries.nodes[0]?.id,
    })
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({ deliveries: { nodes: [{ status: 'DELIVERED', attempts: 2 }] } })
  })

  test.each([
    ['of the cloud’s metadata', 'http://169.254.169.254/latest', 'private network'],
    ['of this machine', 'https://[::1]/', 'private network'],
    ['with a password', 'https://ada:secret@example.com/', 'holds a user or a password'],
    ['of another protocol', 'file:///etc/passwd', 'does not begin with https'],
    ['that is none', 'hooks', 'is no address'],
  ])('%s is refused', async (_what, url, message) => {
    const client = await signIn()
    expect(await client.ask(create, { input: { url } })).toMatchObject({
      made: { code: 'INVALID_INPUT', message: expect.stringContaining(message) },
    })
  })

  test('whose name leads into this machine gets nothing', async () => {
    const client = await signIn()
    const { port } = new URL(receiver.address('/'))
    await endpoint(client, '/never', {
      url: `http://localhost:${Number(port) === 65_535 ? 65_534 : Number(port) + 1}/never`,
    })
    await told(client.workspaceId, 'never')
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({
        deliveries: { nodes: [{ status: 'WAITING', error: expect.stringContaining('private network') }] },
      })
  })

  test('is for who may change things, and its secret for nobody afterwards', async () => {
    const owner = await signIn()
    const viewer = await signIn({ role: 'viewer', workspace: owner.workspaceId })
    expect(await viewer.ask(create, { input: { url: 'https://example.com/' } })).toMatchObject({
      made: { code: 'FORBIDDEN' },
    })
    const { secret } = await endpoint(owner, '/quiet')
    const { auditEntries } = await owner.ask<{ auditEntries: object }>(
      '{ auditEntries { nodes { action before after } } }',
    )
    expect(JSON.stringify(auditEntries)).toContain('createWebhookEndpoint')
    expect(JSON.stringify(auditEntries)).not.toContain(secret.slice(6, 30))
  })

  test('is one of 20 at most, also when many are added at once', async () => {
    const client = await signIn()
    for (let index = 0; index < 18; index++) await endpoint(client, '/many')
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() =>
        client.ask<{ made: { code?: string } }>(create, { input: { url: receiver.address('/many') } }),
      ),
    )
    expect(answers.filter(({ made }) => made.code === 'CONFLICT')).toHaveLength(2)
  })
})

describe('signatures', () => {
  test('are those of the standard’s published example', () => {
    // The example of the specification's own libraries.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
    const at = new Date(1614265330_000)
    const body = '{"test": 2432232314}'
    expect(signedHeaders(id, at, body, [secret])['webhook-signature']).toBe(new Webhook(secret).sign(id, at, body))
    expect(signedHeaders(id, at, body, [secret])['webhook-signature']).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })
})

describe('attempts', () => {
  const now = new Date('2026-11-21T12:00:00Z')
  const least = { next: () => 0 }
  const after = (attempts: number, retryAfter?: string) => {
    const at = nextAttempt(attempts, now, least, retryAfter)
    return at && (at.getTime() - now.getTime()) / 1000
  }

  test('come after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, then no more', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((made) => after(made))).toEqual([
      5,
      300,
      1_800,
      7_200,
      18_000,
      36_000,
      50_400,
      72_000,
      86_400,
      null,
    ])
  })

  test('wait for as long as the receiver asks, up to a day', () => {
    expect(after(1, '120')).toBe(120)
    expect(after(1, 'Sat, 21 Nov 2026 12:10:00 GMT')).toBe(600)
    expect(after(1, '99999999')).toBe(86_400)
    expect(after(2, 'soon')).toBe(300)
  })
})
