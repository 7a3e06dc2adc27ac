import SchemaBuilder from '@pothos/core'
import ErrorsPlugin from '@pothos/plugin-errors'
import { execute, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { NotFoundError } from '../../src/errors.ts'
import { CompiledExecution } from '../../src/schema/serve/compiledExecution.ts'

/** A schema with everything in it that an executor can get wrong, made as the product's schemas are. */
function everything(): { schema: GraphQLSchema; order: string[] } {
  const order: string[] = []
  const builder = new SchemaBuilder<{
    Scalars: { Instant: { Input: Date; Output: Date } }
    DefaultFieldNullability: true
  }>({
    plugins: [ErrorsPlugin],
    errors: { defaultTypes: [Error] },
    // The product's other Pothos plugins are known to the compiler, but not used here.
  } as never)
  builder.scalarType('Instant', {
    serialize: (value) => (value as Date).toISOString(),
    parseValue: (value) => {
      const date = new Date(value as string)
      if (Number.isNaN(date.getTime())) throw new GraphQLError(`Not an instant: ${value}`)
      return date
    },
  })
  builder.objectType(Error, { name: 'Error', fields: (t) => ({ message: t.exposeString('message') }) })
  builder.objectType(NotFoundError, { name: 'NotFoundError', fields: (t) => ({ message: t.exposeString('message') }) })
  const Status = builder.enumType('Status', { values: { RUNNING: { value: 1 }, DONE: { value: 'done' } } as const })
  interface Thing {
    kind: 'Page' | 'Test'
    id: string
    children?: Thing[]
  }
  const Node = builder.interfaceRef<Thing>('Node').implement({
    resolveType: (thing) => thing.kind,
    fields: (t) => ({ id: t.exposeID('id', { nullable: false }) }),
  })
  const Page = builder.objectRef<Thing>('Page').implement({
    interfaces: [Node],
    fields: (t) => ({
      title: t.string({ resolve: (thing) => Promise.resolve(`title of ${thing.id}`) }),
      children: t.field({ type: [Node], resolve: (thing) => thing.children ?? [] }),
    }),
  })
  const Test = builder.objectRef<Thing>('Test').implement({
    interfaces: [Node],
    fields: (t) => ({
      status: t.field({ type: Status, resolve: () => 'done' as const }),
      size: t.int({ resolve: () => 7 }),
    }),
  })
  const Either = builder.unionType('Either', { types: [Page, Test], resolveType: (thing) => thing.kind })
  const strict = builder.objectRef<{ id: string }>('Strict').implement({
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      broken: t.string({
        nullable: false,
        resolve: () => {
          throw new Error('broken on purpose')
        },
      }),
      brokenLater: t.string({
        nullable: false,
        resolve: async () => {
          throw new Error('broken later')
        },
      }),
      missing: t.string({ nullable: false, resolve: () => null as unknown as string }),
    }),
  })
  const things: Thing[] = [
    {
      kind: 'Page',
      id: 'p1',
      children: [
        { kind: 'Test', id: 't1' },
        { kind: 'Page', id: 'p2' },
      ],
    },
    { kind: 'Test', id: 't2' },
  ]
  const Range = builder.inputType('Range', {
    fields: (t) => ({ from: t.int({ defaultValue: 1 }), to: t.int({ required: true }), tags: t.stringList() }),
  })
  builder.queryType({
    fields: (t) => ({
      hello: t.string({
        args: { name: t.arg.string({ defaultValue: 'you' }) },
        resolve: (_, { name }) => `hello ${name}`,
      }),
      nodes: t.field({ type: [Node], resolve: async () => things }),
      either: t.field({ type: [Either], resolve: () => things }),
      strict: t.field({ type: strict, resolve: () => ({ id: 's' }) }),
      stricts: t.field({
        type: [strict],
        nullable: { list: true, items: true },
        resolve: () => [{ id: 'a' }, { id: 'b' }],
      }),
      at: t.field({
        type: 'Instant',
        args: { instant: t.arg({ type: 'Instant' }) },
        resolve: (_, { instant }) => instant ?? new Date(0),
      }),
      sum: t.int({
        args: { range: t.arg({ type: Range, required: true }) },
        resolve: (_, { range }) => (range.from ?? 0) + range.to,
      }),
      given: t.string({
        args: { value: t.arg.string(), list: t.arg.intList() },
        resolve: (_, args) => JSON.stringify(args),
      }),
      status: t.field({
        type: Status,
        args: { status: t.arg({ type: Status }) },
        resolve: (_, { status }) => status ?? 1,
      }),
      badEnum: t.field({ type: Status, resolve: () => 'nonsense' as never }),
      badInt: t.int({ resolve: () => 'seven' as never }),
      coded: t.string({
        resolve: () => {
          throw new GraphQLError('coded', { extensions: { code: 'CODED' } })
        },
      }),
      pages: t.stringList({
        resolve: async function* () {
          yield 'one'
          yield 'two'
        } as never,
      }),
      promised: t.field({
        type: ['String'],
        resolve: () => [Promise.resolve('a'), Promise.reject(new Error('lost')), 'c'] as never,
      }),
      set: t.stringList({ resolve: () => new Set(['x', 'y']) as never }),
      find: t.field({
        type: Page,
        args: { id: t.arg.id({ required: true }) },
        errors: { types: [NotFoundError] },
        resolve: (_, { id }) => {
          const found = things.find((thing) => thing.id === String(id))
          if (!found) throw new NotFoundError('page', String(id))
          return found
        },
      }),
      lost: t.field({ type: Either, resolve: () => ({ kind: 'Nothing', id: 'x' }) as never }),
      about: t.string({
        resolve: (_, __, ___, info) =>
          JSON.stringify({
            field: info.fieldName,
            parent: info.parentType.name,
            path: info.path.key,
            returns: String(info.returnType),
            selected: info.fieldNodes.length,
            variables: info.variableValues,
            operation: info.operation.name?.value ?? null,
            fragments: Object.keys(info.fragments),
          }),
      }),
    }),
  })
  builder.mutationType({
    fields: (t) => ({
      slow: t.string({
        resolve: async () => {
          order.push('slow begins')
          await new Promise((done) => setImmediate(done))
          order.push('slow ends')
          return 'slow'
        },
      }),
      quick: t.string({
        resolve: () => {
          order.push('quick')
          return 'quick'
        },
      }),
      fails: t.string({
        resolve: () => {
          order.push('fails')
          throw new Error('failed')
        },
      }),
    }),
  })
  return { schema: builder.toSchema(), order }
}

const cases: [name: string, source: string, variables?: Record<string, unknown>, operationName?: string][] = [
  ['a scalar with a default argument', '{ hello a: hello(name: "me") n: hello(name: null) }'],
  [
    'interfaces with fragments',
    '{ nodes { __typename id ... on Page { title children { id __typename ... on Test { status size } } } } }',
  ],
  ['unions', '{ either { __typename ... on Page { id } ... on Test { id status } ... on Node { same: id } } }'],
  [
    'named fragments that repeat',
    'query Q { nodes { ...A ...B } } fragment A on Node { id } fragment B on Node { id ... on Page { title } }',
  ],
  ['@include true', 'query Q($yes: Boolean!) { hello @include(if: $yes) status }', { yes: true }],
  ['@include false', 'query Q($yes: Boolean!) { hello @include(if: $yes) status }', { yes: false }],
  ['@skip with a default', 'query Q($no: Boolean = true) { hello @skip(if: $no) status }'],
  [
    '@skip and @include on fragments',
    'query Q($a: Boolean!, $b: Boolean!) { nodes { ...F @include(if: $a) ... on Page @skip(if: $b) { title } } } fragment F on Node { id }',
    { a: true, b: true },
  ],
  [
    '@include on a field that stands twice',
    'query Q($a: Boolean!) { nodes { id @include(if: $a) ... on Page { id } } }',
    { a: false },
  ],
  ['a null that bubbles', '{ strict { id broken } hello }'],
  ['a later null that bubbles', '{ strict { id brokenLater } hello }'],
  ['an error in a later line', '{\n  hello\r\n  # a remark\r\n\n    strict { id\n broken }\n}'],
  ['a missing value that bubbles', '{ strict { id missing } hello }'],
  ['nulls in a list', '{ stricts { id broken } }'],
  ['a scalar as variable', 'query Q($at: Instant) { at(instant: $at) }', { at: '2026-01-02T03:04:05.000Z' }],
  ['a scalar as literal', '{ at(instant: "2026-01-02T03:04:05.000Z") }'],
  ['a wrong scalar as variable', 'query Q($at: Instant) { at(instant: $at) }', { at: 'yesterday' }],
  ['an input object with a default', '{ sum(range: { to: 4 }) }'],
  ['an input object as variable', 'query Q($range: Range!) { sum(range: $range) }', { range: { to: 4, tags: ['a'] } }],
  ['a wrong input object', 'query Q($range: Range!) { sum(range: $range) }', { range: { from: 'x' } }],
  ['an unknown input field', 'query Q($range: Range!) { sum(range: $range) }', { range: { to: 1, more: 2 } }],
  ['a missing variable', 'query Q($range: Range!) { sum(range: $range) }', {}],
  ['a variable inside an input object', 'query Q($to: Int!) { sum(range: { to: $to }) }', { to: 5 }],
  ['an absent variable', 'query Q($value: String) { given(value: $value) }', {}],
  ['a null variable', 'query Q($value: String) { given(value: $value) }', { value: null }],
  ['a single value for a list', 'query Q($list: [Int!]) { given(list: $list) }', { list: 3 }],
  ['an enum with inner values', 'query Q($s: Status) { status(status: $s) a: status(status: DONE) }', { s: 'DONE' }],
  ['a wrong enum variable', 'query Q($s: Status) { status(status: $s) }', { s: 'NEVER' }],
  ['an enum that resolves wrong', '{ badEnum hello }'],
  ['an Int that resolves wrong', '{ badInt hello }'],
  ['an error with extensions', '{ coded hello }'],
  ['an async iterable as list', '{ pages }'],
  ['a list of promises', '{ promised }'],
  ['another iterable as list', '{ set }'],
  [
    'a typed error: success',
    '{ find(id: "p1") { __typename ... on QueryFindSuccess { data { title } } ... on NotFoundError { message } } }',
  ],
  [
    'a typed error: failure',
    '{ find(id: "p9") { __typename ... on QueryFindSuccess { data { title } } ... on Error { message } ... on NotFoundError { message } } }',
  ],
  ['a type that is none', '{ lost { __typename } hello }'],
  ['what resolvers learn', 'query Named($v: String) { about given(value: $v) }', { v: 'x' }, 'Named'],
  ['one of several operations', 'query A { hello } query B { status }', {}, 'B'],
  [
    'introspection',
    '{ __schema { queryType { name fields { name type { kind name ofType { name } } } } } __type(name: "Status") { enumValues { name } } }',
  ],
  ['mutations in order', 'mutation { slow quick fails again: quick }'],
]

/** What a client sees: data, and per error where it is and what it says. */
async function outcome(result: unknown) {
  const { data, errors } = (await result) as { data?: unknown; errors?: readonly GraphQLError[] }
  const seen = errors?.map(({ message, path, extensions = {}, locations }) => ({
    message,
    path,
    extensions,
    locations,
  }))
  return JSON.parse(JSON.stringify({ data, errors: seen?.map((error) => JSON.stringify(error)).sort() }))
}

/** Mistakes of resolvers: clients never read these messages, so only data and place have to agree. */
const internal = new Set(['an async iterable as list', 'a type that is none'])

describe('Compiled execution answers as graphql-js does', () => {
  it.each(cases)('%s', async (name, source, variableValues = {}, operationName) => {
    const document = parse(source)
    const interpreted = everything()
    expect(validate(interpreted.schema, document)).toEqual([])
    const args = { document, variableValues, operationName: operationName ?? null, contextValue: {} }
    const expected = await outcome(execute({ ...args, schema: interpreted.schema }))

    const compiled = everything()
    const execution = new CompiledExecution(compiled.schema)
    const actual = await outcome(
      execution.execute({ source, document, errors: [], uses: 3 }, { ...args, schema: compiled.schema }),
    )

    if (internal.has(name)) expect(actual.data).toEqual(expected.data)
    else expect(actual).toEqual(expected)
    expect(compiled.order).toEqual(interpreted.order)
    expect(execution.compilations).toBe(1)
  })
})
