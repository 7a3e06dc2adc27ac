import type { ObjectRef } from '@pothos/core'
import { z } from 'zod'
import { type InputIssue, InvalidInputError, NotFoundError } from '../errors.ts'
import type { Builder, BuilderTypes } from '../schema/builder.ts'
import type { Access } from './access.ts'
import type { Authenticated } from './authenticated.ts'
import type { Role } from './principal.ts'
import type { RoleRef } from './roleTypes.ts'
import { callSignIn, passwordLength } from './signInCalls.ts'
import { viewerWith } from './signInTypes.ts'

/** What an invitation's link invites to. */
interface Offer {
  readonly email: string
  readonly role: Role
  readonly workspaceName: string
  readonly expiresAt: string
  readonly hasAccount: boolean
}

/** `invitation(token)` and `acceptInvitation`: for whoever holds the link, signed in or not. */
export function takenInvitationTypes(
  builder: Builder,
  access: Access,
  { Viewer, Role }: { Viewer: ObjectRef<BuilderTypes, Authenticated>; Role: RoleRef },
): void {
  const InvitationOffer = builder.objectRef<Offer>('InvitationOffer').implement({
    description: 'What the link of an invitation invites to.',
    authScopes: { public: true },
    fields: (t) => ({
      email: t.exposeString('email', { description: 'The address that is invited.' }),
      role: t.field({ type: Role, description: 'What they will be.', resolve: ({ role }) => role }),
      workspaceName: t.exposeString('workspaceName', { description: 'Into which workspace.' }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'Until when it can be taken.',
        resolve: ({ expiresAt }) => new Date(expiresAt),
      }),
      hasAccount: t.exposeBoolean('hasAccount', {
        description: 'Whether somebody signs in with the address already: then they sign in, and need no new password.',
      }),
    }),
  })

  const token = z.string().min(1).max(100)

  builder.queryField('invitation', (t) =>
    t.field({
      type: InvitationOffer,
      nullable: true,
      description: 'What a link invites to; null where it was used, canceled or has expired. Ten a minute and address.',
      authScopes: { public: true },
      args: { token: t.arg.string({ required: true, description: 'What the link carries.', validate: token }) },
      resolve: async (_root, { token }, ctx) => {
        try {
          const { body } = await callSignIn(access, ctx, `/invitation?token=${encodeURIComponent(token)}`)
          return body as unknown as Offer
        } catch (error) {
          if (error instanceof NotFoundError) return null
          throw error
        }
      },
    }),
  )

  const AcceptInvitationInput = builder.inputType('AcceptInvitationInput', {
    description: 'Who takes an invitation. Whoever is signed in needs no more than the token.',
    fields: (t) => ({
      token: t.string({ required: true, description: 'What the link carries.', validate: token }),
      name: t.string({ description: 'Of a new account: what others see.' }),
      password: t.string({ description: `Of a new account. ${passwordLength.en}` }),
      locale: t.string({ description: 'Of a new account: "en" or "fr".', validate: z.enum(['en', 'fr']) }),
    }),
  })

  builder.mutationField('acceptInvitation', (t) =>
    t.field({
      type: Viewer,
      description:
        'Takes an invitation: for the person who is signed in, or with a new account, which it also signs in. Ten a minute and address.',
      authScopes: { public: true },
      workspace: false,
      args: { input: t.arg({ type: AcceptInvitationInput, required: true, description: 'Who takes it.' }) },
      resolve: async (_root, { input }, ctx) => {
        // Somebody who is signed in has these already: theirs are not looked at.
        const { name, password, locale } = ctx.user ? {} : input
        const issues = ctx.user ? [] : checkAccount(name, password)
        if (issues.length > 0) throw new InvalidInputError(issues)
        const { cookies } = await callSignIn(access, ctx, '/invitation/accept', {
          token: input.token,
          ...(name != null && { name: name.trim() }),
          ...(password != null && { password }),
          ...(locale != null && { locale }),
        })
        return viewerWith(access, ctx, cookies)
      },
    }),
  )
}

/** Everything that a new account lacks. */
export function checkAccount(name: string | null | undefined, password: string | null | undefined): InputIssue[] {
  const issues: InputIssue[] = []
  if (!name?.trim() || name.trim().length > 100)
    issues.push({
      path: 'input.name',
      code: 'LENGTH',
      message: { en: 'A name has 1 to 100 characters.', fr: 'Un nom compte de 1 à 100 caractères.' },
    })
  if (!password || password.length < 10 || password.length > 128)
    issues.push({ path: 'input.password', code: 'LENGTH', message: passwordLength })
  return issues
}
