import type { GraphQLResolveInfo } from 'graphql'
import { ForbiddenError } from '../errors.ts'
import { type GraphQLContext, notSignedIn, noWorkspace } from './graphqlContext.ts'

/**
 * Decisions that a field or type can make about who may see it, as `authScopes`. Several are all required;
 * `$any` makes them alternatives.
 */
export interface Scopes {
  /** Everyone, signed in or not. On a type: whoever got here through a field that decided. */
  public: boolean
  /** A person or an API key, with or without a workspace. */
  signedIn: boolean
  /** Whoever is in a workspace, whatever the role. */
  member: boolean
  /** Whoever has the permission in the workspace: `permission: 'pages:read'`. */
  permission: Permission
}

/** The name of a permission: `noun:verb`, such as `pages:write`. */
export type Permission = `${string}:${string}`

export const authorization = {
  defaultStrategy: 'all' as const,
  // Otherwise a subscription would be refused only when its first event arrives.
  authorizeOnSubscribe: true,
  authScopes: (context: GraphQLContext) => ({
    public: true,
    signedIn: context.authenticated !== undefined,
    member: context.authenticated?.principal !== undefined,
    permission: (permission: Permission) => context.may(permission),
  }),
  unauthorizedError: (
    _parent: unknown,
    context: GraphQLContext,
    info: GraphQLResolveInfo,
    result: { failure: unknown },
  ) => refusal(context, `${info.parentType.name}.${info.fieldName}`, result.failure),
}

/** For what only the arguments tell. @throws ForbiddenError, UnauthenticatedError as a field with that scope does */
export function refuseWithout(context: GraphQLContext, permission: Permission, field: string): void {
  if (!context.may(permission)) throw refusal(context, field, { scope: 'permission', parameter: permission })
}

/** Why a field is refused: nobody is signed in, no workspace is chosen, or a permission is missing. */
function refusal(context: GraphQLContext, field: string, failure: unknown): Error {
  if (!context.authenticated) return notSignedIn()
  const { principal } = context.authenticated
  if (!principal) return noWorkspace()
  const missing = missingPermissions(failure)
  const who = principal.type === 'user' ? `${principal.name} (${principal.role})` : `"${principal.name}"`
  if (missing.length === 0)
    return new ForbiddenError({ en: `${field} is not open to ${who}.`, fr: `${field} n’est pas ouvert à ${who}.` })
  const names = missing.map((permission) => `"${permission}"`).join(' and ')
  const isKey = principal.type === 'apiKey'
  const way = isKey ? 'Use a key with that scope.' : 'Ask an admin of the workspace for a role that has it.'
  const wayFr = isKey
    ? 'Utilisez une clé qui a cette portée.'
    : 'Demandez à un administrateur de l’espace un rôle qui l’a.'
  const namesFr = missing.map((permission) => `« ${permission} »`).join(' et ')
  return new ForbiddenError({
    en: `${field} takes the permission ${names}, which ${who} does not have. ${way}`,
    fr: `${field} demande la permission ${namesFr}, que ${who} n’a pas. ${wayFr}`,
  })
}

function missingPermissions(failure: unknown): string[] {
  const { scope, parameter, failures = [] } = failure as { scope?: string; parameter?: string; failures?: unknown[] }
  if (scope === 'permission' && parameter) return [parameter]
  return failures.flatMap(missingPermissions)
}
