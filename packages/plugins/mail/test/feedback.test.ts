import { sql } from '@espalier/core'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { fold, type Heard } from '../src/feedback/folding.ts'
import { readSesEvent } from '../src/feedback/sesEvent.ts'
import { heldUntil } from '../src/feedback/softBounces.ts'
import { signedMessage, topic } from './authority.ts'
import { mailback, sesExample } from './mailback.ts'

const { workspace, confirmed, of, heard, service } = await mailback()

describe('what SES says', () => {
  test.each([
    ['ses-events/send', 'send', null, []],
    ['ses-events/delivery', 'delivery', null, []],
    ['ses-events/delayed-delivery', 'deliveryDelay', null, []],
    ['ses-events/bounce', 'bounce', 'gone', ['recipient@example.com']],
    ['ses-events/complaint', 'complaint', 'complained', ['recipient@example.com']],
    ['ses-events/reject', 'reject', null, []],
    ['ses-events/failure', 'renderingFailure', null, []],
    ['ses-events/open', 'open', null, []],
    ['ses-events/click', 'click', null, []],
    ['ses-events/subscription', 'subscription', null, []],
    ['ses-notifications/bounce-no-dsn', 'bounce', 'gone', ['jane@example.com', 'richard@example.com']],
    ['ses-notifications/bounce-with-dsn', 'bounce', 'gone', ['jane@example.com']],
    ['ses-notifications/complaint-no-feedback', 'complaint', 'complained', ['richard@example.com']],
    ['ses-notifications/complaint-with-feedback', 'complaint', 'complained', ['richard@example.com']],
    ['ses-notifications/delivery', 'delivery', null, []],
  ] as const)('%s is understood', (name, kind, consequence, recipients) => {
    const event = readSesEvent(JSON.stringify(sesExample(name)))
    expect(event).toMatchObject({ kind, consequence, recipients, messageId: null })
    expect(event?.at.getTime()).toBeGreaterThan(Date.UTC(2015))
  })

  const bounce = (fields: object, diagnosticCode = 'smtp; 550 5.1.1 user unknown') => {
    const example = sesExample('ses-events/bounce')
    Object.assign(example.bounce, fields)
    example.bounce.bouncedRecipients[0].diagnosticCode = diagnosticCode
    return readSesEvent(JSON.stringify(example))?.consequence
  }
  const complaint = (fields: object) => {
    const example = sesExample('ses-events/complaint')
    Object.assign(example.complaint, fields)
    return readSesEvent(JSON.stringify(example))?.consequence
  }

  test.each([
    ['no such mailbox', () => bounce({ bounceSubType: 'NoEmail' }), 'gone'],
    ['on the list of all of SES', () => bounce({ bounceSubType: 'Suppressed' }), 'gone'],
    ['on the list of the account', () => bounce({ bounceSubType: 'OnAccountSuppressionList' }), 'listed'],
    ['the mailbox is full', () => bounce({ bounceType: 'Transient', bounceSubType: 'MailboxFull' }), 'full'],
    ['nobody knows', () => bounce({ bounceType: 'Undetermined', bounceSubType: 'Undetermined' }), 'full'],
    ['too large', () => bounce({ bounceType: 'Transient', bounceSubType: 'MessageTooLarge' }), 'content'],
    [
      'we are on a list of senders',
      () => bounce({}, 'smtp; 521 5.7.1 Service unavailable; blocked using dnsbl.example'),
      'content',
    ],
    ['not spam, says the receiver', () => complaint({ complaintFeedbackType: 'not-spam' }), null],
    ['a complaint that was made before', () => complaint({ complaintSubType: 'OnAccountSuppressionList' }), 'listed'],
  ])('a bounce or complaint: %s', (_name, consequence, expected) => expect(consequence()).toBe(expected))

  test.each([
    '',
    'Successfully validated SNS topic for Amazon SES event publishing.',
    '{}',
    '[]',
    '{"eventType":"Bounce"}',
  ])('what is no event is none: %s', (text) => expect(readSesEvent(text)).toBeUndefined())
})

describe('what a message has come to', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 4, 4, 10, minute))
  const nothing: Heard = {
    delivery: null,
    open: null,
    click: null,
    hardBounce: null,
    otherBounce: null,
    complaint: null,
    refusal: null,
    any: null,
  }
  const known = { sentAt: at(0), failedAt: null, suppressedAt: null }

  test.each<[string, Partial<Heard>, string]>([
    ['sent', {}, 'sent'],
    ['delivered', { delivery: at(1) }, 'delivered'],
    ['opened, though nobody told of its delivery', { open: at(2) }, 'opened'],
    ['clicked', { delivery: at(1), open: at(2), click: at(3) }, 'clicked'],
    ['bounced after it was taken', { delivery: at(1), hardBounce: at(5) }, 'bounced'],
    ['delivered; “out of office” is no return', { delivery: at(1), otherBounce: at(2) }, 'delivered'],
    ['bounced; the mailbox was full', { otherBounce: at(2) }, 'bounced'],
    ['complained about, whatever else', { delivery: at(1), click: at(3), complaint: at(9) }, 'complained'],
    ['refused after it was accepted', { refusal: at(1) }, 'failed'],
  ])('is %s', (_name, heard, state) => expect(fold({ ...nothing, ...heard }, known).state).toBe(state))

  test('the provider’s word comes before our own record of sending', () => {
    expect(fold({ ...nothing, any: at(-1) }, known).sentAt).toEqual(at(-1))
  })
})

test('three bounces within 30 days, 72 hours apart, hold an address for 30 days; others do not', () => {
  const days = (...numbers: number[]) => numbers.map((day) => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000))
  expect(heldUntil(days(0, 3, 6))).toEqual(days(36)[0])
  expect(heldUntil(days(0, 1, 2, 3, 6))).toEqual(days(36)[0])
  expect(heldUntil(days(0, 2, 4, 5.9))).toBeUndefined()
  expect(heldUntil(days(0, 20, 40))).toBeUndefined()
  expect(heldUntil(days(0, 20, 40, 45))).toEqual(days(75)[0])
  expect(heldUntil([])).toBeUndefined()
})

describe('the webhook', () => {
  test('takes what SNS has signed, answers at once, and handles it once however often it comes', async () => {
    const { send, row, tell, handled, post, context } = await workspace()
    const id = await send()
    const envelope = signedMessage({ Message: JSON.stringify(sesExample('ses-events/delivery', id)) })
    for (let time = 0; time < 3; time++) expect((await post(envelope)).status).toBe(200)
    expect(await handled(envelope.MessageId ?? '')).toBeNull()
    // SES itself may tell twice, under another number of SNS's.
    expect(await handled(await tell(sesExample('ses-events/delivery', id)))).toBeNull()
    expect(await row(id)).toMatchObject({ state: 'delivered', deliveredAt: new Date('2016-10-19T23:21:04.133Z') })
    const events = await context.db.query(sql`select 1 from "MailEvent" where "messageId" = ${id}`)
    expect(events).toHaveLength(1)
  })

  test.each([
    ['changed', () => ({ ...signedMessage(), Message: 'Changed' }), 403, 'SNS_SIGNATURE_WRONG'],
    [
      'of another topic',
      () => signedMessage({ TopicArn: topic.replace('mail-events', 'others') }),
      403,
      'SNS_TOPIC_UNKNOWN',
    ],
    ['signed with SHA-1', () => signedMessage({ SignatureVersion: '1' }), 403, 'SNS_SIGNATURE_VERSION'],
    ['not JSON', () => 'Hello', 400, 'SNS_NOT_A_MESSAGE'],
    ['empty', () => '', 400, 'SNS_NOT_A_MESSAGE'],
  ])('refuses what is %s', async (_name, envelope, status, code) => {
    const { post } = await workspace()
    const answer = await post(envelope())
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { code } })
  })

  test('refuses raw delivery, which nobody has signed', async () => {
    const { post, send } = await workspace()
    const raw = sesExample('ses-events/bounce', await send())
    expect((await post(raw)).status).toBe(400)
    expect((await post(signedMessage(), { 'x-amz-sns-rawdelivery': 'true' })).status).toBe(400)
  })

  test('knows no message of another workspace, though it names it', async () => {
    const [here, there] = [await workspace(), await workspace()]
    const id = await there.send()
    expect(await here.handled(await here.tell(sesExample('ses-events/complaint', id)))).toBe('MESSAGE_UNKNOWN')
    expect(await there.row(id)).toMatchObject({ state: 'sent' })
    expect(await here.context.db.query(sql`select 1 from "MailSuppression"`)).toEqual([])
  })

  test('holds addresses that mail of another product bounced from, over the same account', async () => {
    const { tell, handled, send, row } = await workspace()
    expect(await handled(await tell(sesExample('ses-notifications/bounce-no-dsn')))).toBe('MESSAGE_UNKNOWN')
    for (const name of ['jane', 'richard'])
      expect(await row(await send({ to: { address: `${name}@example.com` } }))).toMatchObject({ state: 'suppressed' })
    expect(await row(await send({ to: { address: 'mary@example.com' } }))).toMatchObject({ state: 'sent' })
  })

  test('confirms a subscription on SNS’s own host, whatever address it was sent', async () => {
    const { post, handled } = await workspace()
    const envelope = signedMessage({
      Type: 'SubscriptionConfirmation',
      Token: 'a token',
      SubscribeURL: 'https://evil.example/?Action=ConfirmSubscription',
    })
    expect((await post(envelope)).status).toBe(200)
    expect(await handled(envelope.MessageId ?? '')).toBeNull()
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topic, Token: 'a token' })
    expect(confirmed).toContain(`https://sns.eu-west-1.amazonaws.com/?${query}`)
  })

  test('notes the end of a subscription, and does not subscribe again', async () => {
    const { post, handled } = await workspace()
    const before = confirmed.length
    const SubscribeURL = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription'
    const envelope = signedMessage({ Type: 'UnsubscribeConfirmation', Token: 't', SubscribeURL })
    expect((await post(envelope)).status).toBe(200)
    expect(await handled(envelope.MessageId ?? '')).toBe('SUBSCRIPTION_ENDED')
    expect(confirmed).toHaveLength(before)
  })

  test('of no workspace is not there', async () => {
    const { post } = await workspace()
    const { url } = await post(signedMessage())
    expect((await fetch(url.replace(/[^/]+$/, 'nobody'), { method: 'POST', body: '{}' })).status).toBe(404)
  })
})

describe('a bounce', () => {
  test('for good holds the address, and is told', async () => {
    const { send, row, tell, handled } = await workspace()
    const id = await send({ to: { address: 'gone@example.com' } })
    await handled(await tell(sesExample('ses-events/bounce', id)))
    expect(await row(id)).toMatchObject({ state: 'bounced', bouncedAt: new Date('2017-08-05T00:41:02.669Z') })
    await expect.poll(() => of(id)).toEqual(['mail.bounced'])
    expect(heard.find(({ payload }) => payload.messageId === id)?.payload).toEqual({ messageId: id, permanent: true })
    const next = await send({ to: { address: 'GONE@example.com' }, template: 'shop.receipt' })
    expect(await row(next)).toMatchObject({ state: 'suppressed', dispatch: 'skipped' })
  })

  test('holds the receiver of our message, not whom it was forwarded to', async () => {
    const { send, row, tell, handled } = await workspace()
    const id = await send({ to: { address: 'ada@example.com' } })
    await handled(await tell(sesExample('ses-notifications/bounce-no-dsn', id)))
    expect(await row(await send({ to: { address: 'jane@example.com' } }))).toMatchObject({ state: 'sent' })
    expect(await row(await send({ to: { address: 'ada@example.com' } }))).toMatchObject({ state: 'suppressed' })
  })

  test('that may pass holds nobody', async () => {
    const { send, row, tell, handled } = await workspace()
    const id = await send()
    const event = sesExample('ses-events/bounce', id)
    Object.assign(event.bounce, { bounceType: 'Transient', bounceSubType: 'MailboxFull' })
    await handled(await tell(event))
    expect(await row(id)).toMatchObject({ state: 'bounced' })
    expect(await row(await send())).toMatchObject({ state: 'sent' })
  })

  test('is found by SES’s number where it carries no tag', async () => {
    const { send, row, tell, handled, context } = await workspace()
    const id = await send()
    const event = sesExample('ses-notifications/bounce-with-dsn')
    await context.db.query(sql`update "MailMessage" set "providerId" = ${event.mail.messageId} where "id" = ${id}`)
    expect(await handled(await tell(event))).toBeNull()
    expect(await row(id)).toMatchObject({ state: 'bounced' })
  })
})

test('a complaint holds the address for everything, and is told once', async () => {
  const { send, row, tell, handled, owner } = await workspace()
  const id = await send()
  await handled(await tell(sesExample('ses-events/complaint', id)))
  await handled(await tell(sesExample('ses-events/complaint', id)))
  expect(await row(id)).toMatchObject({ state: 'complained' })
  await expect.poll(() => of(id)).toEqual(['mail.complained'])
  const { mailSuppressions } = await owner.ask<{ mailSuppressions: object }>(
    '{ mailSuppressions { totalCount nodes { address reason all messageId } } }',
  )
  expect(mailSuppressions).toEqual({
    totalCount: 1,
    nodes: [{ address: 'ada@example.com', reason: 'COMPLAINT', all: true, messageId: id }],
  })
})

test('events in any order, twice or thrice, come to the same', async () => {
  const { send, row, context, handled, tell } = await workspace()
  const names = ['send', 'delivery', 'bounce', 'complaint', 'click', 'open', 'delayed-delivery', 'reject']
  const seen = ({
    state,
    sentAt,
    deliveredAt,
    openedAt,
    clickedAt,
    bouncedAt,
    complainedAt,
    failedAt,
  }: Record<string, unknown>) => ({
    state,
    sentAt,
    deliveredAt,
    openedAt,
    clickedAt,
    bouncedAt,
    complainedAt,
    failedAt,
  })
  const come = async (order: readonly string[]) => {
    const id = await send({ to: { address: `${uuidv7()}@example.com` }, template: 'shop.receipt' })
    for (const name of order) await handled(await tell(sesExample(`ses-events/${name}`, id)))
    return seen(await row(id))
  }
  for (const some of [
    names,
    ['send', 'delivery', 'click', 'open'],
    ['send', 'reject'],
    ['delivery', 'bounce', 'send'],
  ]) {
    const expected = await come(some)
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...some, ...some], { minLength: some.length * 2 }), async (order) => {
        expect(await come(order)).toEqual(expected)
      }),
      { numRuns: 4 },
    )
  }
  expect(await context.db.query(sql`select 1 from "MailWebhook" where "handledAt" is null`)).toEqual([])
})

test.each(['aggregate', 'none'])('opens that SES tracked are nobody’s where tracking is %s', async (tracking) => {
  const { send, row, tell, handled, context } = await workspace({ tracking })
  const id = await send()
  const opened = sesExample('ses-events/open', id)
  await handled(await tell(opened))
  await service.feedback.hits.flush()
  expect(await row(id)).toMatchObject({ state: 'sent', openedAt: null })
  expect(await context.db.query(sql`select 1 from "MailEvent"`)).toEqual([])
  const tallies = await context.db.query(sql`select "template", "kind", "count" from "MailTally"`)
  expect(tallies).toEqual(tracking === 'none' ? [] : [{ template: 'shop.news', kind: 'open', count: 1 }])
})

describe('a message of which it is not known whether it left', () => {
  test.each(['unknown', 'attempted', 'lost', 'planned', 'claimed', 'refused', 'skipped', 'canceled'])(
    '%s, has left once the provider speaks of it',
    async (dispatch) => {
      const { send, row, tell, handled, context } = await workspace()
      const id = await send()
      await context.db.query(sql`
      update "MailMessage" set "dispatch" = ${dispatch}::"MailDispatch", "state" = 'failed', "sentAt" = null, "transport" = 'ses',
        "failedAt" = now(), "errorCode" = 'LOST', "attempts" = 1, "notBefore" = now() + interval '1 day' where "id" = ${id}`)
      await handled(await tell(sesExample('ses-events/delivery', id)))
      expect(await row(id)).toMatchObject({
        dispatch: 'accepted',
        state: 'delivered',
        providerId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
        sentAt: new Date('2016-10-19T23:21:04.133Z'),
        failedAt: null,
        errorCode: null,
        duplicates: 0,
      })
    },
  )

  test('a second number of the provider’s is a second mail, and counted, once', async () => {
    const { send, row, tell, handled } = await workspace()
    const id = await send()
    const first = sesExample('ses-events/send', id)
    const second = { ...first, mail: { ...first.mail, messageId: 'another' } }
    for (const event of [first, second, second, first]) await handled(await tell(event))
    expect(await row(id)).toMatchObject({ duplicates: 1 })
  })
})

describe('marketing mail of a workspace', () => {
  /** Messages that were sent a while ago, the first so many of which came back. */
  const sent = async (context: Awaited<ReturnType<typeof workspace>>['context'], count: number, bounced: number) => {
    await context.db.query(sql`
      insert into "MailMessage" ("id", "idempotencyKey", "class", "template", "language", "toAddress", "fromAddress", "data",
        "subject", "html", "text", "dispatch", "state", "sentAt", "notBefore", "bouncedAt")
      select gen_random_uuid(), 'old ' || n, 'marketing', 'shop.news', 'en', n || '@example.com', 'shop@example.com', '{}', '', '', '',
        'accepted', 'sent', now() - interval '1 hour', now(), case when n <= ${bounced}::int then now() end
      from generate_series(1, ${count}::int) n`)
    await context.db.query(sql`
      insert into "MailEvent" ("id", "messageId", "kind", "fingerprint", "source", "detail", "at")
      select gen_random_uuid(), "id", 'bounce', 'b', 'ses', '{"permanent":true,"consequence":"gone"}', now()
      from "MailMessage" where "bouncedAt" is not null`)
  }

  test('stands still once too much bounces; transactional mail goes on; a person releases it', async () => {
    const { send, row, tell, handled, context, owner } = await workspace()
    await sent(context, 520, 21)
    const id = await send()
    await handled(await tell(sesExample('ses-events/bounce', id)))
    const holds = () =>
      owner.ask<{
        mailHolds: { nodes: { id: string; reason: string; sent: number; failed: number; releasedAt: string | null }[] }
      }>('{ mailHolds { nodes { id reason sent failed releasedAt } } }')
    await expect
      .poll(async () => (await holds()).mailHolds.nodes)
      .toMatchObject([{ reason: 'bounces', sent: 521, failed: 22, releasedAt: null }])
    await expect.poll(() => heard.filter(({ name }) => name === 'mail.sending-held')).toHaveLength(1)
    expect(await row(await send({ template: 'shop.receipt', to: { address: 'b@example.com' } }))).toMatchObject({
      state: 'sent',
    })
    const { mailHolds } = await holds()
    const release = 'mutation ($id: ID!) { releaseMailHold(id: $id) { __typename ... on Error { message } } }'
    const released = await owner.ask(release, { id: mailHolds.nodes[0]?.id })
    expect(released).toEqual({ releaseMailHold: { __typename: 'ReleaseMailHoldSuccess' } })
    expect(await owner.ask(release, { id: mailHolds.nodes[0]?.id })).toMatchObject({
      releaseMailHold: { __typename: 'ConflictError' },
    })
    expect(await row(await send({ to: { address: 'c@example.com' } }))).toMatchObject({ state: 'sent' })
  })

  test('goes on with less than 500 messages, however many bounce', async () => {
    const { send, tell, handled, context } = await workspace()
    await sent(context, 400, 100)
    const id = await send()
    await handled(await tell(sesExample('ses-events/bounce', id)))
    await expect
      .poll(
        async () => {
          const [job] = await context.db.query<{ state: string }>(
            sql`select "state"::text as "state" from pgboss.job where "name" like '%check-holds' and "group_id" = ${context.workspaceId}`,
          )
          return job?.state
        },
        { timeout: 60_000 },
      )
      .toBe('completed')
    expect(await context.db.query(sql`select 1 from "MailHold"`)).toEqual([])
  })
})
