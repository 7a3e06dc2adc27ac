import type { Builder } from '../schema/builder.ts'
import { prismaList } from '../schema/lists/prismaList.ts'
import { type Row, workspaceNode } from '../schema/nodes.ts'
import type { Access } from './access.ts'
import { type Role as RoleName, roles } from './principal.ts'
import type { RoleRef } from './roleTypes.ts'

/** `invitations`, and the mutations that send and cancel them. */
export function invitationTypes(builder: Builder, access: Access, Role: RoleRef): void {
  const Status = builder.enumType('InvitationStatus', {
    description: 'What became of an invitation.',
    values: {
      PENDING: { value: 'pending', description: 'It waits for an answer, until it expires.' },
      ACCEPTED: { value: 'accepted', description: 'The person is a member.' },
      REJECTED: { value: 'rejected', description: 'The person said no.' },
      CANCELED: { value: 'canceled', description: 'It was taken back, or replaced by a later one.' },
    } as const,
  })

  const Invitation = workspaceNode(builder, 'Invitation', {
    description: 'An invitation into the workspace.',
    authScopes: { permission: 'members:read' },
    fields: (t) => ({
      email: t.exposeString('email', { description: 'Who is invited.' }),
      role: t.field({
        type: Role,
        description: 'What they will be.',
        resolve: ({ role }) => roles.find((known) => known === role) ?? 'viewer',
      }),
      status: t.field({
        type: Status,
        description: 'What became of it.',
        resolve: ({ status }) => status as 'pending' | 'accepted' | 'rejected' | 'canceled',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it can be taken.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was sent.' }),
    }),
  })

  const invitations = prismaList(builder, Invitation, {
    filter: { email: 'text', role: Role, status: Status, createdAt: 'dateTime', expiresAt: 'dateTime' },
    orderBy: ['createdAt', 'expiresAt', 'email'],
  })
  builder.queryField('invitations', (t) =>
    invitations.field(t, {
      description: 'Invitations into the workspace.',
      authScopes: { permission: 'members:read' },
    }),
  )

  const SentInvitation = builder
    .objectRef<{ invitation: Row<'Invitation'>; link: string }>('SentInvitation')
    .implement({
      description: 'An invitation with its link.',
      authScopes: { public: true },
      fields: (t) => ({
        invitation: t.field({ type: Invitation, description: 'The invitation.', resolve: (sent) => sent.invitation }),
        link: t.exposeString('link', {
          description: 'What the person opens. It is shown this once: pass it on, it is as good as a key.',
        }),
      }),
    })

  const InviteMemberInput = builder.inputType('InviteMemberInput', {
    description: 'Whom to invite.',
    fields: (t) => ({
      email: t.string({ required: true, description: 'Their email address.' }),
      role: t.field({
        type: Role,
        required: true,
        description: "What they will be; no more than one's own role holds.",
      }),
    }),
  })

  builder.mutationField('inviteMember', (t) =>
    t.field({
      type: SentInvitation,
      description: 'Invites a person for seven days. An earlier invitation of the same address is canceled.',
      authScopes: { permission: 'members:write' },
      args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'Whom, and as what.' }) },
      resolve: async (_root, { input }, ctx) => {
        const { invitation, link } = await access.invitations.invite(ctx, {
          email: input.email,
          role: input.role as RoleName,
        })
        ctx.audit({ resourceType: 'Invitation', resourceId: invitation.id, after: invitation })
        return { link, invitation: await ctx.db.prisma.invitation.findFirstOrThrow({ where: { id: invitation.id } }) }
      },
    }),
  )

  builder.mutationField('cancelInvitation', (t) =>
    t.field({
      type: Invitation,
      description: 'Takes a pending invitation back: its link no longer opens.',
      authScopes: { permission: 'members:write' },
      args: { id: t.arg.globalID({ for: Invitation, required: true, description: 'The invitation.' }) },
      resolve: async (_root, { id }, ctx) => {
        const canceled = await access.invitations.cancel(ctx, id.id)
        ctx.audit({
          resourceType: 'Invitation',
          resourceId: canceled.id,
          before: { ...canceled, status: 'pending' },
          after: { ...canceled, status: 'canceled' },
        })
        return ctx.db.prisma.invitation.findFirstOrThrow({ where: { id: canceled.id } })
      },
    }),
  )
}
