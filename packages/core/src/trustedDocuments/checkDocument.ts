import { type GraphQLSchema, Kind, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate } from 'graphql'
import type { SchemaName } from '../schema/serve/observation.ts'
import { defaultOperationLimits, limitRules } from '../schema/serve/operationLimits.ts'

export type DocumentSchemas = Readonly<Record<SchemaName, GraphQLSchema>>

export interface CheckedText {
  /** Why it could not be executed; empty where it could. */
  readonly problems: readonly string[]
  /** Names of its operations, joined by commas. */
  readonly name: string
}

/**
 * Whether a schema takes a document: as an operation that comes would be checked in production, where the schema itself may not be
 * read.
 */
export function checkDocument(schemas: DocumentSchemas, schema: SchemaName, text: string): CheckedText {
  try {
    const document = parse(text, { maxTokens: defaultOperationLimits.tokens })
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    const name = operations.flatMap((one) => ('name' in one && one.name ? [one.name.value] : [])).join(', ')
    if (operations.length === 0) return { name, problems: ['It has no operation, only fragments.'] }
    const rules = [...limitRules(defaultOperationLimits), ...specifiedRules, NoSchemaIntrospectionCustomRule]
    const errors = validate(schemas[schema], document, rules, { maxErrors: 5 })
    return { name, problems: errors.map(({ message }) => message) }
  } catch (error) {
    return { name: '', problems: [(error as Error).message] }
  }
}
