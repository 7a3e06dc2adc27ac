import type { SystemDb } from '../data/database.ts'
import type { GraphQLContext } from '../schema/builder.ts'
import type { Access } from './access.ts'
import type { AuditChange } from './audit.ts'
import { type Actor, recordAudit } from './auditTrail.ts'

/**
 * Runs a mutation of what belongs to a person or to no workspace yet, through the system door, with its audit
 * entry in the same transaction: in the workspace that it concerns, where there is one.
 */
export async function personalChange<Result>(
  access: Access,
  context: GraphQLContext,
  workspaceId: string | undefined,
  action: string,
  change: (tx: Pick<SystemDb, 'query'>) => Promise<{ result: Result; change: AuditChange; workspaceId?: string }>,
): Promise<Result> {
  const { recordedIn, outcome } = await access.system.transaction(async (tx) => {
    const outcome = await change(tx)
    const recordedIn = outcome.workspaceId ?? workspaceId
    const principal = context.authenticated?.principal ?? person(context)
    if (recordedIn && principal) {
      await recordAudit(
        { workspaceId: recordedIn, inTransaction: true, query: tx.query },
        {
          action,
          principal,
          at: access.clock.now(),
          change: outcome.change,
          ipAddress: context.request.address,
          userAgent: context.request.userAgent,
          traceId: context.request.traceId,
        },
      )
    }
    return { recordedIn, outcome }
  })
  if (recordedIn) access.changed(recordedIn, outcome.change.resourceType)
  return outcome.result
}

/** Somebody who is signed in and in no workspace, as the audit trail names them. */
function person({ user }: GraphQLContext): Actor | undefined {
  return user && { type: 'user', id: user.id, name: user.name }
}
