import {
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'
import type { Belongings } from './belongings.ts'
import type { Operation, Slot } from './documents.ts'
import { firstValue } from './firstValue.ts'
import { plausible } from './plausible.ts'

/** Something to ask with: variables for the attacker's own things, the neighbor's and nobody's. */
export interface Variation {
  /** What is tried: `Query.page(slug:)`, `input.siteId`. Empty for what is all one's own. */
  readonly what: string
  /** With something of the neighbor's in one place; absent where nothing of anybody's could stand. */
  readonly variables: (whose: Belongings) => Record<string, unknown>
}

/** One's own in every place that has to be filled. */
export function ownVariables({ slots }: Operation, own: Belongings): Record<string, unknown> {
  return Object.fromEntries(
    slots.filter(({ argument }) => isNonNullType(argument.type)).map((slot) => [slot.variable, base(slot, own)]),
  )
}

/** For every place of the arguments that may name something: the neighbor's there, one's own everywhere else. */
export function variationsOf(operation: Operation, own: Belongings): Variation[] {
  const start = ownVariables(operation, own)
  return operation.slots
    .filter(({ onTheWay }) => !onTheWay)
    .flatMap((slot) =>
      leavesOf(slot.argument.type, new Set()).flatMap((leaf) =>
        kindsOf(leaf.type, leaf.extensions).map((kind) => ({
          what: [slot.coordinate, ...leaf.path].join('.') + (kind === 'id' || kind === 'text' ? '' : ` (${kind})`),
          variables: (whose: Belongings) => ({
            ...start,
            [slot.variable]: placed(
              slot.argument.type,
              leaf.path,
              start[slot.variable] ?? base(slot, own),
              naming(slot, leaf, kind, whose),
            ),
          }),
        })),
      ),
    )
}

interface Leaf {
  readonly path: readonly string[]
  readonly type: GraphQLNamedType
  readonly extensions: Readonly<Record<string, unknown>>
  /** `CreatePageInput.slug`; empty for an argument that is no input object. */
  readonly coordinate: string
}

function leavesOf(type: GraphQLInputType, above: ReadonlySet<string>): Leaf[] {
  const named = getNamedType(type)
  if (!isInputObjectType(named)) return [{ path: [], type: named, extensions: {}, coordinate: '' }]
  // `{ and: [{ or: … }] }` goes on for ever, and says nothing new.
  if (above.has(named.name)) return []
  return Object.values(named.getFields()).flatMap((field) =>
    leavesOf(field.type, new Set([...above, named.name])).map((leaf) => ({
      ...leaf,
      path: [field.name, ...leaf.path],
      extensions: leaf.path.length === 0 ? field.extensions : leaf.extensions,
      coordinate: leaf.coordinate || `${named.name}.${field.name}`,
    })),
  )
}

/** How a place may name something: an id as the API gives it out, one of another type, one as the database has it; a word; a document. */
function kindsOf(
  { name }: GraphQLNamedType,
  _extensions: object,
): ('id' | 'other type' | 'raw id' | 'text' | 'json')[] {
  if (name === 'ID') return ['id', 'other type', 'raw id']
  if (name === 'String') return ['text']
  return name === 'JSON' ? ['json'] : []
}

function naming(slot: Slot, leaf: Leaf, kind: ReturnType<typeof kindsOf>[number], whose: Belongings): unknown {
  const extensions = leaf.path.length === 0 ? slot.argument.extensions : leaf.extensions
  const name = leaf.path.at(-1) ?? slot.argument.name
  const type = namedBy(extensions, name, slot, whose)
  if (kind === 'id') return whose.globalId(type)
  if (kind === 'other type') return whose.globalId(type === 'Page' ? 'Experiment' : 'Page')
  if (kind === 'raw id') return whose.id(type)
  if (kind === 'json')
    return { id: whose.id('Page'), pageId: whose.globalId('Page'), key: whose.text('Experiment', 'key') }
  // A filter names the column one level up: `title: { contains }`.
  const column = operators.has(name) ? (leaf.path.at(-2) ?? name) : name
  return plausible.named(column)?.(whose) ?? whose.text(slot.narrowed?.name ?? slot.answers.name, column)
}

const operators = new Set(['equals', 'not', 'in', 'notIn', 'contains', 'startsWith', 'endsWith', 'search', 'has'])

/** Of which type the id is that a place takes: as the schema says, else as its name or the name of its field does. */
function namedBy(extensions: Readonly<Record<string, unknown>>, name: string, slot: Slot, own: Belongings): string {
  const [declared] = (extensions.relayGlobalIDFor as { typename: string }[] | null | undefined) ?? []
  const noun = /^(\w+?)Ids?$/.exec(name)?.[1]
  const verbed = /^Mutation\.[a-z]+([A-Z]\w*)\(/.exec(slot.coordinate)?.[1]
  const candidates = [declared?.typename, noun && noun[0]?.toUpperCase() + noun.slice(1), slot.narrowed?.name, verbed]
  return candidates.find((type) => type && own.has(type)) ?? slot.answers.name
}

/** A value that is taken: one's own where something is named, an ordinary one elsewhere. */
function base(slot: Slot, own: Belongings): unknown {
  const { argument } = slot
  if (argument.defaultValue !== undefined && !isEnumType(getNamedType(argument.type))) return argument.defaultValue
  return filled(
    argument.type,
    { path: [], type: getNamedType(argument.type), extensions: argument.extensions, coordinate: '' },
    slot,
    own,
  )
}

function filled(type: GraphQLInputType, leaf: Leaf, slot: Slot, own: Belongings): unknown {
  const nullable = getNullableType(type)
  const coordinate = leaf.coordinate || slot.coordinate
  const wanted = plausible(coordinate, leaf.path.at(-1) ?? slot.argument.name)
  if (plausible.whole.has(coordinate)) return typeof wanted === 'function' ? wanted(own) : wanted
  if (isListType(nullable)) return [filled(nullable.ofType, leaf, slot, own)]
  if (isInputObjectType(nullable))
    return Object.fromEntries(
      Object.values(nullable.getFields())
        .filter((field) => isRequiredInputField(field) || plausible.whole.has(`${nullable.name}.${field.name}`))
        .map((field) => [
          field.name,
          filled(
            field.type,
            {
              path: [...leaf.path, field.name],
              type: getNamedType(field.type),
              extensions: field.extensions,
              coordinate: `${nullable.name}.${field.name}`,
            },
            slot,
            own,
          ),
        ]),
    )
  if (isEnumType(nullable)) return firstValue(nullable)?.name
  if (nullable.name === 'ID')
    return own.globalId(
      leaf.path.length === 0 && slot.narrowed
        ? slot.narrowed.name
        : namedBy(leaf.extensions, leaf.path.at(-1) ?? slot.argument.name, slot, own),
    )
  if (typeof wanted === 'function') return wanted(own)
  if (wanted !== undefined) return wanted
  if (nullable.name === 'String')
    return own.text(slot.narrowed?.name ?? slot.answers.name, leaf.path.at(-1) ?? slot.argument.name)
  if (nullable.name === 'JSON') return {}
  if (nullable.name === 'Boolean') return true
  if (nullable.name === 'DateTime') return own.at.toISOString()
  if (nullable.name === 'Date') return own.at.toISOString().slice(0, 10)
  return 1
}

/** `value` at the end of the path, with what is needed beside it; lists have one item. */
function placed(type: GraphQLInputType, path: readonly string[], start: unknown, value: unknown): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return [placed(nullable.ofType, path, Array.isArray(start) ? start[0] : start, value)]
  const [first, ...rest] = path
  if (first === undefined) return value
  const field = isInputObjectType(nullable) ? nullable.getFields()[first] : undefined
  if (!field) throw new Error(`There is no ${first} in ${nullable}.`)
  const before = (start ?? {}) as Record<string, unknown>
  return { ...before, [first]: placed(field.type, rest, before[first], value) }
}
