import { type Builder, both, InvalidInputError, plural, prismaList, sql, workspaceNode } from '@espalier/core'
import type { Actor } from '../tracking/actor.ts'

const read = { authScopes: { permission: 'mail:read' }, subGraphs: both } as const

/** Days of one answer. */
const maxDays = 92

/** What was heard of messages, one by one and counted. */
export function eventTypes(builder: Builder): void {
  const Who = builder.enumType('MailActor', {
    description: 'Who opened a message, or followed its link.',
    subGraphs: both,
    values: {
      HUMAN: { value: 'human' as const, description: 'A person, as far as can be told.' },
      MACHINE: { value: 'machine' as const, description: 'A program: a gateway, a privacy proxy, a crawler.' },
      UNKNOWN: { value: 'unknown' as const, description: 'A proxy that may have been asked by a person.' },
    },
  })

  const Event = workspaceNode(builder, 'MailEvent', {
    description: 'What was heard of a message: from the provider, or from our own links.',
    ...read,
    fields: (t) => ({
      kind: t.exposeString('kind', {
        description:
          'send, delivery, deliveryDelay, bounce, complaint, reject, renderingFailure, open, click or unsubscribe; others as the provider calls them.',
      }),
      source: t.exposeString('source', { description: 'ses, link, pixel or unsubscribe.' }),
      actor: t.field({
        type: Who,
        nullable: true,
        description: 'Of opens and clicks: who it was.',
        resolve: ({ actor }) => actor as Actor | null,
      }),
      actorReason: t.exposeString('actorReason', {
        nullable: true,
        description:
          'The rule that told: head, prefetch, honeypot, burst, early, network, applePrivacy, agent, imageProxy or browser.',
      }),
      settled: t.boolean({
        description: 'Whether that is for good: what happens within two minutes may still change it.',
        resolve: ({ rules }) => rules !== null,
      }),
      detail: t.expose('detail', { type: 'JSON', description: 'What the source said beside that, by kind.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it was heard of.' }),
    }),
  })

  const events = prismaList(builder, Event, { filter: { kind: 'text', actor: Who, at: 'dateTime' }, orderBy: ['at'] })
  builder.prismaObjectField('MailMessage', 'events', (t) =>
    events.field(t, {
      description: 'What was heard of it.',
      ...read,
      where: (_args, _context, message: { id: string }) => ({ messageId: message.id }),
    }),
  )

  const Count = builder.objectRef<Tally>('MailTally').implement({
    description: 'Opens or clicks of a template on a day, where the workspace counts without telling who it was.',
    ...read,
    fields: (t) => ({
      day: t.expose('day', { type: 'Date', description: 'In UTC.' }),
      template: t.exposeString('template', { description: 'The template.' }),
      kind: t.exposeString('kind', { description: 'open or click.' }),
      actor: t.field({ type: Who, description: 'Who it was.', resolve: ({ actor }) => actor }),
      count: t.exposeInt('count', { description: 'How often.' }),
    }),
  })

  builder.queryField('mailTallies', (t) =>
    t.field({
      type: [Count],
      description: 'Opens and clicks by day and template, where the workspace counts without telling who it was.',
      ...read,
      extensions: { boundedList: 'at most 92 days of some dozens of templates' },
      args: {
        from: t.arg({ type: 'Date', required: true, description: 'First day.' }),
        until: t.arg({ type: 'Date', required: true, description: 'Last day; at most 92 days in all.' }),
      },
      resolve: async (_root, { from, until }, ctx) => {
        const days = (Date.parse(until) - Date.parse(from)) / 86_400_000 + 1
        if (!(days >= 1 && days <= maxDays))
          throw InvalidInputError.of('until', 'OUT_OF_RANGE', {
            en: `${from} to ${until} are ${days} ${plural.en(days, 'day', 'days')}; 1 to ${maxDays} are shown.`,
            fr: `Du ${from} au ${until}, cela fait ${days} ${plural.fr(days, 'jour', 'jours')} ; de 1 à ${maxDays} sont montrés.`,
          })
        return ctx.db.query<Tally>(sql`
          select to_char("day", 'YYYY-MM-DD') as "day", "template", "kind", "actor", "count" from "MailTally"
          where "day" between ${from}::date and ${until}::date order by "day", "template", "kind", "actor"`)
      },
    }),
  )
}

interface Tally {
  readonly day: string
  readonly template: string
  readonly kind: string
  readonly actor: Actor
  readonly count: number
}
