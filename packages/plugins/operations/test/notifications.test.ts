import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import { describe, expect, test } from 'vitest'

let minutes = 0
const clock = { now: () => new Date(Date.now() + minutes * 60_000) }
const { kernel, signIn, createWorkspace } = await servedKernel([mail, operations], { clock })
const service = kernel.service(operations)
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
const system = kernel.contexts.system('test')

const news = (key: string, kind = 'problem') => ({
  kind,
  key,
  severity: 'warning' as const,
  title: { en: `Look: ${key}`, fr: `Regardez : ${key}` },
  body: { en: 'It is so.', fr: 'C’est ainsi.' },
  link: '/pages',
})

interface Listed {
  notifications: { nodes: { id: string; title: string; body: string; readAt: string | null }[]; totalCount: number }
  notificationState: { unread: number; latest: { title: string } | null }
}
const listed = `{ notifications { nodes { id title body readAt } totalCount } notificationState { unread latest { title } } }`

interface Mail {
  toAddress: string
  language: string
  subject: string
  text: string
}
const mails = (workspaceId: string) =>
  contextOf(workspaceId).db.query<Mail>(
    sql`select "toAddress", "language", "subject", "text" from "MailMessage" where "template" = 'operations.notifications' order by "queuedAt"`,
  )

async function idOf(client: Awaited<ReturnType<typeof signIn>>): Promise<string> {
  const { viewer } = await client.ask<{ viewer: { user: { email: string } } }>('{ viewer { user { email } } }')
  return viewer.user.email.split('@')[0] as string
}

async function speakFrench(client: Awaited<ReturnType<typeof signIn>>) {
  await client.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
}

describe('a notification', () => {
  test('reaches every member of its workspace, each in their language, and nobody of another', async () => {
    const ada = await signIn()
    const blaise = await signIn({ role: 'viewer', workspace: ada.workspaceId })
    await speakFrench(blaise)
    const stranger = await signIn()
    await service.notify(contextOf(ada.workspaceId), news('drift'))
    expect(await ada.ask<Listed>(listed)).toMatchObject({
      notifications: { nodes: [{ title: 'Look: drift', body: 'It is so.', readAt: null }] },
      notificationState: { unread: 1, latest: { title: 'Look: drift' } },
    })
    expect((await blaise.ask<Listed>(listed)).notifications.nodes[0]?.title).toBe('Regardez : drift')
    expect(await stranger.ask<Listed>(listed)).toMatchObject({
      notifications: { nodes: [] },
      notificationState: { unread: 0, latest: null },
    })
  })

  test('of the same key is one, also when it is told twice at once', async () => {
    const { workspaceId, ask } = await signIn()
    const context = contextOf(workspaceId)
    await Promise.all([1, 2, 3].map(() => service.notify(context, news('once'))))
    expect((await ask<Listed>(listed)).notifications.totalCount).toBe(1)
  })

  test('is not there where the transaction that tells it fails', async () => {
    const { workspaceId, ask } = await signIn()
    const failing = contextOf(workspaceId).transaction(async (tx) => {
      await service.notify(tx, news('undone'))
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect((await ask<Listed>(listed)).notifications.totalCount).toBe(0)
  })

  test('is read by who reads it, and unread for the others', async () => {
    const ada = await signIn()
    const grace = await signIn({ role: 'editor', workspace: ada.workspaceId })
    for (const key of ['a', 'b', 'c']) await service.notify(contextOf(ada.workspaceId), news(key))
    const { notifications } = await ada.ask<Listed>(listed)
    const read =
      'mutation($ids: [ID!]) { markNotificationsRead(ids: $ids) { ... on MutationMarkNotificationsReadSuccess { data } ... on MarkNotificationsReadSuccess { data } ... on Error { message } } }'.replace(
        '... on MutationMarkNotificationsReadSuccess { data } ',
        '',
      )
    expect(await ada.ask(read, { ids: [notifications.nodes[0]?.id] })).toMatchObject({
      markNotificationsRead: { data: 1 },
    })
    expect((await ada.ask<Listed>(listed)).notificationState.unread).toBe(2)
    const unread = '{ notifications(unread: true) { nodes { title } } }'
    expect((await ada.ask<Listed>(unread)).notifications.nodes.map(({ title }) => title)).toEqual([
      'Look: b',
      'Look: a',
    ])
    expect(await ada.ask(read, { ids: null })).toMatchObject({ markNotificationsRead: { data: 2 } })
    expect((await ada.ask<Listed>(listed)).notificationState.unread).toBe(0)
    expect((await grace.ask<Listed>(listed)).notificationState.unread).toBe(3)
  })

  test.each([
    ['a kind that nobody added', { kind: 'gossip' }, 'There is no kind of notification "gossip"'],
    ['a title without French', { title: { en: 'Look', fr: ' ' } }, 'title'],
    ['a link to another site', { link: '//evil.example' }, 'is no path'],
    ['a key that is too long', { key: 'x'.repeat(301) }, 'has not 1 to 300 characters'],
  ])('is refused with %s', async (_what, wrong, message) => {
    const context = contextOf(await createWorkspace())
    await expect(service.notify(context, { ...news('x'), ...wrong })).rejects.toThrow(message)
  })

  test('of a title that is too long ends between two characters', async () => {
    const { workspaceId, ask } = await signIn()
    const long = { en: `${'🍐'.repeat(150)}`, fr: `.${'🍐'.repeat(150)}` }
    await service.notify(contextOf(workspaceId), {
      ...news('long'),
      title: long,
      body: { en: 'x'.repeat(5_000), fr: '' },
    })
    const [told] = (await ask<Listed>(listed)).notifications.nodes
    expect(told?.title).toBe(`${'🍐'.repeat(99)}…`)
    expect(told?.body).toHaveLength(2_000)
  })

  test('is forgotten after as many days as the workspace keeps it', async () => {
    const { workspaceId, ask } = await signIn()
    await service.notify(contextOf(workspaceId), news('old'))
    // A session ends after a week: what is kept for minutes shows the same.
    minutes += 10
    await service.notify(contextOf(workspaceId), news('new'))
    expect(await service.notifications.forget(contextOf(workspaceId), 5 / 1440)).toBe(1)
    expect((await ask<Listed>(listed)).notifications.nodes.map(({ title }) => title)).toEqual(['Look: new'])
  })
})

describe('preferences', () => {
  const set = `mutation($input: [NotificationPreferenceInput!]!) { setNotificationPreferences(input: $input) {
    ... on SetNotificationPreferencesSuccess { data { kind inApp mail chosen } } ... on Error { code message } } }`

  test('of one person change what they are told, and nobody else', async () => {
    const ada = await signIn()
    const grace = await signIn({ role: 'editor', workspace: ada.workspaceId })
    const { setNotificationPreferences } = await ada.ask<{ setNotificationPreferences: { data: object[] } }>(set, {
      input: [{ kind: 'problem', inApp: false, mail: 'NEVER' }],
    })
    expect(setNotificationPreferences.data).toContainEqual({
      kind: 'problem',
      inApp: false,
      mail: 'NEVER',
      chosen: true,
    })
    expect(setNotificationPreferences.data).toContainEqual({
      kind: 'alert',
      inApp: true,
      mail: 'AT_ONCE',
      chosen: false,
    })
    await service.notify(contextOf(ada.workspaceId), news('unwanted'))
    expect((await ada.ask<Listed>(listed)).notifications.totalCount).toBe(0)
    expect((await grace.ask<Listed>(listed)).notifications.totalCount).toBe(1)
  })

  test('keep what is left out', async () => {
    const { ask } = await signIn()
    await ask(set, { input: [{ kind: 'problem', mail: 'NEVER' }] })
    await ask(set, { input: [{ kind: 'problem', inApp: false }] })
    const { notificationPreferences } = await ask<{ notificationPreferences: object[] }>(
      '{ notificationPreferences { kind inApp mail } }',
    )
    expect(notificationPreferences).toContainEqual({ kind: 'problem', inApp: false, mail: 'NEVER' })
  })

  test('of a kind that is none are refused, with the kinds that there are', async () => {
    const { ask } = await signIn()
    expect(await ask(set, { input: [{ kind: 'gossip', mail: 'NEVER' }] })).toMatchObject({
      setNotificationPreferences: { code: 'INVALID_INPUT', message: expect.stringContaining('newVariant') },
    })
  })

  test('are told in the language of whoever asks', async () => {
    const client = await signIn()
    await speakFrench(client)
    const { notificationKinds } = await client.ask<{ notificationKinds: object[] }>(
      '{ notificationKinds { name description } }',
    )
    expect(notificationKinds).toContainEqual({ name: 'problem', description: 'Quelque chose ne va pas' })
  })
})

describe('mail', () => {
  test('comes two minutes later, once, in the language of whoever gets it; what came together is one mail', async () => {
    const { workspaceId, ...client } = await signIn()
    const french = await signIn({ role: 'viewer', workspace: workspaceId })
    await speakFrench(french)
    for (let index = 1; index <= 7; index++) await service.notify(contextOf(workspaceId), news(`flood ${index}`))
    await service.mailed.sendDue(system)
    expect(await mails(workspaceId)).toEqual([])
    minutes += 3
    await Promise.all([service.mailed.sendDue(system), service.mailed.sendDue(system)])
    await service.mailed.sendDue(system)
    const sent = await mails(workspaceId)
    expect(sent).toHaveLength(2)
    const english = sent.find(({ language }) => language === 'en')
    expect(english).toMatchObject({
      subject: '7 notifications from Test',
      toAddress: `${await idOf({ workspaceId, ...client })}@example.com`,
    })
    expect(english?.text).toContain('Look: flood 1')
    expect(english?.text).toContain('Look: flood 7')
    const other = sent.find(({ language }) => language === 'fr')
    expect(other).toMatchObject({ subject: '7 notifications de Test' })
    expect(other?.text).toContain('Regardez : flood 3')
  })

  test('shows twenty of a flood and counts all', async () => {
    const { workspaceId } = await signIn()
    await contextOf(workspaceId).transaction(async (tx) => {
      for (let index = 1; index <= 130; index++) await service.notify(tx, news(`drop ${index}`))
    })
    minutes += 3
    await service.mailed.sendDue(system)
    const [mail] = await mails(workspaceId)
    expect(mail?.subject).toBe('130 notifications from Test')
    expect(mail?.text).toContain('and 110 more.')
    expect(mail?.text.match(/Look: drop/g)).toHaveLength(20)
  })

  test('of one notification has its title as subject', async () => {
    const { workspaceId } = await signIn()
    await service.notify(contextOf(workspaceId), news('alone'))
    minutes += 3
    await service.mailed.sendDue(system)
    expect(await mails(workspaceId)).toMatchObject([{ subject: 'Look: alone' }])
  })

  test('does not come for what goes into the digest, nor to who is no member any more', async () => {
    const ada = await signIn()
    const gone = await signIn({ role: 'editor', workspace: ada.workspaceId })
    await service.notify(contextOf(ada.workspaceId), news('quiet', 'newVariant'))
    await service.notify(contextOf(ada.workspaceId), news('loud'))
    const leaver = await idOf(gone)
    await contextOf(ada.workspaceId).db.query(
      sql`delete from "Member" where "workspaceId" = ${ada.workspaceId} and "userId" = ${leaver}`,
    )
    minutes += 3
    await service.mailed.sendDue(system)
    const sent = await mails(ada.workspaceId)
    expect(sent.map(({ subject }) => subject)).toEqual(['Look: loud'])
    expect(sent[0]?.toAddress).toBe(`${await idOf(ada)}@example.com`)
    await service.notify(contextOf(ada.workspaceId), news('later'))
    const receipts = await contextOf(ada.workspaceId).db.query(
      sql`select 1 from "NotificationReceipt" where "userId" = ${leaver}::uuid and "mail" <> 'none' and "mail" <> 'mailed'`,
    )
    // The one in the digest, from when they were a member.
    expect(receipts).toHaveLength(1)
  })
})

test('what is read or told is heard live by the person whom it concerns', async () => {
  const { workspaceId, ...client } = await signIn()
  const context = contextOf(workspaceId)
  const heard = service.live.subscribe(
    workspaceId,
    { name: 'operations.notifications' },
    await idOf({ workspaceId, ...client }),
  )
  await heard.ready
  await service.notify(context, news('live'))
  expect((await heard.next()).done).toBe(false)
  await heard.return?.()
})
