/** A node of the JSON Schema of a block's props, with what a form says about it. */
export interface FieldSchema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly input?: 'text' | 'link' | 'image' | 'price' | 'eventName' | 'anchor' | 'color'
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
  readonly items?: FieldSchema
  readonly enum?: readonly string[]
  readonly enumTitles?: Readonly<Record<string, string>>
  readonly maxLength?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
}

/** What a new value begins as: as little as the schema takes. */
export function emptyValue(schema: FieldSchema): unknown {
  if (schema.default !== undefined) return schema.default
  if (schema.input === 'image') return undefined
  if (schema.input === 'price') return ''
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'boolean') return false
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 0
  if (schema.type === 'array') return []
  if (schema.properties) {
    const required = new Set(schema.required)
    const entries = Object.entries(schema.properties).flatMap(([name, part]): [string, unknown][] => {
      const value = required.has(name) || part.default !== undefined ? emptyValue(part) : undefined
      return value === undefined ? [] : [[name, value]]
    })
    return Object.fromEntries(entries)
  }
  return ''
}

/** The first words of a value, in the order of its fields: what an entry of a list, or a block, is told by. */
export function summaryOf(value: unknown, { properties = {} }: FieldSchema): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return ''
  const words = value as Readonly<Record<string, unknown>>
  for (const [name, { input }] of Object.entries(properties)) {
    const part = words[name]
    if (typeof part === 'string' && part !== '' && (input === undefined || input === 'text')) return part
  }
  return ''
}

/** A remark on a field: what keeps it from being saved, or what visitors would stumble over. */
export interface FieldNote {
  readonly tone: 'critical' | 'warning'
  readonly text: string
}

/** By the path of the field within the props of its block: "items.0.title". */
export type FieldNotes = ReadonlyMap<string, readonly FieldNote[]>
