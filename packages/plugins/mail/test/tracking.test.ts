import { sql, type WorkspaceContext } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import { rulesVersion } from '../src/tracking/actor.ts'
import { rejudgeHits, settleHits } from '../src/tracking/jobs.ts'
import { mailback, sesExample } from './mailback.ts'

const { workspace, url, service, of, cutDatabaseOff } = await mailback()

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** The links of a mail and its pixel, as paths of the test's server. */
function addresses(html: unknown): { links: string[]; pixel: string } {
  const here = (path: string) => `${url}${path.replace('http://espalier.test', '')}`
  const found = [...String(html).matchAll(/"(http:\/\/espalier\.test\/([lo])\/[^"]+)"/g)]
  return {
    links: found.filter(([, , kind]) => kind === 'l').map(([, path = '']) => here(path)),
    pixel: here(found.find(([, , kind]) => kind === 'o')?.[1] ?? ''),
  }
}

const visit = (address: string, options: RequestInit & { agent?: string } = {}) =>
  fetch(address, {
    redirect: 'manual',
    ...options,
    headers: { 'user-agent': options.agent ?? chrome, ...options.headers },
  })

interface EventRow {
  readonly kind: string
  readonly actor: string
  readonly actorReason: string
  readonly rules: number | null
  readonly detail: Record<string, unknown>
}

async function eventsOf(context: WorkspaceContext, id: string): Promise<EventRow[]> {
  await service.feedback.hits.flush()
  return context.db.query<EventRow>(sql`
    select "kind", "actor", "actorReason", "rules", "detail" from "MailEvent" where "messageId" = ${id} order by "at", "id"`)
}

/** Long before anybody looks, so that nobody is too early. */
async function sentLongAgo({ context, send }: Awaited<ReturnType<typeof workspace>>): Promise<string> {
  const id = await send()
  await context.db.query(sql`update "MailMessage" set "sentAt" = "sentAt" - interval '1 hour' where "id" = ${id}`)
  return id
}

describe('a link', () => {
  test('leads where the mail meant, keeps no trace, and is counted', async () => {
    const shop = await workspace()
    const id = await sentLongAgo(shop)
    const { links } = addresses((await shop.row(id)).html)
    const answer = await visit(links[0] ?? '')
    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toBe('https://shop.example/pears?a=1&b=2')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(answer.headers.get('x-robots-tag')).toContain('noindex')
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await eventsOf(shop.context, id)).toMatchObject([
      { kind: 'click', actor: 'human', detail: { index: 0, network: '127.0.0.0' } },
    ])
    expect(await shop.row(id)).toMatchObject({ state: 'clicked', clickedAt: expect.any(Date), openedAt: null })
  })

  test('answers the same to whoever asks: HEAD, a prefetch, a crawler; they are counted as machines', async () => {
    const shop = await workspace()
    const id = await sentLongAgo(shop)
    const [link = ''] = addresses((await shop.row(id)).html).links
    const answers = [
      await visit(link, { method: 'HEAD' }),
      await visit(link, { headers: { 'sec-purpose': 'prefetch;prerender' } }),
      await visit(link, { agent: 'curl/8.5.0' }),
    ]
    expect(answers.map(({ status, headers }) => [status, headers.get('location')])).toEqual(
      Array(3).fill([302, 'https://shop.example/pears?a=1&b=2']),
    )
    const events = await eventsOf(shop.context, id)
    expect(new Set(events.map(({ actor, actorReason }) => `${actor} ${actorReason}`))).toEqual(
      new Set(['machine head', 'machine prefetch', 'machine agent']),
    )
    expect(await shop.row(id)).toMatchObject({ state: 'sent', clickedAt: null })
  })

  test('that was changed, cut off or made up is not there, and leads nowhere', async () => {
    const shop = await workspace()
    const id = await shop.send()
    const [link = ''] = addresses((await shop.row(id)).html).links
    const tampered = [
      `${link.slice(0, -5)}AAAAA`,
      link.slice(0, -1),
      `${link}A`,
      `${url}/l/https:%2F%2Fevil.example`,
      `${link.replace('/l/', '/o/')}`,
      addresses((await shop.row(id)).html).pixel.replace('/o/', '/l/'),
    ]
    for (const address of tampered) {
      const answer = await visit(address)
      expect(answer.headers.get('location'), address).toBeNull()
      expect([200, 404]).toContain(answer.status)
    }
    expect((await visit(tampered[0] ?? '')).status).toBe(404)
    expect(await eventsOf(shop.context, id)).toEqual([])
  })

  test('works when the message has been erased', async () => {
    const shop = await workspace()
    const id = await shop.send()
    const [link = ''] = addresses((await shop.row(id)).html).links
    await shop.context.db.query(sql`delete from "MailMessage" where "id" = ${id}`)
    expect((await visit(link)).status).toBe(302)
    expect(await eventsOf(shop.context, id)).toEqual([])
  })
})

describe('a pixel', () => {
  test('is a picture that nothing keeps, and tells that somebody looked', async () => {
    const shop = await workspace()
    const id = await sentLongAgo(shop)
    const { pixel } = addresses((await shop.row(id)).html)
    const answer = await visit(pixel)
    expect(answer.headers.get('content-type')).toBe('image/gif')
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe('GIF89a')
    expect(await eventsOf(shop.context, id)).toMatchObject([{ kind: 'open', actor: 'human' }])
    expect(await shop.row(id)).toMatchObject({ state: 'opened' })
    expect((await visit(`${url}/o/made-up.gif`)).status).toBe(200)
  })

  test('that Apple’s proxy reads is no opening', async () => {
    const shop = await workspace()
    const id = await sentLongAgo(shop)
    await visit(addresses((await shop.row(id)).html).pixel, { agent: 'Mozilla/5.0' })
    expect(await eventsOf(shop.context, id)).toMatchObject([{ actor: 'machine', actorReason: 'applePrivacy' }])
    expect(await shop.row(id)).toMatchObject({ state: 'sent', openedAt: null })
  })
})

test('a reload is one hit; a burst makes all of them a machine’s, also the one that was a person’s', async () => {
  const shop = await workspace()
  const id = await sentLongAgo(shop)
  const { links } = addresses((await shop.row(id)).html)
  await visit(links[0] ?? '')
  await visit(links[0] ?? '')
  expect((await eventsOf(shop.context, id)).length).toBeLessThanOrEqual(2)
  expect(await shop.row(id)).toMatchObject({ state: 'clicked' })
  for (const link of links) await visit(link)
  const events = await eventsOf(shop.context, id)
  expect(new Set(events.map(({ actorReason }) => actorReason))).toEqual(new Set(['burst']))
  expect(await shop.row(id)).toMatchObject({ state: 'sent', clickedAt: null })
})

test('a person’s click is told once, when it is settled; a machine’s never', async () => {
  const shop = await workspace()
  const [person, machine] = [await sentLongAgo(shop), await sentLongAgo(shop)]
  await visit(addresses((await shop.row(person)).html).links[0] ?? '')
  await visit(addresses((await shop.row(machine)).html).links[0] ?? '', { agent: 'curl/8.5.0' })
  expect(await eventsOf(shop.context, person)).toMatchObject([{ rules: null }])
  const [{ minute } = { minute: '' }] = await shop.context.db.query<{ minute: string }>(sql`
    select to_char(date_trunc('minute', "receivedAt" at time zone 'utc'), 'YYYY-MM-DD"T"HH24:MI:00"Z"') as "minute"
    from "MailEvent" where "messageId" = ${person}`)
  const run = { jobId: 'x', attempt: 0, signal: new AbortController().signal }
  for (let time = 0; time < 2; time++) await settleHits.run({ minute }, shop.context as never, undefined, run)
  expect(await eventsOf(shop.context, person)).toMatchObject([{ actor: 'human', rules: rulesVersion }])
  await expect.poll(() => of(person)).toEqual(['mail.clicked'])
  expect(of(machine)).toEqual([])
})

test('what older rules have judged is judged by today’s', async () => {
  const shop = await workspace()
  const id = await sentLongAgo(shop)
  await visit(addresses((await shop.row(id)).html).links[0] ?? '')
  await eventsOf(shop.context, id)
  await shop.context.db.query(sql`
    update "MailEvent" set "actor" = 'machine', "actorReason" = 'agent', "rules" = 0 where "messageId" = ${id}`)
  const run = { jobId: 'x', attempt: 0, signal: new AbortController().signal }
  expect(await rejudgeHits.run({}, shop.context as never, undefined, run)).toEqual({ messages: 1 })
  expect(await eventsOf(shop.context, id)).toMatchObject([{ actor: 'human', rules: rulesVersion }])
  expect(await shop.row(id)).toMatchObject({ state: 'clicked' })
})

test('a click before the mail was delivered turns out to be a machine’s when its delivery is told', async () => {
  const shop = await workspace()
  const id = await sentLongAgo(shop)
  await visit(addresses((await shop.row(id)).html).links[0] ?? '')
  await eventsOf(shop.context, id)
  expect(await shop.row(id)).toMatchObject({ state: 'clicked' })
  const event = sesExample('ses-events/delivery', id)
  event.delivery.timestamp = new Date(Date.now() + 5_000).toISOString()
  await shop.handled(await shop.tell(event))
  expect(await shop.row(id)).toMatchObject({ state: 'delivered', clickedAt: null })
})

describe('a workspace that counts without telling who it was', () => {
  test('counts by day and template', async () => {
    const shop = await workspace({ tracking: 'aggregate' })
    const id = await shop.send()
    const { links, pixel } = addresses((await shop.row(id)).html)
    await visit(links[0] ?? '')
    await visit(links[1] ?? '')
    await visit(pixel, { agent: 'Mozilla/5.0' })
    expect(await eventsOf(shop.context, id)).toEqual([])
    expect(await shop.row(id)).toMatchObject({ state: 'sent' })
    const day = new Date().toISOString().slice(0, 10)
    const { mailTallies } = await shop.owner.ask<{ mailTallies: object[] }>(
      'query ($day: Date!) { mailTallies(from: $day, until: $day) { day template kind actor count } }',
      { day },
    )
    expect(mailTallies).toEqual([
      { day, template: 'shop.news', kind: 'click', actor: 'HUMAN', count: 2 },
      { day, template: 'shop.news', kind: 'open', actor: 'MACHINE', count: 1 },
    ])
  })

  test('also of mail that left when it told who it was; and nothing once it counts nothing', async () => {
    const shop = await workspace()
    const id = await shop.send()
    const { links } = addresses((await shop.row(id)).html)
    const set = async (tracking: string) => {
      await shop.owner.ask(
        'mutation ($value: JSON!) { updatePluginSettings(plugin: "mail", value: $value) { __typename } }',
        { value: { tracking } },
      )
      const known = async () => {
        const query = '{ plugins { name settings } }'
        const { plugins } = await shop.owner.ask<{ plugins: { name: string; settings: { tracking: string } }[] }>(query)
        return plugins.find(({ name }) => name === 'mail')?.settings.tracking
      }
      await expect.poll(known).toBe(tracking)
    }
    await set('aggregate')
    await visit(links[0] ?? '')
    expect(await eventsOf(shop.context, id)).toEqual([])
    const tally = () => shop.context.db.query(sql`select "template", "kind", "actor", "count" from "MailTally"`)
    expect(await tally()).toEqual([{ template: 'shop.news', kind: 'click', actor: 'human', count: 1 }])
    await set('none')
    expect((await visit(links[0] ?? '')).status).toBe(302)
    expect(await eventsOf(shop.context, id)).toEqual([])
    expect(await tally()).toHaveLength(1)
  })
})

test('what was heard of a message is told to whoever may read mail, and to nobody else', async () => {
  const shop = await workspace()
  const id = await sentLongAgo(shop)
  await visit(addresses((await shop.row(id)).html).links[0] ?? '')
  await eventsOf(shop.context, id)
  const query = '{ mailMessages { nodes { events { totalCount nodes { kind source actor actorReason settled } } } } }'
  expect(await shop.owner.ask(query)).toEqual({
    mailMessages: {
      nodes: [
        {
          events: {
            totalCount: 1,
            nodes: [{ kind: 'click', source: 'link', actor: 'HUMAN', actorReason: 'browser', settled: false }],
          },
        },
      ],
    },
  })
})

test('without the database links lead on; what they counted is written when it is back', async () => {
  const shop = await workspace()
  const id = await sentLongAgo(shop)
  const { links, pixel } = addresses((await shop.row(id)).html)
  const putBack = await cutDatabaseOff()
  try {
    expect((await visit(links[0] ?? '')).headers.get('location')).toBe('https://shop.example/pears?a=1&b=2')
    expect((await visit(pixel)).status).toBe(200)
    await service.feedback.hits.flush()
  } finally {
    await putBack()
  }
  await expect.poll(async () => (await eventsOf(shop.context, id).catch(() => [])).length).toBe(2)
})
