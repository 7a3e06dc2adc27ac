import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { certainSubscriptionRule } from './certainSubscription.ts'
import { limitError, limitRules, type OperationLimits } from './operationLimits.ts'

/** A document that was parsed and validated, and what was learned about it since. */
export interface PreparedDocument {
  readonly source: string
  readonly document: DocumentNode
  /** Why it cannot be executed; empty where it can. */
  readonly errors: readonly GraphQLError[]
  /** How often it came. */
  uses: number
}

export interface DocumentsOptions {
  schema: GraphQLSchema
  limits: OperationLimits
  introspection: boolean
  /** Whether an operation is known ahead and may read the schema all the same. */
  trusts?: (source: string) => boolean
}

/** Parses, limits and validates each document once, and remembers the last ones within a bounded memory. */
export class Documents {
  readonly #options: DocumentsOptions
  readonly #rules: (typeof specifiedRules)[number][]
  readonly #bySource = new LRUCache<string, PreparedDocument>({
    max: 2_000,
    // A syntax tree takes some 30 times its text: about 100 MB at most, whoever fills it.
    maxSize: 3_000_000,
    sizeCalculation: (_, source) => source.length + 1,
  })
  readonly #byDocument = new WeakMap<DocumentNode, PreparedDocument>()

  constructor(options: DocumentsOptions) {
    this.#options = options
    this.#rules = [...limitRules(options.limits), ...specifiedRules, certainSubscriptionRule]
  }

  /** @throws GraphQLError where the source is not a document, or longer than the limit */
  prepare(source: string): PreparedDocument {
    let prepared = this.#bySource.get(source)
    if (!prepared) {
      const document = this.#parse(source)
      prepared = { source, document, errors: this.#validate(source, document), uses: 0 }
      this.#bySource.set(source, prepared)
      this.#byDocument.set(document, prepared)
    }
    prepared.uses += 1
    return prepared
  }

  /** What is known of a document that {@link prepare} made. */
  of(document: DocumentNode): PreparedDocument | undefined {
    return this.#byDocument.get(document)
  }

  #validate(source: string, document: DocumentNode): readonly GraphQLError[] {
    const { schema, introspection, trusts } = this.#options
    const open = introspection || trusts?.(source)
    const rules = open ? this.#rules : [...this.#rules, NoSchemaIntrospectionCustomRule]
    const errors = validate(schema, document, rules, { maxErrors: 20, hideSuggestions: !introspection })
    return errors.map((error) => (error.message === 'Validation aborted.' ? tooRepetitive() : error))
  }

  #parse(source: string): DocumentNode {
    const { tokens } = this.#options.limits
    try {
      return parse(source, { maxTokens: tokens })
    } catch (error) {
      if (!(error as Error).message.includes('Parsing aborted')) throw error
      throw limitError(
        'QUERY_TOO_LONG',
        `The document has more than ${tokens} tokens, which is the limit. Split it into several operations.`,
        tokens,
      )
    }
  }
}

/** graphql-js gives up where comparing fields that could overlap takes too many steps, and says no more than that. */
function tooRepetitive(): GraphQLError {
  return new GraphQLError(
    'The operation asks for the same fields too often to be checked. Ask for each of them once.',
    {
      extensions: { code: 'QUERY_TOO_REPETITIVE' },
    },
  )
}
