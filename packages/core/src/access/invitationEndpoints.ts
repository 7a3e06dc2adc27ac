import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthEndpoint, formCsrfMiddleware, getIP, getSessionFromCtx } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { RequestError } from '../errors.ts'
import type { Invitations } from './invitations.ts'
import { createUser } from './users.ts'

const token = z.string().min(1).max(100)

/**
 * `GET /invitation?token=…` says what a link invites to; `POST /invitation/accept` takes it, for the person
 * who is signed in, or for a new one with a name and a password. It is the only way to make an account.
 */
export function invitationEndpoints(invitations: Invitations, system: SystemDb) {
  return {
    id: 'invitations',
    endpoints: {
      describeInvitation: createAuthEndpoint(
        '/invitation',
        { method: 'GET', query: z.object({ token }) },
        async (ctx) => {
          const { email, role, workspaceName, expiresAt } = await answered(invitations.find(system, ctx.query.token))
          const [user] = await system.query(sql`select from "User" where "email" = ${email}`)
          return ctx.json({ email, role, workspaceName, expiresAt, hasAccount: user !== undefined })
        },
      ),

      takeInvitation: createAuthEndpoint(
        '/invitation/accept',
        {
          method: 'POST',
          use: [formCsrfMiddleware],
          body: z.object({
            token,
            name: z.string().trim().min(1).max(100).optional(),
            password: z.string().max(1000).optional(),
            locale: z.enum(['en', 'fr']).optional(),
          }),
        },
        async (ctx) => {
          const session = await getSessionFromCtx(ctx)
          const from = {
            ipAddress: (ctx.request && getIP(ctx.request, ctx.context.options)) ?? undefined,
            userAgent: ctx.headers?.get('user-agent') ?? undefined,
          }
          if (session) {
            return ctx.json(
              await answered(
                invitations.accept(system, ctx.body.token, { ...session.user, sessionId: session.session.id, ...from }),
              ),
            )
          }
          const invitation = await answered(invitations.find(system, ctx.body.token))
          const { name, password, locale } = ctx.body
          if (await ctx.context.internalAdapter.findUserByEmail(invitation.email)) {
            throw refused(
              401,
              'UNAUTHENTICATED',
              `${invitation.email} has an account. Sign in, then open the link again.`,
            )
          }
          if (!name || !password) throw refused(400, 'INVALID_INPUT', 'A new account needs a name and a password.')
          // The link went to this address, so it needs no other proof.
          const made = { email: invitation.email, emailVerified: true, name, password, ...(locale && { locale }) }
          const { id } = await answered(createUser(system, ctx.context.password, made))
          const accepted = await answered(
            invitations.accept(system, ctx.body.token, { id, name, email: invitation.email, ...from }),
          )
          const user = await ctx.context.internalAdapter.findUserById(id)
          if (user) await setSessionCookie(ctx, { user, session: await ctx.context.internalAdapter.createSession(id) })
          return ctx.json(accepted)
        },
      ),
    },
  } satisfies BetterAuthPlugin
}

/** Errors that may be shown travel as better-auth's own do. */
async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof RequestError) throw refused(error.status, error.code, error.message)
    throw error
  }
}

function refused(status: number, code: string, message: string): APIError {
  return new APIError(status as 400, { code, message })
}
