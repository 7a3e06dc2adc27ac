import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api'
import { createAccessControl } from 'better-auth/plugins/access'
import { organization } from 'better-auth/plugins/organization'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../clock.ts'
import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import type { RateLimits } from '../http/rateLimits.ts'
import { AccountAttempts } from './accountAttempts.ts'
import { apiKeyPrefix } from './apiKeys.ts'
import { invitationEndpoints } from './invitationEndpoints.ts'
import type { Invitations } from './invitations.ts'
import { SignInLimits } from './signInLimits.ts'
import { recordSignIn } from './signInRecord.ts'

export interface SignInOptions {
  /** Signs cookies. At least 32 characters. */
  secret: string
  publicUrl: string
  trustedOrigins: readonly string[]
  log: Logger
  rateLimits: RateLimits
  invitations: Invitations
  clock: Clock
  /** Who signs in is known before any workspace is. */
  system: SystemDb
}

/** Carries the client's address from the server to better-auth; whatever a client sends under it is dropped. */
export const addressHeader = 'x-espalier-client-address'

/** What of better-auth is open over HTTP. Everything else would change a workspace without an audit entry. */
export const openPaths: ReadonlySet<string> = new Set([
  '/ok',
  '/sign-in/email',
  '/sign-out',
  '/get-session',
  '/list-sessions',
  '/revoke-session',
  '/revoke-sessions',
  '/revoke-other-sessions',
  '/change-password',
  '/organization/list',
  '/organization/set-active',
  '/invitation',
  '/invitation/accept',
])

/**
 * better-auth over our own tables: people, sessions, passwords (scrypt), and workspaces as its organizations.
 * Nobody signs up by themselves: an administrator makes users, or invites them.
 */
export function createSignIn(options: SignInOptions) {
  const secure = new URL(options.publicUrl).protocol === 'https:'
  return betterAuth({
    appName: 'Espalier',
    baseURL: options.publicUrl,
    basePath: '/api/auth',
    // Both, or an environment variable of better-auth's would take the place of ours.
    secret: options.secret,
    secrets: [{ version: 1, value: options.secret }],
    database: options.system.pool,
    trustedOrigins: [...options.trustedOrigins],
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    user: { modelName: 'User', additionalFields: { locale: { type: 'string', defaultValue: 'en', input: false } } },
    session: { modelName: 'Session', expiresIn: 7 * day, updateAge: day, cookieCache: { enabled: false } },
    account: { modelName: 'Account' },
    verification: { modelName: 'Verification' },
    plugins: [
      organization({
        ac: workspaceAccess,
        roles: workspaceRoles,
        creatorRole: 'owner',
        allowUserToCreateOrganization: false,
        disableOrganizationDeletion: true,
        schema: {
          session: { fields: { activeOrganizationId: 'activeWorkspaceId' } },
          organization: { modelName: 'Workspace' },
          member: { modelName: 'Member', fields: { organizationId: 'workspaceId' } },
          invitation: { modelName: 'Invitation', fields: { organizationId: 'workspaceId' } },
        },
      }),
      apiKey({
        references: 'organization',
        defaultPrefix: apiKeyPrefix,
        rateLimit: { enabled: false },
        schema: { apikey: { modelName: 'ApiKey', fields: { referenceId: 'workspaceId' } } },
      }),
      invitationEndpoints(options.invitations, options.system),
    ],
    rateLimit: {
      enabled: true,
      window: 60,
      max: 100,
      customRules: {
        '/sign-in/*': { window: 60, max: 10 },
        '/change-password': { window: 60, max: 5 },
        '/invitation/*': { window: 60, max: 10 },
      },
      customStorage: new SignInLimits(options.rateLimits),
    },
    advanced: {
      database: { generateId: () => uuidv7() },
      // `__Host-` binds the cookie to this host and to https, which better-auth's own prefix does not.
      useSecureCookies: false,
      cookiePrefix: secure ? '__Host-espalier' : 'espalier',
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure, path: '/' },
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    hooks: { before: beforeEach(new AccountAttempts(options)) },
    telemetry: { enabled: false },
    onAPIError: {
      onError: (error) => options.log[isAPIError(error) ? 'debug' : 'error']({ err: error }, 'sign-in: refused'),
    },
    logger: {
      level: 'warn',
      // "Invalid callbackURL": what somebody sent wrongly is no fault of ours, and nobody is to be woken by it.
      log: (level, message, ...details) =>
        options.log[message.startsWith('Invalid ') ? 'info' : level]({ details }, `sign-in: ${message}`),
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            // Whoever belongs to several workspaces begins in the one that they joined first.
            const [first] = await options.system.query<{ workspaceId: string }>(sql`
              select "workspaceId" from "Member" where "userId" = ${session.userId} order by "createdAt", "id" limit 1`)
            return { data: { ...session, activeOrganizationId: first?.workspaceId ?? null } }
          },
          after: async (session) => {
            options.log.info({ userId: session.userId, address: session.ipAddress }, 'signed in')
            await recordSignIn(options.system, options.clock.now(), session).catch((err) =>
              options.log.error({ err, userId: session.userId }, 'signing in could not be recorded'),
            )
          },
        },
      },
    },
  })
}

export type SignIn = ReturnType<typeof createSignIn>

const day = 24 * 60 * 60

function beforeEach(attempts: AccountAttempts) {
  return createAuthMiddleware(async (ctx) => {
    if (ctx.path === '/sign-in/email') {
      const retryAfter = await attempts.take(String(ctx.body?.email ?? ''), ctx.headers?.get(addressHeader) ?? '')
      if (retryAfter)
        throw new APIError('TOO_MANY_REQUESTS', { message: tooMany }, { 'retry-after': String(retryAfter) })
    }
    if (ctx.path !== '/change-password') return undefined
    // Whoever changes their password may do so because somebody else knows it: every other session ends.
    return { context: { body: { ...ctx.body, revokeOtherSessions: true } } }
  })
}

const tooMany = 'Too many attempts to sign in to this account. Try again later, or from where you are signed in.'

const workspaceAccess = createAccessControl({
  organization: ['update', 'delete'],
  member: ['create', 'update', 'delete'],
  invitation: ['create', 'cancel'],
  apiKey: ['create', 'read', 'update', 'delete'],
  team: ['create', 'update', 'delete'],
  ac: ['create', 'read', 'update', 'delete'],
} as const)

const administration = {
  organization: ['update'],
  member: ['create', 'update', 'delete'],
  invitation: ['create', 'cancel'],
  apiKey: ['create', 'read', 'update', 'delete'],
} as const

/** better-auth's view of the four roles; what they may do in the product is in permissions.ts. */
const workspaceRoles = {
  owner: workspaceAccess.newRole(administration),
  admin: workspaceAccess.newRole(administration),
  editor: workspaceAccess.newRole({}),
  viewer: workspaceAccess.newRole({}),
}
