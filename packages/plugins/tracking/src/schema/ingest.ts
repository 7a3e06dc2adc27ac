import { type Builder, both, InvalidInputError, NotFoundError, sql } from '@espalier/core'
import { type Answer, ingestPermission } from '../collector.ts'
import type { Rejection } from '../collectRequest.ts'
import { maxEvents } from '../requestLimits.ts'
import type { Tracking } from '../tracking.ts'

/** Events that other servers send, with an API key. */
export function ingestTypes(builder: Builder, tracking: Tracking): void {
  const ingest = { authScopes: { permission: ingestPermission }, subGraphs: both } as const

  const EventRejection = builder.objectRef<Rejection>('EventRejection').implement({
    description: 'Why an event was refused. It will be refused again: do not send it as it is.',
    ...ingest,
    fields: (t) => ({
      index: t.exposeInt('index', { description: 'Its place among the events that were sent, from 0.' }),
      code: t.exposeString('code', { description: 'INVALID, TOO_OLD, CLOCK_AHEAD or NOT_STORABLE.' }),
      path: t.exposeString('path', { description: 'The field, such as "events.3.name".' }),
      message: t.exposeString('message', { description: 'What is wrong with it.' }),
    }),
  })

  const TrackedEvents = builder.objectRef<Answer>('TrackedEvents').implement({
    description: 'What became of events. Those accepted are durable.',
    ...ingest,
    fields: (t) => ({
      accepted: t.exposeInt('accepted', { description: 'Counted now.' }),
      duplicates: t.exposeInt('duplicates', { description: 'Counted before, by their ids.' }),
      rejected: t.field({
        type: [EventRejection],
        description: 'Refused, each with its reason; the others are counted all the same.',
        extensions: { boundedList: 'At most one for each of the 100 events of the input.' },
        resolve: ({ rejected }) => rejected,
      }),
    }),
  })

  const TrackEventInput = builder.inputType('TrackEventInput', {
    description: 'Something that a visitor did, as another server saw it. Checked one by one: see EventRejection.',
    subGraphs: both,
    fields: (t) => ({
      id: t.string({
        description:
          'A UUIDv7 made when it happened: sent again, it counts once. Without one a repetition counts. Example: `019a2b3c-4d5e-7f60-8123-456789abcdef`.',
      }),
      at: t.string({
        description:
          'When it happened, in ISO 8601, where there is no id. Default: now. Example: `2026-11-21T09:30:00Z`.',
      }),
      visitorId: t.string({
        required: true,
        description: 'The visitor: a UUID, the same each time. Example: `019a2b3c-4d5e-7f60-8123-456789abcdef`.',
      }),
      name: t.string({
        required: true,
        description: "pageview, click, conversion, or a name of one's own. Example: `video-played`.",
      }),
      goal: t.string({ description: 'The goal that a conversion reached. Example: `signup`.' }),
      value: t.field({ type: 'MoneyInput', description: 'What a conversion is worth.' }),
      url: t.string({ description: 'Address of the page. Example: `https://example.com/offer?utm_source=news`.' }),
      referrer: t.string({ description: 'Where the visitor came from. Example: `https://news.example.com/pears`.' }),
      properties: t.field({
        type: 'JSON',
        description: 'An object of what else is to be kept: 4 KiB, 5 levels. Example: `{ "seconds": 12 }`.',
      }),
    }),
  })

  builder.mutationField('trackEvents', (t) =>
    t.field({
      type: TrackedEvents,
      description:
        'Records events that another server reports, up to 100 at a time, and answers when they are durable. They share a commit with other traffic: nothing else of the request is part of it, and the audit trail does not list them.',
      ...ingest,
      workspace: false,
      args: {
        siteId: t.arg.globalID({ required: true, description: 'The TrackingSite that they count for.' }),
        events: t.arg({ type: [TrackEventInput], required: true, description: 'The events: 1 to 100.' }),
        userAgent: t.arg.string({
          description: "The visitor's browser, as it names itself. Example: `Mozilla/5.0 (X11; Linux x86_64) …`.",
        }),
        country: t.arg.string({ description: "The visitor's country: ISO 3166-1 alpha-2. Example: `FR`." }),
      },
      resolve: async (_root, { siteId, events, userAgent, country }, ctx) => {
        if (events.length === 0 || events.length > maxEvents)
          throw InvalidInputError.of('events', 'LENGTH', {
            en: `Send 1 to ${maxEvents} events at a time, not ${events.length}.`,
            fr: `Envoyez de 1 à ${maxEvents} événements à la fois, pas ${events.length}.`,
          })
        if (country && !/^[A-Z]{2}$/.test(country))
          throw InvalidInputError.of('country', 'FORMAT', {
            en: `"${country}" is not of the form "FR".`,
            fr: `« ${country} » n’est pas de la forme « FR ».`,
          })
        const known =
          siteId.typename === 'TrackingSite' &&
          (await ctx.db.query(sql`select 1 from "TrackingSite" where "id" = ${siteId.id}::uuid`)).length > 0
        if (!known) throw new NotFoundError('TrackingSite', siteId.id)
        return tracking.ingest(ctx.workspaceId, events.map(withoutNulls), {
          siteId: siteId.id,
          pageId: null,
          experiments: {},
          visitorId: null,
          sessionId: null,
          userAgent: userAgent ?? '',
          country: country ?? null,
        })
      },
    }),
  )
}

/** In GraphQL null and absent are the same. */
function withoutNulls(event: object): object {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null))
}
