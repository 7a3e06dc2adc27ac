/** What a row of the builder asks: an attribute, how it is compared, and with what. */
export interface ConditionRow {
  readonly attribute: string
  readonly operator: Operator
  /** As it is typed; of lists, with commas. */
  readonly value: string
}

export const operators = [
  'is',
  'isNot',
  'isOneOf',
  'isNoneOf',
  'matches',
  'above',
  'below',
  'exists',
  'isMissing',
] as const
export type Operator = (typeof operators)[number]

/** What a subject says of itself on pages; services may give more. */
export const knownAttributes = [
  'country',
  'device',
  'language',
  'channel',
  'path',
  'url',
  'referrerHost',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'browser',
  'os',
  'id',
] as const

/**
 * Reads a condition as rows that all have to hold.
 *
 * @returns undefined where it says more than rows can: alternatives, nested values. It is then edited as JSON
 */
export function rowsOf(condition: unknown): ConditionRow[] | undefined {
  if (condition === null || condition === undefined) return []
  if (!isObject(condition)) return undefined
  const rows: ConditionRow[] = []
  for (const [attribute, asked] of Object.entries(condition)) {
    if (attribute === '$and') {
      if (!Array.isArray(asked)) return undefined
      for (const part of asked) {
        const inner = rowsOf(part)
        if (!inner) return undefined
        rows.push(...inner)
      }
      continue
    }
    if (attribute.startsWith('$')) return undefined
    const found = asksOf(attribute, asked)
    if (!found) return undefined
    rows.push(...found)
  }
  return rows
}

/** Rows as a condition in the language that the server takes. Rows without an attribute are not written yet. Null: no rows. */
export function conditionOf(rows: readonly ConditionRow[]): Record<string, unknown> | null {
  const written = rows.filter(({ attribute }) => attribute.trim() !== '')
  if (written.length === 0) return null
  const attributes = written.map(({ attribute }) => attribute.trim())
  const parts = written.map((row) => ({ [row.attribute.trim()]: askOf(row) }))
  return new Set(attributes).size === attributes.length ? Object.assign({}, ...parts) : { $and: parts }
}

function asksOf(attribute: string, asked: unknown): ConditionRow[] | undefined {
  if (typeof asked === 'string') return [{ attribute, operator: 'is', value: asked }]
  if (!isObject(asked)) return undefined
  const rows = Object.entries(asked).map(([operator, operand]): ConditionRow | undefined => {
    const row = (as: Operator, value: string): ConditionRow => ({ attribute, operator: as, value })
    if (operator === '$exists') return row(operand ? 'exists' : 'isMissing', '')
    if (operator === '$in' || operator === '$nin') {
      const texts = Array.isArray(operand) && operand.every((item) => typeof item === 'string' && !item.includes(','))
      return texts ? row(operator === '$in' ? 'isOneOf' : 'isNoneOf', operand.join(', ')) : undefined
    }
    if ((operator === '$gt' || operator === '$lt') && typeof operand === 'number')
      return row(operator === '$gt' ? 'above' : 'below', String(operand))
    if (typeof operand !== 'string') return undefined
    if (operator === '$eq') return row('is', operand)
    if (operator === '$ne') return row('isNot', operand)
    return operator === '$regex' ? row('matches', operand) : undefined
  })
  return rows.length > 0 && rows.every((row) => row !== undefined) ? rows : undefined
}

function askOf({ operator, value }: ConditionRow): unknown {
  const list = value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  const number = Number(value.replace(',', '.'))
  switch (operator) {
    case 'is':
      return value
    case 'isNot':
      return { $ne: value }
    case 'isOneOf':
      return { $in: list }
    case 'isNoneOf':
      return { $nin: list }
    case 'matches':
      return { $regex: value }
    // What is no number yet is refused by the server, in its words.
    case 'above':
      return { $gt: Number.isNaN(number) ? value : number }
    case 'below':
      return { $lt: Number.isNaN(number) ? value : number }
    case 'exists':
      return { $exists: true }
    case 'isMissing':
      return { $exists: false }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
