import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import type { Builder } from '../../src/schema/builder.ts'
import { sqlList } from '../../src/schema/lists/sqlList.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { Asker, editor, schemasOf } from './harness.ts'

interface Entry {
  id: string
  at: Date
  action: string
}

/** The audit trail, read as SQL. */
const trail = definePlugin({
  name: 'trail',
  permissions: { 'trail:read': 'Read' },
  schema: [
    (builder: Builder) => {
      const Entry = builder.objectRef<Entry>('Entry').implement({
        description: 'A line.',
        authScopes: { permission: 'trail:read' },
        fields: (t) => ({ action: t.exposeString('action', { description: 'What was done.' }) }),
      })
      const entries = sqlList(builder, Entry, {
        filter: { action: 'text' },
        orderBy: {
          at: { sql: '"at"', type: 'timestamptz', kind: 'dateTime', of: (entry) => entry.at },
          action: { sql: '"action"', type: 'text', kind: 'string', of: (entry) => entry.action },
        },
        defaultOrder: { field: 'at', direction: 'desc' },
        id: { sql: '"id"', of: (entry) => entry.id },
      })
      builder.queryField('entries', (t) =>
        entries.field(t, {
          description: 'All lines.',
          authScopes: { permission: 'trail:read' },
          args: {
            from: t.arg({ type: 'DateTime', description: 'At this instant or later.' }),
            until: t.arg({ type: 'Date', description: 'On this day or before it, in UTC.' }),
          },
          read: (page, { from, until }, ctx) => {
            const { where, orderAndLimit, values } = page(3)
            const text = `select * from "AuditEntry" where "at" >= coalesce($1, '-infinity'::timestamptz)
              and "at" < coalesce($2::date + 1, 'infinity'::date) and ${where} ${orderAndLimit}`
            return ctx.db.query<Entry>({ text, values: [from ?? null, until ?? null, ...values] })
          },
          count: async ({ from }, ctx) => {
            const counted = sql`select count(*)::int as n from "AuditEntry" where "at" >= coalesce(${from ?? null}, '-infinity'::timestamptz)`
            return (await ctx.db.query<{ n: number }>(counted))[0]?.n ?? 0
          },
        }),
      )
    },
  ],
})

const { db, createWorkspace } = await testDatabase()
const { admin } = schemasOf(trail)
let reader: Asker

beforeAll(async () => {
  const workspaceId = await createWorkspace()
  reader = new Asker(admin, db, { workspaceId, principal: editor('trail:read') })
  for (let number = 0; number < 7; number++) {
    const at = new Date(Date.UTC(2026, 0, 1 + Math.floor(number / 2)))
    await db
      .workspace(workspaceId)
      .query(
        sql`insert into "AuditEntry" ("workspaceId", "id", "at", "actorType", "action") values (${workspaceId}, gen_random_uuid(), ${at}, 'system', ${`act${number}`})`,
      )
  }
})

const walk = async (order: string, size: number, backward = false): Promise<string[]> => {
  let shown: string[] = []
  let cursor: string | undefined
  for (;;) {
    const args = backward ? `last: ${size}, before: $cursor` : `first: ${size}, after: $cursor`
    const { entries } = await reader.data(
      `query ($cursor: String) { entries(${args}, orderBy: ${order}) { nodes { action } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
      { cursor },
    )
    const actions = entries.nodes.map(({ action }: Entry) => action)
    shown = backward ? [...actions, ...shown] : [...shown, ...actions]
    if (!(backward ? entries.pageInfo.hasPreviousPage : entries.pageInfo.hasNextPage)) return shown
    cursor = backward ? entries.pageInfo.startCursor : entries.pageInfo.endCursor
  }
}

describe('a list that is read as SQL', () => {
  it.each(['AT', 'ACTION'])('has pages in both directions, sorted by %s', async (field) => {
    for (const direction of ['ASC', 'DESC']) {
      const order = `{ field: ${field}, direction: ${direction} }`
      const whole = await walk(order, 100)
      expect(new Set(whole).size).toBe(7)
      for (const size of [1, 3]) {
        expect(await walk(order, size)).toEqual(whole)
        expect(await walk(order, size, true)).toEqual(whole)
      }
    }
  })

  it('takes arguments of its own and counts with them', async () => {
    const { entries } = await reader.data(
      '{ entries(from: "2026-01-03T00:00:00Z", first: 1) { totalCount nodes { action } } }',
    )
    expect(entries).toMatchObject({ totalCount: 3, nodes: [{ action: 'act6' }] })
  })

  it.each([
    ['0000-12-31T23:59:59.999Z', 0],
    ['0001-01-01T00:00:00+14:00', 0],
    ['9999-12-31T23:59:59-01:00', 10_000],
  ])('is asked for no instant that no calendar of PostgreSQL has: %s', async (from, year) => {
    const refusal = `DateTime cannot be in the year ${year}, in UTC: give one from 1 to 9999.`
    const literal = await reader.ask(`{ entries(from: "${from}") { totalCount } }`)
    const variable = await reader.ask('query ($from: DateTime) { entries(from: $from) { totalCount } }', { from })
    for (const { errors } of [literal, variable]) expect(errors?.[0]?.message).toContain(refusal)
    expect((await reader.data('{ entries(from: "0001-01-01T00:00:00Z") { totalCount } }')).entries.totalCount).toBe(7)
  })

  it('is asked for no day of the year 0, which PostgreSQL does not have', async () => {
    const until = '0000-01-01'
    const literal = await reader.ask(`{ entries(until: "${until}") { nodes { action } } }`)
    const variable = await reader.ask('query ($until: Date) { entries(until: $until) { nodes { action } } }', { until })
    for (const { errors } of [literal, variable])
      expect(errors?.[0]?.message).toContain('Date cannot be in the year 0: give one from 1 to 9999.')
    const { entries } = await reader.data('{ entries(until: "2026-01-01") { nodes { action } } }')
    expect(entries.nodes).toHaveLength(2)
    expect((await reader.data('{ entries(until: "0001-01-01") { nodes { action } } }')).entries.nodes).toEqual([])
  })
})
