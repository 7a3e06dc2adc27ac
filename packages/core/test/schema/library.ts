import { z } from 'zod'
import { ConflictError, NotFoundError } from '../../src/errors.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import type { Builder } from '../../src/schema/builder.ts'
import { containing, filterBy } from '../../src/schema/lists/filters.ts'
import { prismaList } from '../../src/schema/lists/prismaList.ts'
import { workspaceNode } from '../../src/schema/nodes.ts'
import { both } from '../../src/schema/subGraphs.ts'
import { asIs } from '../../src/told.ts'

/** A plugin of the tests' own, on tables that are there: pages and their variants. */
export const library = definePlugin({
  name: 'library',
  permissions: { 'library:read': 'Read', 'library:write': 'Write' },
  schema: [libraryTypes],
})

function libraryTypes(builder: Builder): void {
  const Status = builder.enumType('PageStatus', {
    description: 'Where a page is in its life.',
    values: {
      DRAFT: { value: 'draft', description: 'Only editors see it.' },
      ACTIVE: { value: 'active', description: 'Visitors see it.' },
      ARCHIVED: { value: 'archived', description: 'Nobody sees it.' },
    } as const,
  })

  const Variant = workspaceNode(builder, 'PageVariant', {
    description: 'A version of a page.',
    authScopes: { permission: 'library:read' },
    subGraphs: both,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Its name within the page.' }),
      position: t.exposeInt('position', { description: 'Its place.' }),
      page: t.relation('page', { description: 'Its page.' }),
    }),
  })
  const variants = prismaList(builder, Variant, {
    filter: { key: 'text', position: 'int' },
    orderBy: ['position'],
    defaultOrder: { field: 'position', direction: 'asc' },
  })

  const Page = workspaceNode(builder, 'Page', {
    description: 'A page.',
    authScopes: { permission: 'library:read' },
    subGraphs: both,
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Its address.' }),
      title: t.exposeString('title', { description: 'Its title.' }),
      status: t.field({ type: Status, description: 'Where it is in its life.', resolve: (page) => page.status }),
      publishedAt: t.expose('publishedAt', { type: 'DateTime', nullable: true, description: 'When it went out.' }),
      variants: variants.relation(t, 'variants', { description: 'Its variants.' }),
      inOrder: t.relation('variants', {
        description: 'All of its variants.',
        query: { orderBy: { position: 'asc' } },
        extensions: { boundedList: 'a page has few' },
      }),
      rivals: t.relation('variants', {
        description: 'Its variants but the first.',
        query: { where: { position: { not: 0 } }, orderBy: { position: 'asc' } },
        extensions: { boundedList: 'a page has few' },
      }),
    }),
  })
  const pages = prismaList(builder, Page, {
    filter: {
      status: Status,
      title: 'text',
      createdAt: 'dateTime',
      id: 'id',
      uuid: filterBy('UUID', 'By its id in the database.', (id) => ({ id })),
      search: filterBy('String', 'In title or slug.', (text) => ({
        OR: [{ title: containing(text) }, { slug: containing(text) }],
      })),
    },
    orderBy: ['createdAt', 'title', 'publishedAt', 'id'],
  })

  const read = { authScopes: { permission: 'library:read' }, subGraphs: both } as const
  const write = { authScopes: { permission: 'library:write' }, subGraphs: both } as const

  builder.queryField('pages', (t) => pages.field(t, { ...read, description: 'All pages.' }))
  builder.queryField('drafts', (t) =>
    pages.field(t, { ...read, description: 'Pages that are not out.', where: () => ({ status: 'draft' }) }),
  )

  const CreatePage = builder.inputType('CreatePageInput', {
    description: 'A new page.',
    validate: z.looseObject({
      slug: z.string().regex(/^[a-z-]+$/, 'Use lower-case letters and hyphens.'),
      title: z.string().min(1).max(20),
    }),
    fields: (t) => ({
      slug: t.string({ required: true, description: 'Its address.' }),
      title: t.string({ required: true, description: 'Its title.' }),
      variants: t.stringList({ description: 'Keys of its variants.' }),
    }),
  })

  builder.mutationField('createPage', (t) =>
    t.field({
      ...write,
      type: Page,
      description: 'Makes a page.',
      args: { input: t.arg({ type: CreatePage, required: true, description: 'The page.' }) },
      resolve: async (_root, { input: { slug, title, variants } }, ctx) => {
        const page = await ctx.db.prisma.page.create({ data: { slug, title } })
        for (const [position, key] of (variants ?? []).entries()) {
          await ctx.db.prisma.pageVariant.create({ data: { pageId: page.id, key, position, content: {} } })
        }
        ctx.audit({ resourceType: 'Page', resourceId: page.id, after: page })
        if (title === 'Refuse') throw new ConflictError(asIs('The title is refused, after the page was written.'))
        if (title === 'Return') return new ConflictError(asIs('The title is refused, by a returned error.')) as never
        if (title === 'Break') throw new Error('Broken pipe at 10.0.0.7.')
        return page
      },
    }),
  )

  builder.mutationField('renamePage', (t) =>
    t.field({
      ...write,
      type: Page,
      description: 'Renames a page.',
      args: {
        id: t.arg.globalID({ for: Page, required: true, description: 'The page.' }),
        title: t.arg.string({ required: true, description: 'Its new title.' }),
      },
      resolve: async (_root, { id, title }, ctx) => {
        const { count } = await ctx.db.prisma.page.updateMany({ where: { id: id.id }, data: { title } })
        if (count === 0) throw new NotFoundError('Page', id.id)
        return ctx.db.prisma.page.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )

  builder.mutationField('touchPage', (t) =>
    t.field({
      ...write,
      type: Page,
      description: 'Changes a page without looking whether it is there.',
      args: { id: t.arg.globalID({ for: Page, required: true, description: 'The page.' }) },
      resolve: (_root, { id }, ctx) =>
        ctx.db.prisma.page.update({
          where: { workspaceId_id: { workspaceId: ctx.workspaceId, id: id.id } },
          data: { updatedAt: ctx.clock.now() },
        }),
    }),
  )

  builder.mutationField('countPages', (t) =>
    t.field({
      type: 'SafeInt',
      description: 'A mutation that answers with a plain value.',
      authScopes: { permission: 'library:write' },
      resolve: async (_root, _args, ctx) => ctx.db.prisma.page.count(),
    }),
  )

  builder.mutationField('greet', (t) =>
    t.field({
      type: 'String',
      description: 'A mutation without a workspace.',
      authScopes: { signedIn: true },
      workspace: false,
      resolve: (_root, _args, ctx) => `Hello ${ctx.user?.name ?? 'key'}`,
    }),
  )
}
