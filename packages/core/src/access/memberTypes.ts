import type { Builder } from '../schema/builder.ts'
import { containing, filterBy } from '../schema/lists/filters.ts'
import { prismaList } from '../schema/lists/prismaList.ts'
import { workspaceNode } from '../schema/nodes.ts'
import type { Access } from './access.ts'
import type { Role as RoleName } from './principal.ts'
import type { RoleRef } from './roleTypes.ts'

/** `members`, and the mutations of who is in a workspace. */
export function memberTypes(builder: Builder, access: Access, Role: RoleRef): void {
  const User = builder.prismaNode('User', {
    description: 'A person who is a member of the workspace.',
    authScopes: { permission: 'members:read' },
    nullable: true,
    id: { field: 'id', description: 'Unique among everything in this API.' },
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What others see.' }),
      email: t.exposeString('email', { description: 'The address that they sign in with.' }),
      image: t.exposeString('image', { nullable: true, description: 'URL of a picture.' }),
    }),
  })

  const Member = workspaceNode(builder, 'Member', {
    description: "A person's place in the workspace.",
    authScopes: { permission: 'members:read' },
    fields: (t) => ({
      user: t.relation('user', { type: User, description: 'The person.' }),
      role: t.field({ type: Role, description: 'What they may do.', resolve: (member) => member.role as RoleName }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
    }),
  })

  const members = prismaList(builder, Member, {
    filter: {
      role: Role,
      createdAt: 'dateTime',
      search: filterBy('String', 'In the name or email of the person, in any case of letters.', (text) => ({
        user: {
          OR: [{ name: containing(text) }, { email: containing(text) }],
        },
      })),
    },
    orderBy: ['createdAt', 'role'],
    defaultOrder: { field: 'createdAt', direction: 'asc' },
  })
  builder.queryField('members', (t) =>
    members.field(t, { description: 'Who is in the workspace.', authScopes: { permission: 'members:read' } }),
  )

  const GoneMember = builder.objectRef<{ id: string; userId: string }>('GoneMember').implement({
    description: 'Somebody who was a member.',
    authScopes: { public: true },
    fields: (t) => ({
      id: t.globalID({
        description: 'Id of the membership that is gone.',
        resolve: ({ id }) => ({ type: 'Member', id }),
      }),
      userId: t.globalID({
        description: 'Id of the person.',
        resolve: ({ userId }) => ({ type: 'User', id: userId }),
      }),
    }),
  })

  builder.mutationField('changeMemberRole', (t) =>
    t.field({
      type: Member,
      description: 'Gives a member another role, at once. Only owners make or demote owners; the last owner stays.',
      authScopes: { permission: 'members:write' },
      args: {
        id: t.arg.globalID({ for: Member, required: true, description: 'The member.' }),
        role: t.arg({ type: Role, required: true, description: 'The new role.' }),
      },
      resolve: async (_root, { id, role }, ctx) => {
        const { before, after } = await access.members.changeRole(ctx, id.id, role)
        ctx.audit({ resourceType: 'Member', resourceId: after.id, before, after })
        return ctx.db.prisma.member.findFirstOrThrow({ where: { id: after.id } })
      },
    }),
  )

  builder.mutationField('removeMember', (t) =>
    t.field({
      type: GoneMember,
      description: 'Takes a person out of the workspace, at once. The last owner stays.',
      authScopes: { permission: 'members:write' },
      args: { id: t.arg.globalID({ for: Member, required: true, description: 'The member.' }) },
      resolve: async (_root, { id }, ctx) => {
        const before = await access.members.remove(ctx, id.id)
        ctx.audit({ resourceType: 'Member', resourceId: before.id, before })
        return before
      },
    }),
  )

  builder.mutationField('leaveWorkspace', (t) =>
    t.field({
      type: GoneMember,
      description: 'Leaves the workspace that this request is in. The last owner stays.',
      authScopes: { member: true },
      resolve: async (_root, _args, ctx) => {
        const before = await access.members.leave(ctx)
        ctx.audit({ resourceType: 'Member', resourceId: before.id, before })
        return before
      },
    }),
  )
}
