import {
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { authorization } from '../authorization.ts'
import type { GraphQLContext } from '../graphqlContext.ts'
import { connectionPart } from '../lists/connection.ts'
import { narrowed } from '../narrowReads.ts'
import { readsByPlan } from '../plannedReads.ts'
import { globalIdOf } from '../relay.ts'

/** Who may see something, where the row says nothing to it: `{ permission: 'pages:read' }`. */
export type Decision = Readonly<Record<string, unknown>>

type Resolve = GraphQLField<unknown, unknown>['resolve']

interface OpenField {
  /** Without a question; no resolver at all where the row has it under its name. */
  readonly bare: Resolve
  readonly decisions: readonly Decision[]
  /** The relation that it shows, where it shows one. */
  readonly relation: string | undefined
}

/** Which field shows a relation: two with conditions of their own cannot both find their rows under its name. */
class Relations {
  readonly #fields = new Map<string, string>()

  /** @returns whether no other field shows it */
  add(type: string, relation: string, field: string): boolean {
    const key = `${type}.${relation}`
    const before = this.#fields.get(key) ?? field
    this.#fields.set(key, before)
    return before === field
  }
}

/** What a document asks for, as far as it decides how it may be compiled. */
export interface Survey {
  /** What has to hold for whoever asks, so that its open fields may be bare. */
  readonly decisions: readonly Decision[]
  /**
   * Whether all of its rows are read by lists and `node`, and show nothing but columns and relations, each in one way: then what
   * was read for a relation lies in its row.
   */
  readonly closed: boolean
}

/**
 * Fields that show a column of a row, or rows that belong to it, to whoever may see its type. A list of twenty rows asks hundreds of times whether somebody may;
 * the answer depends on who asks and on nothing else, so one that holds for a document holds for all of its rows. Such a document
 * may be compiled with these fields bare.
 */
export class OpenFields {
  readonly #schema: GraphQLSchema
  readonly #fields: ReadonlyMap<GraphQLField<unknown, unknown>, OpenField>

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
    this.#fields = new Map(
      Object.values(schema.getTypeMap())
        .filter((type): type is GraphQLObjectType => isObjectType(type) && type.extensions[narrowed] === true)
        .flatMap((type) => openFieldsOf(type)),
    )
  }

  survey(document: DocumentNode): Survey {
    const decisions = new Map<string, Decision>()
    const info = new TypeInfo(this.#schema)
    const relations = new Relations()
    let closed = true
    visit(
      document,
      visitWithTypeInfo(info, {
        // What is left out of one request may be in the next.
        Directive: () => {
          closed = false
        },
        Field: ({ name: { value: name } }) => {
          const parent = info.getParentType()
          for (const type of this.#objectsOf(parent)) {
            const open = this.#openField(type, name)
            for (const decision of open?.decisions ?? []) decisions.set(JSON.stringify(decision), decision)
            closed &&= !open?.relation || relations.add(type.name, open.relation, name)
          }
          closed &&= this.#isClosed(parent, info.getFieldDef(), info.getType())
        },
      }),
    )
    return { decisions: [...decisions.values()], closed }
  }

  /**
   * Runs `compile`, which takes the resolvers of the schema as they are meanwhile. It must not wait for anything.
   *
   * @param closed of the document that is compiled
   */
  bare<Compiled>(closed: boolean, compile: () => Compiled): Compiled {
    const fields = [...this.#fields].filter(([, { relation }]) => closed || !relation)
    const checked = fields.map(([field, { bare }]) => {
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

  #isClosed(
    parent: GraphQLCompositeType | null | undefined,
    field: GraphQLField<unknown, unknown> | null | undefined,
    type: GraphQLOutputType | null | undefined,
  ): boolean {
    if (!parent || !field || !type) return false
    if (!isObjectType(parent)) return isLeafType(getNamedType(type))
    if (parent === this.#schema.getQueryType()) return field.name === 'node' || field.extensions[readsByPlan] === true
    return field.name === '__typename' || this.#fields.has(field) || parent.extensions[connectionPart] === true
  }

  #openField(type: GraphQLObjectType, name: string): OpenField | undefined {
    const field = type.getFields()[name]
    return field && this.#fields.get(field)
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
    const relation = relationOf(field)
    const bare = relation === undefined ? bareResolve(type, field) : { resolve: rowsOf(relation, field) }
    if (!bare || !decisions.every(dependsOnlyOnWhoAsks)) return []
    const open = { bare: bare.resolve, relation, decisions: decisions.filter((decision) => decision !== undefined) }
    return [[field, open]] as const
  })
}

/** The relation that a field shows as it is, with the same conditions for everybody. */
function relationOf({ args, extensions }: GraphQLField<unknown, unknown>): string | undefined {
  const { pothosPrismaRelationField, pothosPrismaSelect, pothosPrismaFallback, pothosOptions } =
    extensions as RelationExtensions
  if (!pothosPrismaRelationField || args.length > 0 || pothosPrismaFallback || pothosOptions?.errors) return undefined
  let conditions: unknown
  pothosPrismaSelect?.({}, {}, (query) => {
    conditions = query
    return {}
  })
  return typeof conditions === 'object' ? pothosPrismaRelationField.name : undefined
}

/** What Pothos knows of a field that shows a relation. */
interface RelationExtensions {
  readonly pothosPrismaRelationField?: { readonly name: string }
  readonly pothosPrismaSelect?: (args: object, context: object, nested: (query: unknown) => object) => unknown
  readonly pothosPrismaFallback?: unknown
  readonly pothosOptions?: { readonly errors?: unknown }
}

/** Rows as they lie in their row; where they do not, for it came from another engine, they are asked for. */
function rowsOf(relation: string, { resolve }: GraphQLField<unknown, unknown>): Resolve {
  return (row, ...rest) => {
    const rows = (row as Record<string, unknown>)[relation]
    return rows === undefined ? resolve?.(row, ...rest) : rows
  }
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
