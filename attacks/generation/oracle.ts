import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getOperationAST,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  type SelectionSetNode,
} from 'graphql'

/** What came back, over whatever it came. */
export interface Reply {
  /** 0 where the connection was closed without an answer, as HTTP's parser does with what is no HTTP. */
  readonly status: number
  readonly text: string
  readonly milliseconds: number
}

/** Longest that anything may take, on a machine with other work too: what hangs takes for ever. Milliseconds. */
export const longest = 30_000

/**
 * What of the inside stands in an answer: frames of a stack, files, statements, messages of the database and of libraries. What was
 * sent may come back: that is not counted.
 */
const inside = [
  /\n\s+at .+:\d+:\d+/,
  /\\n\s+at [^"]+:\d+:\d+/,
  /node_modules\//,
  /\/packages\/(?:core|plugins|server)\//,
  /file:\/\/\//,
  /\bprisma\./i,
  /invalid input syntax for type|violates (?:check|foreign key|unique|not-null)|syntax error at or near|out of range for type|row-level security/i,
  /\b(?:select|insert into|update|delete from) "[A-Z]\w+"/i,
  /Cannot read propert|is not a function|is not iterable|Unexpected token|Maximum call stack/,
  /espalier_(?:app|system)\b/,
]

/** @returns what is wrong with a reply; undefined where nothing is */
export function wrongWith({ status, text, milliseconds }: Reply, sent: string): string | undefined {
  if (status >= 500) return `it answered ${status}: ${text.slice(0, 500)}`
  if (milliseconds > longest) return `it took ${Math.round(milliseconds)} ms`
  const found = inside
    .map((pattern) => pattern.exec(text)?.[0])
    .find((part) => part !== undefined && !sent.includes(part.trim()))
  if (found)
    return `something of the inside stands in its answer: ${text.slice(Math.max(0, text.indexOf(found) - 200), text.indexOf(found) + 300)}`
  return undefined
}

/** The same of an answer of GraphQL, which hides a 500 in its errors, and has to be what was asked for. */
export function wrongWithGraphQL(reply: Reply, query: string, sent: string, schema: GraphQLSchema): string | undefined {
  const wrong = wrongWith(reply, sent)
  if (wrong || reply.status === 0) return wrong
  if (/"code":"INTERNAL_ERROR"/.test(reply.text)) return `an error that nobody expected: ${reply.text.slice(0, 600)}`
  const answer = answerOf(reply.text)
  if (!answer) return `its answer is none of GraphQL: ${reply.text.slice(0, 300)}`
  if (answer.errors?.some(({ extensions }) => !extensions?.code))
    return `an error has no code: ${reply.text.slice(0, 500)}`
  if (!answer.data)
    return answer.errors?.length || answer.extensions?.dryRun
      ? undefined
      : `it has neither data nor errors: ${reply.text.slice(0, 300)}`
  const document = parse(query)
  const operation = getOperationAST(document)
  const root = operation && schema.getRootType(operation.operation)
  return root ? unfitting(answer.data, root, operation.selectionSet, schema, document, root.name) : undefined
}

interface Answer {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
  readonly extensions?: { readonly dryRun?: boolean }
}

function answerOf(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}

/** Where data does not fit its types: a field that is missing, a null that may not be, a list that is none. */
function unfitting(
  data: Record<string, unknown>,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  schema: GraphQLSchema,
  document: DocumentNode,
  path: string,
): string | undefined {
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (selection.typeCondition && selection.typeCondition.name.value !== data.__typename) continue
      const wrong = unfitting(data, type, selection.selectionSet, schema, document, path)
      if (wrong) return wrong
      continue
    }
    if (selection.kind !== 'Field' || selection.directives?.some(({ name }) => name.value === 'skip')) continue
    const key = selection.alias?.value ?? selection.name.value
    if (!(key in data)) return `${path}.${key} is missing`
    const field = type.getFields()[selection.name.value]
    const wrong =
      field && unfittingValue(data[key], field.type, selection.selectionSet, schema, document, `${path}.${key}`)
    if (wrong) return wrong
  }
  return undefined
}

function unfittingValue(
  value: unknown,
  type: GraphQLOutputType,
  selection: SelectionSetNode | undefined,
  schema: GraphQLSchema,
  document: DocumentNode,
  path: string,
): string | undefined {
  if (isNonNullType(type))
    return value === null ? `${path} is null` : unfittingValue(value, type.ofType, selection, schema, document, path)
  if (value === null) return undefined
  if (isListType(type)) {
    if (!Array.isArray(value)) return `${path} is no list`
    return value
      .map((item, index) => unfittingValue(item, type.ofType, selection, schema, document, `${path}.${index}`))
      .find(Boolean)
  }
  if (isEnumType(type))
    return type.getValue(String(value)) ? undefined : `${path} is "${value}", which ${type.name} does not have`
  if (!selection) return typeof value === 'object' && type.name !== 'JSON' ? `${path} is an object` : undefined
  if (typeof value !== 'object') return `${path} is no object`
  const object = value as Record<string, unknown>
  const concrete = isObjectType(type) ? type : schema.getType(String(object.__typename))
  return isObjectType(concrete)
    ? unfitting(object, concrete, selection, schema, document, path)
    : `${path} is of the type "${object.__typename}"`
}
