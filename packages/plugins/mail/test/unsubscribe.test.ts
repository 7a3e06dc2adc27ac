import { sql } from '@espalier/core'
import { parseDocument } from 'htmlparser2'
import { describe, expect, test } from 'vitest'
import { unsubscribeWords } from '../src/unsubscribe/words.ts'
import { type MessageRow, mailback } from './mailback.ts'

const { workspace, url, of, service, cutDatabaseOff, kernel, signIn } = await mailback()

type Shop = Awaited<ReturnType<typeof workspace>>

/** The unsubscribe link of a message, from its headers, on the test's server. */
function linkOf(shop: Shop, row: MessageRow): string {
  return (headerOf(shop, row, 'List-Unsubscribe') ?? '').replace(/^<http:\/\/espalier\.test(.*)>$/, `${url}$1`)
}

function headerOf({ context }: Shop, row: MessageRow, header: string): string | undefined {
  return service.headers(context, row as never).find(({ name }) => name === header)?.value
}

async function subscribed(shop: Shop, fields: Parameters<Shop['send']>[0] = {}) {
  const id = await shop.send(fields)
  const row = await shop.row(id)
  return { id, link: linkOf(shop, row), row }
}

const held = ({ context }: Shop) =>
  context.db.query(sql`select "topic", "reason"::text as "reason", "address" from "MailSuppression" order by "topic"`)
const news = { topic: 'news', reason: 'unsubscribe', address: 'ada@example.com' }

/** As a person's browser sends the page's form. */
const choose = (link: string, choice: string, headers: Record<string, string> = {}) =>
  fetch(link, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ choice }), headers })

describe('one click (RFC 8058)', () => {
  const oneClick = 'List-Unsubscribe=One-Click'
  const multipart = () => {
    const form = new FormData()
    form.append('List-Unsubscribe', 'One-Click')
    return form
  }

  test.each<[string, () => RequestInit]>([
    ['as a multipart form', () => ({ body: multipart() })],
    [
      'as an urlencoded form',
      () => ({ body: oneClick, headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    ],
    [
      'with capitals in the type',
      () => ({ body: oneClick, headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' } }),
    ],
    ['without a body', () => ({})],
    ['as plain text', () => ({ body: oneClick, headers: { 'content-type': 'text/plain' } })],
    [
      'with a broken form',
      () => ({ body: '--x\r\nbroken', headers: { 'content-type': 'multipart/form-data; boundary=y' } }),
    ],
    [
      'from another origin',
      () => ({
        body: oneClick,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: 'https://mail.provider.example',
          'sec-fetch-site': 'cross-site',
        },
      }),
    ],
    [
      'with somebody’s cookies',
      () => ({
        body: oneClick,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: 'better-auth.session_token=wrong',
          origin: 'https://mail.provider.example',
        },
      }),
    ],
  ])('%s, unsubscribes from the topic, without a redirect', async (_name, options) => {
    const shop = await workspace()
    const { id, link } = await subscribed(shop)
    const answer = await fetch(link, { method: 'POST', redirect: 'manual', ...options() })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('location')).toBeNull()
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await held(shop)).toEqual([news])
    await expect.poll(() => of(id)).toEqual(['mail.unsubscribed'])
    const next = await shop.send()
    expect(await shop.row(next)).toMatchObject({ state: 'suppressed', dispatch: 'skipped' })
    expect(await shop.row(await shop.send({ template: 'shop.receipt' }))).toMatchObject({ state: 'sent' })
  })

  test('twice is once, and tells once', async () => {
    const shop = await workspace()
    const { id, link } = await subscribed(shop)
    for (let time = 0; time < 3; time++) expect((await fetch(link, { method: 'POST' })).status).toBe(200)
    expect(await held(shop)).toEqual([news])
    const events = await shop.context.db.query(
      sql`select 1 from "MailEvent" where "messageId" = ${id} and "kind" = 'unsubscribe'`,
    )
    expect(events).toHaveLength(1)
    await expect.poll(() => of(id)).toEqual(['mail.unsubscribed'])
  })

  test('stands in the headers of what one can unsubscribe from, short enough for every provider', async () => {
    const shop = await workspace()
    const { row } = await subscribed(shop)
    expect(headerOf(shop, row, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
    const header = headerOf(shop, row, 'List-Unsubscribe') ?? ''
    expect(header).toMatch(/^<http:\/\/espalier\.test\/u\/[\w-]+>$/)
    expect(header.length).toBeLessThan(500)
    expect(Buffer.from(header.slice(25, -1), 'base64url').toString('latin1')).not.toContain('ada@')
    const receipt = await shop.row(await shop.send({ template: 'shop.receipt' }))
    expect(headerOf(shop, receipt, 'List-Unsubscribe')).toBeUndefined()
  })

  test('of a message that is gone is heard all the same', async () => {
    const shop = await workspace()
    const { id, link } = await subscribed(shop)
    await shop.context.db.query(sql`delete from "MailMessage" where "id" = ${id}`)
    expect((await fetch(link, { method: 'POST' })).status).toBe(200)
    expect(await shop.row(await shop.send())).toMatchObject({ state: 'suppressed' })
  })

  test('in one workspace does not count in another', async () => {
    const [here, there] = [await workspace(), await workspace()]
    await fetch((await subscribed(here)).link, { method: 'POST' })
    expect(await there.row(await there.send())).toMatchObject({ state: 'sent' })
  })
})

describe('looking at the link', () => {
  test.each([['GET'], ['HEAD']])('with %s changes nothing, however often', async (method) => {
    const shop = await workspace()
    const { link, id } = await subscribed(shop)
    for (let time = 0; time < 3; time++)
      expect((await fetch(link, { method, headers: { 'sec-purpose': 'prefetch' } })).status).toBe(200)
    expect(await held(shop)).toEqual([])
    expect(of(id)).toEqual([])
  })

  test.each([
    ['en', 'Do you want to stop getting mail from', 'Unsubscribe'],
    ['fr', 'Souhaitez-vous ne plus recevoir de messages de', 'Me désabonner'],
  ] as const)(
    'shows one question with one button, in the language of the mail (%s), whatever the browser prefers',
    async (language, question, button) => {
      const shop = await workspace({ fromName: 'Pear & <Sons>', fromAddress: 'shop@example.com' })
      const { link } = await subscribed(shop, { language })
      const answer = await fetch(link, { headers: { 'accept-language': language === 'en' ? 'fr' : 'en' } })
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
      const html = await answer.text()
      expect(html).toContain(question)
      expect(html).toContain('Pear &amp; &lt;Sons&gt;')
      expect(html).toContain(`<html lang="${language}">`)
      expect(html.match(/<button/g)).toHaveLength(1)
      expect(html).toContain(button)
      expect(html).not.toMatch(/<script|javascript:|ada@example\.com|https?:\/\//)
      expect(parseDocument(html)).toBeDefined()
    },
  )

  test('that is none shows the same page, whatever is wrong with it, in the language of the browser', async () => {
    const shop = await workspace()
    const { link } = await subscribed(shop)
    const wrong = [`${link}x`, link.slice(0, -3), `${url}/u/x`, `${link.slice(0, -8)}AAAAAAAA`]
    const pages = new Set<string>()
    for (const address of wrong)
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(address, { method, headers: { 'accept-language': 'de, fr;q=0.8, en;q=0.5' } })
        expect(answer.status).toBe(404)
        pages.add(await answer.text())
      }
    expect(pages.size).toBe(1)
    expect([...pages][0]).toContain('Ce lien est incomplet')
    expect(await held(shop)).toEqual([])
  })
})

describe('the page', () => {
  test('unsubscribes from the topic or from everything, and says which', async () => {
    const shop = await workspace()
    const { link } = await subscribed(shop)
    const topic = await choose(link, 'topic')
    expect(topic.status).toBe(200)
    expect(await topic.text()).toContain('You will get no more mail about “news”.')
    const everything = await choose(link, 'everything')
    expect(await everything.text()).toContain('You will get no more mail that one can unsubscribe from.')
    expect(await held(shop)).toEqual([{ ...news, topic: '' }, news])
  })

  test('takes it back, and only what the person had said', async () => {
    const shop = await workspace()
    const { link } = await subscribed(shop)
    await choose(link, 'everything')
    await service.feedback.suppressions.add(shop.context, { address: 'ada@example.com', reason: 'complaint' })
    const answer = await choose(link, 'resubscribe')
    expect(await answer.text()).toContain('You are subscribed again')
    expect(await held(shop)).toEqual([{ topic: '', reason: 'complaint', address: 'ada@example.com' }])
  })

  test('after a change of mind holds again', async () => {
    const shop = await workspace()
    const { link } = await subscribed(shop)
    for (const choice of ['topic', 'resubscribe', 'topic']) await choose(link, choice)
    expect(await held(shop)).toEqual([news])
  })

  test('takes a choice that there is not for the smaller one', async () => {
    const shop = await workspace()
    const { link } = await subscribed(shop)
    await choose(link, 'delete my account')
    expect(await held(shop)).toEqual([news])
  })

  test('without the database still asks, and says that nothing was saved', async () => {
    const shop = await workspace()
    const { link } = await subscribed(shop, { language: 'fr' })
    const putBack = await cutDatabaseOff()
    try {
      const question = await fetch(link, { headers: { 'accept-language': 'fr' } })
      expect(question.status).toBe(200)
      expect(await question.text()).toContain('Me désabonner')
      const answer = await fetch(link, { method: 'POST', headers: { 'accept-language': 'fr' } })
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('60')
      expect(await answer.text()).toContain('rien n’a changé')
    } finally {
      await putBack()
    }
    await expect.poll(async () => (await fetch(link, { method: 'POST' })).status).toBe(200)
    expect(await held(shop)).toEqual([news])
  })
})

test.each([
  ['fr', null, 'fr'],
  ['en', 'fr', 'en'],
  [undefined, 'fr-CA,fr;q=0.9,en;q=0.8', 'fr'],
  [undefined, 'de,en;q=0.3,fr;q=0.7', 'fr'],
  [undefined, 'fr;q=0,en', 'en'],
  [undefined, 'de', 'en'],
  [undefined, null, 'en'],
  [undefined, ';;q=x,,', 'en'],
])('a mail in %s, a browser that prefers %s: %s', (language, accepted, expected) => {
  expect(unsubscribeWords(language, accepted).language).toBe(expected)
})

describe('over the API', () => {
  const suppress = `mutation ($input: SuppressAddressInput!) {
    suppressAddress(input: $input) { __typename ... on SuppressAddressSuccess { data { id address reason topic all } } ... on InvalidInputError { issues { path message } } } }`
  const unsuppress = `mutation ($input: UnsuppressAddressInput!) {
    unsuppressAddress(input: $input) { __typename ... on InvalidInputError { issues { path message } } } }`
  const list =
    '{ mailSuppressions(orderBy: { field: CREATED_AT, direction: ASC }) { nodes { id address reason topic } } }'

  test('an address is held and let go, with a trail that does not name it', async () => {
    const shop = await workspace()
    const input = { address: 'Ada@Example.com' }
    const { suppressAddress } = await shop.owner.ask<{ suppressAddress: { data: { id: string } } }>(suppress, { input })
    expect(suppressAddress).toMatchObject({
      data: { address: 'Ada@Example.com', reason: 'MANUAL', topic: '', all: true },
    })
    expect(await shop.row(await shop.send({ template: 'shop.receipt' }))).toMatchObject({ state: 'suppressed' })
    expect(await shop.owner.ask(unsuppress, { input: { id: suppressAddress.data.id } })).toEqual({
      unsuppressAddress: { __typename: 'UnsuppressAddressSuccess' },
    })
    expect(await shop.row(await shop.send())).toMatchObject({ state: 'sent' })
    const trail = await kernel.access.system.query<{ text: string }>(
      sql`select row_to_json(a)::text as "text" from "AuditEntry" a where "workspaceId" = ${shop.context.workspaceId}`,
    )
    const texts = trail.map(({ text }) => text).filter((text) => text.includes('MailSuppression'))
    expect(texts).toHaveLength(2)
    expect(texts.join().toLowerCase()).not.toContain('ada@')
  })

  test('what is no address is refused, with the value and the way out', async () => {
    const shop = await workspace()
    expect(await shop.owner.ask(suppress, { input: { address: 'Ada' } })).toMatchObject({
      suppressAddress: {
        __typename: 'InvalidInputError',
        issues: [{ path: 'input.address', message: '"Ada" is no e-mail address. Write it as ada@example.com.' }],
      },
    })
  })

  test('whoever unsubscribed is not let go without a reason', async () => {
    const shop = await workspace()
    await fetch((await subscribed(shop)).link, { method: 'POST' })
    const { mailSuppressions } = await shop.owner.ask<{ mailSuppressions: { nodes: { id: string }[] } }>(list)
    const id = mailSuppressions.nodes[0]?.id
    expect(await shop.owner.ask(unsuppress, { input: { id } })).toMatchObject({
      unsuppressAddress: { issues: [{ path: 'input.why' }] },
    })
    expect(await shop.owner.ask(unsuppress, { input: { id, why: 'Asked for it on the phone.' } })).toEqual({
      unsuppressAddress: { __typename: 'UnsuppressAddressSuccess' },
    })
  })

  test('a list is held', async () => {
    const shop = await workspace()
    const importing = `mutation ($input: ImportSuppressionsInput!) {
      importSuppressions(input: $input) { ... on ImportSuppressionsSuccess { data { added known } } ... on Error { message } } }`
    const input = { addresses: ['a@example.com', 'B@example.com', 'b@example.com'], reason: 'UNSUBSCRIBE' }
    expect(await shop.owner.ask(importing, { input })).toEqual({ importSuppressions: { data: { added: 2, known: 1 } } })
    expect(await shop.owner.ask(importing, { input: { ...input, addresses: ['nobody'] } })).toMatchObject({
      importSuppressions: { message: expect.stringContaining('"nobody" is no e-mail address') },
    })
  })

  test('an address is erased, with what was sent there; it stays held', async () => {
    const shop = await workspace()
    const { id, link } = await subscribed(shop)
    const waiting = await service.send(shop.context, {
      to: { address: 'Ada@example.com' },
      template: 'shop.receipt',
      language: 'en',
      data: {},
      idempotencyKey: 'later',
      notBefore: new Date(Date.now() + 86_400_000),
    })
    await fetch(link, { method: 'POST' })
    const erase = `mutation { eraseMailAddress(address: "ADA@example.com") { ... on EraseMailAddressSuccess { data { messages suppressions } } ... on Error { message } } }`
    expect(await shop.owner.ask(erase)).toEqual({ eraseMailAddress: { data: { messages: 2, suppressions: 1 } } })
    expect(await shop.row(waiting)).toMatchObject({ toAddress: '', html: '', dispatch: 'canceled', state: 'failed' })
    expect(await shop.row(id)).toMatchObject({ toAddress: '', html: '', text: '', subject: '', state: 'sent' })
    expect(await held(shop)).toEqual([{ ...news, address: null }])
    expect(await shop.row(await shop.send())).toMatchObject({ state: 'suppressed' })
  })

  test('viewers see no addresses, editors change no holds', async () => {
    const shop = await workspace()
    const viewer = await signIn({ role: 'viewer', workspace: shop.context.workspaceId })
    expect((await viewer.answer(list)).errors?.[0]?.message).toMatch(/mail:read/)
    expect(await viewer.ask(suppress, { input: { address: 'a@example.com' } })).toMatchObject({
      suppressAddress: { __typename: 'ForbiddenError' },
    })
  })
})
