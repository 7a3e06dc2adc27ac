import { type Builder, prismaList, workspaceNode } from '@espalier/core'
import type { Operations } from '../operations.ts'
import type { ChartBar, ReportContent } from '../report/content.ts'
import { changeSubscription, type Subscription, type SubscriptionChange } from '../report/subscription.ts'
import { nobody, person, personOf } from './person.ts'

/** What belongs to a person and not to the workspace: there is no key for it. */
const own = { authScopes: { permission: 'operations:read' } } as const

/** `dailyReport`, and how a person gets it. */
export function reportTypes(builder: Builder, { reports }: Operations): void {
  const Content = contentType(builder)

  const Report = workspaceNode(builder, 'DailyReport', {
    description: 'A daily report, or digest, that was mailed.',
    ...own,
    where: (ctx) => ({ userId: personOf(ctx) ?? nobody }),
    fields: (t) => ({
      day: t.field({
        type: 'Date',
        description: 'The day it is about.',
        resolve: ({ day }) => day.toISOString().slice(0, 10),
      }),
      timeZone: t.exposeString('timeZone', { description: 'Whose day.' }),
      language: t.exposeString('language', { description: '"en" or "fr".' }),
      content: t.field({
        type: Content,
        description: 'What it says.',
        resolve: ({ content }) => content as unknown as ReportContent,
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
    }),
  })
  const list = prismaList(builder, Report, { filter: { createdAt: 'dateTime' }, orderBy: ['createdAt'] })
  builder.queryField('dailyReports', (t) =>
    list.field(t, {
      description: 'Reports that whoever asks was mailed, the newest first.',
      ...own,
      where: (_args, ctx) => ({ userId: person(ctx) }),
    }),
  )

  builder.queryField('dailyReport', (t) =>
    t.field({
      type: Content,
      description: 'What the report of yesterday says to whoever asks, as it would be mailed now.',
      ...own,
      complexity: 30,
      resolve: (_root, _args, ctx) => reports.preview(ctx, person(ctx)),
    }),
  )

  builder.mutationField('sendDailyReport', (t) =>
    t.field({
      type: 'Boolean',
      description: 'Mails the report of yesterday to whoever asks, now.',
      ...own,
      resolve: async (_root, _args, ctx) => {
        const userId = person(ctx)
        const messageId = await reports.sendNow(ctx, userId)
        ctx.audit({ resourceType: 'MailMessage', resourceId: messageId, after: { report: 'daily', userId } })
        return true
      },
    }),
  )

  const Own = builder.objectRef<Subscription>('ReportSubscription').implement({
    description: 'How somebody gets reports and digests.',
    ...own,
    fields: (t) => ({
      daily: t.exposeBoolean('daily', {
        description:
          'Whether the report comes every day. Without it a digest comes on days when something waits for it.',
      }),
      timeZone: t.exposeString('timeZone', { description: 'Whose days and hours.' }),
      at: t.exposeString('at', { description: 'When it leaves, local: "07:30".' }),
    }),
  })
  builder.queryField('reportSubscription', (t) =>
    t.field({
      type: Own,
      description: 'How whoever asks gets reports.',
      ...own,
      resolve: (_root, _args, ctx) => reports.subscription(ctx, person(ctx)),
    }),
  )

  const Change = builder.inputType('ReportSubscriptionInput', {
    description: 'What to change: what is left out stays, null is as the workspace has it.',
    fields: (t) => ({
      daily: t.boolean({ description: 'Whether the report comes every day.' }),
      timeZone: t.string({ description: 'IANA name, such as "Europe/Paris".' }),
      at: t.string({ description: 'Local time, such as "07:30".' }),
    }),
  })
  builder.mutationField('setReportSubscription', (t) =>
    t.field({
      type: Own,
      description: 'Says how whoever asks gets reports.',
      ...own,
      args: { input: t.arg({ type: Change, required: true, description: 'What to change.' }) },
      resolve: async (_root, { input }, ctx) => {
        const userId = person(ctx)
        const before = await reports.subscription(ctx, userId)
        await changeSubscription(ctx, userId, { ...input } as SubscriptionChange)
        const after = await reports.subscription(ctx, userId)
        ctx.audit({ resourceType: 'ReportSubscription', resourceId: userId, before, after })
        return after
      },
    }),
  )
}

function contentType(builder: Builder) {
  type Section = ReportContent['sections'][number]
  const Item = builder.objectRef<Section['items'][number]>('ReportItem').implement({
    description: 'One thing that a report says.',
    ...own,
    fields: (t) => ({
      text: t.exposeString('text', { description: 'In words.' }),
      link: t.exposeString('link', { description: 'Where one goes from here; may be empty.' }),
    }),
  })
  const SectionType = builder.objectRef<Section>('ReportSection').implement({
    description: 'A part of a report.',
    ...own,
    fields: (t) => ({
      name: t.exposeString('name', {
        description: '"changed", "won", "cost", "decision", "notifications", or what plugins add.',
      }),
      heading: t.exposeString('heading', { description: 'In words.' }),
      items: t.field({
        type: [Item],
        description: 'What it says.',
        extensions: { boundedList: 'A mail that somebody reads.' },
        resolve: ({ items }) => [...items],
      }),
    }),
  })
  const Bar = builder.objectRef<ChartBar>('ReportChartBar').implement({
    description: 'A day of the chart.',
    ...own,
    fields: (t) => ({
      label: t.exposeString('label', { description: 'The day.' }),
      value: t.exposeInt('value', { description: 'Conversions.' }),
    }),
  })
  return builder.objectRef<ReportContent>('ReportContent').implement({
    description: 'What a daily report says, in the language of whoever gets it.',
    ...own,
    fields: (t) => ({
      day: t.expose('day', { type: 'Date', description: 'The day it is about.' }),
      empty: t.exposeBoolean('empty', { description: 'Whether there is nothing to say.' }),
      sections: t.field({
        type: [SectionType],
        description: 'Its parts; those without anything are left out.',
        extensions: { boundedList: 'A handful.' },
        resolve: ({ sections }) => [...sections],
      }),
      chart: t.field({
        type: [Bar],
        description: 'Conversions of the last 14 days; empty where nothing was counted.',
        extensions: { boundedList: 'Two weeks of days.' },
        resolve: ({ chart }) => [...chart],
      }),
    }),
  })
}
