import { createHash } from 'node:crypto'
import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql'
import type { Principal } from '../access/principal.ts'

/** How a subscription field may be shared, as `extensions: { live: … }` of the field. */
export interface SubscriptionTraits {
  /**
   * Its results depend on the rights of who asks, and not on who it is: people with the same rights share one
   * execution. Say so only where no resolver below it looks at the principal's name, id or session.
   */
  readonly shared?: boolean
  /** Each result is the whole current value: who comes later gets the latest one at once. Need not be said of what `follow` gives. */
  readonly currentValue?: boolean
}

/** What the subscription's one root field declares; nothing where it declares nothing. */
export function subscriptionTraits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
): SubscriptionTraits {
  const selections = getOperationAST(document, operationName)?.selectionSet.selections ?? []
  const [field] = selections
  // A root field inside a fragment is rare and legal: it is executed for each principal by itself.
  if (selections.length !== 1 || field?.kind !== 'Field') return {}
  const traits = schema.getSubscriptionType()?.getFields()[field.name.value]?.extensions.live
  return (traits as SubscriptionTraits | undefined) ?? {}
}

export interface SubscriptionIdentity {
  /** Which schema: the same document may mean less in the public one. */
  readonly schema: string
  readonly workspaceId: string | undefined
  readonly principal: Principal | undefined
  /** The request's language, in which results may be worded. */
  readonly locale: string
  /** The document's text, or a hash of it. */
  readonly document: string
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  /** From {@link subscriptionTraits}. */
  readonly shared?: boolean | undefined
}

/**
 * The group of equal subscriptions that this one belongs to: same workspace, same document, operation and
 * variables, and the same rights to the last permission, so that nobody receives a result that was computed
 * with more than their own. Unless the field is declared shared, the same person or key, too.
 */
export function subscriptionGroup(identity: SubscriptionIdentity): string {
  const { schema, workspaceId, principal, locale, document, operationName, variables, shared } = identity
  const parts = [
    schema,
    workspaceId ?? null,
    permissionScope(principal),
    locale,
    shared
      ? null
      : principal && principal.type !== 'system'
        ? [principal.type, principal.id]
        : (principal?.name ?? null),
    document,
    operationName ?? null,
    variables ?? {},
  ]
  return createHash('sha256').update(JSON.stringify(parts, sortedKeys)).digest('base64')
}

/** All that decides what a principal may see, apart from who it is. */
function permissionScope(principal: Principal | undefined): unknown {
  if (!principal) return 'anonymous'
  if (principal.type === 'system') return 'system'
  const permissions = [...principal.permissions].sort()
  return principal.type === 'user' ? ['user', principal.role, permissions] : ['apiKey', permissions]
}

/** So that variables in another order are the same variables. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
