import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import { beforeAll, describe, expect, test } from 'vitest'
import { inboxPage } from '../src/notifications/inbox.ts'

// What a person was told, where that is much.

const { kernel, signIn } = await servedKernel([mail, operations])
const contextOf = (workspaceId: string) => kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })

const told = 20_000
let ada: Awaited<ReturnType<typeof signIn>>
let grace: Awaited<ReturnType<typeof signIn>>

beforeAll(async () => {
  ada = await signIn()
  grace = await signIn({ role: 'viewer', workspace: ada.workspaceId })
  const { db } = contextOf(ada.workspaceId)
  // Three share an instant, so that pages end between equals.
  await db.query(sql`
    insert into "Notification" ("id", "kind", "key", "severity", "titleEn", "titleFr", "createdAt")
    select gen_random_uuid(), case when n % 1000 = 0 then 'budget' else 'problem' end, 'k' || n,
      case when n % 500 = 0 then 'critical' else 'info' end, 'T' || n, 'T' || n,
      '2026-11-01T00:00:00Z'::timestamptz + (n / 3) * interval '1 minute'
    from generate_series(1, ${told}) n`)
  await db.query(sql`
    insert into "NotificationReceipt" ("notificationId", "userId", "createdAt", "readAt", "inApp")
    select notification."id", member."userId", notification."createdAt",
      case when "kind" = 'problem' then notification."createdAt" end, "severity" = 'info' or member."role"::text = 'owner'
    from "Notification" notification, "Member" member where member."workspaceId" = ${ada.workspaceId}`)
})

interface Page {
  notifications: { nodes: { id: string; title: string }[]; pageInfo: { endCursor: string }; totalCount: number }
}
const titles = async (client: typeof ada, args: string) => {
  const { notifications } = await client.ask<Page>(`{ notifications(${args}) { nodes { title } } }`)
  return notifications.nodes.map(({ title }) => title)
}

describe('the list of notifications', () => {
  test('is walked along an index, in both directions, on the first page and on the next', async () => {
    const { db } = contextOf(ada.workspaceId)
    const [{ userId } = { userId: '' }] = await db.query<{ userId: string }>(
      sql`select "userId" from "Member" where "workspaceId" = ${ada.workspaceId} and "role"::text = 'owner'`,
    )
    const plan = async (direction: string, beyond: string) => {
      const order = `order by told."createdAt" ${direction}, told."notificationId" ${direction} limit 21`
      const { text, values } = inboxPage({ userId }, (first) => ({
        where:
          beyond && `(told."createdAt", told."notificationId") ${beyond} ($${first}::timestamptz, $${first + 1}::uuid)`,
        orderAndLimit: order,
        values: ['2026-11-07T00:00:00Z', '00000000-0000-7000-8000-000000000000'],
      }))
      const rows = await db.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}`, values })
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    for (const [direction, beyond] of [
      ['desc', '<'],
      ['asc', '>'],
    ] as const) {
      const lines = await plan(direction, beyond)
      expect(lines).toContain('NotificationReceipt_shown')
      expect(lines).not.toContain('Sort')
      expect(lines).not.toContain('Seq Scan')
    }
  })

  test('has everything once, page by page', async () => {
    const seen = new Set<string>()
    let after = ''
    for (let page = 0; page < 10; page++) {
      const { notifications } = await ada.ask<Page>(
        `{ notifications(first: 100 ${after}) { nodes { id title } pageInfo { endCursor } } }`,
      )
      for (const { id } of notifications.nodes) seen.add(id)
      after = `, after: "${notifications.pageInfo.endCursor}"`
    }
    expect(seen.size).toBe(1000)
    const [latest] = await titles(ada, 'first: 1')
    expect([`T${told - 2}`, `T${told - 1}`, `T${told}`]).toContain(latest)
    expect(new Set(await titles(ada, 'last: 2'))).toEqual(new Set(['T1', 'T2']))
  })

  test.each([
    ['kind', 'filter: { kind: { equals: "budget" } }, first: 2', ['T20000', 'T19000']],
    ['part of a kind, in any case', 'filter: { kind: { contains: "DGE" } }, first: 1', ['T20000']],
    ['what LIKE would read as any letter', 'filter: { kind: { startsWith: "budge_" } }', []],
    ['severity', 'filter: { severity: [CRITICAL] }, first: 2', ['T20000', 'T19500']],
    ['instant', 'filter: { createdAt: { until: "2026-11-01T00:01:00Z" } }', ['T2', 'T1']],
    ['being unread', 'unread: true, first: 2', ['T20000', 'T19000']],
  ])('is narrowed by %s', async (_what, args, expected) => {
    expect((await titles(ada, args)).toSorted()).toEqual(expected.toSorted())
  })

  test('leaves out what the app does not show this person', async () => {
    expect(await titles(grace, 'first: 1')).not.toContain(`T${told}`)
    const counted = await grace.ask<Page>('{ notifications { totalCount } }')
    expect(counted.notifications.totalCount).toBe(told - told / 500)
    const critical = await grace.ask<Page>('{ notifications(filter: { severity: [CRITICAL] }) { totalCount } }')
    expect(critical.notifications.totalCount).toBe(0)
  })
})
