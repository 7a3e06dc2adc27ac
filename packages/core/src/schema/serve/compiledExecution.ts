import { type ExecutionArgs, type ExecutionResult, execute, GraphQLError, type GraphQLSchema, Source } from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import type { GraphQLContext } from '../graphqlContext.ts'
import { planReadsOnce } from '../plannedReads.ts'
import type { PreparedDocument } from './documents.ts'
import { allHold, OpenFields, type Survey } from './openFields.ts'

/**
 * Compiled at its third use: what is asked once is cheaper to interpret. Compiling takes from 1 ms to 100 ms with
 * the document's size, so a large one has to come more often, and nobody makes us compile all day.
 */
function isWorthCompiling({ uses, source }: PreparedDocument): boolean {
  return uses >= Math.max(3, source.length / 200)
}

/** An operation of a document as code; undefined where it cannot be compiled. */
interface CompiledOperation {
  /** For whoever may not see everything in it: asks of each field. */
  checked?: CompiledQuery | undefined
  /** For whom all of the decisions hold. */
  bare?: CompiledQuery | undefined
  readonly survey: Survey
}

/** Executes documents that come again as compiled code (graphql-jit), and the others with graphql-js. */
export class CompiledExecution {
  readonly #schema: GraphQLSchema
  readonly #openFields: OpenFields
  readonly #compiled = new LRUCache<PreparedDocument, Map<string, CompiledOperation>>({ max: 500 })

  /** Documents that run compiled so far. */
  compilations = 0

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
    this.#openFields = new OpenFields(schema)
  }

  /** As graphql-js' `execute`. */
  execute(prepared: PreparedDocument, args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
    const compiled = this.#compiledQuery(prepared, args.operationName ?? '', args.contextValue)
    if (!compiled) return execute(args) as ExecutionResult | Promise<ExecutionResult>
    const result = compiled.query(args.rootValue, args.contextValue, args.variableValues ?? {}) as
      | ExecutionResult
      | Promise<ExecutionResult>
    if (result instanceof Promise) return result.then((settled) => withPlaces(settled, prepared.source))
    // Without data nothing was executed: the variables are wrong. graphql-js says better what is wrong with them.
    if (result.data === undefined) return execute(args) as ExecutionResult
    return withPlaces(result, prepared.source)
  }

  #compiledQuery(prepared: PreparedDocument, operationName: string, context: unknown): CompiledQuery | undefined {
    if (!isWorthCompiling(prepared)) return undefined
    let byName = this.#compiled.get(prepared)
    if (!byName) {
      byName = new Map()
      this.#compiled.set(prepared, byName)
    }
    let operation = byName.get(operationName)
    if (!operation) {
      operation = { survey: this.#openFields.survey(prepared.document) }
      byName.set(operationName, operation)
    }
    const { decisions, closed } = operation.survey
    const way = decisions.length > 0 && allHold(decisions, context as GraphQLContext) ? 'bare' : 'checked'
    if (!(way in operation)) {
      const compile = () => this.#compile(prepared, operationName)
      operation[way] = way === 'bare' ? this.#openFields.bare(closed, compile) : compile()
    }
    const compiled = operation[way]
    if (compiled && way === 'bare' && closed) planReadsOnce(context as object)
    return compiled
  }

  #compile({ document }: PreparedDocument, operationName: string): CompiledQuery | undefined {
    const compiled = compileQuery(this.#schema, document, operationName || undefined)
    if (!isCompiledQuery(compiled)) return undefined
    this.compilations += 1
    return compiled
  }
}

/** Compiled code gives errors a line and a column, which do not survive a copy; graphql-js gives them a position. */
function withPlaces(result: ExecutionResult, text: string): ExecutionResult {
  if (!result.errors) return result
  const source = new Source(text)
  const lines = text.split(/\r\n|[\n\r]/g)
  const errors = result.errors.map((error) => {
    if (!error.locations) return error
    const { message, path, originalError, extensions } = error
    const positions = error.locations.map(({ line, column }) => offsetOf(text, lines, line) + column - 1)
    return new GraphQLError(message, { source, positions, path, originalError, extensions })
  })
  return { ...result, errors }
}

/** Where a line begins, counted in characters; a line may end in two of them. */
function offsetOf(text: string, lines: readonly string[], line: number): number {
  let offset = 0
  for (const before of lines.slice(0, line - 1)) {
    offset += before.length
    offset += text.startsWith('\r\n', offset) ? 2 : 1
  }
  return offset
}
