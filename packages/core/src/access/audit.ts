/** What a mutation changed. The kernel adds who, when, from where and under which trace. */
export interface AuditChange {
  resourceType: string
  resourceId: string
  /** The resource before, as JSON; absent when it was made. */
  before?: unknown
  /** The resource after, as JSON; absent when it was deleted. */
  after?: unknown
}
