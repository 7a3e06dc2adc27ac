import { z } from 'zod'

/** What an answer must be, as services want to be told. */
export interface OutputFormat {
  /** As it is sent. */
  readonly schema: Readonly<Record<string, unknown>>
  /** As the type has it: tells what may be left out. */
  readonly plain: Readonly<Record<string, unknown>>
  /** Whether the service holds the model to the schema while it writes. */
  readonly strict: boolean
  /** Not an object by itself: asked for as `{ "value": … }`. */
  readonly wrapped: boolean
}

type Node = Record<string, unknown>

/**
 * The JSON Schema of what a model has to write so that `type` takes it. OpenAI's strict mode wants every property required
 * and no others, an object at the root, and knows only some keywords
 * (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas): what is optional may be null instead, and
 * constraints that it does not know are told in words. What it cannot have at all (records, intersections) is asked for without it.
 */
export function outputFormat(type: z.ZodType): OutputFormat {
  const { $schema: _, ...plain } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as Node
  const wrapped = plain.type !== 'object'
  const { $defs, ...inner } = plain
  const root = wrapped
    ? { type: 'object', properties: { value: inner }, required: ['value'], ...($defs ? { $defs } : {}) }
    : plain
  try {
    return { schema: strictNode(root), plain: root, strict: true, wrapped }
  } catch (error) {
    if (!(error instanceof NotStrict)) throw error
    return { schema: root, plain: root, strict: false, wrapped }
  }
}

/** What came of checking an answer. */
export type CheckedOutput<Output> =
  | { readonly ok: true; readonly output: Output }
  /** In sentences that the model, too, understands. */
  | { readonly ok: false; readonly problem: string }

/** Reads what a model wrote, and checks it. */
export function checkOutput<Output>(
  text: string,
  type: z.ZodType<Output>,
  format: OutputFormat,
): CheckedOutput<Output> {
  let value: unknown
  try {
    value = JSON.parse(withoutFence(text))
  } catch (error) {
    return { ok: false, problem: `It is not JSON: ${(error as Error).message}.` }
  }
  let parsed: z.ZodSafeParseResult<Output>
  try {
    if (format.strict) value = withoutNulls(value, format.plain, format.plain)
    // Services that ignore the format may leave the wrapping out.
    if (format.wrapped && isObject(value) && 'value' in value) value = value.value
    parsed = type.safeParse(value)
  } catch (error) {
    // A check of the caller's that breaks, or an answer too deep to be walked: it was paid for, and must come to its end.
    return { ok: false, problem: `It could not be checked: ${(error as Error).message}.` }
  }
  if (parsed.success) return { ok: true, output: parsed.data }
  return {
    ok: false,
    problem: parsed.error.issues
      .slice(0, 20)
      .map(({ path, message }) => `${path.length > 0 ? path.join('.') : 'The answer'}: ${message}.`)
      .join(' '),
  }
}

/** Raised while a schema is made strict, and caught above. */
class NotStrict extends Error {}

const known = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'description',
  'title',
  '$ref',
  '$defs',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
])
const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'])
const inWords: Readonly<Record<string, (value: unknown) => string>> = {
  minLength: (value) => `At least ${value} characters.`,
  maxLength: (value) => `At most ${value} characters.`,
  uniqueItems: () => 'No item twice.',
  format: (value) => `Format: ${value}.`,
  default: () => '',
}

function strictNode(node: Node): Node {
  const result: Node = {}
  const words: string[] = []
  for (const [key, value] of Object.entries(node)) {
    if (key === 'oneOf') result.anyOf = (value as Node[]).map(strictNode)
    else if (key === 'format' && !formats.has(value as string)) words.push(inWords.format?.(value) as string)
    // A pattern beside a format is the format's own, and longer than services take.
    else if (key === 'pattern' && node.format !== undefined) continue
    else if (!known.has(key)) {
      const say = inWords[key]
      if (!say) throw new NotStrict(key)
      words.push(say(value))
    } else result[key] = strictValue(key, value)
  }
  if (node.type === 'object') Object.assign(result, strictObject(node))
  const description = [node.description, ...words].filter(Boolean).join(' ')
  if (description) result.description = description
  return result
}

function strictValue(key: string, value: unknown): unknown {
  if (key === 'anyOf') return (value as Node[]).map(strictNode)
  if (key === 'items') return strictNode(value as Node)
  if (key === '$defs') return mapValues(value as Record<string, Node>, strictNode)
  return value
}

function strictObject(node: Node): Node {
  const {
    properties,
    required = [],
    additionalProperties,
  } = node as {
    properties?: Record<string, Node>
    required?: string[]
    additionalProperties?: unknown
  }
  if (!properties || (isObject(additionalProperties) && Object.keys(additionalProperties).length > 0))
    throw new NotStrict('an object with any names')
  return {
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        const strict = strictNode(property)
        return [name, required.includes(name) ? strict : { anyOf: [strict, { type: 'null' }] }]
      }),
    ),
    required: Object.keys(properties),
    additionalProperties: false,
  }
}

/** Takes out the nulls that stand for "left out": where strict mode had to require what the type leaves optional. */
function withoutNulls(value: unknown, node: Node, root: Node): unknown {
  const schema = resolved(node, root)
  if (Array.isArray(value)) {
    const { items } = schema
    return isObject(items) ? value.map((item) => withoutNulls(item, items, root)) : value
  }
  if (!isObject(value)) return value
  const choices = (schema.anyOf ?? schema.oneOf) as Node[] | undefined
  if (choices) {
    const fitting = choices.find((choice) => fits(value, resolved(choice, root)))
    return fitting ? withoutNulls(value, fitting, root) : value
  }
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Node>; required?: string[] }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== null || required.includes(name))
      .map(([name, inner]) => [name, properties[name] ? withoutNulls(inner, properties[name], root) : inner]),
  )
}

function resolved(node: Node, root: Node): Node {
  if (typeof node.$ref !== 'string') return node
  if (node.$ref === '#') return root
  return (root.$defs as Record<string, Node> | undefined)?.[node.$ref.replace('#/$defs/', '')] ?? {}
}

/** Whether an object has the properties of a choice, and the constants that tell choices apart. */
function fits(value: Node, { type, properties = {} }: { type?: unknown; properties?: Record<string, Node> }): boolean {
  return (
    type === 'object' &&
    Object.keys(value).every((name) => name in properties) &&
    Object.entries(properties).every(
      ([name, { const: constant }]) => constant === undefined || value[name] === constant,
    )
  )
}

/** ```json … ```, as models write where nothing holds them to a format. */
function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)?.[1] ?? text
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapValues(object: Record<string, Node>, map: (node: Node) => Node): Record<string, Node> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]))
}
