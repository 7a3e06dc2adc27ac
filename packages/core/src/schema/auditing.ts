import type { AuditChange } from '../access/audit.ts'
import type { WorkspaceContext } from '../context.ts'
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
