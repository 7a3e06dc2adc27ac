import {
  type Builder,
  both,
  filterBy,
  prismaList,
  type RowsElsewhere,
  readElsewhere,
  searchIn,
  workspaceNode,
} from '@espalier/core'
import { newestEvents } from '../newestEvents.ts'
import type { Tracking } from '../tracking.ts'
import { sessionTypes } from './session.ts'
import { trackingSource } from './source.ts'
import { spanOfIds } from './spanOfIds.ts'

/** The log, as people and integrations read it: events, and the sessions that they make. */
export function eventTypes(builder: Builder, tracking: Tracking): void {
  readElsewhere(
    builder,
    'TrackingEvent',
    (context) =>
      tracking.store.rows?.(context) ??
      newestEvents(context.db.prisma.trackingEvent as unknown as RowsElsewhere, context.clock.now()),
  )
  const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const
  const TrackingSource = trackingSource(builder)

  const TrackingEvent = workspaceNode(builder, 'TrackingEvent', {
    description: 'Something that a visitor did, or that was decided for them.',
    ...read,
    interfaces: [TrackingSource],
    fields: (t) => ({
      name: t.exposeString('name', {
        description: "pageview, click, conversion, exposure, or a name of the site's own.",
      }),
      goal: t.exposeString('goal', { nullable: true, description: 'The goal that a conversion reached.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it was written.' }),
      siteId: t.exposeID('siteId', { description: 'The site, as a UUID.' }),
      pageId: t.exposeID('pageId', {
        nullable: true,
        description: 'The page, as a UUID, where this server served it.',
      }),
      visitorId: t.exposeID('visitorId', { description: 'The visitor: a random UUID that says nothing about them.' }),
      sessionId: t.exposeID('sessionId', { nullable: true, description: 'The visit, as the browser sees it.' }),
      url: t.exposeString('url', { nullable: true, description: 'The address of the page.' }),
      referrer: t.exposeString('referrer', { nullable: true, description: 'Where the visitor came from.' }),
      experiments: t.expose('experiments', {
        type: 'JSON',
        nullable: true,
        description: 'Variants that the page showed: experiment id to variant id, as UUIDs.',
      }),
      properties: t.expose('properties', { type: 'JSON', nullable: true, description: 'What the sender added.' }),
      path: t.exposeString('path', { nullable: true, description: 'Path of the address.' }),
      utmTerm: t.exposeString('utmTerm', { nullable: true, description: 'utm_term of the address.' }),
      utmContent: t.exposeString('utmContent', { nullable: true, description: 'utm_content of the address.' }),
      value: t.field({
        type: 'Money',
        nullable: true,
        description: 'What a conversion is worth.',
        resolve: ({ amountMinor, currency }) =>
          amountMinor === null || currency === null ? null : { amountMinor: Number(amountMinor), currency },
      }),
      metrics: t.expose('metrics', {
        type: 'JSON',
        nullable: true,
        description: 'What the browser measured: engagedMs, scrollDepth, loadMs, lcpMs, inpMs, cls.',
      }),
    }),
  })

  const events = prismaList(builder, TrackingEvent, {
    filter: {
      search: searchIn('name', 'url', 'goal'),
      name: 'text',
      goal: 'text',
      url: 'text',
      visitorId: filterBy('UUID', 'By visitor.', (visitorId) => ({ visitorId })),
      siteId: filterBy('UUID', 'By site.', (siteId) => ({ siteId })),
      pageId: filterBy('UUID', 'By page.', (pageId) => ({ pageId })),
      ...spanOfIds('Happened'),
    },
    // An id begins with its instant: sorted by it, the log is read along its key.
    orderBy: ['id'],
  })

  builder.queryField('trackingEvents', (t) =>
    events.field(t, { description: 'The event log of the workspace, newest first.', ...read }),
  )

  sessionTypes(builder, TrackingSource, events)
}
