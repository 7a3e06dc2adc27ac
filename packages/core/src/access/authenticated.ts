import type { KnownApiKey } from './apiKeys.ts'
import { isRole, type Permissions } from './permissions.ts'
import type { Principal, Role } from './principal.ts'
import type { SignedIn } from './sessions.ts'
import type { Claim } from './validity.ts'
import { chooseWorkspace } from './workspaceChoice.ts'

/** Who asks, and in which workspace. */
export interface Authenticated {
  /** Undefined while a person who belongs to several workspaces, or to none, has not chosen. */
  readonly workspaceId: string | undefined
  /** Undefined without a workspace. */
  readonly principal: Principal | undefined
  /** The person; absent for API keys. */
  readonly user?: AuthenticatedUser
  /** Every workspace that these credentials open. */
  readonly workspaces: readonly AccessibleWorkspace[]
  /** Whether what was granted still holds; for one. Of many, ask `Access.stillValid`. */
  stillValid(): Promise<boolean>
}

export interface AuthenticatedUser {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly image: string | null
  readonly locale: string
  readonly sessionId: string
  /** When the session ends, unless it is prolonged. */
  readonly sessionExpiresAt: Date
}

export interface AccessibleWorkspace {
  readonly id: string
  readonly name: string
  readonly slug: string
  /** Absent for an API key, which has scopes. */
  readonly role?: Role
  /** Whether whoever was asked about is in it; undefined for "as this request is". */
  readonly current?: boolean
}

/** What credentials open, and what that stands on. */
export interface Granted {
  readonly grant: Omit<Authenticated, 'stillValid'>
  readonly claim: Claim
}

/** @param wanted the workspace that the request names. @throws ForbiddenError for one out of reach */
export function grantOfSession(signedIn: SignedIn, wanted: string | null, permissions: Permissions): Granted {
  const workspaces = signedIn.memberships.filter((membership): membership is AccessibleWorkspace & { role: Role } =>
    isRole(membership.role),
  )
  const chosen = chooseWorkspace(workspaces, wanted, signedIn.activeWorkspaceId)
  const user: AuthenticatedUser = {
    id: signedIn.userId,
    name: signedIn.name,
    email: signedIn.email,
    image: signedIn.image,
    locale: signedIn.locale,
    sessionId: signedIn.sessionId,
    sessionExpiresAt: signedIn.expiresAt,
  }
  const principal: Principal | undefined = chosen && {
    type: 'user',
    id: user.id,
    name: user.name,
    role: chosen.role,
    sessionId: user.sessionId,
    locale: user.locale,
    permissions: permissions.ofRole(chosen.role),
  }
  return {
    grant: { workspaceId: chosen?.id, principal, user, workspaces },
    claim: { sessionId: user.sessionId, ...(chosen && { workspaceId: chosen.id, role: chosen.role }) },
  }
}

/** @param wanted the workspace that the request names. @throws ForbiddenError for another than the key's */
export function grantOfApiKey(key: KnownApiKey, wanted: string | null, permissions: Permissions): Granted {
  const workspaces = [{ id: key.workspaceId, name: key.workspaceName, slug: key.workspaceSlug }]
  chooseWorkspace(workspaces, wanted, null)
  const principal: Principal = {
    type: 'apiKey',
    id: key.id,
    name: key.name ?? 'API key',
    documentsOnly: key.documentsOnly,
    permissions: permissions.scopesFromColumn(key.permissions),
  }
  return {
    grant: { workspaceId: key.workspaceId, principal, workspaces },
    claim: { apiKeyId: key.id, workspaceId: key.workspaceId, permissions: key.permissions },
  }
}

/** @param stillValid asks whether the claim still holds */
export function authenticatedBy(granted: Granted, stillValid: (one: Authenticated) => Promise<boolean>): Authenticated {
  return new ByGrant(granted, stillValid)
}

/** What somebody was authenticated by; undefined for what {@link authenticatedBy} did not make, a copy among it. */
export function claimOf(authenticated: Authenticated): Claim | undefined {
  return ByGrant.claimOf(authenticated)
}

class ByGrant implements Authenticated {
  declare readonly workspaceId: string | undefined
  declare readonly principal: Principal | undefined
  declare readonly user?: AuthenticatedUser
  declare readonly workspaces: readonly AccessibleWorkspace[]
  readonly stillValid: () => Promise<boolean>
  readonly #claim: Claim

  static claimOf(one: Authenticated): Claim | undefined {
    return #claim in one ? one.#claim : undefined
  }

  constructor({ grant, claim }: Granted, stillValid: (one: Authenticated) => Promise<boolean>) {
    Object.assign(this, grant)
    this.#claim = claim
    this.stillValid = () => stillValid(this)
  }
}
