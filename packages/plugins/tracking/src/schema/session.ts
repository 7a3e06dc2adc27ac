import { type Builder, both, filterBy, type PrismaList, prismaList, searchIn, workspaceNode } from '@espalier/core'
import { maxLeadMs } from '../event.ts'
import { firstIdAt } from '../eventId.ts'
import { isBounce, type Session } from '../sessions.ts'
import type { trackingSource } from './source.ts'
import { spanOfIds } from './spanOfIds.ts'

/** Sessions, as people and integrations read them: where one came from, what happened in it, what came of it. */
export function sessionTypes(
  builder: Builder,
  TrackingSource: ReturnType<typeof trackingSource>,
  events: PrismaList<'TrackingEvent'>,
): void {
  const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const

  const TrackingSession = workspaceNode(builder, 'TrackingSession', {
    description:
      'What a visitor did on a site without a pause: 30 minutes of silence end a session, a new campaign begins one. Derived from the log: events that come late may join two sessions or give one another beginning.',
    ...read,
    interfaces: [TrackingSource],
    fields: (t) => ({
      siteId: t.exposeID('siteId', { description: 'The site, as a UUID.' }),
      visitorId: t.exposeID('visitorId', { description: 'The visitor: a random UUID that says nothing about them.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When its first event happened.' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', description: 'When its last event happened, so far.' }),
      entryPageId: t.exposeID('entryPageId', {
        nullable: true,
        description: 'The page by which it was entered, as a UUID, where this server served it.',
      }),
      entryPath: t.exposeString('entryPath', { nullable: true, description: 'The path by which it was entered.' }),
      exitPageId: t.exposeID('exitPageId', {
        nullable: true,
        description: 'The page that was viewed last, as a UUID, where this server served it.',
      }),
      exitPath: t.exposeString('exitPath', { nullable: true, description: 'The path that was viewed last.' }),
      pageviews: t.exposeInt('pageviews', { description: 'Pages viewed.' }),
      conversions: t.exposeInt('conversions', { description: 'Goals reached, each time.' }),
      engagementSeconds: t.float({
        description: 'Seconds that its pages were visible and focused.',
        resolve: ({ engagedMs }) => engagedMs / 1000,
      }),
      bounced: t.boolean({
        description:
          'Nothing shows engagement: under 10 seconds visible, no click, no scroll goal, no conversion. May still change.',
        resolve: isBounce,
      }),
      experiments: t.expose('experiments', {
        type: 'JSON',
        description: 'Variants that it was shown first: experiment id to variant id, as UUIDs.',
      }),
      events: events.field(t, {
        description:
          'The journey: what happened in it and what was decided for the visitor meanwhile, newest first unless `orderBy` says otherwise.',
        where: (_args, _ctx, session: JourneyOf) => journeyOf(session),
      }),
    }),
  })

  const sessions = prismaList(builder, TrackingSession, {
    filter: {
      search: searchIn('entryPath', 'channel', 'utmCampaign'),
      siteId: filterBy('UUID', 'On this site.', (siteId) => ({ siteId })),
      visitorId: filterBy('UUID', 'Of this visitor.', (visitorId) => ({ visitorId })),
      ...spanOfIds('Began'),
      channel: 'text',
      utmCampaign: 'text',
      entryPageId: filterBy('UUID', 'Entered by this page.', (entryPageId) => ({ entryPageId })),
      entryPath: 'text',
      conversions: 'int',
    },
    // The id is that of the first event: sorted by it, sessions are read along a key in the order of their beginning.
    orderBy: ['id'],
  })

  builder.queryField('trackingSessions', (t) =>
    sessions.field(t, {
      description: 'Sessions of visitors, those that began last first. Kept for as long as their events.',
      ...read,
    }),
  )
}

type JourneyOf = Pick<Session, 'siteId' | 'visitorId' | 'id' | 'startedAt' | 'endedAt' | 'lastEventId'>

/**
 * A session's events: of the same visitor, from its first to its last by their instant, ties by id, as sessions are derived.
 * By the id alone the log is read along its key; it may run ahead of the instant, where a clock does.
 */
function journeyOf({ siteId, visitorId, id, startedAt, endedAt, lastEventId }: JourneyOf) {
  return {
    siteId,
    visitorId,
    id: { gte: firstIdAt(startedAt), lt: firstIdAt(new Date(endedAt.getTime() + maxLeadMs + 1)) },
    AND: [
      { OR: [{ at: { gt: startedAt } }, { at: startedAt, id: { gte: id } }] },
      { OR: [{ at: { lt: endedAt } }, { at: endedAt, id: { lte: lastEventId } }] },
    ],
  }
}
