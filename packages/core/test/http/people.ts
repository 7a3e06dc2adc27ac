import type { Principal, Role } from '../../src/access/principal.ts'
import { UnauthenticatedError } from '../../src/errors.ts'
import type { Authenticator } from '../../src/http/authenticator.ts'
import type { Requester } from '../../src/schema/graphqlContext.ts'
import { asIs } from '../../src/told.ts'

export function person(id: string, role: Role, permissions: string[] = []): Requester {
  const principal: Principal = {
    type: 'user',
    id,
    name: id,
    role,
    sessionId: `session-of-${id}`,
    locale: 'en',
    permissions: new Set(permissions),
  }
  return { workspaceId: 'workspace-1', principal, user: { id, name: id, email: `${id}@example.com` } }
}

export function apiKey(id: string, permissions: string[] = []): Requester {
  return { workspaceId: 'workspace-1', principal: { type: 'apiKey', id, name: id, permissions: new Set(permissions) } }
}

export interface TestCredentials extends Authenticator {
  /** Makes whoever signed in with it a stranger from now on. */
  revoke(credential: string): void
}

/**
 * Sign-in by a fixed list: a session by the cookie `session=<credential>`, a key by `authorization: Bearer
 * <credential>`. The real one needs a database; what the HTTP layer asks of it is this little.
 */
export function credentialsOf(people: Record<string, Requester>): TestCredentials {
  const revoked = new Set<Requester>()
  return {
    async authenticate({ headers }) {
      const bearer = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1]
      const session = /(?:^|; )session=([^;]+)/.exec(headers.get('cookie') ?? '')?.[1]
      const found = people[bearer ?? session ?? '']
      if (bearer && (!found || revoked.has(found)))
        throw new UnauthenticatedError(asIs('The API key is unknown, expired or revoked.'))
      return found && !revoked.has(found) ? found : undefined
    },
    stillValid: async (requesters) => requesters.map((requester) => !revoked.has(requester)),
    revoke: (credential) => void revoked.add(people[credential] as Requester),
  }
}
