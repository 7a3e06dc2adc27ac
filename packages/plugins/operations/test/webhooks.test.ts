import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, test } from 'vitest'
import { operationsPlugin } from '../src/plugin.ts'
import { type Claimed, claim, settle } from '../src/webhooks/deliveries.ts'
import { nextAttempt } from '../src/webhooks/retries.ts'
import { signedHeaders } from '../src/webhooks/signature.ts'
import { type Received, startReceiver } from './receiver.ts'

let minutes = 0
const clock = { now: () => new Date(Date.now() + minutes * 60_000) }
beforeEach(() => {
  minutes = 0
})
const receiver = await startReceiver()
/** What names resolve to, here and now. */
const names = new Map<string, string>()
const operations = operationsPlugin({
  mayAsk: receiver.mayAsk,
  resolveName: (name, _options, callback) => {
    const address = names.get(name)
    if (address) callback(null, [{ address, family: 4 }])
    else callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
  },
})
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

/** An id as the database has it. */
const plain = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] as string

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

  test('whose process dies between an attempt and its record comes again, and is counted once', async () => {
    const client = await signIn()
    const { secret, id } = await endpoint(client, '/twice')
    const context = contextOf(client.workspaceId)
    // Somebody takes it and dies: nobody else posts it before they must be dead.
    const gone = new AbortController()
    await context.db.query(
      sql`update "WebhookEndpoint" set "restUntil" = ${new Date(clock.now().getTime() + 3_600_000)}`,
    )
    await told(client.workspaceId, 'twice')
    await context.db.query(sql`update "WebhookEndpoint" set "restUntil" = null`)
    const [claimed] = await claim(context, { id: plain(id), ordered: false }, 16)
    expect(claimed?.attempts).toBe(0)
    expect(await claim(context, { id: plain(id), ordered: false }, 16)).toEqual([])
    await context.db.query(sql`update "WebhookDelivery" set "claimedUntil" = now()`)
    await service.webhooks.deliver(context, plain(id), gone.signal)
    await expect.poll(() => receiver.at('/twice')).toHaveLength(1)
    verified(secret, receiver.at('/twice')[0] as Received)
    // The one that was taken for dead comes back, and has nothing to say any more.
    const late = { ...(claimed as Claimed), at: clock.now(), durationMs: 1, responseStatus: 500, responseBody: '' }
    const written = await context.sqlTransaction((tx) =>
      settle(tx, [{ ...late, status: 'failed', error: 'late', nextAt: null }]),
    )
    expect(written.size).toBe(0)
    expect(await stateOf(client)).toMatchObject({ deliveries: { nodes: [{ status: 'DELIVERED', attempts: 1 }] } })
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
    for (let day = 1; (await stateOf(client)).active; day++) {
      minutes += 24 * 60
      await told(client.workspaceId, `broken ${day}`)
      await service.webhooks.deliver(context, plain(id), AbortSignal.timeout(5_000))
      expect(day).toBeLessThan(5)
    }
    minutes = 0
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

  test('whose name led elsewhere when it was saved gets nothing once it leads into a private network', async () => {
    const client = await signIn()
    const { port } = new URL(receiver.address('/'))
    names.set('receiver.example', '127.0.0.1')
    await endpoint(client, '/rebound', { url: `http://receiver.example:${port}/rebound` })
    await told(client.workspaceId, 'reached')
    await arrived('/rebound')
    names.set('receiver.example', '10.0.0.1')
    await told(client.workspaceId, 'never')
    await expect
      .poll(() => stateOf(client))
      .toMatchObject({
        deliveries: { nodes: [{ status: 'WAITING', error: expect.stringContaining('private network') }, {}] },
      })
    expect(receiver.at('/rebound')).toHaveLength(1)
  })

  test('whose name leads into a private network is refused; one that is not known yet is not', async () => {
    const client = await signIn()
    names.set('intranet.example', '10.1.2.3')
    expect(await client.ask(create, { input: { url: 'https://intranet.example/' } })).toMatchObject({
      made: { code: 'INVALID_INPUT', message: expect.stringContaining('ESPALIER_WEBHOOK_ALLOW') },
    })
    expect(await client.ask(create, { input: { url: 'https://later.example/' } })).toMatchObject({
      made: { data: { endpoint: { id: expect.any(String) } } },
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
  const secondsTo = (at: Date | null) => at && (at.getTime() - now.getTime()) / 1000
  const after = (attempts: number, retryAfter?: string) => secondsTo(nextAttempt(attempts, now, least, { retryAfter }))

  test('come after 5 s, 5 min, 30 min, 1 h, 2 h, 4 h, 6 h and 8 h, then no more', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map((made) => after(made))).toEqual([
      5,
      300,
      1_800,
      3_600,
      7_200,
      14_400,
      21_600,
      28_800,
      null,
    ])
  })

  test('are over within a day, however chance has it', () => {
    const most = { next: () => 0.999_999 }
    const waited = [1, 2, 3, 4, 5, 6, 7, 8].map((made) => secondsTo(nextAttempt(made, now, most)) ?? 0)
    expect(waited.reduce((sum, seconds) => sum + seconds)).toBeLessThan(86_400)
  })

  test('wait for as long as the receiver asks, up to the end of the day', () => {
    expect(after(1, '120')).toBe(120)
    expect(after(1, 'Sat, 21 Nov 2026 12:10:00 GMT')).toBe(600)
    expect(after(1, '99999999')).toBe(86_400)
    expect(after(2, 'soon')).toBe(300)
    const giveUpAt = new Date('2026-11-21T13:00:00Z')
    expect(secondsTo(nextAttempt(5, now, least, { giveUpAt }))).toBe(3_600)
    expect(nextAttempt(1, giveUpAt, least, { giveUpAt })).toBeNull()
  })
})
