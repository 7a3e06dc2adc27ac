import { type Builder, both, prismaList, workspaceNode } from '@espalier/core'
import type { Pages } from '../pages.ts'
import { pageMutations } from './pageMutations.ts'

const read = { permission: 'pages:read' } as const

export function pageTypes(builder: Builder, pages: Pages): void {
  const PageStatus = builder.enumType('PageStatus', {
    description: 'Where a page is in its life.',
    subGraphs: both,
    values: {
      DRAFT: { value: 'draft', description: 'Only editors see it.' },
      ACTIVE: { value: 'active', description: 'Visitors see what was published last.' },
      ARCHIVED: { value: 'archived', description: 'Taken from the public.' },
    } as const,
  })

  workspaceNode(builder, 'PageVariant', {
    description: 'One version of a page.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'The key of the experiment’s variant that it shows.' }),
      content: t.expose('content', {
        type: 'JSON',
        description: 'What editors see: blocks in the data shape of Puck.',
      }),
      published: t.expose('published', {
        type: 'JSON',
        nullable: true,
        description: 'What visitors see. Null until it is published.',
      }),
    }),
  })

  const Page = workspaceNode(builder, 'Page', {
    description: 'A landing page.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Last part of its address, unique in the workspace.' }),
      title: t.exposeString('title', { description: 'What people here call it.' }),
      language: t.exposeString('language', { description: 'Language of its content, BCP 47.' }),
      status: t.field({ type: PageStatus, description: 'Where it is in its life.', resolve: ({ status }) => status }),
      url: t.string({
        description: 'Where visitors find it once it is active.',
        complexity: 2,
        resolve: ({ slug }, _args, ctx) => pages.address(ctx, slug),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
      publishedAt: t.expose('publishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When its content was last published.',
      }),
      experiment: t.prismaField({
        // A type of the experiments plugin, which this one requires.
        type: 'Experiment',
        nullable: true,
        description: 'The experiment that picks the variant. Null without one, or when it has been deleted.',
        resolve: (query, { experimentId }, _args, ctx) =>
          experimentId ? ctx.db.prisma.experiment.findFirst({ ...query, where: { id: experimentId } }) : null,
      }),
      variants: t.relation('variants', {
        description: 'Its versions, in order; the first is shown where nothing picks another.',
        query: { where: { status: { not: 'archived' } }, orderBy: { position: 'asc' } },
        extensions: { boundedList: 'a page has at most 20 variants' },
      }),
    }),
  })

  const list = prismaList(builder, Page, {
    filter: { status: PageStatus, slug: 'text', title: 'text', createdAt: 'dateTime', publishedAt: 'dateTime' },
    orderBy: ['createdAt', 'title', 'publishedAt'],
  })

  builder.queryField('pages', (t) =>
    list.field(t, { description: 'Pages of the workspace.', authScopes: read, subGraphs: both }),
  )

  builder.queryField('page', (t) =>
    t.prismaField({
      type: Page,
      nullable: true,
      description: 'A page by its slug.',
      authScopes: read,
      subGraphs: both,
      args: { slug: t.arg.string({ required: true, description: 'Unique in the workspace.' }) },
      resolve: (query, _root, { slug }, ctx) => ctx.db.prisma.page.findFirst({ ...query, where: { slug } }),
    }),
  )

  pageMutations(builder, Page, pages)
}
