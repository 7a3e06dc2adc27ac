import type { Builder } from './builder.ts'
import { both } from './subGraphs.ts'

/**
 * An enum of the words that the database and the code use, in capitals: `atOnce` is `AT_ONCE`. Also in the public schema.
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
