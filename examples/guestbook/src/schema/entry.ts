import { type Builder, both, follow, sql, sqlList } from '@espalier/core'
import type { Entry, EntryStatus } from '../entry.ts'
import { shownChanged } from '../events.ts'
import type { Guestbook } from '../guestbook.ts'

/** `guestbookEntries`, `approveGuestbookEntry`, `guestbookShown`. */
export function entryTypes(builder: Builder, guestbook: Guestbook): void {
  const read = { authScopes: { permission: 'guestbook:read' }, subGraphs: both } as const

  const Status = builder.enumType('GuestbookEntryStatus', {
    description: 'Whether an entry can be seen.',
    subGraphs: both,
    values: {
      WAITING: { value: 'waiting', description: 'It has not been screened yet.' },
      SHOWN: { value: 'shown', description: 'Everybody sees it.' },
      HELD: { value: 'held', description: 'It has too many links: somebody must approve it.' },
    } as const,
  })

  const Entry = builder.objectRef<Entry>('GuestbookEntry')
  builder.node(Entry, {
    description: 'What a visitor wrote into the guestbook.',
    ...read,
    id: { description: 'Unique among everything in this API.', resolve: ({ id }) => id },
    loadOne: async (id, ctx) => {
      const [entry] = await ctx.db.query<Entry>(sql`select * from "GuestbookEntry" where "id" = ${id}`)
      return entry
    },
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Who signed.' }),
      text: t.exposeString('text', { description: 'What they wrote.' }),
      status: t.expose('status', { type: Status, description: 'Whether it can be seen.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
    }),
  })

  const entries = sqlList(builder, Entry, {
    filter: { status: Status },
    orderBy: {
      createdAt: { sql: '"createdAt"', type: 'timestamptz', kind: 'dateTime', of: (entry) => entry.createdAt },
    },
    defaultOrder: { field: 'createdAt', direction: 'desc' },
    id: { sql: '"id"', of: ({ id }) => id },
  })

  builder.queryField('guestbookEntries', (t) =>
    entries.field(t, {
      description: 'Entries of the guestbook.',
      ...read,
      read: (page, { filter }, ctx) => {
        const { where, orderAndLimit, values } = page(2)
        return ctx.db.query<Entry>({
          text: `select * from "GuestbookEntry" where ${hasStatus} and ${where} ${orderAndLimit}`,
          values: [statusesOf(filter), ...values],
        })
      },
      count: async ({ filter }, ctx) => {
        const [row] = await ctx.db.query<{ count: number }>({
          text: `select count(*)::int as "count" from "GuestbookEntry" where ${hasStatus}`,
          values: [statusesOf(filter)],
        })
        return row?.count ?? 0
      },
    }),
  )

  builder.mutationField('approveGuestbookEntry', (t) =>
    t.field({
      type: Entry,
      description: 'Shows an entry that was held back.',
      authScopes: { permission: 'guestbook:write' },
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Entry, required: true, description: 'The entry.' }) },
      resolve: (_root, { id }, ctx) => guestbook.approve(ctx, id.id),
    }),
  )

  builder.subscriptionField('guestbookShown', (t) =>
    t.field({
      type: 'SafeInt',
      description: 'How many entries are shown: at once, and again whenever that changes.',
      extensions: { live: { shared: true } },
      ...read,
      subscribe: (_root, _args, ctx) =>
        follow(guestbook.live, ctx.workspaceId, shownChanged, 'all', ctx.request.signal),
      resolve: (_tick, _args, ctx) => guestbook.countShown(ctx),
    }),
  )
}

/** Null, the absence of a filter, lets every status through. */
const hasStatus = '($1::text[] is null or "status" = any($1))'

function statusesOf(filter: { status?: readonly EntryStatus[] | null } | null | undefined) {
  return filter?.status ?? null
}
