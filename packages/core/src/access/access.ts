import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { SqlContext } from '../context.ts'
import type { Database, SystemDb } from '../data/database.ts'
import { ForbiddenError, UnauthenticatedError } from '../errors.ts'
import type { Authenticator, Credentials } from '../http/authenticator.ts'
import { limitBody } from '../http/bodyLimit.ts'
import { Origins } from '../http/origins.ts'
import { RateLimits } from '../http/rateLimits.ts'
import type { HeaderReader } from '../http/requestState.ts'
import { ApiKeyLookup, type IssuedApiKey, issueApiKey, type NewApiKey, presentedApiKey } from './apiKeys.ts'
import { AuditExport } from './auditExport.ts'
import { type AuditMask, AuditMasks } from './auditMasks.ts'
import {
  type Authenticated,
  authenticatedBy,
  claimOf,
  type Granted,
  grantOfApiKey,
  grantOfSession,
} from './authenticated.ts'
import { derivedKey } from './derivedKey.ts'
import { Invitations } from './invitations.ts'
import { Members } from './members.ts'
import { type PermissionSource, Permissions } from './permissions.ts'
import { may, type Role } from './principal.ts'
import { SessionLookup } from './sessionLookup.ts'
import { sessionToken } from './sessions.ts'
import { SessionUse } from './sessionUse.ts'
import { addressHeader, createSignIn, openPaths, type SignIn } from './signIn.ts'
import { createUser, hashed, type NewUser, setPassword } from './users.ts'
import { holdingClaims } from './validity.ts'
import { workspaceHeader } from './workspaceChoice.ts'
import { addMember, insertWorkspace, type NewWorkspace } from './workspaces.ts'

export interface AccessOptions {
  database: Database
  /** The plugins, for the permissions that they declare. */
  plugins: readonly PermissionSource[]
  /** What entries of the audit trail do not show to everybody. Default: nothing. */
  auditMasks?: readonly AuditMask[]
  /** The installation's secret: keys for each purpose derive from it. */
  secret: string | Uint8Array
  publicUrl: string
  /** Other origins whose pages may use a visitor's session. */
  trustedOrigins?: readonly string[]
  clock: Clock
  log: Logger
  /** Where several processes count attempts to sign in together. */
  redisUrl?: string | undefined
  /** Told of what was changed through the system door, after its commit: a member who has come by invitation. */
  changed?: ((workspaceId: string, resourceType: string) => void) | undefined
}

/** The largest thing that sign-in takes is a name and a password. Bytes. */
const signInBodyLimit = 16 * 1024

/** Who may do what: sessions, API keys, workspaces, roles. */
export class Access implements Authenticator<Authenticated> {
  readonly permissions: Permissions
  readonly clock: Clock
  /** The second door: who signs in is known before any workspace is. */
  readonly system: SystemDb
  readonly members: Members
  readonly invitations: Invitations
  readonly signIn: SignIn
  readonly auditMasks: AuditMasks
  readonly auditExport: AuditExport
  /** Where browsers reach this installation. */
  readonly publicUrl: string
  /** Tells whoever watches a workspace that some of a kind were changed through the system door. */
  readonly changed: (workspaceId: string, resourceType: string) => void
  readonly #database: Database
  readonly #rateLimits: RateLimits
  readonly #apiKeys: ApiKeyLookup
  readonly #sessions: SessionLookup
  readonly #sessionUse: SessionUse
  readonly #signInSecret: string
  #cookieName: string | undefined

  constructor(options: AccessOptions) {
    const secret = typeof options.secret === 'string' ? Buffer.from(options.secret) : options.secret
    this.#database = options.database
    this.clock = options.clock
    this.publicUrl = options.publicUrl
    this.changed = options.changed ?? (() => {})
    this.auditMasks = new AuditMasks(options.auditMasks ?? [])
    this.auditExport = new AuditExport(options.publicUrl, secret, this.auditMasks)
    this.system = options.database.system
    this.permissions = new Permissions(options.plugins)
    this.#rateLimits = new RateLimits({ log: options.log, redisUrl: options.redisUrl })
    this.members = new Members(this.permissions)
    this.invitations = new Invitations({
      members: this.members,
      clock: options.clock,
      publicUrl: options.publicUrl,
      secret,
      changed: this.changed,
    })
    this.#apiKeys = new ApiKeyLookup(options.database.system, options.clock, options.log)
    this.#sessions = new SessionLookup(options.database.system, options.clock)
    this.#sessionUse = new SessionUse(options.database.system, options.log)
    this.#signInSecret = derivedKey(secret, 'sign-in').toString('base64')
    this.signIn = createSignIn({
      rateLimits: this.#rateLimits,
      system: options.database.system,
      invitations: this.invitations,
      clock: options.clock,
      secret: this.#signInSecret,
      publicUrl: options.publicUrl,
      trustedOrigins: new Origins(options.publicUrl, options.trustedOrigins).list,
      log: options.log,
    })
  }

  /**
   * Who sends a request: by API key (`Authorization: Bearer esp_…` or `x-api-key`), else by session cookie.
   * @returns undefined for the anonymous; a stale or forged cookie counts as none
   * @throws UnauthenticatedError for an API key that opens nothing
   * @throws ForbiddenError for a workspace header that names a workspace out of reach
   */
  async authenticate(credentials: Credentials): Promise<Authenticated | undefined> {
    const presented = presentedApiKey(credentials.headers)
    if (presented) {
      const key = await this.#apiKeys.verify(presented)
      if (!key)
        throw new UnauthenticatedError({
          en: 'The API key is unknown, revoked or expired. Make a new one in the settings.',
          fr: 'La clé d’API est inconnue, révoquée ou expirée. Créez-en une dans les réglages.',
        })
      return this.#granted(grantOfApiKey(key, credentials.headers.get(workspaceHeader), this.permissions))
    }
    const token = await this.#sessionToken(credentials.headers)
    const signedIn = token && (await this.#sessions.find(token))
    if (!signedIn) return undefined
    this.#sessionUse.note(signedIn.sessionId, signedIn.lastSeenAt, this.clock.now())
    return this.#granted(grantOfSession(signedIn, credentials.headers.get(workspaceHeader), this.permissions))
  }

  /**
   * Whether each of many still holds what it was granted: session alive, member of the workspace in the same
   * role, key enabled with the same scopes. One query, for open subscriptions.
   */
  async stillValid(authenticated: readonly Authenticated[]): Promise<boolean[]> {
    if (authenticated.length === 0) return []
    const claims = authenticated.map(claimOf)
    const holding = await holdingClaims(this.system, claims, this.clock.now())
    return authenticated.map((_, place) => holding.has(place))
  }

  /**
   * Answers `/api/auth/*`: signing in and out, sessions, passwords, choosing a workspace.
   * @throws RequestError for a body of more than 16 KiB
   * @param address of the client, as far as it can be trusted; counts its attempts
   */
  async handler(request: Request, address: string): Promise<Response> {
    const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '').replace(/\/+$/, '')
    if (!openPaths.has(path))
      return Response.json({ code: 'NOT_FOUND', message: 'There is nothing here.' }, { status: 404 })
    const headers = new Headers(request.headers)
    headers.set(addressHeader, address)
    // Read here and not by better-auth, which prints what fails while it reads.
    const body = request.body && (await limitBody(request, signInBodyLimit, false).request.arrayBuffer())
    const response = await this.signIn.handler(new Request(request.url, { method: request.method, headers, body }))
    const retryAfter = response.headers.get('x-retry-after')
    if (!retryAfter) return response
    const refused = new Response(response.body, response)
    refused.headers.set('retry-after', retryAfter)
    return refused
  }

  /** Makes a person who can sign in. */
  async createUser(input: NewUser): Promise<{ id: string }> {
    return createUser(this.system, (await this.signIn.$context).password, input)
  }

  /** As passwords are kept. @throws InvalidInputError for one that is too short or long */
  async hashPassword(password: string): Promise<string> {
    return hashed((await this.signIn.$context).password, password)
  }

  /** Gives a person who lost theirs a new password, and ends their sessions. For the command line. */
  async setPassword(email: string, password: string): Promise<{ id: string }> {
    return setPassword(this.system, (await this.signIn.$context).password, email, password)
  }

  /** Makes a workspace with its first owner. */
  createWorkspace(input: NewWorkspace): Promise<{ id: string }> {
    return this.system.transaction((tx) => insertWorkspace(tx, this.clock, input))
  }

  addMember(workspaceId: string, userId: string, role: Role): Promise<{ id: string }> {
    return addMember(this.#database.workspace(workspaceId), this.clock, userId, role)
  }

  /** Makes an API key on behalf of the system: nobody's rights bound its scopes. */
  createApiKey(workspaceId: string, input: NewApiKey): Promise<IssuedApiKey> {
    return issueApiKey(this.#database.workspace(workspaceId), this.permissions, this.clock, input)
  }

  /**
   * Makes an API key on behalf of the principal.
   * @throws ForbiddenError for a scope that the principal does not hold
   */
  async issueApiKey(context: SqlContext, input: NewApiKey): Promise<IssuedApiKey> {
    const beyond = [...input.scopes].find(
      (scope) => this.permissions.declared.has(scope) && !may(context.principal, scope),
    )
    if (beyond)
      throw new ForbiddenError({
        en: `You do not hold "${beyond}" yourself, so no key of yours can.`,
        fr: `Vous n’avez pas vous-même « ${beyond} » : aucune de vos clés ne peut l’avoir.`,
      })
    return issueApiKey(context.db, this.permissions, this.clock, input)
  }

  /** Forgets a key that this process just revoked, so that it stops here at once. */
  forgetApiKey(hash: string): void {
    this.#apiKeys.forget(hash)
  }

  /** Waits for what is still being written. */
  async close(): Promise<void> {
    this.#rateLimits.close()
    await Promise.all([this.#apiKeys.close(), this.#sessionUse.close()])
  }

  async #sessionToken(headers: HeaderReader): Promise<string | undefined> {
    const cookies = headers.get('cookie')
    if (!cookies) return undefined
    this.#cookieName ??= (await this.signIn.$context).authCookies.sessionToken.name
    return sessionToken(cookies, this.#cookieName, this.#signInSecret)
  }

  #granted(granted: Granted): Authenticated {
    return authenticatedBy(granted, async (one) => (await this.stillValid([one]))[0] === true)
  }
}
