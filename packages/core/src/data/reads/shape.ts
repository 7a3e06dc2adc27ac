/** Stands in the shape of a call where a value stood in the call. */
export class Placeholder {
  /** Its place among the call's values. */
  readonly index: number

  constructor(index: number) {
    this.index = index
  }
}

/** A call apart from its values: calls with the same key are answered by the same statement. */
interface Shape {
  readonly key: string
  readonly values: readonly unknown[]
}

/**
 * Tells a call's values from what it is otherwise: what is compared with in `where`, and how many rows are taken. Words such as
 * `asc`, and null, which SQL compares in another way, belong to the shape.
 *
 * @returns undefined for what is not plain data: such a call is Prisma's
 */
export function shapeOf(args: unknown): Shape | undefined {
  const values: unknown[] = []
  const key = keyOf(args, false, values)
  return key === undefined ? undefined : { key, values }
}

/** The call with {@link Placeholder}s for its values; they come in the order of {@link Shape.values}. */
export function withPlaceholders(args: unknown): unknown {
  let index = 0
  const walk = (value: unknown, inWhere: boolean): unknown => {
    if (isValue(value, inWhere)) return new Placeholder(index++)
    if (Array.isArray(value)) return value.map((item) => walk(item, inWhere))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => [
          name,
          isUsualTake(name, item, inWhere) ? item : walk(item, isConditions(name, item, inWhere)),
        ]),
    )
  }
  return walk(args, false)
}

function keyOf(value: unknown, inWhere: boolean, values: unknown[]): string | undefined {
  const lasting = inWhere || typeof value !== 'object' || value === null ? undefined : lastingShapes.get(value)
  if (!lasting) return writeKey(value, inWhere, values)
  if (!('key' in lasting)) Object.assign(lasting, { key: writeKey(value, false, lasting.values) })
  for (const held of lasting.values) values.push(held)
  return lasting.key
}

/** Freezes arguments, or a part of them outside of `where`, that will be given again and again: their shape is found out once. */
export function lastingArgs<Args extends object>(args: Args): Args {
  for (const inner of Object.values(args)) if (typeof inner === 'object' && inner !== null) lastingArgs(inner)
  lastingShapes.set(args, { values: [] })
  return Object.freeze(args)
}

const lastingShapes = new WeakMap<object, { key?: string | undefined; values: unknown[] }>()

function writeKey(value: unknown, inWhere: boolean, values: unknown[]): string | undefined {
  if (isValue(value, inWhere)) {
    values.push(value)
    return Array.isArray(value) ? '[?]' : '?'
  }
  if (value === null) return '0'
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return undefined
  let key = Array.isArray(value) ? '[' : '{'
  for (const name in value) {
    const item = (value as Record<string, unknown>)[name]
    if (item === undefined) continue
    const inner = isUsualTake(name, item, inWhere) ? `${item}` : keyOf(item, isConditions(name, item, inWhere), values)
    if (inner === undefined) return undefined
    key += Array.isArray(value) ? `${inner},` : `${name}:${inner},`
  }
  // Classes of Prisma's, such as its nulls of JSON, have a meaning that no shape tells.
  const kind: unknown = value.constructor
  return kind === Object || kind === Array || kind === undefined ? key : undefined
}

/**
 * Whether so many rows are taken as most pages show, and one more. Such a number belongs to the shape: PostgreSQL, which does not
 * know how few rows a parameter asks for, would plan the statement anew each time.
 */
function isUsualTake(name: string, item: unknown, inWhere: boolean): item is number {
  return name === 'take' && !inWhere && usualTakes.has(item)
}

const usualTakes: ReadonlySet<unknown> = new Set([1, 2, 6, 11, 21, 26, 51, 101])

/** Whether what stands under this name are conditions; how to compare texts is none. */
function isConditions(name: string, item: unknown, inWhere: boolean): boolean {
  return name === 'where' || (inWhere && !(name === 'mode' && (item === 'insensitive' || item === 'default')))
}

function isValue(value: unknown, inWhere: boolean): boolean {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Date) return true
  if (!inWhere) return false
  // An array of values, as in `in`; those of conditions hold objects.
  if (Array.isArray(value))
    return value.length > 0 && value.every((item) => typeof item !== 'object' && item !== undefined)
  return typeof value === 'string' || typeof value === 'boolean'
}
