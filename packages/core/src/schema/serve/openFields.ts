import {
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { authorization } from '../authorization.ts'
import type { GraphQLContext } from '../graphqlContext.ts'
import { narrowed } from '../narrowReads.ts'
import { globalIdOf } from '../relay.ts'

/** Who may see something, where the row says nothing to it: `{ permission: 'pages:read' }`. */
export type Decision = Readonly<Record<string, unknown>>

type Resolve = GraphQLField<unknown, unknown>['resolve']

/**
 * Fields that show a column of a row to whoever may see its type. A list of twenty rows asks hundreds of times whether somebody may;
 * the answer depends on who asks and on nothing else, so one that holds for a document holds for all of its rows. Such a document
 * may be compiled with these fields bare.
 */
export class OpenFields {
  readonly #schema: GraphQLSchema
  readonly #fields: ReadonlyMap<GraphQLField<unknown, unknown>, { bare: Resolve; decisions: readonly Decision[] }>

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
    this.#fields = new Map(
      Object.values(schema.getTypeMap())
        .filter((type): type is GraphQLObjectType => isObjectType(type) && type.extensions[narrowed] === true)
        .flatMap((type) => openFieldsOf(type)),
    )
  }

  /** What has to hold for whoever asks, so that the fields of this document may be bare. */
  decisionsOn(document: DocumentNode): readonly Decision[] {
    const decisions = new Map<string, Decision>()
    const info = new TypeInfo(this.#schema)
    const note = (type: GraphQLObjectType, name: string) => {
      const field = type.getFields()[name]
      for (const decision of (field && this.#fields.get(field)?.decisions) ?? [])
        decisions.set(JSON.stringify(decision), decision)
    }
    visit(
      document,
      visitWithTypeInfo(info, {
        Field: ({ name }) => {
          for (const type of this.#objectsOf(info.getParentType())) note(type, name.value)
        },
      }),
    )
    return [...decisions.values()]
  }

  /** Runs `compile`, which takes the resolvers of the schema as they are meanwhile. It must not wait for anything. */
  bare<Compiled>(compile: () => Compiled): Compiled {
    const checked = [...this.#fields].map(([field, { bare }]) => {
      const { resolve } = field
      field.resolve = bare
      return { field, resolve }
    })
    try {
      return compile()
    } finally {
      for (const { field, resolve } of checked) field.resolve = resolve
    }
  }

  #objectsOf(type: GraphQLCompositeType | null | undefined): readonly GraphQLObjectType[] {
    if (!type) return []
    return isObjectType(type) ? [type] : this.#schema.getPossibleTypes(type)
  }
}

/** Whether all of it holds for whoever asks. */
export function allHold(decisions: readonly Decision[], context: GraphQLContext): boolean {
  const scopes: Readonly<Record<string, unknown>> = authorization.authScopes(context)
  return decisions.every((decision) =>
    Object.entries(decision).every(([name, wanted]) => {
      const scope = scopes[name]
      return typeof scope === 'function' ? scope(wanted) === true : scope === true
    }),
  )
}

function openFieldsOf(type: GraphQLObjectType) {
  const decisionsOfType = [type, ...type.getInterfaces()].map(decisionOn)
  return Object.values(type.getFields()).flatMap((field) => {
    const decisions = [...decisionsOfType, decisionOn(field)]
    const bare = bareResolve(type, field)
    if (!bare || !decisions.every(dependsOnlyOnWhoAsks)) return []
    return [[field, { bare: bare.resolve, decisions: decisions.filter((decision) => decision !== undefined) }]] as const
  })
}

/** How a field shows a column without asking who may see it; no resolver at all where the column has its name. */
function bareResolve(
  { name: typeName }: GraphQLNamedType,
  { name, args, extensions }: GraphQLField<unknown, unknown>,
): { resolve: Resolve } | undefined {
  const { pothosExposedField: column, pothosOptions = {} } = extensions as {
    pothosExposedField?: string
    pothosOptions?: { readonly errors?: unknown; readonly select?: unknown }
  }
  if (args.length > 0 || pothosOptions.errors || pothosOptions.select) return undefined
  if (name === 'id') return { resolve: (row) => globalIdOf(typeName, (row as { id: string }).id) }
  if (column === undefined) return undefined
  return { resolve: column === name ? undefined : (row) => (row as Record<string, unknown>)[column] }
}

function decisionOn({ extensions }: GraphQLNamedType | GraphQLField<unknown, unknown>): unknown {
  return extensions.espalierDecision
}

function dependsOnlyOnWhoAsks(decision: unknown): decision is Decision | undefined {
  if (decision === undefined) return true
  if (typeof decision !== 'object' || decision === null) return false
  return Object.entries(decision).every(
    ([name, wanted]) => (name === 'permission' && typeof wanted === 'string') || (flags.has(name) && wanted === true),
  )
}

const flags = new Set(['public', 'signedIn', 'member'])
