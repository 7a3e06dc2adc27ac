import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { RateLimitedError } from '../../errors.ts'
import type { Caller, RateLimits } from '../../http/rateLimits.ts'
import type { RateLimit } from '../../http/route.ts'
import { complexityOf } from '../complexity.ts'
import type { OperationCost } from './answerExtensions.ts'
import type { PreparedDocument } from './documents.ts'
import { limitError } from './operationLimits.ts'

/** Why an operation is not executed; undefined where it costs no more than it may. */
export function refusedAsCostly({ requested, limit }: OperationCost): GraphQLError | undefined {
  if (requested <= limit) return undefined
  return limitError(
    'QUERY_TOO_COSTLY',
    `The operation would cost ${requested}; the limit is ${limit}. Ask for shorter pages (\`first\`) or fewer nested lists.`,
    limit,
    requested,
  )
}

/** A root field with a budget of its own, declared as `extensions: { rateLimit: { points, seconds } }`. */
interface LimitedField {
  readonly name: string
  readonly limit: RateLimit
  /** How often the operation asks for it: under fifteen aliases it takes fifteen points. */
  readonly times: number
}

export interface Operation {
  readonly prepared: PreparedDocument
  readonly operationName: string | null | undefined
  readonly variables: Record<string, unknown> | null | undefined
}

/** What an operation may cost, and how often it may be asked for. */
export class OperationPolicy {
  readonly #schema: GraphQLSchema
  readonly #maxCost: number
  readonly #rateLimits: RateLimits
  readonly #costs = new WeakMap<PreparedDocument, Map<string, number>>()
  readonly #pricing = new WeakMap<PreparedDocument, readonly string[]>()
  readonly #fields = new WeakMap<PreparedDocument, Map<string, readonly LimitedField[]>>()

  constructor(schema: GraphQLSchema, maxCost: number, rateLimits: RateLimits) {
    this.#schema = schema
    this.#maxCost = maxCost
    this.#rateLimits = rateLimits
  }

  /** What the operation costs, before it runs: nothing where its variables do not fit, for then it does not run. */
  cost(operation: Operation, mistakes: readonly GraphQLError[] | undefined): OperationCost {
    return { requested: mistakes ? 0 : this.#cost(operation), limit: this.#maxCost }
  }

  /** The promise rejects with a {@link RateLimitedError}; undefined where no field of it is limited. */
  takeLimited({ prepared, operationName }: Operation, caller: Caller): Promise<void> | undefined {
    const fields = remembered(this.#fields, prepared, operationName, () =>
      limitedFields(this.#schema, prepared.document, operationName),
    )
    return fields.length === 0 ? undefined : this.#take(fields, caller)
  }

  async #take(fields: readonly LimitedField[], caller: Caller): Promise<void> {
    for (const { name, limit, times } of fields) {
      const allowance = await this.#rateLimits.take(name, caller, limit, times)
      if (allowance?.refused) throw new RateLimitedError(Math.max(1, allowance.resetSeconds))
    }
  }

  #cost({ prepared, operationName, variables }: Operation): number {
    const { document } = prepared
    const count = () => {
      try {
        return complexityOf(this.#schema, document, variables ?? {}, { operationName }).complexity
      } catch {
        // Arguments that do not fit: the execution refuses them before it does anything, and says why.
        return 0
      }
    }
    let names = this.#pricing.get(prepared)
    if (!names) {
      names = pricingVariables(this.#schema, document)
      this.#pricing.set(prepared, names)
    }
    const values = names.map((name) => (variables && name in variables ? [variables[name]] : []))
    const key = `${operationName ?? ''} ${JSON.stringify(values)}`
    const mayBeKept = key.length <= 200 && (this.#costs.get(prepared)?.size ?? 0) < mostCosts
    return mayBeKept ? remembered(this.#costs, prepared, key, count) : (this.#costs.get(prepared)?.get(key) ?? count())
  }
}

/** Costs that are remembered of a document: by the lengths of pages that it was asked for with. */
const mostCosts = 100

/** Variables on which the cost of a document depends: those in arguments of fields whose cost is a function of them. */
function pricingVariables(schema: GraphQLSchema, document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: (field) => {
        if (typeof info.getFieldDef()?.extensions.complexity !== 'function') return
        for (const argument of field.arguments ?? [])
          visit(argument, { Variable: ({ name }) => void names.add(name.value) })
      },
    }),
  )
  return [...names]
}

function remembered<Value>(
  memory: WeakMap<PreparedDocument, Map<string, Value>>,
  prepared: PreparedDocument,
  operationName: string | null | undefined,
  compute: () => Value,
): Value {
  let byName = memory.get(prepared)
  if (!byName) {
    byName = new Map()
    memory.set(prepared, byName)
  }
  const name = operationName ?? ''
  const known = byName.get(name)
  if (known !== undefined) return known
  const value = compute()
  byName.set(name, value)
  return value
}

function limitedFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): LimitedField[] {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return []
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  return [...fieldCounts(operation.selectionSet, fragments, new Map())].flatMap(([field, count]) => {
    const limit = root.getFields()[field]?.extensions.rateLimit as RateLimit | undefined
    return limit ? [{ name: `${root.name}.${field}`, limit, times: count }] : []
  })
}

/**
 * How often each field stands in a selection, fragments unfolded. A fragment is counted once, however often it is spread: thirty that
 * spread the next one twice would be a billion fields.
 */
function fieldCounts(
  selection: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<SelectionSetNode, ReadonlyMap<string, number>>,
): ReadonlyMap<string, number> {
  const before = known.get(selection)
  if (before) return before
  const counts = new Map<string, number>()
  const add = (field: string, times: number) => counts.set(field, (counts.get(field) ?? 0) + times)
  for (const part of selection.selections) {
    if (part.kind === Kind.FIELD) {
      add(part.name.value, 1)
      continue
    }
    const inner = part.kind === Kind.INLINE_FRAGMENT ? part : fragments.get(part.name.value)
    if (inner) for (const [field, times] of fieldCounts(inner.selectionSet, fragments, known)) add(field, times)
  }
  known.set(selection, counts)
  return counts
}
