import {
  type Builder,
  both,
  containing,
  filterBy,
  follow,
  NotFoundError,
  prismaList,
  type WorkspaceNodeRef,
  workspaceNode,
} from '@espalier/core'
import { messagesChanged } from '../events.ts'
import type { MailService } from '../mailService.ts'
import type { MailEnums } from './enums.ts'

const read = { permission: 'mail:read' } as const
const write = { permission: 'mail:write' } as const

/** Messages: what left, what waits, and what became of it. */
export function messageTypes(
  builder: Builder,
  mail: MailService,
  { MailState, MailDispatch, MailClass, MailLanguage }: MailEnums,
): WorkspaceNodeRef<'MailMessage'> {
  const Attachment = attachmentType(builder)
  const Header = headerType(builder)

  const Message = workspaceNode(builder, 'MailMessage', {
    description: 'A message to one person.',
    authScopes: read,
    subGraphs: both,
    ...onlyWhatIsAsked,
    fields: (t) => ({
      idempotencyKey: t.exposeString('idempotencyKey', { description: 'The same key is one message.' }),
      class: t.expose('class', { type: MailClass, description: 'What kind of mail it is.' }),
      topic: t.exposeString('topic', { nullable: true, description: 'What its receiver can unsubscribe from.' }),
      template: t.exposeString('template', { description: 'The template that it was made with.' }),
      language: t.field({
        type: MailLanguage,
        description: 'The language that it is in.',
        select: { language: true } as never,
        resolve: ({ language }) => language as 'en' | 'fr',
      }),
      toAddress: t.exposeString('toAddress', { description: 'Who gets it.' }),
      toName: t.exposeString('toName', { nullable: true, description: 'The name beside the address.' }),
      fromAddress: t.exposeString('fromAddress', { description: 'Who sends it.' }),
      fromName: t.exposeString('fromName', { nullable: true, description: 'The name beside the sender’s address.' }),
      replyTo: t.exposeString('replyTo', { nullable: true, description: 'Where answers go. Null: to the sender.' }),
      subject: t.exposeString('subject', { description: 'Its subject.' }),
      html: t.exposeString('html', {
        description:
          'Its HTML as it leaves, with our links. Show it in a frame without scripts and without our origin.',
      }),
      text: t.exposeString('text', { description: 'The same for programs that show no HTML.' }),
      headers: t.field({
        type: [Header],
        description: 'Headers beside sender, receiver and subject.',
        extensions: { boundedList: 'as many as the mail plugin writes, below ten' },
        select: { id: true, class: true, topic: true, template: true, fromAddress: true, toAddress: true } as never,
        resolve: (row, _args, ctx) => [...mail.headers(ctx, row)],
      }),
      attachments: t.field({
        type: [Attachment],
        description: 'What is attached, without its content.',
        extensions: { boundedList: 'a message has at most 20 attachments' },
        select: { attachments: true } as never,
        resolve: ({ attachments }) => attachments as unknown as AttachmentShape[],
      }),
      aboutType: t.exposeString('subjectType', { nullable: true, description: 'What it is about: "DailyReport".' }),
      aboutId: t.expose('subjectId', { type: 'UUID', nullable: true, description: 'Which one it is about.' }),
      state: t.expose('state', { type: MailState, description: 'What became of it.' }),
      dispatch: t.expose('dispatch', { type: MailDispatch, description: 'Where the handing over stands.' }),
      transport: t.exposeString('transport', { nullable: true, description: 'How it left: outbox, ses or smtp.' }),
      providerId: t.exposeString('providerId', { nullable: true, description: 'What the provider calls it.' }),
      attempts: t.exposeInt('attempts', { description: 'How often the provider was asked.' }),
      duplicates: t.exposeInt('duplicates', {
        description: 'How often it is known to have left once more, after an answer that did not come.',
      }),
      errorCode: t.exposeString('errorCode', { nullable: true, description: 'Why it did not leave, for programs.' }),
      errorMessage: t.exposeString('errorMessage', {
        nullable: true,
        description: 'Why it did not leave, and the way out.',
      }),
      costMicros: t.field({
        type: 'SafeInt',
        description: 'What it cost, in millionths of a US dollar.',
        select: { costMicros: true } as never,
        resolve: ({ costMicros }) => Number(costMicros),
      }),
      notBefore: t.expose('notBefore', { type: 'DateTime', description: 'When its turn comes.' }),
      queuedAt: t.expose('queuedAt', { type: 'DateTime', description: 'When it was written down.' }),
      attemptedAt: t.expose('attemptedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the provider was last asked.',
      }),
      sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true, description: 'When the provider took it.' }),
      deliveredAt: t.expose('deliveredAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the receiver’s server took it.',
      }),
      openedAt: t.expose('openedAt', { type: 'DateTime', nullable: true, description: 'When it was first opened.' }),
      clickedAt: t.expose('clickedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When a link was first followed.',
      }),
      bouncedAt: t.expose('bouncedAt', { type: 'DateTime', nullable: true, description: 'When it came back.' }),
      complainedAt: t.expose('complainedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When its receiver called it spam.',
      }),
      suppressedAt: t.expose('suppressedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was held back.',
      }),
      failedAt: t.expose('failedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it failed or was canceled.',
      }),
    }),
  })

  const messages = prismaList(builder, Message, {
    filter: {
      state: MailState,
      dispatch: MailDispatch,
      class: MailClass,
      template: 'text',
      toAddress: 'text',
      queuedAt: 'dateTime',
      sentAt: 'dateTime',
      aboutId: filterBy('UUID', 'By what it is about.', (id) => ({ subjectId: id })),
      search: filterBy('String', 'In the receiver’s address or the subject.', (text) => ({
        OR: [{ toAddress: containing(text) }, { subject: containing(text) }],
      })),
    },
    orderBy: ['queuedAt', 'sentAt'],
  })

  builder.queryField('mailMessages', (t) =>
    messages.field(t, {
      description: 'Messages of the workspace, the newest first.',
      authScopes: read,
      subGraphs: both,
    }),
  )

  builder.queryField('mailMessage', (t) =>
    t.prismaField({
      type: Message,
      nullable: true,
      description: 'A message.',
      authScopes: read,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Message, required: true, description: 'The message.' }) },
      resolve: (query, _root, { id }, ctx) => ctx.db.prisma.mailMessage.findFirst({ ...query, where: { id: id.id } }),
    }),
  )

  builder.mutationField('resendMail', (t) =>
    t.field({
      type: Message,
      description:
        'Sends a message again that was refused, lost, held back or canceled. A lost one may have left already: it may come twice.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Message, required: true, description: 'The message.' }) },
      resolve: async (_root, { id }, ctx) => {
        await mail.interventions.resend(ctx, id.id)
        return ctx.db.prisma.mailMessage.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )

  builder.mutationField('cancelMail', (t) =>
    t.field({
      type: Message,
      description: 'Keeps a message that waits from leaving.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Message, required: true, description: 'The message.' }) },
      resolve: async (_root, { id }, ctx) => {
        await mail.interventions.cancel(ctx, id.id)
        return ctx.db.prisma.mailMessage.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )

  builder.subscriptionField('mailMessageUpdated', (t) =>
    t.field({
      type: Message,
      description: 'A message, at once and again whenever something happens to mail here; at most 4 times a second.',
      extensions: { live: { shared: true } },
      authScopes: read,
      args: { id: t.arg.globalID({ for: Message, required: true, description: 'The message to watch.' }) },
      subscribe: (_root, _args, ctx) => follow(mail.live, ctx.workspaceId, messagesChanged, 'all', ctx.request.signal),
      resolve: async (_tick, { id }, ctx) => {
        const message = await ctx.db.prisma.mailMessage.findFirst({ where: { id: id.id } })
        if (!message) throw new NotFoundError('MailMessage', id.id)
        return message
      },
    }),
  )
  return Message
}

/** Lists do not read bodies and attachments that nobody asked for. */
const onlyWhatIsAsked = { select: { workspaceId: true, id: true } } as object

interface AttachmentShape {
  readonly filename: string
  readonly contentType: string
  readonly contentId?: string
  readonly content: string
}

function attachmentType(builder: Builder) {
  return builder.objectRef<AttachmentShape>('MailAttachment').implement({
    description: 'A file in a message.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      filename: t.exposeString('filename', { description: 'Its name.' }),
      contentType: t.exposeString('contentType', { description: 'What it is, such as "image/png".' }),
      contentId: t.string({
        nullable: true,
        description: 'The name that the HTML shows it by.',
        resolve: ({ contentId }) => contentId ?? null,
      }),
      bytes: t.int({ description: 'How big it is.', resolve: ({ content }) => Buffer.byteLength(content, 'base64') }),
    }),
  })
}

function headerType(builder: Builder) {
  return builder.objectRef<{ readonly name: string; readonly value: string }>('MailHeader').implement({
    description: 'A header of a message.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name.' }),
      value: t.exposeString('value', { description: 'What it says.' }),
    }),
  })
}
