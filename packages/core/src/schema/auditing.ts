import type { AuditChange } from '../access/audit.ts'
import { auditEntry } from '../access/auditTrail.ts'
import type { WorkspaceContext } from '../context.ts'
import { announceChanges } from '../live/changes.ts'
import type { RequestFacts } from './graphqlContext.ts'

/** What the audit trail keeps of one mutation. */
export interface MutationRecord {
  /** Name of the mutation field: publishPage. */
  readonly action: string
  /** What the resolver said it changed; empty when it said nothing. */
  readonly changes: readonly AuditChange[]
  readonly request: RequestFacts
}

/** Writes the entry within the mutation's own transaction, so that neither stands without the other. */
export type RecordAudit = (tx: WorkspaceContext, record: MutationRecord) => Promise<void>

/** One line for each change, or one line that says only that it happened. */
export const recordMutation: RecordAudit = async (tx, { action, changes, request }) => {
  const { principal } = tx
  announceChanges(tx, changes)
  const from = { ipAddress: request.address, userAgent: request.userAgent, traceId: request.traceId }
  for (const change of changes.length > 0 ? changes : [undefined]) {
    await tx.db.send(
      auditEntry(tx.workspaceId, { action, principal, at: tx.clock.now(), ...from, ...(change && { change }) }),
    )
  }
}
