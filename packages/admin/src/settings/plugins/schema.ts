/** A JSON Schema, as far as settings use it. The server writes titles and descriptions in the language of the person. */
export interface Schema {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null'
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly maxLength?: number
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  /** What a number counts: "days", "share" (0 to 1), "usd", … */
  readonly 'x-unit'?: string
  /** What each word of an enum is called. */
  readonly 'x-options'?: Readonly<Record<string, string>>
}

export interface ObjectSchema extends Schema {
  readonly properties: Readonly<Record<string, Schema>>
}

/** What may be empty, as what it is when it is not: `null` stands for nothing. */
export function withoutNull(schema: Schema): { readonly schema: Schema; readonly nullable: boolean } {
  const real = schema.anyOf?.filter(({ type }) => type !== 'null')
  const [only] = real ?? []
  if (!only || real?.length !== 1) return { schema, nullable: false }
  // What is said of the whole holds for what it is.
  const { anyOf: _, ...words } = schema
  return { schema: { ...only, ...words }, nullable: (schema.anyOf?.length ?? 0) > 1 }
}

/** A setting that nobody has named: "minDetectableLift" is "Min detectable lift". */
export function titleOf(name: string, { title }: Schema): string {
  if (title) return title
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Whether a value is what it is without anybody's doing. */
export function isDefault(value: unknown, schema: Schema): boolean {
  return JSON.stringify(value ?? null) === JSON.stringify(schema.default ?? null)
}
