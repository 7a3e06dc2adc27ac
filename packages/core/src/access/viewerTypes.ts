import { z } from 'zod'
import { sql } from '../data/sql.ts'
import { ForbiddenError } from '../errors.ts'
import type { Builder } from '../schema/builder.ts'
import { both } from '../schema/subGraphs.ts'
import type { Access } from './access.ts'
import type { AccessibleWorkspace, Authenticated, AuthenticatedUser } from './authenticated.ts'
import { personalChange } from './personalChange.ts'
import type { RoleRef } from './roleTypes.ts'
import { prolongSession } from './signInCalls.ts'
import { authenticatedOf, personOf } from './whoAsks.ts'

/** `viewer`: whoever asks, and what they may. Mutations of what belongs to the person and no workspace. */
export function viewerTypes(builder: Builder, access: Access, Role: RoleRef) {
  const User = builder.objectRef<AuthenticatedUser>('ViewerUser').implement({
    description: 'The person who is signed in.',
    authScopes: { public: true },
    subGraphs: both,
    fields: (t) => ({
      id: t.globalID({
        description: 'Unique among everything in this API.',
        resolve: (user) => ({ type: 'User', id: user.id }),
      }),
      name: t.exposeString('name', { description: 'What others see.' }),
      email: t.exposeString('email', { description: 'The address that they sign in with.' }),
      image: t.exposeString('image', { nullable: true, description: 'URL of a picture.' }),
      locale: t.exposeString('locale', { description: 'Language of the interface and of mail: "en" or "fr".' }),
    }),
  })

  const WorkspaceAccess = builder.objectRef<AccessibleWorkspace>('WorkspaceAccess').implement({
    description: 'A workspace that whoever asks can enter, with the header x-espalier-workspace or switchWorkspace.',
    authScopes: { public: true },
    subGraphs: both,
    fields: (t) => ({
      id: t.globalID({
        description: 'Id of the workspace.',
        resolve: ({ id }) => ({ type: 'Workspace', id }),
      }),
      name: t.exposeString('name', { description: 'Its name.' }),
      slug: t.exposeString('slug', { description: 'Its name in addresses.' }),
      role: t.field({
        type: Role,
        nullable: true,
        description: 'The role in it; null for an API key, which has scopes.',
        resolve: ({ role }) => role ?? null,
      }),
      current: t.boolean({
        description: 'Whether this request is in it.',
        resolve: ({ id, current }, _args, ctx) => current ?? ctx.authenticated?.workspaceId === id,
      }),
    }),
  })

  const Viewer = builder.objectRef<Authenticated>('Viewer').implement({
    description: 'Whoever asks: a person with a session, or an API key.',
    authScopes: { public: true },
    subGraphs: both,
    fields: (t) => ({
      user: t.field({
        type: User,
        nullable: true,
        description: 'The person; null for an API key.',
        resolve: ({ user }) => user ?? null,
      }),
      role: t.field({
        type: Role,
        nullable: true,
        description: 'The role in the workspace; null for an API key, and before a workspace is chosen.',
        resolve: ({ principal }) => (principal?.type === 'user' ? principal.role : null),
      }),
      permissions: t.stringList({
        description: 'What they may do in the workspace, such as "pages:write".',
        resolve: ({ principal }) => (principal && principal.type !== 'system' ? [...principal.permissions].sort() : []),
      }),
      workspaces: t.field({
        type: [WorkspaceAccess],
        description: 'Every workspace that they can enter.',
        extensions: { boundedList: 'One person is a member of a few, and a menu shows them all.' },
        resolve: ({ workspaces }) => [...workspaces],
      }),
    }),
  })

  builder.queryField('viewer', (t) =>
    t.field({
      type: Viewer,
      nullable: true,
      description: 'Whoever asks; null for the anonymous.',
      authScopes: { public: true },
      subGraphs: both,
      resolve: async (_root, _args, ctx) => {
        await prolongSession(access, ctx)
        return authenticatedOf(ctx) ?? null
      },
    }),
  )

  const UpdateViewerInput = builder.inputType('UpdateViewerInput', {
    description: 'What to change; what is left out stays.',
    fields: (t) => ({
      name: t.string({ description: 'What others see.', validate: z.string().trim().min(1).max(100) }),
      locale: t.string({ description: 'Language: "en" or "fr".', validate: z.enum(['en', 'fr']) }),
    }),
  })

  builder.mutationField('updateViewer', (t) =>
    t.field({
      type: User,
      description: "Changes one's own name and language.",
      authScopes: { signedIn: true },
      workspace: false,
      args: { input: t.arg({ type: UpdateViewerInput, required: true, description: 'What to change.' }) },
      resolve: (_root, { input }, ctx) => {
        const user = personOf(ctx)
        const after = { ...user, name: input.name?.trim() ?? user.name, locale: input.locale ?? user.locale }
        return personalChange(access, ctx, ctx.authenticated?.workspaceId, 'updateViewer', async (tx) => {
          await tx.query(sql`
            update "User" set "name" = ${after.name}, "locale" = ${after.locale}, "updatedAt" = now()
            where "id" = ${user.id}`)
          const shown = ({ name, locale }: AuthenticatedUser) => ({ name, locale })
          return {
            result: after,
            change: { resourceType: 'User', resourceId: user.id, before: shown(user), after: shown(after) },
          }
        })
      },
    }),
  )

  builder.mutationField('switchWorkspace', (t) =>
    t.field({
      type: WorkspaceAccess,
      description: 'Chooses the workspace of this session, for requests that name none.',
      authScopes: { signedIn: true },
      workspace: false,
      args: { id: t.arg.globalID({ required: true, description: 'Id of one of the workspaces of `viewer`.' }) },
      resolve: (_root, { id }, ctx) => {
        const user = personOf(ctx)
        const chosen = authenticatedOf(ctx)?.workspaces.find((workspace) => workspace.id === id.id)
        if (id.typename !== 'Workspace' || !chosen)
          throw new ForbiddenError({
            en: 'You are not a member of that workspace.',
            fr: 'Vous n’êtes pas membre de cet espace.',
          })
        return personalChange(access, ctx, chosen.id, 'switchWorkspace', async (tx) => {
          await tx.query(sql`
            update "Session" set "activeWorkspaceId" = ${chosen.id}, "updatedAt" = now() where "id" = ${user.sessionId}`)
          return {
            result: { ...chosen, current: true },
            change: { resourceType: 'Session', resourceId: user.sessionId },
          }
        })
      },
    }),
  )

  return { User, Viewer, WorkspaceAccess }
}
