import { type Builder, type GraphQLContext, InvalidInputError, sql } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
import { pageObject } from './publicTypes.ts'

/** Rows of a list are read together; what a mutation has changed is read anew. */
const unremembered = { cache: false }
const dayMs = 86_400_000
const mostDays = 366

/** What a list of pages shows of each: its traffic, its latest scores, who had a hand in it last. A list costs what one page does. */
export function pageFigures(builder: Builder, tracking: Tracking): void {
  const PageCounts = pageObject<Counts>(builder, 'PageCounts', {
    description: 'What was counted on a page.',
    fields: (t) => ({
      visitors: t.expose('visitors', { type: 'SafeInt', description: 'Different visitors.' }),
      conversions: t.expose('conversions', { type: 'SafeInt', description: 'Goals reached, each time.' }),
      conversionRate: t.float({
        nullable: true,
        description:
          'Conversions for each visitor: 0.1 is one for ten. Above 1 where visitors reach several goals. Null without visitors.',
        resolve: ({ visitors, conversions }) => (visitors === 0 ? null : conversions / visitors),
      }),
    }),
  })

  const PageDay = pageObject<Counts & { at: Date }>(builder, 'PageDay', {
    description: 'A day on which something happened on a page.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When it began, in the workspace’s time zone.' }),
      visitors: t.expose('visitors', { type: 'SafeInt', description: 'Different visitors of that day.' }),
      conversions: t.expose('conversions', { type: 'SafeInt', description: 'Goals reached on that day.' }),
    }),
  })

  const PageTraffic = pageObject<Traffic>(builder, 'PageTraffic', {
    description: 'What happened on a page in the latest days, and in as many days before them.',
    fields: (t) => ({
      from: t.expose('from', { type: 'DateTime', description: 'When the days begin.' }),
      total: t.expose('total', { type: PageCounts, description: 'In the latest days, up to now.' }),
      previous: t.expose('previous', { type: PageCounts, description: 'In as many days before them.' }),
      days: t.field({
        type: [PageDay],
        description: 'Day by day, in order. Days on which nothing happened are left out.',
        extensions: { boundedList: `at most ${mostDays}` },
        resolve: ({ days }) => [...days],
      }),
    }),
  })

  builder.prismaObjectFields('Page', (t) => ({
    traffic: t.loadable({
      type: PageTraffic,
      description: 'What happened on it in the latest days. Pages of a list are read together.',
      authScopes: { permission: 'tracking:read' },
      complexity: 5,
      args: {
        days: t.arg.int({
          required: true,
          defaultValue: 28,
          description: `How many days of 24 hours, up to now: 1 to ${mostDays}.`,
        }),
      },
      loaderOptions: unremembered,
      byPath: true,
      resolve: ({ id }) => id,
      load: (ids: string[], ctx, { days }) => readTraffic(ctx, tracking, ids, days),
    }),
    accessibilityScore: t.loadable({
      type: 'Int',
      nullable: true,
      description: 'From 0 to 100, as the latest report on it says. Null before any.',
      loaderOptions: unremembered,
      resolve: ({ id }) => id,
      load: async (ids: string[], ctx) => {
        const rows = await ctx.db.query<{ pageId: string; score: number }>(sql`
          select distinct on ("pageId") "pageId", "score" from "AccessibilityReport"
          where "pageId" = any(${ids}::uuid[]) and "status" = 'done' order by "pageId", "createdAt" desc`)
        return byId(ids, rows, ({ score }) => score)
      },
    }),
    lastSavedBy: t.loadable({
      type: 'String',
      nullable: true,
      description: 'Who saved one of its variants last, by the name of that time. Null before anybody has.',
      loaderOptions: unremembered,
      resolve: ({ id }) => id,
      load: async (ids: string[], ctx) => {
        const rows = await ctx.db.query<{ pageId: string; name: string }>(sql`
          select distinct on (v."pageId") v."pageId", r."authorName" as "name"
          from "PageVariant" v join "PageRevision" r on r."workspaceId" = v."workspaceId" and r."variantId" = v."id"
            and r."number" = (select max("number") from "PageRevision" n where n."workspaceId" = v."workspaceId" and n."variantId" = v."id")
          where v."pageId" = any(${ids}::uuid[]) order by v."pageId", r."createdAt" desc`)
        return byId(ids, rows, ({ name }) => name)
      },
    }),
    lastPublishedBy: t.loadable({
      type: 'String',
      nullable: true,
      description: 'Who published it last, as the audit trail has it. Null before anybody has.',
      loaderOptions: unremembered,
      resolve: ({ id }) => id,
      load: async (ids: string[], ctx) => {
        const rows = await ctx.db.query<{ pageId: string; name: string }>(sql`
          select distinct on ("resourceId") "resourceId" as "pageId", "actorName" as "name" from "AuditEntry"
          where "resourceType" = 'Page' and "resourceId" = any(${ids}::text[]) and "action" = 'publishPage'
          order by "resourceId", "at" desc`)
        return byId(ids, rows, ({ name }) => name)
      },
    }),
  }))
}

interface Counts {
  readonly visitors: number
  readonly conversions: number
}

interface Traffic {
  readonly from: Date
  readonly total: Counts
  readonly previous: Counts
  readonly days: readonly (Counts & { readonly at: Date })[]
}

const nothing: Counts = { visitors: 0, conversions: 0 }

async function readTraffic(
  context: GraphQLContext,
  tracking: Tracking,
  ids: readonly string[],
  days: number,
): Promise<Traffic[]> {
  if (days < 1 || days > mostDays)
    throw InvalidInputError.of('days', 'OUT_OF_RANGE', {
      en: `${days} is not from 1 to ${mostDays}.`,
      fr: `${days} n’est pas de 1 à ${mostDays}.`,
    })
  const now = context.clock.now()
  const from = new Date(now.getTime() - days * dayMs)
  const before = { from: new Date(from.getTime() - days * dayMs), to: from }
  const [totals, previous, course] = await Promise.all([
    tracking.pageCounts(context, ids, { from }),
    tracking.pageCounts(context, ids, before),
    tracking.pageDays(context, ids, { from }),
  ])
  return ids.map((id) => ({
    from,
    total: totals.get(id) ?? nothing,
    previous: previous.get(id) ?? nothing,
    days: course.get(id) ?? [],
  }))
}

function byId<Row extends { readonly pageId: string }, Value>(
  ids: readonly string[],
  rows: readonly Row[],
  read: (row: Row) => Value,
): (Value | null)[] {
  const found = new Map(rows.map((row) => [row.pageId, read(row)]))
  return ids.map((id) => found.get(id) ?? null)
}
