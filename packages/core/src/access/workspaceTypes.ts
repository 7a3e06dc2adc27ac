import type { ObjectRef } from '@pothos/core'
import { sql } from '../data/sql.ts'
import { refuseSavedMeanwhile } from '../savedMeanwhile.ts'
import type { Builder, BuilderTypes } from '../schema/builder.ts'
import { both } from '../schema/subGraphs.ts'
import type { Access } from './access.ts'
import type { AccessibleWorkspace } from './authenticated.ts'
import { personalChange } from './personalChange.ts'
import { personOf } from './whoAsks.ts'
import { checkedName, checkedSlug, insertWorkspace } from './workspaces.ts'

/** `workspace`, and the mutations of workspaces. */
export function workspaceTypes(
  builder: Builder,
  access: Access,
  WorkspaceAccess: ObjectRef<BuilderTypes, AccessibleWorkspace>,
): void {
  const Workspace = builder.prismaNode('Workspace', {
    description: 'A tenant: the team that owns pages, experiments and everything else.',
    authScopes: { permission: 'workspace:read' },
    subGraphs: both,
    nullable: true,
    id: { field: 'id', description: 'Unique among everything in this API.' },
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name.' }),
      slug: t.exposeString('slug', { description: 'Its name in addresses.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      version: t.exposeInt('version', {
        description: 'How often it was saved. Give it back with updateWorkspace as `expectedVersion`.',
      }),
    }),
  })

  builder.queryField('workspace', (t) =>
    t.prismaField({
      type: Workspace,
      description: 'The workspace that this request is in.',
      authScopes: { permission: 'workspace:read' },
      subGraphs: both,
      resolve: (query, _root, _args, ctx) =>
        ctx.db.prisma.workspace.findUniqueOrThrow({ ...query, where: { id: ctx.workspaceId } }),
    }),
  )

  const UpdateWorkspaceInput = builder.inputType('UpdateWorkspaceInput', {
    description: 'What to change; what is left out stays.',
    fields: (t) => ({
      name: t.string({ description: 'Its name.' }),
      slug: t.string({ description: 'Its name in addresses. Links with the old one stop working.' }),
    }),
  })

  builder.mutationField('updateWorkspace', (t) =>
    t.field({
      type: Workspace,
      description: 'Renames the workspace.',
      authScopes: { permission: 'workspace:write' },
      args: {
        input: t.arg({ type: UpdateWorkspaceInput, required: true, description: 'What to change.' }),
        expectedVersion: t.arg.int({
          description:
            'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.',
        }),
      },
      resolve: async (_root, { input, expectedVersion }, ctx) => {
        const { workspace } = ctx.db.prisma
        const where = { id: ctx.workspaceId }
        await ctx.db.query(sql`select 1 from "Workspace" where "id" = ${ctx.workspaceId} for update`)
        const before = await workspace.findUniqueOrThrow({ where })
        await refuseSavedMeanwhile(
          ctx,
          { what: 'workspace', resourceType: 'Workspace', resourceId: before.id, version: before.version },
          expectedVersion,
        )
        const data = {
          version: { increment: 1 },
          ...(input.name != null && { name: checkedName(input.name) }),
          ...(input.slug != null && { slug: checkedSlug(input.slug) }),
        }
        const after = await workspace.update({ where, data })
        ctx.audit({ resourceType: 'Workspace', resourceId: after.id, before, after })
        return after
      },
    }),
  )

  const CreateWorkspaceInput = builder.inputType('CreateWorkspaceInput', {
    description: 'A new workspace.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'Its name.' }),
      slug: t.string({ required: true, description: 'Its name in addresses: lower-case words joined by hyphens.' }),
    }),
  })

  builder.mutationField('createWorkspace', (t) =>
    t.field({
      type: WorkspaceAccess,
      description: 'Makes another workspace, with oneself as its owner.',
      authScopes: { permission: 'workspace:write' },
      workspace: false,
      args: { input: t.arg({ type: CreateWorkspaceInput, required: true, description: 'The workspace.' }) },
      resolve: (_root, { input }, ctx) => {
        const { id: ownerId } = personOf(ctx)
        return personalChange(access, ctx, undefined, 'createWorkspace', async (tx) => {
          const made = await insertWorkspace(tx, access.clock, { ...input, ownerId })
          return {
            result: { ...made, role: 'owner' as const },
            workspaceId: made.id,
            change: { resourceType: 'Workspace', resourceId: made.id, after: made },
          }
        })
      },
    }),
  )
}
