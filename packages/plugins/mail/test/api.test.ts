import { InvalidInputError, sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import mail, { type MailService } from '../src/index.ts'
import { configure, greeter, hello, readMessage } from './workspaceWithMail.ts'

let service: MailService
const { kernel, signIn } = await servedKernel([mail, greeter(mail, (it) => (service = it))])
const owner = await signIn()
const system = { type: 'system', name: 'test' } as const
const context = kernel.contexts.workspace(owner.workspaceId, system)
const stranger = await signIn()
const elsewhere = kernel.contexts.workspace(stranger.workspaceId, system)

const globalId = (id: string) => Buffer.from(`MailMessage:${id}`).toString('base64')

async function sent(message = hello()): Promise<string> {
  const id = await service.send(context, message)
  await expect.poll(async () => (await readMessage(context, id)).state).toBe('sent')
  return id
}

test('the outbox shows a message whole, and its list reads no bodies', async () => {
  const report = '01960000-0000-7000-8000-00000000aaaa'
  const id = await sent(
    hello({
      to: { address: 'zoe@example.com', name: 'Zoë' },
      about: { type: 'DailyReport', id: report },
      attachments: [{ filename: 'a.csv', contentType: 'text/csv', content: Buffer.from('1;2\n') }],
    }),
  )
  const { mailMessage } = await owner.ask<{ mailMessage: Record<string, unknown> }>(
    `query ($id: ID!) { mailMessage(id: $id) { toAddress toName subject html text state dispatch transport costMicros aboutType aboutId
      language class attachments { filename contentType bytes } headers { name value } events { totalCount } } }`,
    { id: globalId(id) },
  )
  expect(mailMessage).toMatchObject({
    toAddress: 'zoe@example.com',
    toName: 'Zoë',
    subject: 'Hello Ada',
    html: expect.stringContaining('Hello <b>Ada</b>'),
    text: expect.stringContaining('Hello Ada'),
    state: 'SENT',
    dispatch: 'ACCEPTED',
    transport: 'outbox',
    costMicros: 0,
    aboutType: 'DailyReport',
    aboutId: report,
    language: 'EN',
    class: 'TRANSACTIONAL',
    attachments: [{ filename: 'a.csv', contentType: 'text/csv', bytes: 4 }],
    headers: expect.arrayContaining([{ name: 'Auto-Submitted', value: 'auto-generated' }]),
    events: { totalCount: 0 },
  })
  const { mailMessages } = await owner.ask<{ mailMessages: { totalCount: number; nodes: { id: string }[] } }>(
    `query ($about: UUID!) { mailMessages(filter: { aboutId: $about, state: [SENT], search: "ZOE@" }) { totalCount nodes { id subject queuedAt headers { name } } } }`,
    { about: report },
  )
  expect(mailMessages).toMatchObject({ totalCount: 1, nodes: [{ id: globalId(id) }] })
})

test('another workspace sees none of it, and a viewer nothing', async () => {
  const id = await sent()
  const query = 'query ($id: ID!) { mailMessage(id: $id) { subject } mailMessages { totalCount } }'
  expect(await stranger.ask(query, { id: globalId(id) })).toEqual({
    mailMessage: null,
    mailMessages: { totalCount: 0 },
  })
  const viewer = await signIn({ role: 'viewer', workspace: owner.workspaceId })
  expect((await viewer.answer('{ mailMessages { totalCount } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  const editor = await signIn({ role: 'editor', workspace: owner.workspaceId })
  expect(
    await editor.ask(
      'mutation { a: setMailSecret(name: SMTP_PASSWORD, secret: "x") { __typename ... on Error { code } } }',
    ),
  ).toMatchObject({
    a: { code: 'FORBIDDEN' },
  })
})

test('the same key is one message, also when two ask at once; elsewhere it is another', async () => {
  const message = hello({ idempotencyKey: 'once' })
  const ids = await Promise.all([0, 1, 2, 3].map(() => service.send(context, message)))
  expect(new Set(ids).size).toBe(1)
  expect(await service.send(elsewhere, message)).not.toBe(ids[0])
})

test('a message belongs to the transaction that wrote it', async () => {
  const message = hello({ idempotencyKey: 'undone' })
  await expect(
    context.sqlTransaction(async (tx) => {
      await service.send(tx, message)
      throw new Error('undone')
    }),
  ).rejects.toThrow('undone')
  expect(await context.db.query(sql`select from "MailMessage" where "idempotencyKey" = 'undone'`)).toHaveLength(0)
})

test.each([
  ['to', { to: { address: 'nobody' } }],
  ['to', { to: { address: 'Ada <ada@example.com>' } }],
  ['to', { to: { address: 'ada@example.com\r\nBcc: eve@example.com' } }],
  ['to', { to: { address: 'ada@[192.0.2.1]' } }],
  ['to', { to: { address: 'ada@localhost' } }],
  ['to', { to: { address: `${'a'.repeat(65)}@example.com` } }],
  ['to', { to: { address: 'ädä@example.com' } }],
  ['to', { to: { address: 'ada@example.com', name: 'Ada\r\nBcc: eve@example.com' } }],
  ['from', { from: { address: 'ada@example', name: 'Ada' } }],
  ['replyTo', { replyTo: 'a@b.example, c@d.example' }],
  ['idempotencyKey', { idempotencyKey: '' }],
  ['attachments', { attachments: [{ filename: 'a"b.csv', contentType: 'text/csv', content: Buffer.from('') }] }],
  ['attachments', { attachments: [{ filename: 'a', contentType: 'text/csv\r\nX: y', content: Buffer.from('') }] }],
  [
    'attachments',
    { attachments: [{ filename: 'a', contentType: 'a/b', content: Buffer.alloc(10 * 1024 * 1024 + 1) }] },
  ],
  ['data', { data: { name: '\0' } }],
] as const)('%s is refused by its name: %j', async (field, wrong) => {
  const refused = await service.send(context, hello(wrong as never)).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(InvalidInputError)
  expect((refused as InvalidInputError).issues[0]?.path).toMatch(new RegExp(`^input\\.${field}`))
})

test('a template that is not there is said by its name', async () => {
  await expect(service.send(context, hello({ template: 'greeter.nothing' }))).rejects.toThrow(/"greeter.nothing"/)
})

test('a message that waits can be canceled and sent after all; one that has left cannot', async () => {
  const change = async (mutation: string, id: string) =>
    (
      await owner.ask<{ answer: Record<string, unknown> }>(
        `mutation ($id: ID!) { answer: ${mutation}(id: $id) { __typename ... on ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Success { data { state dispatch } } ... on Error { message } } }`,
        { id: globalId(id) },
      )
    ).answer
  const id = await service.send(context, hello({ notBefore: new Date(Date.now() + 3_600_000) }))
  expect(await change('cancelMail', id)).toMatchObject({ data: { state: 'FAILED', dispatch: 'CANCELED' } })
  expect(await change('cancelMail', id)).toMatchObject({ __typename: 'ConflictError' })
  expect(await change('resendMail', id)).toMatchObject({ data: { state: 'QUEUED' } })
  await expect.poll(async () => (await readMessage(context, id)).state).toBe('sent')
  expect(await change('resendMail', id)).toMatchObject({ __typename: 'ConflictError' })
  const audited = await context.db.query(
    sql`select "action" from "AuditEntry" where "resourceType" = 'MailMessage' and "resourceId" = ${id} order by "at"`,
  )
  expect(audited.map(({ action }) => action)).toEqual(['cancelMail', 'resendMail'])
})

test('before its time nothing leaves', async () => {
  const id = await service.send(context, hello({ notBefore: new Date(Date.now() + 3_600_000) }))
  await sent()
  expect(await readMessage(context, id)).toMatchObject({ state: 'queued', dispatch: 'planned' })
})

test('who is suppressed gets nothing, also when it happens after the message was written', async () => {
  const message = hello({
    template: 'greeter.news',
    to: { address: 'eve@example.com' },
    notBefore: new Date(Date.now() + 1_500),
  })
  const id = await service.send(context, message)
  await owner.ask('mutation { suppressAddress(input: { address: "Eve@example.com" }) { __typename } }')

  await expect.poll(async () => (await readMessage(context, id)).state).toBe('suppressed')
  expect(await readMessage(context, id)).toMatchObject({
    dispatch: 'skipped',
    errorCode: 'RECIPIENT_SUPPRESSED',
    attempts: 0,
  })
})

test('a test goes to whoever asks, filled in with the sample', async () => {
  const { answer } = await owner.ask<{ answer: { data: { id: string; subject: string; toAddress: string } } }>(
    'mutation { answer: sendTestMail(template: "greeter.hello", language: FR) { ... on SendTestMailSuccess { data { id subject toAddress } } ... on Error { message } } }',
  )
  expect(answer.data).toMatchObject({ subject: 'Bonjour Zoé', toAddress: expect.stringMatching(/@example\.com$/) })
})

test('a secret is set, said to be set, and told to nobody', async () => {
  const admin = await signIn()
  await configure(
    admin,
    { transport: 'smtp', smtpHost: 'mail.example.com', smtpUser: 'ada' },
    { SMTP_PASSWORD: 'hunter2-hunter2' },
  )
  const { mailStatus } = await admin.ask<{ mailStatus: Record<string, unknown> }>(
    '{ mailStatus { transport account problem waiting unknown heldUntil secrets { name updatedAt } } }',
  )
  expect(mailStatus).toMatchObject({
    transport: 'smtp',
    account: 'smtp/mail.example.com:587',
    problem: null,
    secrets: [{ name: 'smtp-password' }],
  })
  const place = kernel.contexts.workspace(admin.workspaceId, system)
  const audited = JSON.stringify(await place.db.query(sql`select * from "AuditEntry"`))
  expect(audited).toContain('setMailSecret')
  expect(audited).not.toContain('hunter2')
  const empty = await admin.ask('mutation { a: setMailSecret(name: SMTP_PASSWORD, secret: "a\\nb") { __typename } }')
  expect(empty).toMatchObject({ a: { __typename: 'InvalidInputError' } })
})

test('a day says what left and what it cost, in the days of a time zone', async () => {
  const place = kernel.contexts.workspace((await signIn()).workspaceId, system)
  const at = new Date('2026-03-29T22:30:00Z')
  for (const [n, state] of (['sent', 'delivered', 'failed'] as const).entries()) {
    const id = await service.send(place, hello({ idempotencyKey: `day/${n}` }))
    await expect.poll(async () => (await readMessage(place, id)).state).toBe('sent')
    await place.db.query(sql`
      update "MailMessage" set "state" = ${state}::"MailState", "costMicros" = 100,
        "sentAt" = case when ${state} = 'failed' then null else ${at}::timestamptz end,
        "failedAt" = case when ${state} = 'failed' then ${at}::timestamptz end,
        "deliveredAt" = case when ${state} = 'delivered' then ${at}::timestamptz end where "id" = ${id}`)
  }
  const day = {
    costMicros: 200,
    sent: 2,
    delivered: 1,
    opened: 0,
    clicked: 0,
    bounced: 0,
    complained: 0,
    failed: 1,
    suppressed: 0,
  }
  const span = [new Date('2026-03-01T00:00:00Z'), new Date('2026-04-01T00:00:00Z')] as const
  expect(await service.costs.byDay(place, ...span)).toEqual([{ day: '2026-03-29', ...day }])
  expect(await service.costs.byDay(place, ...span, 'Europe/Paris')).toEqual([{ day: '2026-03-30', ...day }])
  await expect(service.costs.byDay(place, ...span, 'Mars/Olympus')).rejects.toThrow(/Mars\/Olympus/)
})

test.each([
  ['fromAddress', 'no address'],
  ['fromAddress', 'Ada <ada@example.com>'],
  ['replyTo', '@@@'],
  ['smtpHost', 'mail.example.com/path'],
])('the setting %s is refused where it is "%s"', async (name, value) => {
  await expect(configure(stranger, { [name]: value })).rejects.toThrow(name)
})

test('a sender whose domain is no ASCII is written to providers as they read it', async () => {
  await configure(stranger, { fromAddress: 'hallo@München.de', replyTo: 'antwort@München.de' })
  const id = await service.send(elsewhere, hello())
  const [row] = await elsewhere.db.query(sql`select "fromAddress", "replyTo" from "MailMessage" where "id" = ${id}`)
  expect(row).toEqual({ fromAddress: 'hallo@xn--mnchen-3ya.de', replyTo: 'antwort@xn--mnchen-3ya.de' })
})

test('an editor, who may change settings of other plugins, does not choose the server that all mail goes through', async () => {
  const editor = await signIn({ role: 'editor', workspace: owner.workspaceId })
  const set = `mutation { updatePluginSettings(plugin: "mail", value: { smtpHost: "mail.elsewhere.example" }) {
    ... on Error { code message } ... on UpdatePluginSettingsSuccess { data { name } } } }`
  const { updatePluginSettings } = await editor.ask<{ updatePluginSettings: object }>(set)
  expect(updatePluginSettings).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('mail:configure') })
})
