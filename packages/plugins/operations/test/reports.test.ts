import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import tracking, { type ServerEvent } from '@espalier/tracking'
import { DateTime } from 'luxon'
import { beforeEach, describe, expect, test } from 'vitest'
import { dueDay, reportDay, yesterday } from '../src/report/localDay.ts'

let now = new Date()
const clock = { now: () => now }
// A session ends after a week.
beforeEach(() => {
  now = new Date()
})
const { kernel, signIn } = await servedKernel([tracking, mail, operations], { clock })
const service = kernel.service(operations)
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
const system = kernel.contexts.system('test')

/** The next time at which clocks of a time zone show this hour. */
function nextAt(hour: number, timeZone: string): Date {
  const local = DateTime.fromJSDate(now, { zone: timeZone })
  const at = local.set({ hour, minute: 31, second: 0 })
  return (at > local ? at : at.plus({ days: 1 })).toJSDate()
}

const subscribe = `mutation($input: ReportSubscriptionInput!) { set: setReportSubscription(input: $input) {
  ... on SetReportSubscriptionSuccess { data { daily timeZone at } } ... on Error { code message } } }`

interface Mail {
  language: string
  subject: string
  text: string
  html: string
  toAddress: string
}
const mails = (workspaceId: string) =>
  contextOf(workspaceId).db.query<Mail>(
    sql`select * from "MailMessage" where "template" = 'operations.daily-report' order by "queuedAt", "id"`,
  )

async function emailOf(client: Awaited<ReturnType<typeof signIn>>): Promise<string> {
  const { viewer } = await client.ask<{ viewer: { user: { email: string } } }>('{ viewer { user { email } } }')
  return viewer.user.email
}

async function visits(workspaceId: string, at: Date, count: number, converting: number) {
  const tracked = kernel.service(tracking)
  const site = await tracked.sites.ensure(contextOf(workspaceId), 'Shop')
  const events = Array.from({ length: count }, (_, index): ServerEvent[] => {
    const visitorId = `01a00000-0000-7000-8000-${String(at.getTime() % 1e6).padStart(6, '0')}${String(index).padStart(6, '0')}`
    const base = { siteId: site.id, visitorId, at, path: '/' }
    const seen = { ...base, name: 'pageview' }
    return index < converting
      ? [seen, { ...base, name: 'conversion', goal: 'order', at: new Date(at.getTime() + 1000) }]
      : [seen]
  })
  await tracked.record(contextOf(workspaceId), events.flat())
}

describe('the daily report', () => {
  test('comes once a day at the person’s time, in their language, and says what changed', async () => {
    // An hour before its time: the schedule runs beside this test.
    now = nextAt(6, 'Europe/Paris')
    const client = await signIn()
    const { workspaceId } = client
    await client.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
    await client.ask(subscribe, { input: { daily: true, timeZone: 'Europe/Paris', at: '07:30' } })
    const { day } = yesterday(now, 'Europe/Paris')
    const noonOf = (weeksAgo: number) =>
      DateTime.fromISO(day, { zone: 'Europe/Paris' })
        .set({ hour: 12, minute: weeksAgo })
        .minus({ weeks: weeksAgo })
        .toJSDate()
    for (let weeksAgo = 1; weeksAgo <= 4; weeksAgo++) await visits(workspaceId, noonOf(weeksAgo), 20, 4)
    await visits(workspaceId, noonOf(0), 30, 6)
    await service.notify(contextOf(workspaceId), {
      kind: 'failedJob',
      key: 'one',
      severity: 'warning',
      title: { en: 'A job failed', fr: 'Une tâche a échoué' },
    })
    now = new Date(now.getTime() + 3_600_000)
    await Promise.all([service.reports.sendDue(system), service.reports.sendDue(system)])
    await service.reports.sendDue(system)
    const [report, ...others] = await mails(workspaceId)
    expect(others).toEqual([])
    const date = DateTime.fromISO(day)
      .setLocale('fr-FR')
      .toLocaleString({ weekday: 'long', day: 'numeric', month: 'long' })
    const weekday = DateTime.fromISO(day).setLocale('fr').toFormat('cccc')
    expect(report).toMatchObject({ language: 'fr', subject: `Test, ${date}` })
    const text = report?.text.replace(/\s+/g, ' ')
    expect(text).toContain(`Conversions : 6, 50 % de plus qu’un ${weekday} habituel (4).`)
    expect(text).toContain(`Visiteurs : 30, 50 % de plus qu’un ${weekday} habituel (20).`)
    expect(text).toContain('Une tâche a échoué')
    expect(text).not.toContain('Rien ne mérite votre temps')
    expect(report?.html.match(/bgcolor="#2f6b3c"/g)).toHaveLength(2)
    // The digest is told once: nothing of it waits any more.
    now = new Date(now.getTime() + 86_400_000)
    await service.reports.sendDue(system)
    const later = await mails(workspaceId)
    expect(later).toHaveLength(2)
    expect(later[1]?.text).not.toContain('Une tâche a échoué')
  })

  test('does not come before its time, nor more than twelve hours after it', async () => {
    const client = await signIn()
    now = nextAt(6, 'UTC')
    await client.ask(subscribe, { input: { daily: true, timeZone: 'UTC', at: '07:30' } })
    await service.reports.sendDue(system)
    now = new Date(now.getTime() + 14 * 3_600_000)
    await service.reports.sendDue(system)
    expect(await mails(client.workspaceId)).toEqual([])
  })

  test('is short where nothing happened', async () => {
    const client = await signIn()
    now = nextAt(7, 'UTC')
    await client.ask(subscribe, { input: { daily: true, timeZone: 'UTC', at: '07:30' } })
    await service.reports.sendDue(system)
    const [report] = await mails(client.workspaceId)
    expect(report?.text).toContain('Nothing happened that is worth your time')
    expect(report?.html).not.toContain('Conversions')
  })

  test('comes to owners and admins who have said nothing, on days when something happened', async () => {
    const owner = await signIn()
    const admin = await signIn({ role: 'admin', workspace: owner.workspaceId })
    await signIn({ role: 'viewer', workspace: owner.workspaceId })
    now = nextAt(7, 'UTC')
    await service.reports.sendDue(system)
    expect(await mails(owner.workspaceId)).toEqual([])
    await visits(owner.workspaceId, now, 3, 1)
    now = new Date(now.getTime() + 86_400_000)
    await service.reports.sendDue(system)
    const readers = await Promise.all([owner, admin].map(emailOf))
    expect((await mails(owner.workspaceId)).map(({ toAddress }) => toAddress).sort()).toEqual(readers.sort())
  })

  test('is shown to whoever got it, and to nobody else of the workspace', async () => {
    const ada = await signIn()
    const grace = await signIn({ role: 'admin', workspace: ada.workspaceId })
    now = nextAt(7, 'UTC')
    await ada.ask(subscribe, { input: { daily: true, timeZone: 'UTC', at: '07:30' } })
    await service.reports.sendDue(system)
    const list = '{ dailyReports { nodes { id day content { empty } } } }'
    interface Listed {
      dailyReports: { nodes: { id: string }[] }
    }
    const { dailyReports } = await ada.ask<Listed>(list)
    const [{ id } = { id: '' }] = dailyReports.nodes
    expect((await grace.ask<Listed>(list)).dailyReports.nodes).toEqual([])
    const node = 'query($id: ID!) { node(id: $id) { id ... on DailyReport { day } } }'
    expect(await ada.ask(node, { id })).toMatchObject({ node: { id } })
    expect(await grace.ask(node, { id })).toEqual({ node: null })
  })

  test('does not come where the workspace wants none, but what waits for the digest does', async () => {
    const client = await signIn()
    await contextOf(client.workspaceId).db.query(sql`
      insert into "PluginSetting" ("plugin", "value", "updatedAt")
      values ('operations', ${JSON.stringify({ dailyReport: 'nobody' })}::jsonb, now())`)
    now = nextAt(7, 'UTC')
    await service.reports.sendDue(system)
    expect(await mails(client.workspaceId)).toEqual([])
    const told = {
      kind: 'newVariant',
      key: 'v',
      severity: 'info',
      title: { en: 'New variant', fr: 'Nouvelle variante' },
    } as const
    await service.notify(contextOf(client.workspaceId), told)
    await service.reports.sendDue(system)
    // Its time of this day has passed.
    expect(await mails(client.workspaceId)).toEqual([])
    now = new Date(now.getTime() + 86_400_000)
    await service.reports.sendDue(system)
    expect(await mails(client.workspaceId)).toMatchObject([{ text: expect.stringContaining('New variant') }])
    expect((await mails(client.workspaceId))[0]?.html).not.toContain('What changed')
  })

  test('does not come to who is no member any more', async () => {
    const owner = await signIn()
    const gone = await signIn({ role: 'editor', workspace: owner.workspaceId })
    now = nextAt(7, 'UTC')
    for (const client of [owner, gone]) await client.ask(subscribe, { input: { daily: true, timeZone: 'UTC' } })
    const { viewer } = await gone.ask<{ viewer: { user: { email: string } } }>('{ viewer { user { email } } }')
    await contextOf(owner.workspaceId).db.query(sql`
      delete from "Member" where "workspaceId" = ${owner.workspaceId} and "userId" = ${viewer.user.email.split('@')[0] as string}::uuid`)
    await service.reports.sendDue(system)
    expect((await mails(owner.workspaceId)).map(({ toAddress }) => toAddress)).not.toContain(viewer.user.email)
    expect(await mails(owner.workspaceId)).toHaveLength(1)
  })

  test('says what waits for a decision, and is shown and sent when somebody asks', async () => {
    const client = await signIn()
    const stranger = await signIn()
    const rule = { name: 'Quiet', metric: 'tracking.pageviews', kind: 'THRESHOLD', threshold: 10 }
    await client.ask(
      'mutation($input: AlertRuleInput!) { createAlertRule(input: $input) { ... on Error { message } } }',
      { input: rule },
    )
    await service.alerts.check(contextOf(client.workspaceId))
    const shown = '{ dailyReport { empty chart { value } sections { name heading items { text link } } } }'
    expect(await client.ask(shown)).toMatchObject({
      dailyReport: {
        empty: false,
        sections: [
          {
            name: 'decision',
            heading: 'What needs a decision',
            items: [
              {
                text: expect.stringContaining('Alert “Quiet”: Page views: 0'),
                link: expect.stringContaining('http://espalier.test/admin/alerts/'),
              },
            ],
          },
        ],
      },
    })
    expect(await stranger.ask(shown)).toMatchObject({ dailyReport: { empty: true, sections: [] } })
    const send = 'mutation { sendDailyReport { ... on SendDailyReportSuccess { data } ... on Error { message } } }'
    expect(await client.ask(send)).toMatchObject({ sendDailyReport: { data: true } })
    expect((await mails(client.workspaceId))[0]?.subject).toMatch(/: 1 to decide$/)
  })

  test.each([
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }, 'IANA'],
    ['an offset', { timeZone: '+02:00' }, 'IANA'],
    ['a time that is none', { at: '25:00' }, 'no time of day'],
  ])('is refused with %s', async (_what, input, message) => {
    const client = await signIn()
    expect(await client.ask(subscribe, { input })).toMatchObject({
      set: { code: 'INVALID_INPUT', message: expect.stringContaining(message) },
    })
  })

  test('keeps of a subscription what is left out, and goes back to what is usual by null', async () => {
    const client = await signIn()
    await client.ask(subscribe, { input: { daily: true, at: '18:00' } })
    expect(await client.ask(subscribe, { input: { timeZone: 'Asia/Tokyo' } })).toMatchObject({
      set: { data: { daily: true, timeZone: 'Asia/Tokyo', at: '18:00' } },
    })
    expect(await client.ask(subscribe, { input: { at: null } })).toMatchObject({
      set: { data: { at: '07:30', daily: true } },
    })
  })
})

describe('a local day', () => {
  test('has 23 or 25 hours when clocks change', () => {
    const hours = (day: string) => {
      const { from, to } = reportDay(day, 'Europe/Paris')
      return (to.getTime() - from.getTime()) / 3_600_000
    }
    expect([hours('2026-03-29'), hours('2026-06-01'), hours('2026-10-25')]).toEqual([23, 24, 25])
  })

  test('has one time at which the report is due, also where clocks leave it out or show it twice', () => {
    const dueOn = (day: string, at: string) => {
      const { from, to } = reportDay(day, 'Europe/Paris')
      const days = new Set<string>()
      for (let time = from.getTime(); time < to.getTime(); time += 300_000)
        days.add(String(dueDay(new Date(time), 'Europe/Paris', at)))
      return [...days]
    }
    expect(dueOn('2026-03-29', '02:30')).toEqual(['null', '2026-03-29'])
    expect(dueOn('2026-10-25', '02:30')).toEqual(['null', '2026-10-25'])
  })

  test('goes on past midnight for who wants the report late', () => {
    expect(dueDay(new Date('2026-11-21T22:59:00Z'), 'UTC', '23:00')).toBeNull()
    expect(dueDay(new Date('2026-11-22T01:00:00Z'), 'UTC', '23:00')).toBe('2026-11-21')
    expect(dueDay(new Date('2026-11-22T11:30:00Z'), 'UTC', '23:00')).toBeNull()
  })
})

describe('costs', () => {
  const costs =
    'query($from: Date!, $to: Date!) { costs(from: $from, to: $to) { totalMicros days { day kind purpose count costMicros } } }'

  test('are those of mail and models by day, of one workspace', async () => {
    const client = await signIn()
    const stranger = await signIn()
    await client.ask(`mutation { sendDailyReport { __typename } }`)
    const { db } = contextOf(client.workspaceId)
    // Whoever sends it writes to it, too.
    const states = () => db.query<{ state: string }>(sql`select "state"::text from "MailMessage"`)
    await expect.poll(states).toEqual([{ state: 'sent' }])
    await db.query(sql`
      update "MailMessage" set "state" = 'sent', "sentAt" = '2026-11-20T23:59:00Z', "costMicros" = 100`)
    const span = { from: '2026-11-20', to: '2026-11-20' }
    expect(await client.ask(costs, span)).toEqual({
      costs: { totalMicros: 100, days: [{ day: '2026-11-20', kind: 'mail', purpose: '', count: 1, costMicros: 100 }] },
    })
    expect(await stranger.ask(costs, span)).toEqual({ costs: { totalMicros: 0, days: [] } })
  })

  test('are of 366 days at most, the first before the last', async () => {
    const { answer } = await signIn()
    const refused = async (from: string, to: string) => (await answer(costs, { from, to })).errors?.[0]?.message
    expect(await refused('2026-11-20', '2026-11-19')).toContain('is before')
    expect(await refused('2025-01-01', '2026-11-19')).toContain('366 at most')
  })
})
