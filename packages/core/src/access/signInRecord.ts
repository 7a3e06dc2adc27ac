import type { SystemDb } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { recordAudit } from './auditTrail.ts'

/** A session that has just been made. */
interface NewSession {
  readonly id: string
  readonly userId: string
  readonly ipAddress?: string | null | undefined
  readonly userAgent?: string | null | undefined
}

/** Writes into the audit trail of each of a person's workspaces that they have signed in, and from where. */
export async function recordSignIn(system: SystemDb, at: Date, session: NewSession): Promise<void> {
  await system.transaction(async (tx) => {
    // The system door: who signs in is known before any workspace is.
    const memberships = await tx.query<{ workspaceId: string; name: string }>(sql`
      select m."workspaceId", u."name" from "Member" m join "User" u on u."id" = m."userId"
      where u."id" = ${session.userId} order by m."createdAt" limit 100`)
    for (const { workspaceId, name } of memberships) {
      await recordAudit(
        { workspaceId, inTransaction: true, query: tx.query },
        {
          action: 'signIn',
          principal: { type: 'user', id: session.userId, name },
          at,
          change: { resourceType: 'Session', resourceId: session.id },
          ipAddress: session.ipAddress ?? undefined,
          userAgent: session.userAgent ?? undefined,
        },
      )
    }
  })
}
