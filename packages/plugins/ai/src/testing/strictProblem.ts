type Node = Record<string, unknown>

/**
 * What OpenAI would say of a schema that is asked for in strict mode, or undefined.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function strictProblem(body: Node, schema: Node): string | undefined {
  const asked =
    (body.response_format as { json_schema?: Node } | undefined)?.json_schema ??
    (body.text as { format?: Node } | undefined)?.format
  if (asked?.strict !== true) return undefined
  if (schema.type !== 'object') return "Invalid schema for response_format 'answer': schema must have type 'object'."
  return problemOf(schema, [])
}

function problemOf(node: Node, path: readonly string[]): string | undefined {
  const invalid = (what: string) =>
    `Invalid schema for response_format 'answer': In context=(${path.join(', ')}), ${what}.`
  const unknown = Object.keys(node).find((key) => unsupported.has(key))
  if (unknown) return invalid(`'${unknown}' is not permitted`)
  if (node.type === 'object') {
    const names = Object.keys((node.properties ?? {}) as Node)
    if (node.additionalProperties !== false)
      return invalid("'additionalProperties' is required to be supplied and to be false")
    const missing = names.find((name) => !(node.required as string[] | undefined)?.includes(name))
    if (missing)
      return invalid(
        `'required' is required to be supplied and to be an array including every key. Missing '${missing}'`,
      )
  }
  for (const [key, inner] of children(node)) {
    const problem = problemOf(inner, [...path, key])
    if (problem) return problem
  }
  return undefined
}

const unsupported = new Set([
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'default',
])

function children(node: Node): [string, Node][] {
  const named = [node.properties, node.$defs].flatMap((group) => Object.entries((group ?? {}) as Record<string, Node>))
  const choices = ((node.anyOf ?? []) as Node[]).map((choice, place): [string, Node] => [`anyOf ${place}`, choice])
  return [...named, ...choices, ...(node.items ? [['items', node.items as Node] as [string, Node]] : [])]
}
