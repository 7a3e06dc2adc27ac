import { type Builder, both, sql, sqlList } from '@espalier/core'
import type { Milestone, Milestones, Progress } from '../milestones.ts'

/** `milestones`, and `milestones` of a page, a type of landing-pages. */
export function milestoneTypes(builder: Builder, milestones: Milestones): void {
  const read = { authScopes: { permission: 'milestones:read' }, subGraphs: both } as const

  const Milestone = builder.objectRef<Milestone>('Milestone')
  builder.node(Milestone, {
    description: 'A number of goals that a page has reached.',
    ...read,
    id: { description: 'Unique among everything in this API.', resolve: ({ id }) => id },
    loadOne: async (id, ctx) => {
      const [milestone] = await ctx.db.query<Milestone>(sql`select * from "Milestone" where "id" = ${id}`)
      return milestone
    },
    fields: (t) => ({
      goals: t.exposeInt('goals', { description: 'How many goals the page had reached: 1, 10, 100 and so on.' }),
      reachedAt: t.expose('reachedAt', { type: 'DateTime', description: 'When that was.' }),
      page: t.prismaField({
        type: 'Page',
        nullable: true,
        description: 'The page. Null where it has been deleted since.',
        resolve: (query, { pageId }, _args, ctx) => ctx.db.prisma.page.findFirst({ ...query, where: { id: pageId } }),
      }),
    }),
  })

  const list = sqlList(builder, Milestone, {
    orderBy: { reachedAt: { sql: '"reachedAt"', type: 'timestamptz', kind: 'dateTime', of: (row) => row.reachedAt } },
    defaultOrder: { field: 'reachedAt', direction: 'desc' },
    id: { sql: '"id"', of: ({ id }) => id },
  })
  builder.queryField('milestones', (t) =>
    list.field(t, {
      description: 'Milestones of all pages, the latest first.',
      ...read,
      read: (page, _args, ctx) => {
        const { where, orderAndLimit, values } = page(1)
        return ctx.db.query<Milestone>({ text: `select * from "Milestone" where ${where} ${orderAndLimit}`, values })
      },
      count: async (_args, ctx) => {
        const [row] = await ctx.db.query<{ count: number }>(sql`select count(*)::int as "count" from "Milestone"`)
        return row?.count ?? 0
      },
    }),
  )

  const PageProgress = builder.objectRef<Progress>('PageMilestones').implement({
    description: 'How far a page is on its way to the next milestone.',
    ...read,
    fields: (t) => ({
      goals: t.exposeInt('goals', { description: 'Goals that were reached on it since this plugin counts.' }),
      next: t.exposeInt('next', { description: 'How many goals the next milestone takes.' }),
    }),
  })

  // The type of another plugin: named, and typed as that plugin's table is.
  builder.prismaObjectField('Page', 'milestones', (t) =>
    t.loadable({
      type: PageProgress,
      description: 'How far it is on its way to the next milestone.',
      ...read,
      // Those of a list are read together; what an event has changed is read anew.
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
      load: (ids: string[], ctx) => milestones.progressOf(ctx, ids),
    }),
  )
}
