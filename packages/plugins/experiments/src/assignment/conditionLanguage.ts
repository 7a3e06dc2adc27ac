import { compareVersions } from './version.ts'

/** What is known of a subject, as plain JSON: `{ id, device, country, … }`. */
export type Attributes = Readonly<Record<string, unknown>>

/** Whether a condition holds of a subject. */
export type Condition = (attributes: Attributes) => boolean

/** Makes a test out of a pattern, or undefined out of what is none. */
export type RegexCompiler = (pattern: string, insensitive: boolean) => ((text: string) => boolean) | undefined

type Test = (value: unknown) => boolean

/**
 * GrowthBook's condition language, which is MongoDB's in part: `{ country: "FR", age: { $gte: 18 }, $or: [ … ] }`. It is
 * compiled once into functions. What is no condition does not hold, as its specification says; inputs are checked
 * before (conditionInput.ts).
 *
 * Source: GrowthBook SDK specification 0.8.0, "evalCondition"; its cases run in test/assignment/condition.test.ts.
 * An attribute that is missing is null. Values are compared as JavaScript compares them: "8" is less than 10.
 *
 * @param regex the server's takes time linear in the text, whatever the pattern; a page's is the browser's own
 */
export function conditionCompiler(regex: RegexCompiler): (condition: unknown) => Condition {
  return compile

  function compile(condition: unknown): Condition {
    if (!isObject(condition)) return never
    return all(Object.entries(condition).map(([key, expected]) => part(key, expected)))
  }

  function part(key: string, expected: unknown): Condition {
    switch (key) {
      case '$and':
        return all(listed(expected))
      case '$or':
        return either(listed(expected))
      case '$nor':
        return not(either(listed(expected)))
      case '$not':
        return not(compile(expected))
      default:
        return at(key, valueTest(expected))
    }
  }

  function listed(conditions: unknown): Condition[] {
    return Array.isArray(conditions) ? conditions.map(compile) : []
  }

  /** What must hold of one value. */
  function valueTest(expected: unknown, insensitive = false): Test {
    if (typeof expected === 'string') {
      if (!insensitive)
        return (value) => value === expected || (typeof value !== 'string' && textOf(value) === expected)
      const folded = expected.toLowerCase()
      return (value) => textOf(value).toLowerCase() === folded
    }
    if (typeof expected === 'number') return (value) => Number(primitive(value)) === expected
    if (typeof expected === 'boolean') return (value) => value !== null && Boolean(value) === expected
    if (expected === null) return (value) => value === null
    if (!isOperators(expected)) {
      const json = JSON.stringify(expected)
      return (value) => typeof value === 'object' && JSON.stringify(value) === json
    }
    return all(Object.entries(expected).map(([operator, operand]) => operatorTest(operator, operand)))
  }

  function operatorTest(operator: string, operand: unknown): Test {
    switch (operator) {
      case '$eq':
        return (value) => value === operand
      case '$ne':
        return (value) => value !== operand
      case '$lt':
        return (value) => primitive(value) < primitive(operand)
      case '$lte':
        return (value) => primitive(value) <= primitive(operand)
      case '$gt':
        return (value) => primitive(value) > primitive(operand)
      case '$gte':
        return (value) => primitive(value) >= primitive(operand)
      case '$veq':
        return (value) => compareVersions(value, operand) === 0
      case '$vne':
        return (value) => compareVersions(value, operand) !== 0
      case '$vlt':
        return (value) => compareVersions(value, operand) < 0
      case '$vlte':
        return (value) => compareVersions(value, operand) <= 0
      case '$vgt':
        return (value) => compareVersions(value, operand) > 0
      case '$vgte':
        return (value) => compareVersions(value, operand) >= 0
      case '$exists':
        return operand ? (value) => value !== null : (value) => value === null
      case '$type':
        return (value) => typeName(value) === operand
      case '$in':
        return Array.isArray(operand) ? oneOf(operand) : never
      case '$nin':
        return Array.isArray(operand) ? not(oneOf(operand)) : never
      case '$ini':
        return Array.isArray(operand) ? oneOf(operand, folded) : never
      case '$nini':
        return Array.isArray(operand) ? not(oneOf(operand, folded)) : never
      case '$all':
        return Array.isArray(operand) ? hasAll(operand.map((expected) => valueTest(expected))) : never
      case '$alli':
        return Array.isArray(operand) ? hasAll(operand.map((expected) => valueTest(expected, true))) : never
      case '$elemMatch':
        return hasElement(isOperators(operand) ? valueTest(operand) : (compile(operand) as Test))
      case '$size':
        return hasSize(valueTest(operand))
      case '$not':
        return not(valueTest(operand))
      case '$regex':
        return matches(operand, false)
      case '$regexi':
        return matches(operand, true)
      default:
        return never
    }
  }

  function matches(pattern: unknown, insensitive: boolean): Test {
    const test = typeof pattern === 'string' ? regex(pattern, insensitive) : undefined
    return test ? (value) => test(textOf(value)) : never
  }
}

/** The operators that a value can be asked with. */
export const operators = new Set(
  '$eq $ne $lt $lte $gt $gte $veq $vne $vlt $vlte $vgt $vgte $exists $type $in $nin $ini $nini $all $alli $elemMatch $size $not $regex $regexi'.split(
    ' ',
  ),
)

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `{ $gt: 5, $lt: 10 }`, and not a value to be equal to. */
export function isOperators(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => key.startsWith('$'))
}

type Holds<Value> = (value: Value) => boolean

const never = () => false

function not<Value>(test: Holds<Value>): Holds<Value> {
  return (value) => !test(value)
}

/** One or two are by far the most; a loop costs more than either. */
function all<Value>(tests: readonly Holds<Value>[]): Holds<Value> {
  const [first, second] = tests
  if (!first) return () => true
  if (!second) return first
  if (tests.length === 2) return (value) => first(value) && second(value)
  return (value) => {
    for (const test of tests) if (!test(value)) return false
    return true
  }
}

function either<Value>(tests: readonly Holds<Value>[]): Holds<Value> {
  if (tests.length === 0) return () => true
  return (value) => {
    for (const test of tests) if (test(value)) return true
    return false
  }
}

/** A test of the value at a path such as `address.city`. What objects inherit is not there. */
function at(path: string, test: Test): Condition {
  const parts = path.split('.')
  if (parts.length === 1 && !(path in Object.prototype)) {
    // What is no object has no attributes; `?.` would find those of strings.
    return (attributes) =>
      test(typeof attributes === 'object' && attributes !== null ? (attributes[path] ?? null) : null)
  }
  return (attributes) => {
    let value: unknown = attributes
    for (const part of parts) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return test(null)
      value = (value as Attributes)[part]
    }
    return test(value ?? null)
  }
}

/** The value is in the list or, of a list, one of its elements is. */
function oneOf(list: readonly unknown[], of: (value: unknown) => unknown = (value) => value): Test {
  const expected = new Set(list.map(of))
  return (value) =>
    Array.isArray(value) ? value.some((element) => expected.has(of(element))) : expected.has(of(value))
}

function folded(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function hasAll(tests: readonly Test[]): Test {
  return (value) => Array.isArray(value) && tests.every((test) => value.some(test))
}

/** Elements such as 0 and "" never match, as in GrowthBook's own SDK. */
function hasElement(test: Test): Test {
  return (value) => Array.isArray(value) && value.some((element) => Boolean(element) && test(element))
}

function hasSize(test: Test): Test {
  return (value) => Array.isArray(value) && test(value.length)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** As JavaScript turns it into text; an object whose own `toString` is no function, which JSON can hold, is no text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return String(value)
  } catch {
    return ''
  }
}

/** What comparing reads of a value. */
function primitive(value: unknown): string | number {
  return typeof value === 'object' && value !== null ? textOf(value) : (value as string | number)
}
