import { type SqlContext, sql } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import PostalMime from 'postal-mime'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { refold, settle } from '../src/feedback/folding.ts'
import { type MailService, mailPlugin } from '../src/index.ts'
import { type SesEmail, type SesFault, StubSes } from '../src/testing/index.ts'
import { configure, greeter, hello, readMessage, sesSecrets } from './workspaceWithMail.ts'

const ses = new StubSes()
const time = new ManualTime(new Date('2026-11-21T10:00:00Z'))
const mail = mailPlugin({
  sesEndpoint: await ses.listen(),
  sesTimeouts: { connection: 1_500, request: 1_500 },
  wait: async (milliseconds) => time.advance(milliseconds),
})
let service: MailService
const { kernel, signIn } = await servedKernel([mail, greeter(mail, (it) => (service = it))], { clock: time })
afterAll(() => ses.close())

beforeEach(() => {
  ses.accepted.length = 0
  ses.fault = () => undefined
  ses.onAccepted = () => {}
  ses.quota = { Max24HourSend: 50_000, MaxSendRate: 500, SentLast24Hours: 0 }
  ses.sendingEnabled = true
})

async function workspace(settings: Record<string, unknown> = {}): Promise<SqlContext> {
  const owner = await signIn()
  await configure(
    owner,
    { transport: 'ses', fromAddress: 'hello@example.com', fromName: 'Zoë’s Trees', ...settings },
    sesSecrets,
  )
  return kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
}

/** The message once it is no longer waiting for its first attempt. */
async function settled(context: SqlContext, id: string) {
  await expect.poll(async () => (await readMessage(context, id)).dispatch).not.toMatch(/claimed|attempted/)
  return readMessage(context, id)
}

/** What SES has taken of a workspace: the sweep of each minute may send those of other tests meanwhile. */
function takenFrom(context: SqlContext): SesEmail[] {
  return ses.accepted.filter(({ EmailTags }) => EmailTags.some(({ Value }) => Value === context.workspaceId))
}

function askedFrom(context: SqlContext): number {
  return ses.asked.filter(({ EmailTags }) => EmailTags.some(({ Value }) => Value === context.workspaceId)).length
}

const idsOf = (emails: readonly SesEmail[]) => emails.map(({ EmailTags }) => EmailTags[0]?.Value)

async function sendOne(context: SqlContext, message = hello()) {
  const id = await service.send(context, message)
  await expect
    .poll(
      async () =>
        (await readMessage(context, id)).attempts + Number((await readMessage(context, id)).errorCode !== null),
      {
        timeout: 60_000,
      },
    )
    .toBeGreaterThan(0)
  return settled(context, id)
}

test('a message leaves once, with its headers and the tags that its reports come back with', async () => {
  const context = await workspace({ sesConfigurationSet: 'espalier', replyTo: 'answers@example.com' })
  const row = await sendOne(context, hello({ template: 'greeter.news', language: 'fr', data: { name: 'Zoë' } }))
  expect(row).toMatchObject({ state: 'sent', dispatch: 'accepted', transport: 'ses', attempts: 1, costMicros: '100' })
  expect(takenFrom(context)).toHaveLength(1)
  const [email] = takenFrom(context)
  expect(email).toMatchObject({
    ConfigurationSetName: 'espalier',
    ReplyToAddresses: ['answers@example.com'],
    EmailTags: [
      { Name: 'espalier-message', Value: row.id },
      { Name: 'espalier-workspace', Value: context.workspaceId },
    ],
  })
  expect(email?.FromEmailAddress).toMatch(/^=\?UTF-8\?B\?[\w+/=]+\?= <hello@example\.com>$/)
  expect(email?.Content.Simple?.Subject.Data).toBe('Bonjour Zoë')
  const headers = new Map(email?.Content.Simple?.Headers?.map(({ Name, Value }) => [Name, Value]))
  expect(headers.get('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
  expect(headers.get('List-Unsubscribe')).toMatch(/^<http:\/\/espalier\.test\/u\/[\w-]+>$/)
  expect(headers.get('List-Id')).toBe('<news.example.com>')
  expect(email?.Content.Simple?.Body.Html.Data).toContain('Se désabonner')
  expect(row.providerId).toBe(email?.messageId)
})

test('a message with an attachment travels as MIME that another program reads', async () => {
  const context = await workspace()
  const png = Buffer.from('89504e470d0a1a0a', 'hex')
  await sendOne(
    context,
    hello({
      to: { address: 'ada@example.com', name: 'Ada "Countess" Łovelace' },
      data: { name: 'Ada 🌳' },
      attachments: [
        { filename: 'chart.png', contentType: 'image/png', content: png, contentId: 'chart@espalier' },
        { filename: 'Bilan été.csv', contentType: 'text/csv', content: Buffer.from('a;b\n') },
      ],
    }),
  )
  const read = await PostalMime.parse(Buffer.from(takenFrom(context)[0]?.Content.Raw?.Data ?? '', 'base64'))
  expect(read).toMatchObject({
    subject: 'Hello Ada 🌳',
    from: { name: 'Zoë’s Trees', address: 'hello@example.com' },
    to: [{ name: 'Ada "Countess" Łovelace', address: 'ada@example.com' }],
  })
  expect(read.html).toContain('Hello <b>Ada 🌳</b>')
  expect(read.text).toContain('Hello Ada 🌳')
  expect(read.attachments.map(({ filename }) => filename)).toEqual(['chart.png', 'Bilan été.csv'])
  expect(Buffer.from(read.attachments[0]?.content as ArrayBuffer)).toEqual(png)
  expect(read.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
})

describe('what SES may have taken is not sent again by itself', () => {
  const doubtful: SesFault[] = ['acceptThenReset', 'acceptThenHang', 'acceptThen503', 'reset', 'unavailable']

  test.each(doubtful)('%s: asked once, and unknown', async (fault) => {
    const context = await workspace()
    ses.fault = () => fault
    const row = await sendOne(context)
    expect(askedFrom(context)).toBe(1)
    expect(row).toMatchObject({
      state: 'queued',
      dispatch: 'unknown',
      attempts: 1,
      errorCode: 'OUTCOME_UNKNOWN',
      costMicros: '0',
    })
  })

  test('marketing mail is given up after 15 minutes without news, and a person can send it again', async () => {
    const owner = await signIn()
    await configure(owner, { transport: 'ses', fromAddress: 'hello@example.com' }, sesSecrets)
    const context = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
    ses.fault = () => 'acceptThenReset'
    const { id } = await sendOne(context, hello({ template: 'greeter.news' }))
    time.advance(14 * 60_000)
    await service.sweep.one(context)
    expect(await readMessage(context, id)).toMatchObject({ dispatch: 'unknown' })
    time.advance(2 * 60_000)
    await service.sweep.one(context)
    expect(await readMessage(context, id)).toMatchObject({ dispatch: 'lost', state: 'failed', errorCode: 'LOST' })
    expect(takenFrom(context)).toHaveLength(1)

    ses.fault = () => undefined
    const globalId = Buffer.from(`MailMessage:${id}`).toString('base64')
    const answer = await owner.ask<{ resendMail: { data: { state: string } } }>(
      'mutation ($id: ID!) { resendMail(id: $id) { ... on ResendMailSuccess { data { state } } ... on Error { message } } }',
      { id: globalId },
    )
    expect(answer.resendMail.data.state).toBe('QUEUED')
    await expect.poll(async () => (await readMessage(context, id)).state).toBe('sent')
    expect(await readMessage(context, id)).toMatchObject({
      dispatch: 'accepted',
      attempts: 2,
      errorCode: null,
      failedAt: null,
    })
  })

  test('transactional mail is sent again after 15 minutes without news: it comes at least once', async () => {
    const context = await workspace()
    ses.fault = () => (askedFrom(context) === 1 ? 'acceptThenReset' : undefined)
    const { id } = await sendOne(context)
    time.advance(16 * 60_000)
    await service.sweep.one(context)
    await expect.poll(async () => (await readMessage(context, id)).dispatch).toBe('accepted')
    expect(await readMessage(context, id)).toMatchObject({ state: 'sent', attempts: 2 })
    expect(idsOf(takenFrom(context))).toEqual([id, id])
  })

  test('where the answer is lost each time, it is given up after five more', async () => {
    const context = await workspace()
    ses.fault = () => 'acceptThenReset'
    const { id } = await sendOne(context)
    for (let attempts = 2; attempts <= 6; attempts++) {
      time.advance(16 * 60_000)
      await service.sweep.one(context)
      await expect.poll(async () => (await readMessage(context, id)).attempts).toBe(attempts)
      await settled(context, id)
    }
    time.advance(16 * 60_000)
    await service.sweep.one(context)
    expect(await readMessage(context, id)).toMatchObject({ dispatch: 'lost', state: 'failed', errorCode: 'LOST' })
    expect(takenFrom(context)).toHaveLength(6)
  })

  test('what SES took and turned away before it answered has failed', async () => {
    const context = await workspace()
    ses.onAccepted = async ({ messageId, EmailTags }) => {
      const [{ Value: id } = { Value: '' }] = EmailTags
      await context.sqlTransaction(async (tx) => {
        await tx.db.query(sql`
          insert into "MailEvent" ("id", "messageId", "kind", "fingerprint", "source", "at")
          values (gen_random_uuid(), ${id}, 'reject', 'reject', 'ses', now())`)
        await settle(tx, id, { providerId: messageId, at: time.now(), priceMicros: 100 })
        await refold(tx, [id])
      })
    }
    const { id } = await sendOne(context)
    // The worker that waits for the answer counts its price, after the news has come.
    await expect.poll(async () => (await readMessage(context, id)).costMicros).toBe('100')
    const row = await readMessage(context, id)
    expect(row).toMatchObject({ dispatch: 'accepted', state: 'failed', failedAt: expect.any(Date) })
  })

  test('an answer is not lost to a database that is away for a moment', async () => {
    const context = await workspace()
    const failures: string[] = []
    const failing = (inner: SqlContext): SqlContext => ({
      ...inner,
      sqlTransaction: (work) =>
        inner.sqlTransaction((tx) => {
          const query: typeof tx.db.query = (statement) => {
            if (failures.length < 3 && statement.text.includes('"costMicros" + ')) {
              failures.push(statement.text)
              throw new Error('the database is away')
            }
            return tx.db.query(statement)
          }
          return work({ ...tx, db: { ...tx.db, query } })
        }),
    })
    await context.db.query(sql`
      insert into "MailMessage" ("id", "idempotencyKey", "template", "language", "toAddress", "fromAddress", "data", "subject", "html", "text", "notBefore")
      values (gen_random_uuid(), 'away', 'greeter.hello', 'en', 'ada@example.com', 'hello@example.com', '{}', 'Hello', 'Hello', 'Hello', ${time.now()})`)
    const report = await service.dispatcher.run(failing(context), AbortSignal.timeout(20_000))
    expect(failures).toHaveLength(3)
    expect(report).toMatchObject({ accepted: 1 })
    expect(takenFrom(context)).toHaveLength(1)
  })

  test('a workspace that wants it at most once gets it at most once', async () => {
    const context = await workspace({ transactionalWhenUnknown: 'lose' })
    ses.fault = () => 'acceptThenReset'
    const { id } = await sendOne(context)
    time.advance(16 * 60_000)
    await service.sweep.one(context)
    expect(await readMessage(context, id)).toMatchObject({ dispatch: 'lost', state: 'failed' })
    expect(takenFrom(context)).toHaveLength(1)
  })
})

describe('what SES has not taken', () => {
  test.each([
    ['rejected', 'REFUSED', 'Email content was rejected.'],
    ['senderUnverified', 'REFUSED', 'The domain is not verified.'],
  ] as const)('%s: for good, with its reason', async (fault, code, reason) => {
    const context = await workspace()
    ses.fault = () => fault
    const row = await sendOne(context)
    expect(row).toMatchObject({ state: 'failed', dispatch: 'refused', errorCode: code })
    expect(row.errorMessage).toContain(reason)
  })

  test.each([
    ['dailyQuota', 'DAILY_QUOTA'],
    ['suspended', 'ACCOUNT_HELD'],
    ['badCredentials', 'ACCOUNT_HELD'],
  ] as const)('%s: the account is held for ten minutes, then asked again', async (fault, code) => {
    const context = await workspace()
    ses.fault = () => fault
    const row = await sendOne(context)
    expect(row).toMatchObject({ state: 'queued', dispatch: 'planned', attempts: 0, errorCode: code })
    ses.fault = () => undefined
    const before = askedFrom(context)
    await service.sweep.one(context)
    expect(await service.dispatcher.run(context, AbortSignal.timeout(5_000))).toMatchObject({ accepted: 0 })
    expect(askedFrom(context)).toBe(before)
    time.advance(10 * 60_000)
    await service.sweep.one(context)
    await expect.poll(async () => (await readMessage(context, row.id)).state).toBe('sent')
  })

  test('tooFast: it goes back, the rate sinks to 70 % and comes back by 5 % a minute', async () => {
    const context = await workspace()
    ses.fault = () => (askedFrom(context) === 1 ? 'tooFast' : undefined)
    const id = await service.send(context, hello())
    await expect.poll(async () => (await readMessage(context, id)).state).toBe('sent')
    expect(await readMessage(context, id)).toMatchObject({ attempts: 1 })
    expect(takenFrom(context)).toHaveLength(1)
    const share = async () => (await context.db.query<{ share: number }>(sql`select "share" from "MailRate"`))[0]?.share
    expect(await share()).toBeCloseTo(0.7, 6)
    await service.sweep.one(context)
    expect(await share()).toBeCloseTo(0.75, 6)
  })

  test('without credentials messages wait, and the status says what is missing', async () => {
    const owner = await signIn()
    await configure(owner, { transport: 'ses', fromAddress: 'hello@example.com' })
    const context = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
    const id = await service.send(context, hello())
    await service.dispatcher.run(context, AbortSignal.timeout(5_000))
    expect(await readMessage(context, id)).toMatchObject({ dispatch: 'planned', attempts: 0 })
    const { mailStatus } = await owner.ask<{ mailStatus: Record<string, unknown> }>(
      '{ mailStatus { problem waiting secrets { name } } }',
    )
    expect(mailStatus).toMatchObject({ problem: expect.stringContaining('setMailSecret'), waiting: 1, secrets: [] })
    await configure(owner, {}, sesSecrets)
    await service.sweep.one(context)
    await expect.poll(async () => (await readMessage(context, id)).state).toBe('sent')
  })

  test('without a sender SES is not asked', async () => {
    const context = await workspace({ fromAddress: '' })
    const before = askedFrom(context)
    const id = await service.send(context, hello())
    await expect.poll(async () => (await readMessage(context, id)).state).toBe('failed')
    expect(await readMessage(context, id)).toMatchObject({ errorCode: 'SENDER_MISSING' })
    expect(askedFrom(context)).toBe(before)
  })
})

test('1,000 messages and four workers: each leaves once', async () => {
  const context = await workspace()
  await context.sqlTransaction(async (tx) => {
    for (let n = 0; n < 1_000; n += 1) await service.send(tx, hello())
  })
  await Promise.all([0, 1, 2, 3].map(() => service.dispatcher.run(context, AbortSignal.timeout(60_000))))
  const states = () =>
    context.db.query(sql`select "state"::text, count(*)::int as "count" from "MailMessage" group by 1`)
  await expect.poll(states).toEqual([{ state: 'sent', count: 1_000 }])
  expect(takenFrom(context)).toHaveLength(1_000)
  expect(new Set(idsOf(takenFrom(context))).size).toBe(1_000)
})
