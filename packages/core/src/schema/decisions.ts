import { type GraphQLSchema, isObjectType } from 'graphql'
import { StartError } from '../errors.ts'

/**
 * Refuses a schema with a field that nobody decided who may see. A field is decided by its own
 * `authScopes`, or by those of its type; `{ public: true }` is a decision, and root types make none.
 *
 * @param permissions those that plugins declare; a field that takes any other could never be reached
 * @throws StartError that names the first such fields
 */
export function assertDecisions(schema: GraphQLSchema, permissions?: ReadonlySet<string>): void {
  const undecided = fieldsWithoutDecision(schema)
  if (undecided.length > 0) {
    throw new StartError(
      'SCHEMA_FIELD_UNDECIDED',
      `Nobody decided who may see ${listed(undecided)}. Give the field or its type authScopes, such as { permission: 'pages:read' } or { public: true }.`,
    )
  }
  if (!permissions) return
  const unknown = permissionsInUse(schema).filter(({ permission }) => !permissions.has(permission))
  if (unknown.length > 0) {
    const uses = unknown.map(({ where, permission }) => `"${permission}" (${where})`)
    throw new StartError(
      'SCHEMA_PERMISSION_UNKNOWN',
      `No plugin declares the permission ${listed(uses)}. Add it to the plugin's permissions, or correct its name.`,
    )
  }
}

/** `Type.field` of every field without a decision. */
export function fieldsWithoutDecision(schema: GraphQLSchema): string[] {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
  return objectTypes(schema).flatMap((type) => {
    const typeDecides =
      !roots.has(type) && [type, ...type.getInterfaces()].some(({ extensions }) => extensions.espalierDecision)
    return Object.values(type.getFields())
      .filter(({ extensions }) => !extensions.espalierDecision && (!typeDecides || skipsType(extensions)))
      .map((field) => `${type.name}.${field.name}`)
  })
}

/** A field that steps out of its type's decision has to make one of its own. */
function skipsType(extensions: Readonly<Record<string, unknown>>): boolean {
  return (extensions.pothosOptions as { skipTypeScopes?: boolean } | undefined)?.skipTypeScopes === true
}

/** Every permission that a type or field takes by name, and where. */
export function permissionsInUse(schema: GraphQLSchema): { permission: string; where: string }[] {
  return objectTypes(schema).flatMap((type) => [
    ...named(type.extensions.espalierDecision, type.name),
    ...Object.values(type.getFields()).flatMap((field) =>
      named(field.extensions.espalierDecision, `${type.name}.${field.name}`),
    ),
  ])
}

/** What a type's or field's `authScopes` decide: a map of scopes, or a function that finds one. */
export function decisionOf(scopes: unknown): object | 'function' | undefined {
  if (typeof scopes === 'function') return 'function'
  return scopes && Object.keys(scopes).length > 0 ? scopes : undefined
}

/** What is public needs no check while a query runs: twenty rows of ten fields would make two hundred of them. */
export function withoutPublic<Options extends object>(options: Options): Options {
  const { authScopes, ...rest } = options as { authScopes?: object }
  if (!authScopes || typeof authScopes === 'function') return options
  const names = Object.keys(authScopes)
  return names.length === 1 && names[0] === 'public' ? (rest as Options) : options
}

function named(decision: unknown, where: string): { permission: string; where: string }[] {
  if (!decision || typeof decision !== 'object') return []
  const { permission, $any, $all } = decision as { permission?: string; $any?: object; $all?: object }
  return [...(permission ? [{ permission, where }] : []), ...named($any, where), ...named($all, where)]
}

function objectTypes(schema: GraphQLSchema) {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .filter(isObjectType)
}

function listed(names: string[]): string {
  const shown = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown
}
