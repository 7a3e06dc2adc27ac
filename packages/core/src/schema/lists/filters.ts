import type { EnumRef, InputFieldMap, InputObjectRef } from '@pothos/core'
import type { Builder, BuilderTypes } from '../builder.ts'
import type { GraphQLContext } from '../graphqlContext.ts'

/**
 * How a list may be filtered by a field: `text` (equals, in, contains, startsWith), `dateTime` (from,
 * until), `int` (equals, in, min, max), `boolean`, `id` (any of these global ids), an enum (any of these
 * values), or a condition of one's own ({@link filterBy}).
 */
export type FilterKind =
  | 'text'
  | 'dateTime'
  | 'int'
  | 'boolean'
  | 'id'
  // biome-ignore lint/suspicious/noExplicitAny: enums of any values
  | EnumRef<BuilderTypes, any>
  | CustomFilter

/** A filter of one's own: an argument of the list, and the condition that it stands for. */
export interface CustomFilter {
  readonly description: string
  readonly type: 'String' | 'Int' | 'Boolean' | 'DateTime' | 'UUID'
  readonly condition: (value: never, context: GraphQLContext) => object
}

/**
 * A condition of one's own, such as a search over several fields.
 *
 * @example search: filterBy('String', 'In title or slug.', (text) => ({ OR: [{ title: containing(text) }, { slug: containing(text) }] }))
 */
export function filterBy<Type extends CustomFilter['type']>(
  type: Type,
  description: string,
  condition: (value: BuilderTypes['Scalars'][Type]['Input'], context: GraphQLContext) => object,
): CustomFilter {
  return { type, description, condition: condition as CustomFilter['condition'] }
}

/** Words of a search that are looked for; the rest is dropped. */
const mostWords = 8

/**
 * The filter `search`: every word that somebody types is in one of these columns, in any case of letters and anywhere. A column of
 * a relation is named by its path.
 *
 * @example search: searchIn('title', 'slug', 'author.name')
 */
export function searchIn(...columns: readonly [string, ...string[]]): CustomFilter {
  const named = columns.map((path) => words(path.replaceAll('.', ' ')).trim())
  return filterBy('String', `Every word is in one of these: ${named.join(', ')}.`, (text) => {
    return { AND: wordsOf(text).map((word) => ({ OR: columns.map((path) => nested(path, containing(word))) })) }
  })
}

/** What somebody types into a search, word by word: for lists whose conditions are SQL. */
export function wordsOf(text: string | null | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(Boolean).slice(0, mostWords)
}

function nested(path: string, condition: object): object {
  return path.split('.').reduceRight((inner: object, name) => ({ [name]: inner }), condition)
}

/** The filters of a list, by the name of their argument. */
export type Filters = Readonly<Record<string, FilterKind>>

/** The input type of a list's filter. */
export function filterInput(
  builder: Builder,
  typeName: string,
  filters: Filters,
): InputObjectRef<BuilderTypes, unknown> {
  const shared = sharedInputs(builder)
  return builder.inputType(`${typeName}Filter`, {
    description: `Which of the ${typeName} list to show. What is left out does not filter; several conditions all apply.`,
    fields: (t) => {
      const fields: InputFieldMap = {}
      for (const [name, kind] of Object.entries(filters)) {
        const description = `By ${words(name)}.`
        if (kind === 'text') fields[name] = t.field({ type: shared.text, description })
        else if (kind === 'dateTime') fields[name] = t.field({ type: shared.dateTime, description })
        else if (kind === 'int') fields[name] = t.field({ type: shared.int, description })
        else if (kind === 'boolean') fields[name] = t.boolean({ description })
        else if (kind === 'id') fields[name] = t.globalIDList({ description: `By ${words(name)}: any of these.` })
        else if (isCustom(kind)) fields[name] = t.field({ type: kind.type, description: kind.description })
        else fields[name] = t.field({ type: [kind], description: `By ${words(name)}: any of these.` })
      }
      return fields as never
    },
  }) as InputObjectRef<BuilderTypes, unknown>
}

/** The conditions of a filter as Prisma reads them. */
export function filterConditions(
  filters: Filters,
  given: object | null | undefined,
  context: GraphQLContext,
): object[] {
  return Object.entries(given ?? {}).flatMap(([name, value]) => {
    const kind = filters[name]
    if (value == null || kind === undefined) return []
    if (isCustom(kind)) return [kind.condition(value as never, context)]
    return [{ [name]: condition(kind, value) }]
  })
}

// biome-ignore lint/suspicious/noExplicitAny: the input's shape follows its kind, which GraphQL has checked
function condition(kind: Exclude<FilterKind, CustomFilter>, value: any): unknown {
  switch (kind) {
    case 'text':
      return defined({
        equals: value.equals,
        in: value.in,
        contains: literal(value.contains),
        startsWith: literal(value.startsWith),
        mode: value.contains || value.startsWith ? 'insensitive' : undefined,
      })
    case 'dateTime':
      return defined({ gte: value.from, lt: value.until })
    case 'int':
      return defined({ equals: value.equals, in: value.in, gte: value.min, lte: value.max })
    case 'boolean':
      return value
    case 'id':
      return { in: value.map(({ id }: { id: string }) => id) }
    default:
      return { in: value }
  }
}

/** Prisma's condition for "has this text in it, in any case of letters", for {@link filterBy}. */
export function containing(text: string): { contains: string; mode: 'insensitive' } {
  return { contains: literal(text) as string, mode: 'insensitive' }
}

/** Prisma hands the text to LIKE as it is, where % and _ would mean any text and any letter. */
function literal(text: string | null | undefined): string | null | undefined {
  return text?.replace(/[\\%_]/g, '\\$&')
}

function isCustom(kind: FilterKind): kind is CustomFilter {
  return typeof kind === 'object' && 'condition' in kind
}

/** Without what was not given: Prisma tells null from absent. */
function defined(conditions: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value != null))
}

/** The inputs that the lists of one builder share. */
function sharedInputs(builder: Builder): SharedInputs {
  let inputs = sharedByBuilder.get(builder)
  if (!inputs) {
    inputs = makeSharedInputs(builder)
    sharedByBuilder.set(builder, inputs)
  }
  return inputs
}

type SharedInputs = ReturnType<typeof makeSharedInputs>
const sharedByBuilder = new WeakMap<Builder, SharedInputs>()

function makeSharedInputs(builder: Builder) {
  return {
    text: builder.inputType('TextFilter', {
      description: 'By a text. Several conditions all apply.',
      fields: (t) => ({
        equals: t.string({ description: 'Exactly this.' }),
        in: t.stringList({ description: 'Exactly one of these.' }),
        contains: t.string({ description: 'Has this in it, in any case of letters.' }),
        startsWith: t.string({ description: 'Begins with this, in any case of letters.' }),
      }),
    }),
    dateTime: builder.inputType('DateTimeFilter', {
      description: 'By an instant.',
      fields: (t) => ({
        from: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
        until: t.field({ type: 'DateTime', description: 'Before this instant.' }),
      }),
    }),
    int: builder.inputType('IntFilter', {
      description: 'By a whole number. Several conditions all apply.',
      fields: (t) => ({
        equals: t.int({ description: 'Exactly this.' }),
        in: t.intList({ description: 'One of these.' }),
        min: t.int({ description: 'This or more.' }),
        max: t.int({ description: 'This or less.' }),
      }),
    }),
  }
}

/** createdAt → "created at". */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
