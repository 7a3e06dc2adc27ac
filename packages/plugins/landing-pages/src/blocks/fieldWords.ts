import type { Told } from '@espalier/core'
import { z } from 'zod'

/** What a form says about a prop of a block, beside its JSON Schema. */
export interface FieldWords {
  /** What people call it: "Heading". */
  readonly label?: Told
  /** A sentence for whoever fills it in. */
  readonly hint?: Told
  /** Where a plain input would not do. `text`: several lines, `color`: one of CSS's. */
  readonly input?: 'text' | 'link' | 'image' | 'price' | 'eventName' | 'anchor' | 'color'
  /** Of a text. Characters. */
  readonly maxLength?: number
  /** Of a list. */
  readonly maxItems?: number
  /** Of an enumeration: what people call its values. */
  readonly options?: Readonly<Record<string, Told>>
}

const fieldWords = z.registry<FieldWords>()

/**
 * A prop with what people call it, in both languages; forms show its name where it has none.
 *
 * @example title: named(text(160), { en: 'Headline', fr: 'Titre' })
 */
export function named<Schema extends z.ZodType>(
  schema: Schema,
  label: Told,
  words: Omit<FieldWords, 'label'> = {},
): Schema {
  return described(schema, { label, ...words })
}

/** The same prop, with more to be said about it. */
export function described<Schema extends z.ZodType>(schema: Schema, words: FieldWords): Schema {
  const own = schema.clone() as Schema
  fieldWords.add(own, words)
  return own
}

/** A node of a JSON Schema as forms want it. */
export interface FormSchema {
  readonly [key: string]: unknown
  readonly title?: string
  readonly description?: string
}

/**
 * The JSON Schema of a block's props for a form: with `title` and `description` in the reader's language, `maxLength`
 * and `maxItems`, `input` as in {@link FieldWords}, and `enumTitles` beside an `enum`.
 *
 * @param say one of both languages
 */
export function formSchema(props: z.ZodType, say: (words: Told) => string): FormSchema {
  return z.toJSONSchema(props, {
    io: 'input',
    unrepresentable: 'any',
    metadata: fieldWords as never,
    override: ({ jsonSchema }) => {
      const node = jsonSchema as Record<string, unknown> & FieldWords
      const { label, hint, options } = node
      if (isTold(label)) node.title = say(label)
      if (isTold(hint)) node.description = say(hint)
      if (options)
        node.enumTitles = Object.fromEntries(Object.entries(options).map(([value, words]) => [value, say(words)]))
      for (const key of ['label', 'hint', 'options']) delete node[key]
    },
  }) as FormSchema
}

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && 'en' in value && 'fr' in value
}
