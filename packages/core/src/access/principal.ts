/** A person's place in a workspace, from most to least. Each role holds what the ones after it hold. */
export const roles = ['owner', 'admin', 'editor', 'viewer'] as const
export type Role = (typeof roles)[number]

/** On whose behalf something happens in a workspace. */
export type Principal = UserPrincipal | ApiKeyPrincipal | SystemPrincipal

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

export interface ApiKeyPrincipal {
  readonly type: 'apiKey'
  readonly id: string
  readonly name: string
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
