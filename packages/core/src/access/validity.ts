import type { SystemDb } from '../data/database.ts'
import { prepared } from '../data/sql.ts'

/** What must still be so for a session to keep what it was given. */
export interface SessionClaim {
  sessionId: string
  /** The membership that its rights come from; none outside of a workspace. */
  workspaceId?: string
  role?: string
}

/** What must still be so for an API key to keep what it was given. */
export interface ApiKeyClaim {
  apiKeyId: string
  workspaceId: string
  /** Its scopes as stored. */
  permissions: string | null
}

export type Claim = SessionClaim | ApiKeyClaim

/** The places of the claims that still hold: one query for any number of them. */
export async function holdingClaims(
  system: SystemDb,
  claims: readonly (Claim | undefined)[],
  now: Date,
): Promise<Set<number>> {
  const sessions: [number, SessionClaim][] = []
  const keys: [number, ApiKeyClaim][] = []
  for (const [place, claim] of claims.entries()) {
    if (!claim) continue
    if ('apiKeyId' in claim) keys.push([place, claim])
    else sessions.push([place, claim])
  }
  // The system door: the subscribers of a process belong to many workspaces.
  const rows = await system.query<{ place: number }>(
    selectHolding(
      now,
      sessions.map(([place]) => place),
      sessions.map(([, claim]) => claim.sessionId),
      sessions.map(([, claim]) => claim.workspaceId ?? null),
      sessions.map(([, claim]) => claim.role ?? null),
      keys.map(([place]) => place),
      keys.map(([, claim]) => claim.apiKeyId),
      keys.map(([, claim]) => claim.workspaceId),
      keys.map(([, claim]) => claim.permissions),
    ),
  )
  return new Set(rows.map((row) => row.place))
}

const selectHolding = prepared(
  'access_holding_claims',
  `select c."place"
   from unnest($2::int[], $3::uuid[], $4::uuid[], $5::text[]) as c("place", "sessionId", "workspaceId", "role")
   join "Session" s on s."id" = c."sessionId" and s."expiresAt" > $1
   left join "Member" m on m."workspaceId" = c."workspaceId" and m."userId" = s."userId"
   where c."workspaceId" is null or m."role" = c."role"
   union all
   select c."place"
   from unnest($6::int[], $7::uuid[], $8::uuid[], $9::text[]) as c("place", "id", "workspaceId", "permissions")
   join "ApiKey" k on k."workspaceId" = c."workspaceId" and k."id" = c."id"
   where k."enabled" and (k."expiresAt" is null or k."expiresAt" > $1)
     and k."permissions" is not distinct from c."permissions"`,
)
