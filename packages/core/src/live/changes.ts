import type { SqlContext } from '../context.ts'
import { defineTopic } from './topic.ts'

/** What was changed in a workspace, as the audit trail names it. */
export interface Changes {
  /** Kind of thing and id, each once. An id of null: some of the kind. */
  readonly resources: readonly (readonly [type: string, id: string | null])[]
  /** More than can be told apart, or nobody knows: whoever shows anything reads it again. */
  readonly everything: boolean
}

/** How many are told one by one between two deliveries. */
const most = 200

/** Everything that the audit trail of a workspace gets, for lists and editors that others may have changed. Under "all". */
export const resourcesChanged = defineTopic<Changes>({
  name: 'core.changes',
  coalesce: merge,
  afterGap: () => ({ resources: [], everything: true }),
})

/**
 * Tells whoever watches that something was made, changed or deleted which the audit trail does not get: what machines do all the
 * time. What it gets is told by itself. Inside a transaction: once it commits.
 *
 * @param type as GraphQL calls it @param id null where nobody knows which of them
 */
export function announceChange(context: SqlContext, type: string, id: string | null): void {
  context.announce(resourcesChanged, 'all', { resources: [[type, id]], everything: false })
}

/** Some things of a kind, nobody says which. */
export function someChanged(type: string): Changes {
  return { resources: [[type, null]], everything: false }
}

/** Tells whoever watches what was audited, after the commit. */
export function announceChanges(
  context: SqlContext,
  changes: readonly { readonly resourceType: string; readonly resourceId: string }[],
): void {
  if (changes.length === 0) return
  const resources = changes.map(({ resourceType, resourceId }) => [resourceType, resourceId] as const)
  const none = { resources: [], everything: false }
  context.announce(resourcesChanged, 'all', merge(none, { resources, everything: false }))
}

function merge(earlier: Changes, later: Changes): Changes {
  const byName = new Map([...earlier.resources, ...later.resources].map((resource) => [resource.join(' '), resource]))
  return byName.size > most || earlier.everything || later.everything
    ? { resources: [], everything: true }
    : { resources: [...byName.values()], everything: false }
}
