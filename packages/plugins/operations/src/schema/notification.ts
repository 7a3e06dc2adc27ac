import {
  type Builder,
  both,
  filterBy,
  follow,
  type GraphQLContext,
  InvalidInputError,
  sqlList,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import { countInbox, type InboxFilter, inboxOrder, readInbox, type Shown } from '../notifications/inbox.ts'
import { notificationsChanged } from '../notifications/notifications.ts'
import type { Preference } from '../notifications/preferences.ts'
import type { Operations } from '../operations.ts'
import { isFrench, nobody, person, personOf } from './person.ts'

const read = { authScopes: { permission: 'operations:read' }, subGraphs: both } as const
/** What belongs to a person and not to the workspace: there is no key for it. */
const own = { authScopes: { permission: 'operations:read' } } as const

/** `notifications`, who has read them, and how a person wants to be told. */
export function notificationTypes(builder: Builder, operations: Operations) {
  const Severity = wordEnum(builder, 'Severity', 'How much it matters.', {
    info: 'Good to know.',
    success: 'Something went well.',
    warning: 'Look at it soon.',
    critical: 'Look at it now.',
  })

  const Notification = workspaceNode(builder, 'Notification', {
    description: 'Something that people of the workspace are told.',
    ...read,
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'What it is about: one of `notificationKinds`.' }),
      severity: t.field({
        type: Severity,
        description: 'How much it matters.',
        resolve: ({ severity }) => severity as 'info',
      }),
      title: t.string({
        description: 'In a line, in the language of whoever asks.',
        resolve: ({ titleEn, titleFr }, _args, ctx) => (isFrench(ctx) ? titleFr : titleEn),
      }),
      body: t.string({
        description: 'More about it; may be empty.',
        resolve: ({ bodyEn, bodyFr }, _args, ctx) => (isFrench(ctx) ? bodyFr : bodyEn),
      }),
      link: t.exposeString('link', { nullable: true, description: 'Path in the admin where one goes from here.' }),
      data: t.expose('data', { type: 'JSON', description: 'The same for programs.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
      readAt: t.loadable({
        type: 'DateTime',
        nullable: true,
        description: 'When whoever asks has read it; null for API keys.',
        resolve: ({ id }) => id,
        load: async (ids: string[], ctx) => {
          const read = await ctx.db.prisma.notificationReceipt.findMany({
            where: { userId: personOf(ctx) ?? nobody, notificationId: { in: ids } },
          })
          const at = new Map(read.map(({ notificationId, readAt }) => [notificationId, readAt]))
          return ids.map((id) => at.get(id) ?? null)
        },
      }),
    }),
  })

  const list = sqlList(builder, Notification, {
    filter: {
      // Its condition is the inbox's own SQL.
      search: filterBy('String', 'Every word is in the title or the body, in either language.', () => ({})),
      kind: 'text',
      severity: Severity,
      createdAt: 'dateTime',
    },
    orderBy: {
      createdAt: {
        sql: inboxOrder.createdAt,
        type: 'timestamptz',
        kind: 'dateTime',
        of: ({ createdAt }) => createdAt,
      },
    },
    defaultOrder: { field: 'createdAt', direction: 'desc' },
    id: { sql: inboxOrder.id, of: ({ id }) => id },
  })
  const shownTo = (ctx: GraphQLContext, args: { unread?: boolean | null; filter?: object | null }): Shown => ({
    userId: personOf(ctx),
    unread: args.unread,
    filter: args.filter as InboxFilter,
  })

  builder.queryField('notifications', (t) =>
    list.field(t, {
      description: 'What whoever asks was told in the app, the newest first. For API keys: all of the workspace.',
      ...read,
      args: { unread: t.arg.boolean({ description: 'Only what whoever asks has not read.' }) },
      read: async (page, args, ctx) => (await readInbox(ctx, shownTo(ctx, args), page)) as never[],
      count: (args, ctx) => countInbox(ctx, shownTo(ctx, args)),
    }),
  )

  builder.mutationField('markNotificationsRead', (t) =>
    t.field({
      type: 'Int',
      description: 'Notes that whoever asks has read notifications. Answers how many were unread.',
      ...own,
      args: {
        ids: t.arg.globalIDList({ for: Notification, description: 'At most 100. Left out: all that are unread.' }),
      },
      resolve: async (_root, { ids }, ctx) => {
        if (ids && ids.length > 100)
          throw InvalidInputError.of('ids', 'TOO_LONG', {
            en: `${ids.length} are more than 100.`,
            fr: `${ids.length} dépasse 100.`,
          })
        const userId = person(ctx)
        const count = await operations.notifications.markRead(ctx, userId, ids?.map(({ id }) => id) ?? null)
        ctx.audit({ resourceType: 'NotificationReceipt', resourceId: userId, after: { read: count } })
        return count
      },
    }),
  )

  const Unread = builder.objectRef<{ unread: number; latest: string | null }>('NotificationState').implement({
    description: 'What somebody has not read yet.',
    ...own,
    fields: (t) => ({
      unread: t.exposeInt('unread', { description: 'How many.' }),
      latest: t.field({
        type: Notification,
        nullable: true,
        description: 'The newest, read or not.',
        resolve: ({ latest }, _args, ctx) =>
          latest === null ? null : ctx.db.prisma.notification.findFirst({ where: { id: latest } }),
      }),
    }),
  })

  const stateOf = async (ctx: GraphQLContext) => {
    const userId = person(ctx)
    const [latest] = await ctx.db.prisma.notificationReceipt.findMany({
      where: { userId, inApp: true },
      orderBy: [{ createdAt: 'desc' }, { notificationId: 'desc' }],
      take: 1,
      select: { notificationId: true },
    })
    return { unread: await operations.notifications.countUnread(ctx, userId), latest: latest?.notificationId ?? null }
  }

  builder.queryField('notificationState', (t) =>
    t.field({
      type: Unread,
      description: 'What whoever asks has not read yet.',
      ...own,
      resolve: (_root, _args, ctx) => stateOf(ctx),
    }),
  )

  builder.subscriptionField('notificationsChanged', (t) =>
    t.field({
      type: Unread,
      description: 'What whoever asks has not read yet: at once, and again whenever that changes.',
      extensions: { live: { shared: false } },
      ...own,
      subscribe: (_root, _args, ctx) =>
        follow(operations.live, ctx.workspaceId, notificationsChanged, person(ctx), ctx.request.signal),
      resolve: (_tick, _args, ctx) => stateOf(ctx),
    }),
  )

  preferenceTypes(builder, operations)
  return { Notification, Severity }
}

function preferenceTypes(builder: Builder, operations: Operations): void {
  const Mailing = wordEnum(builder, 'NotificationMail', 'Whether and when a kind of notification is mailed.', {
    never: 'Not at all.',
    atOnce: 'Within minutes, together with what comes at the same time.',
    digest: 'Once a day, with the daily report where one gets it.',
  })

  const Choice = builder.objectRef<Preference>('NotificationPreference').implement({
    description: 'How somebody is told of one kind.',
    ...own,
    fields: (t) => ({
      kind: t.string({ description: 'The kind.', resolve: ({ kind }) => kind.name }),
      description: t.string({
        description: 'What it is, in the language of whoever asks.',
        resolve: ({ kind }, _args, ctx) => (isFrench(ctx) ? kind.description.fr : kind.description.en),
      }),
      inApp: t.exposeBoolean('inApp', { description: 'Whether the app shows it.' }),
      mail: t.field({ type: Mailing, description: 'Whether and when it is mailed.', resolve: ({ mail }) => mail }),
      chosen: t.exposeBoolean('chosen', { description: 'Whether they said so, or it is what is usual.' }),
    }),
  })

  const Kind = builder.objectRef<Preference['kind']>('NotificationKind').implement({
    description: 'What people, and webhooks, can be told of.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name, in webhooks after "notification.".' }),
      description: t.string({
        description: 'What it is, in the language of whoever asks.',
        resolve: ({ description }, _args, ctx) => (isFrench(ctx) ? description.fr : description.en),
      }),
    }),
  })

  builder.queryField('notificationKinds', (t) =>
    t.field({
      type: [Kind],
      description: 'What people, and webhooks, can be told of.',
      ...read,
      extensions: { boundedList: 'A handful for each plugin.' },
      resolve: () => [...operations.kinds.all],
    }),
  )

  builder.queryField('notificationPreferences', (t) =>
    t.field({
      type: [Choice],
      description: 'How whoever asks is told, for every kind.',
      ...own,
      extensions: { boundedList: 'One for each kind of notification.' },
      resolve: (_root, _args, ctx) => operations.preferences.of(ctx, person(ctx)),
    }),
  )

  const Change = builder.inputType('NotificationPreferenceInput', {
    description: 'How to be told of a kind; what is left out stays.',
    fields: (t) => ({
      kind: t.string({ required: true, description: 'The kind.' }),
      inApp: t.boolean({ description: 'Whether the app shows it.' }),
      mail: t.field({ type: Mailing, description: 'Whether and when it is mailed.' }),
    }),
  })

  builder.mutationField('setNotificationPreferences', (t) =>
    t.field({
      type: [Choice],
      description: 'Says how whoever asks wants to be told. Answers with every kind.',
      ...own,
      extensions: { boundedList: 'One for each kind of notification.' },
      args: { input: t.arg({ type: [Change], required: true, description: 'The kinds to change.' }) },
      resolve: async (_root, { input }, ctx) => {
        const userId = person(ctx)
        const before = await operations.preferences.of(ctx, userId)
        const after = await operations.preferences.change(
          ctx,
          userId,
          input.map(({ kind, inApp, mail }) => ({
            kind,
            ...(inApp != null && { inApp }),
            ...(mail != null && { mail }),
          })),
        )
        ctx.audit({
          resourceType: 'NotificationPreference',
          resourceId: userId,
          before: before.map(plain),
          after: after.map(plain),
        })
        return after
      },
    }),
  )
}

const plain = ({ kind, inApp, mail }: Preference) => ({ kind: kind.name, inApp, mail })
