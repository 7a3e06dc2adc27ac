import type { Builder } from '../../src/schema/builder.ts'
import { prismaList } from '../../src/schema/lists/prismaList.ts'
import { workspaceNode } from '../../src/schema/nodes.ts'

/** What must not compile in a plugin's types. Checked by the compiler alone: nothing here runs. */
export function mistakes(builder: Builder): void {
  // @ts-expect-error no such model
  workspaceNode(builder, 'Pages', { description: '', authScopes: { public: true }, fields: () => ({}) })

  // @ts-expect-error a type has to say who may read it
  workspaceNode(builder, 'Page', { description: '', fields: () => ({}) })

  // @ts-expect-error a type has to describe itself
  workspaceNode(builder, 'Page', { authScopes: { public: true }, fields: () => ({}) })

  const Page = workspaceNode(builder, 'Page', {
    description: '',
    authScopes: { permission: 'pages:read' },
    fields: (t) => ({
      // @ts-expect-error a column that the model does not have
      name: t.exposeString('nom'),
      // @ts-expect-error a column of another type
      published: t.exposeString('publishedAt'),
      // @ts-expect-error null, and the field does not say so
      when: t.expose('publishedAt', { type: 'DateTime' }),
      // @ts-expect-error a relation that the model does not have
      author: t.relation('author'),
      // @ts-expect-error a resolver that answers with something else
      count: t.int({ resolve: () => 'three' }),
      // @ts-expect-error a scope that does not exist
      secret: t.string({ authScopes: { admin: true }, resolve: () => '' }),
      // @ts-expect-error a permission is "plugin:verb"
      other: t.string({ authScopes: { permission: 'read' }, resolve: () => '' }),
    }),
  })

  // @ts-expect-error sorted by a column that the model does not have
  prismaList(builder, Page, { orderBy: ['nom'] })

  // @ts-expect-error a kind of filter that does not exist
  prismaList(builder, Page, { orderBy: ['title'], filter: { title: 'fuzzy' } })

  const pages = prismaList(builder, Page, { orderBy: ['title'] })
  builder.queryField('pages', (t) =>
    pages.field(t, {
      description: '',
      // @ts-expect-error a condition on a column that the model does not have
      where: () => ({ nom: 'x' }),
    }),
  )

  // @ts-expect-error a list has to describe itself
  builder.queryField('undescribed', (t) => pages.field(t, {}))

  builder.queryField('page', (t) =>
    t.field({
      type: Page,
      // @ts-expect-error a sub graph that does not exist
      subGraphs: ['partners'],
      resolve: (_root, _args, ctx) => ctx.db.prisma.page.findFirstOrThrow(),
    }),
  )

  // @ts-expect-error null where the field promises a page
  builder.queryField('maybe', (t) => t.field({ type: Page, resolve: () => null }))

  builder.mutationField('rename', (t) =>
    t.field({
      type: Page,
      args: { id: t.arg.globalID({ for: Page, required: true }), title: t.arg.string() },
      // @ts-expect-error an optional argument may be null, the column may not
      resolve: (_root, { id, title }, ctx) => ctx.db.prisma.page.create({ data: { slug: id.id, title } }),
    }),
  )

  builder.mutationField('make', (t) =>
    t.boolean({
      // @ts-expect-error only `false` means something
      workspace: 'none',
      resolve: () => true,
    }),
  )
}
