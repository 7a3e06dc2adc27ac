/** A person's place in a workspace, from most to least. Each role holds what the ones after it hold. */
export const roles = ['owner', 'admin', 'editor', 'viewer'] as const
/** What somebody may do in a workspace, from all to reading alone. */
export type Role = (typeof roles)[number]

/** On whose behalf something happens in a workspace. */
export type Principal = UserPrincipal | ApiKeyPrincipal | SystemPrincipal

/** A person who is signed in. */
export interface UserPrincipal {
  readonly type: 'user'
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly sessionId: string
  /** "en" or "fr". */
  readonly locale: string
  readonly permissions: ReadonlySet<string>
}

/** An integration, by its API key. */
export interface ApiKeyPrincipal {
  readonly type: 'apiKey'
  readonly id: string
  readonly name: string
  /** Whether it runs trusted documents of its workspace and nothing else. */
  readonly documentsOnly?: boolean
  readonly permissions: ReadonlySet<string>
}

/** Jobs, schedules and anonymous traffic. Never comes from a request's credentials. */
export interface SystemPrincipal {
  readonly type: 'system'
  readonly name: string
}

/** Whether the principal may. The system may everything; roles and scopes are settled when it signs in. */
export function may(principal: Principal | undefined, permission: string): boolean {
  if (!principal) return false
  return principal.type === 'system' || principal.permissions.has(permission)
}
