import type { ObjectRef } from '@pothos/core'
import { z } from 'zod'
import { UnauthenticatedError } from '../errors.ts'
import type { Builder, BuilderTypes, GraphQLContext } from '../schema/builder.ts'
import type { Access } from './access.ts'
import type { Authenticated, AuthenticatedUser } from './authenticated.ts'
import { type GoneSession, goneSessionType } from './goneSession.ts'
import { personalChange } from './personalChange.ts'
import { callSignIn, passwordLength } from './signInCalls.ts'
import { personOf } from './whoAsks.ts'

interface PersonTypes {
  readonly User: ObjectRef<BuilderTypes, AuthenticatedUser>
  readonly Viewer: ObjectRef<BuilderTypes, Authenticated>
}

/** `signIn`, `signOut`, `changePassword`: they set and clear the session cookie as /api/auth does. */
export function signInTypes(builder: Builder, access: Access, { User, Viewer }: PersonTypes): void {
  const SignInInput = builder.inputType('SignInInput', {
    description: 'Who signs in.',
    fields: (t) => ({
      email: t.string({ required: true, description: 'Their address.', validate: z.string().trim().min(1).max(254) }),
      password: t.string({ required: true, description: 'Their password.', validate: z.string().min(1).max(1_000) }),
    }),
  })

  builder.mutationField('signIn', (t) =>
    t.field({
      type: Viewer,
      description:
        'Begins a session, which the answer’s cookie holds. Ten attempts a minute and address; a wrong password and an unknown address are answered alike.',
      authScopes: { public: true },
      workspace: false,
      args: { input: t.arg({ type: SignInInput, required: true, description: 'Who signs in.' }) },
      resolve: async (_root, { input }, ctx) => {
        const { cookies } = await callSignIn(access, ctx, '/sign-in/email', {
          email: input.email.trim().toLowerCase(),
          password: input.password,
        })
        return viewerWith(access, ctx, cookies)
      },
    }),
  )

  builder.mutationField('signOut', (t) =>
    t.field({
      type: goneSessionType(builder),
      description: 'Ends this session, and takes its cookie away.',
      authScopes: { signedIn: true },
      workspace: false,
      resolve: async (_root, _args, ctx): Promise<GoneSession> => {
        const { sessionId } = personOf(ctx)
        await callSignIn(access, ctx, '/sign-out', {})
        await record(access, ctx, 'signOut', { resourceType: 'Session', resourceId: sessionId })
        return { id: sessionId }
      },
    }),
  )

  const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
    description: 'A new password.',
    fields: (t) => ({
      currentPassword: t.string({
        required: true,
        description: 'The present one.',
        validate: z.string().min(1).max(1_000),
      }),
      newPassword: t.string({ required: true, description: `The new one. ${passwordLength.en}` }),
    }),
  })

  builder.mutationField('changePassword', (t) =>
    t.field({
      type: User,
      description: "Changes one's own password, and ends all other sessions: somebody else may have known the old one.",
      authScopes: { signedIn: true },
      workspace: false,
      args: { input: t.arg({ type: ChangePasswordInput, required: true, description: 'Old and new.' }) },
      resolve: async (_root, { input }, ctx) => {
        const user = personOf(ctx)
        await callSignIn(access, ctx, '/change-password', { ...input, revokeOtherSessions: true })
        await record(access, ctx, 'changePassword', { resourceType: 'User', resourceId: user.id })
        return user
      },
    }),
  )
}

/** Whoever the cookies belong to. */
export async function viewerWith(access: Access, context: GraphQLContext, cookies: string): Promise<Authenticated> {
  const authenticated = await access.authenticate({
    headers: new Headers({ cookie: cookies }),
    address: context.request.address,
  })
  if (!authenticated)
    throw new UnauthenticatedError({
      en: 'The session that was just made is gone again. Sign in once more.',
      fr: 'La session qui vient d’être créée n’existe plus. Reconnectez-vous.',
    })
  const workspaces = authenticated.workspaces.map((workspace) => ({
    ...workspace,
    current: workspace.id === authenticated.workspaceId,
  }))
  return { ...authenticated, workspaces }
}

async function record(
  access: Access,
  context: GraphQLContext,
  action: string,
  change: { resourceType: string; resourceId: string },
): Promise<void> {
  const { workspaceId } = context.authenticated ?? {}
  await personalChange(access, context, workspaceId, action, async () => ({ result: undefined, change }))
}
