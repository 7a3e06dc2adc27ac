import { printSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { StartError } from '../../src/errors.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import type { Builder } from '../../src/schema/builder.ts'
import { workspaceNode } from '../../src/schema/nodes.ts'
import { adminOnly, both } from '../../src/schema/subGraphs.ts'
import { schemasOf } from './harness.ts'
import { library } from './library.ts'

const plugin = (name: string, define: (builder: Builder) => void) =>
  definePlugin({ name, permissions: { [`${name}:read`]: 'Read' }, schema: [define] })

/** The one line that a start with these plugins ends in. */
function problem(...plugins: ReturnType<typeof plugin>[]): { code: string; message: string } {
  try {
    schemasOf(...plugins)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    const { code, message } = error as StartError
    expect(message).not.toContain('\n')
    return { code, message }
  }
  throw new Error('The schemas were built.')
}

const book = (builder: Builder, subGraphs = both) =>
  builder.objectRef<{ title: string }>('Book').implement({
    description: 'A book.',
    authScopes: { public: true },
    subGraphs,
    fields: (t) => ({ title: t.exposeString('title', { description: 'Its title.' }) }),
  })

const field = (builder: Builder, name: string, options: object = { authScopes: { public: true } }) =>
  builder.queryField(name, (t) => t.string({ description: 'A field.', resolve: () => name, ...options }))

describe('building the schemas', () => {
  it('gives a plugin that is switched off no place in them', () => {
    const extra = plugin('extra', (builder) => void field(builder, 'extra'))
    expect(printSchema(schemasOf(library, extra).admin)).toContain('  extra: String!')
    const without = printSchema(schemasOf(library).admin)
    expect(without).not.toContain('extra')
    expect(without).toContain('type Page implements Node')
  })

  it('puts only what says so into the public schema', () => {
    const mixed = plugin('mixed', (builder) => {
      field(builder, 'internal')
      field(builder, 'open', { authScopes: { public: true }, subGraphs: both })
    })
    const { admin, public: open } = schemasOf(mixed)
    expect(Object.keys(admin.getQueryType()?.getFields() ?? {})).toEqual(['internal', 'node', 'nodes', 'open'])
    expect(Object.keys(open.getQueryType()?.getFields() ?? {})).toEqual(['node', 'nodes', 'open'])
    expect(open.getMutationType()).toBeFalsy()
  })

  it('leaves out a single field of a public type', () => {
    const { admin, public: open } = schemasOf(
      plugin('books', (builder) => {
        const Book = book(builder)
        builder.objectField(Book, 'cost', (t) =>
          t.int({ description: 'What it cost us.', subGraphs: adminOnly, resolve: () => 1 }),
        )
        builder.queryField('book', (t) =>
          t.field({
            type: Book,
            description: 'A book.',
            authScopes: { public: true },
            subGraphs: both,
            resolve: () => ({ title: 'T' }),
          }),
        )
      }),
    )
    expect(printSchema(admin)).toContain('cost: Int!')
    expect(printSchema(open)).not.toContain('cost')
    expect(printSchema(open)).toContain('type Book {')
  })

  it('happens twice in one process without either hearing of the other', () => {
    const one = schemasOf(plugin('one', (builder) => void field(builder, 'one')))
    const two = schemasOf(plugin('two', (builder) => void field(builder, 'two')))
    expect(printSchema(one.admin)).not.toContain('two')
    expect(printSchema(two.admin)).not.toContain('one:')
  })
})

describe('the start stops for', () => {
  it('a type that two plugins define', () => {
    expect(
      problem(
        plugin('first', (b) => void book(b)),
        plugin('second', (b) => void book(b)),
      ),
    ).toEqual({
      code: 'DEFINITION_DUPLICATED',
      message: 'Plugins "first" and "second" both define the GraphQL type "Book". Prefix it with the plugin\'s name.',
    })
  })

  it('a table that two plugins make a type of', () => {
    const page = (builder: Builder) =>
      void workspaceNode(builder, 'Page', { description: 'A page.', authScopes: { public: true }, fields: () => ({}) })
    expect(problem(plugin('first', page), plugin('second', page)).message).toContain(
      'Plugins "first" and "second" both define the GraphQL type "Page"',
    )
  })

  it('a field that two plugins define', () => {
    expect(
      problem(
        plugin('first', (b) => void field(b, 'same')),
        plugin('second', (b) => void field(b, 'same')),
      ),
    ).toEqual({
      code: 'DEFINITION_DUPLICATED',
      message:
        'Plugins "first" and "second" both define the GraphQL field "Query.same". Prefix it with the plugin\'s name.',
    })
  })

  it('a root field that nobody decided who may see', () => {
    expect(problem(plugin('open', (b) => void field(b, 'secrets', { authScopes: undefined })))).toEqual({
      code: 'SCHEMA_FIELD_UNDECIDED',
      message:
        "Nobody decided who may see Query.secrets. Give the field or its type authScopes, such as { permission: 'pages:read' } or { public: true }.",
    })
  })

  it('a type that nobody decided who may see', () => {
    const undecided = plugin('open', (builder) => {
      const Thing = builder.objectRef<{ id: string }>('Thing').implement({
        description: 'A thing.',
        fields: (t) => ({ name: t.string({ description: 'Its name.', resolve: () => '' }) }),
      })
      builder.queryField('thing', (t) =>
        t.field({ type: Thing, description: 'A thing.', authScopes: { public: true }, resolve: () => ({ id: '' }) }),
      )
    })
    expect(problem(undecided).message).toContain('Nobody decided who may see Thing.name.')
  })

  it('a field that steps out of the decision of its type and makes none', () => {
    const skipping = plugin('books', (builder) => {
      const Book = book(builder)
      builder.objectField(Book, 'draft', (t) =>
        t.string({ description: 'A draft.', skipTypeScopes: true, resolve: () => '' }),
      )
      field(builder, 'x')
    })
    expect(problem(skipping).message).toContain('Nobody decided who may see Book.draft.')
  })

  it('a permission that nobody declares', () => {
    expect(problem(plugin('open', (b) => void field(b, 'x', { authScopes: { permission: 'opne:read' } })))).toEqual({
      code: 'SCHEMA_PERMISSION_UNKNOWN',
      message:
        'No plugin declares the permission "opne:read" (Query.x). Add it to the plugin\'s permissions, or correct its name.',
    })
  })

  it('a public field whose type is not public', () => {
    const dangling = plugin('books', (builder) => {
      const Book = book(builder, adminOnly)
      builder.queryField('book', (t) =>
        t.field({
          type: Book,
          description: 'A book.',
          authScopes: { public: true },
          subGraphs: both,
          resolve: () => ({ title: '' }),
        }),
      )
    })
    expect(problem(dangling)).toEqual({
      code: 'SCHEMA_TYPE_NOT_EXPOSED',
      message:
        'Query.book is in the public schema, but its type Book is not. Give Book "subGraphs: both", or the field "subGraphs: adminOnly".',
    })
  })

  it('a type that is used and never defined', () => {
    const missing = plugin('books', (builder) => {
      builder.queryField('book', (t) =>
        t.field({
          type: builder.objectRef<object>('Lost'),
          description: 'Lost.',
          authScopes: { public: true },
          resolve: () => ({}),
        }),
      )
    })
    expect(problem(missing)).toMatchObject({ code: 'SCHEMA_INVALID', message: expect.stringContaining('Lost') })
  })
})
