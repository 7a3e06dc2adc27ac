import { type Builder, type BuilderTypes, both } from '@espalier/core'

/**
 * An enum of the words that the database and the code use, in capitals: `rolledBack` is `ROLLED_BACK`. Also in the public schema.
 *
 * @param words what each means
 */
export function wordEnum<Word extends string>(
  builder: Builder,
  name: string,
  description: string,
  words: Readonly<Record<Word, string>>,
) {
  const values = Object.entries<string>(words).map(
    ([value, description]) => [capitals(value), { value: value as Word, description }] as const,
  )
  return builder.enumType(name, { description, subGraphs: both, values: Object.fromEntries(values) })
}

function capitals(word: string): string {
  return word.replace(/[A-Z]/g, '_$&').toUpperCase()
}

type Fields<Shape> = NonNullable<PothosSchemaTypes.ObjectTypeOptions<BuilderTypes, Shape>['fields']>

/** A type without a table that goes with pages: whoever may see pages sees it. Also in the public schema. */
export function pageObject<Shape extends object>(
  builder: Builder,
  name: string,
  { description, fields }: { description: string; fields: Fields<Shape> },
) {
  return builder
    .objectRef<Shape>(name)
    .implement({ description, authScopes: { permission: 'pages:read' }, subGraphs: both, fields })
}
