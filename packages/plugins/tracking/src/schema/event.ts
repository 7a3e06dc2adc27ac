import { type Builder, both, filterBy, prismaList, workspaceNode } from '@espalier/core'
import { firstIdAt } from '../eventId.ts'

/** The log, as people and integrations read it. */
export function eventTypes(builder: Builder): void {
  const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const

  const TrackingEvent = workspaceNode(builder, 'TrackingEvent', {
    description: 'Something that a visitor did, or that was decided for them.',
    ...read,
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
      referrerHost: t.exposeString('referrerHost', {
        nullable: true,
        description: "Host of the site that sent the visitor; null where it is the page's own, or none.",
      }),
      channel: t.exposeString('channel', {
        nullable: true,
        description: 'Channel: direct, organic-search, email and so on.',
      }),
      utmSource: t.exposeString('utmSource', { nullable: true, description: 'utm_source of the address.' }),
      utmMedium: t.exposeString('utmMedium', { nullable: true, description: 'utm_medium of the address.' }),
      utmCampaign: t.exposeString('utmCampaign', { nullable: true, description: 'utm_campaign of the address.' }),
      utmTerm: t.exposeString('utmTerm', { nullable: true, description: 'utm_term of the address.' }),
      utmContent: t.exposeString('utmContent', { nullable: true, description: 'utm_content of the address.' }),
      country: t.exposeString('country', { nullable: true, description: 'Country, ISO 3166-1 alpha-2.' }),
      device: t.exposeString('device', { nullable: true, description: 'desktop, mobile, tablet, tv or other.' }),
      browser: t.exposeString('browser', { nullable: true, description: 'Family of the browser.' }),
      os: t.exposeString('os', { nullable: true, description: 'Family of the operating system.' }),
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
      name: 'text',
      goal: 'text',
      url: 'text',
      visitorId: filterBy('UUID', 'By visitor.', (visitorId) => ({ visitorId })),
      siteId: filterBy('UUID', 'By site.', (siteId) => ({ siteId })),
      pageId: filterBy('UUID', 'By page.', (pageId) => ({ pageId })),
      from: filterBy('DateTime', 'Happened at this instant or later.', (from) => ({ id: { gte: firstIdAt(from) } })),
      until: filterBy('DateTime', 'Happened before this instant.', (until) => ({ id: { lt: firstIdAt(until) } })),
    },
    // An id begins with its instant: sorted by it, the log is read along its key.
    orderBy: ['id'],
  })

  builder.queryField('trackingEvents', (t) =>
    events.field(t, { description: 'The event log of the workspace, newest first.', ...read }),
  )
}
